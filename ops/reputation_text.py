"""An environment's reputation for people: a table of each Region, its alarms, its queues, what it costs."""

from collections.abc import Iterator
from typing import Final

from rich.text import Text

from constructs_lib.monitoring.reputation_thresholds import (
    BOUNCE_PAUSE,
    BOUNCE_REVIEW,
    COMPLAINT_PAUSE,
    COMPLAINT_REVIEW,
    ReputationThresholds,
)
from constructs_lib.monitoring.ses_metric_names import COUNTS, SesMetric
from ops.reputation_numbers import Numbers, RegionNumbers, Reputation, Sending, judge
from ops.timing import utc
from ops.visible import visible

_HEADINGS: Final = (
    "",
    "sends",
    "deliveries",
    "bounces",
    "complaints",
    "rejects",
    "bounce rate",
    "complaint rate",
)
_NO_DATA: Final = "-"
_STYLES: Final = {
    "warning": "yellow",
    "SES reviews": "yellow",
    "critical": "bold red",
    "SES may pause": "bold red",
}
_RATES: Final = (SesMetric.BOUNCE_RATE, SesMetric.COMPLAINT_RATE)
_FIRST_RATE: Final = 1 + len(COUNTS)


def lines(read: Reputation) -> Iterator[Text]:
    """Everything that the dashboard shows."""
    yield Text(f"{read.environment}: the 24 hours before {utc(read.read_at)}", style="bold")
    for region in read.regions:
        yield Text(region.region, style="bold")
        yield _account(region)
        yield from _table(region, read.levels)
        yield from _stopped(read.environment, region)
        yield from _alarms(region)
        yield from _queues(region)
        yield from (Text(f"  not known: {visible(step)} to know it") for step in region.not_known)
    yield Text(_levels(read.levels))
    yield Text(_cost(read))


def _account(region: RegionNumbers) -> Text:
    account = region.account
    if account is None:
        return Text("  account: not known")
    used = f"{account.sent:,.0f} of {account.quota:,.0f} sends of 24 hours used"
    if account.quota > 0:
        used += f" ({100 * account.sent / account.quota:.1f} %)"
    elif account.quota < 0:
        used = f"{account.sent:,.0f} sends of 24 hours, without a limit"
    sending = Sending.ON if account.sending else Sending.PAUSED
    words = f"  account: {sending}, {account.enforcement.lower()}; {used}"
    return Text(words, style="" if account.sending and account.enforcement == "HEALTHY" else "bold red")


def _table(region: RegionNumbers, levels: ReputationThresholds) -> Iterator[Text]:
    rows = [_HEADINGS, *(_row(numbers, region, levels) for numbers in region.numbers)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    for number, row in enumerate(rows):
        line = Text("  ")
        for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
            padded = (
                f"{cell:<{width}}" if column in {0, *range(_FIRST_RATE, len(row))} else f"{cell:>{width}}"
            )
            word = cell.partition("% ")[2]
            line.append(f"{padded}  ", style=_STYLES.get(word, "dim" if number == 0 else ""))
        line.rstrip()
        yield line


def _row(numbers: Numbers, region: RegionNumbers, levels: ReputationThresholds) -> tuple[str, ...]:
    found = numbers.by_metric
    counts = (f"{found[metric]:,.0f}" if metric in found else _NO_DATA for metric in COUNTS)
    rates = (
        f"{100 * found[metric]:.3g} % {_judgement(found[metric], metric, region, levels)}".rstrip()
        if metric in found
        else _NO_DATA
        for metric in _RATES
    )
    return (numbers.whose or "account", *counts, *rates)


def _judgement(rate: float, metric: SesMetric, region: RegionNumbers, levels: ReputationThresholds) -> str:
    """The level of a rate, or that the Region sends too little for one.

    Of 30 days, not of the 24 hours of the table: SES's rates look back over a representative volume, which is
    more than a quiet day's.
    """
    word, sent = judge(rate, metric, levels), region.sent_in_a_month or 0
    return f"(of {sent:,.0f}: too few to judge)" if word and 0 < sent < levels.minimum_sends else word


def _stopped(environment: str, region: RegionNumbers) -> Iterator[Text]:
    for numbers in region.numbers:
        if numbers.whose is None or numbers.sending is Sending.ON:
            continue
        line = f"  {numbers.whose}: {numbers.sending}"
        if numbers.sending is Sending.PAUSED:
            line += f"; python -m ops resume {environment} {numbers.whose} tells why and sends again"
        yield Text(line, style="bold red" if numbers.sending is Sending.PAUSED else "")


def _alarms(region: RegionNumbers) -> Iterator[Text]:
    if region.alarms is None:
        yield Text("  alarms: not known")
        return
    if not region.alarms:
        yield Text("  alarms: none deployed")
        return
    yield Text(f"  alarms: {len(region.raised)} raised of {len(region.alarms)}")
    for alarm in region.raised:
        since = f" since {utc(alarm.since)}" if alarm.since else ""
        yield Text(f"    {alarm.name}{since}: {visible(alarm.reason)}", style="bold red")


def _queues(region: RegionNumbers) -> Iterator[Text]:
    for inbox, count in region.received.items():
        yield Text(f"  received by {inbox}: {count:,.0f}")
    known = {queue: count for queue, count in region.waiting.items() if count is not None}
    if region.waiting:
        waiting = [f"{queue} {count}" for queue, count in known.items() if count]
        empty = len(known) - len(waiting)
        unknown = len(region.waiting) - len(known)
        words = [
            *waiting,
            f"{empty} queues empty",
            *([f"{unknown} not known or not there"] if unknown else []),
        ]
        yield Text(f"  waiting: {', '.join(words)}", style="" if not waiting else "yellow")


def _levels(levels: ReputationThresholds) -> str:
    parts = [
        f"{kind} warning {100 * warning:g} %, SES reviews {100 * review:g} %, critical {100 * critical:g} %, "
        f"SES may pause {100 * pause:g} %"
        for kind, warning, review, critical, pause in (
            ("bounces", levels.bounce_warning, BOUNCE_REVIEW, levels.bounce_critical, BOUNCE_PAUSE),
            (
                "complaints",
                levels.complaint_warning,
                COMPLAINT_REVIEW,
                levels.complaint_critical,
                COMPLAINT_PAUSE,
            ),
        )
    ]
    return f"levels: {'; '.join(parts)}"


def _cost(read: Reputation) -> str:
    estimated = read.estimated_usd
    what = "not known" if estimated is None else f"about {estimated:,.2f} USD"
    budget = "" if read.monthly_usd is None else f"; the budget is {read.monthly_usd:g} USD a month"
    return f"cost: messages of 30 days at {read.usd_per_thousand:g} USD per 1,000 are {what}{budget}"

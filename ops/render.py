"""What people read. Values are never cut or wrapped, so that they can be copied; colour only helps."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.text import Text

from ops.dns_check import RecordCheck, Verdict
from ops.documents import Checks
from ops.identity_status import IdentityStatus
from ops.ports import State
from ops.records import KNOWN_AFTER_DEPLOY, NeededRecord
from ops.subscriptions import SubscriptionState, SubscriptionStatus
from stacks.config import MailEnvironment

_GOOD: Final = "green"
_BAD: Final = "red"
_OPEN: Final = "yellow"
_STATE_STYLES: Final = {State.SUCCESS: _GOOD, State.FAILED: _BAD}
_SUBSCRIPTION_STYLES: Final = {
    SubscriptionState.CONFIRMED: _GOOD,
    SubscriptionState.PENDING: _OPEN,
    SubscriptionState.MISSING: _BAD,
    SubscriptionState.NOT_DEPLOYED: _OPEN,
}
_VERDICT_STYLES: Final = {
    Verdict.RIGHT: _GOOD,
    Verdict.NOT_EVERYWHERE: _OPEN,
    Verdict.UNREACHABLE: _OPEN,
}


def status_lines(
    environment: MailEnvironment,
    statuses: Sequence[IdentityStatus],
    subscriptions: Sequence[SubscriptionStatus],
) -> Iterator[Text]:
    """The status of an environment: a line to count by, a block for each identity, the subscribers."""
    verified = sum(status.verified for status in statuses)
    yield Text(
        f"{environment.name} (account {environment.account}): "
        f"{verified} of {len(statuses)} identities verified",
        style="bold",
    )
    for status in statuses:
        yield Text()
        yield from _identity_lines(status)
    if subscriptions:
        confirmed = sum(item.state is SubscriptionState.CONFIRMED for item in subscriptions)
        yield Text()
        yield Text(f"{confirmed} of {len(subscriptions)} subscriptions confirmed", style="bold")
    for subscription in subscriptions:
        yield from _subscription_lines(subscription)


def progress(statuses: Sequence[IdentityStatus], seconds_left: float) -> str:
    """What is being waited for, one line."""
    minutes, seconds = divmod(int(seconds_left), 60)
    waits = "; ".join(status.headline() for status in statuses if not status.verified)
    return f"Waiting, at most {minutes}:{seconds:02} more: {waits}"


def record_lines(records: Sequence[NeededRecord], checks: Checks | None = None) -> Iterator[Text]:
    """The records by identity and place, two lines each, and what the check found."""
    heading = None
    for needed in records:
        here = f"{needed.domain} in {needed.region}, {needed.place.text}"
        if here != heading:
            if heading is not None:
                yield Text()
            yield Text(here, style="bold")
            heading = here
        yield from _record_lines(needed, checks)
    if checks is not None:
        right = sum(check.verdict is Verdict.RIGHT for check in checks.values())
        yield Text()
        yield Text(f"{right} of {len(records)} records are right.", style="bold")


def _identity_lines(status: IdentityStatus) -> Iterator[Text]:
    word = "verified" if status.verified else "not verified"
    where = "" if status.automatic else " (DNS not in Route 53)"
    yield Text.assemble(
        (f"{status.domain} in {status.region}", "bold"),
        ": ",
        (word, _GOOD if status.verified else _OPEN),
        where,
    )
    yield _state_line("identity", status.identity)
    yield _state_line("DKIM", status.dkim)
    yield _state_line("MAIL FROM", status.mail_from, status.mail_from_domain)
    if status.identity is not State.NOT_DEPLOYED:
        yield Text(f"  configuration set  {status.configuration_set or 'none'}")
        looked = f"{status.last_checked:%Y-%m-%d %H:%M %Z}" if status.last_checked else "not yet"
        reason = f", {status.error_type}" if status.error_type else ""
        yield Text(f"  last checked       {looked}{reason}")
    for check in status.problems:
        yield from _problem_lines(check)
    yield Text(f"  next ({status.next_step.who}): {status.next_step.action}")


def _subscription_lines(status: SubscriptionStatus) -> Iterator[Text]:
    yield Text.assemble(
        f"  {status.topic} in {status.region}, {status.protocol} {status.endpoint}: ",
        (str(status.state), _SUBSCRIPTION_STYLES[status.state]),
    )
    if status.state is not SubscriptionState.CONFIRMED:
        yield Text(f"    next ({status.next_step.who}): {status.next_step.action}")


def _state_line(name: str, state: State, note: str = "") -> Text:
    return Text.assemble(
        f"  {name:<17}  ", (str(state), _STATE_STYLES.get(state, _OPEN)), f"  {note}" if note else ""
    )


def _problem_lines(check: RecordCheck) -> Iterator[Text]:
    record = check.record
    yield Text.assemble(
        "  ", (str(check.verdict), _VERDICT_STYLES.get(check.verdict, _BAD)), f": {record.type} {record.name}"
    )
    yield Text(f"      expected  {' '.join(record.values)}")
    yield from _found_lines(check)


def _found_lines(check: RecordCheck) -> Iterator[Text]:
    if check.verdict is not Verdict.UNREACHABLE:
        for value in check.found or ("nothing",):
            yield Text(f"      found     {value}")
    if check.detail:
        yield Text(f"      {check.detail}")


def _record_lines(needed: NeededRecord, checks: Checks | None) -> Iterator[Text]:
    record = needed.record
    check = checks.get(record) if checks is not None else None
    verdict = Text()
    if check is not None:
        verdict = Text.assemble("  ", (str(check.verdict), _VERDICT_STYLES.get(check.verdict, _BAD)))
    merge = ", merge with the values that are there" if record.merge else ""
    yield Text.assemble(
        f"  {record.type:<5}  {record.name}  ", (f"[{record.purpose}{merge}]", "dim"), verdict
    )
    for value in record.values:
        yield Text(f"         {value}", style="" if needed.known else _OPEN)
    if check is not None and check.verdict is not Verdict.RIGHT:
        yield from _found_lines(check)
    elif check is not None and check.detail:
        yield Text(f"      {check.detail}")
    elif check is None and checks is not None:
        yield Text(f"      not checked: {KNOWN_AFTER_DEPLOY}")

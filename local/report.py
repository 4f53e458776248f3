"""The report of a rehearsal: what was verified, published and sent, what became of it, how long it took."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.markup import escape

from local.abuse_rehearsal import Alerted
from local.address_rehearsal import VerifiedAddress
from local.feedback import Event
from local.mailbox import SentMessage
from local.receiving_rehearsal import ReceivedMessage
from local.steps import StepTime
from ops.identity_status import IdentityStatus
from ops.records import NeededRecord


def print_report(
    console: Console,
    *,
    statuses: Sequence[IdentityStatus],
    addresses: Sequence[VerifiedAddress],
    records: Sequence[NeededRecord],
    messages: Mapping[str, SentMessage],
    received: ReceivedMessage,
    events: Sequence[Event],
    alerted: Alerted,
    times: Sequence[StepTime],
) -> None:
    """Print the report, readable on a terminal and in a log."""
    _heading(console, "Identities")
    for status in statuses:
        _print_identity(console, status)
    _heading(console, "Addresses")
    for address in addresses:
        how = f"the template {address.template}" if address.template else "SES's own mail"
        console.print(
            f"  {address.address}: [green]success[/], by the link in {escape(how)}, "
            f"which led to {escape(address.landed or 'a page of SES')}",
            highlight=False,
            soft_wrap=True,
        )
    _heading(console, "DNS records")
    for place in dict.fromkeys(needed.place.text for needed in records):
        console.print(f"[bold]{escape(place)}[/]")
        for needed in records:
            if needed.place.text == place:
                _print_record(console, needed)
    for title, message in messages.items():
        _heading(console, title)
        _print_message(console, message)
    _heading(console, "Mail that came in")
    _print_received(console, received)
    _heading(console, "What became of the mail")
    for event in events:
        console.print(
            f"  {event.type:<10}{event.recipient:<37}from the queue {event.queue}",
            highlight=False,
            soft_wrap=True,
        )
    _heading(console, "What looked like abuse")
    _print_alert(console, alerted)
    _heading(console, "Time")
    for step in times:
        console.print(f"  {step.title:<45}{step.seconds:6.1f} s", highlight=False)
    console.print(f"  {'all':<45}{sum(step.seconds for step in times):6.1f} s", highlight=False)


def _heading(console: Console, text: str) -> None:
    console.print(f"\n[bold underline]{text}[/]")


def _print_identity(console: Console, status: IdentityStatus) -> None:
    states = (("domain", status.identity), ("DKIM", status.dkim), ("MAIL FROM", status.mail_from))
    words = ", ".join(f"{what} {_coloured(state)}" for what, state in states)
    console.print(f"  [bold]{status.domain}[/] in {status.region}: {words}", highlight=False, soft_wrap=True)
    if not status.verified:
        console.print(f"    next: {escape(status.next_step.action)}", highlight=False, soft_wrap=True)


def _print_record(console: Console, needed: NeededRecord) -> None:
    """One record as a zone file writes it, so that it can be read and copied whole."""
    record = needed.record
    for value in record.quoted_values():
        console.print(f"  {record.name} {record.type} {escape(value)}", highlight=False, soft_wrap=True)


def _print_received(console: Console, received: ReceivedMessage) -> None:
    mail, summary = received.mail, received.mail.summary or {}
    attachments = [part["attachment"]["key"] for part in summary["parts"] if "attachment" in part]
    checks = ", ".join(f"{check} {verdict}" for check, verdict in summary["verdicts"].items())
    for name, value in (
        ("from", f"{received.author}, for {', '.join(summary['envelope']['recipients'])}"),
        ("subject", summary["headers"]["subject"]),
        ("verdicts", checks),
        ("stored", f"s3://{mail.inbox.bucket}/{summary['raw']['key']}, {mail.size} bytes"),
        ("encrypted by", mail.key_arn or "no key"),
        ("beside it", ", ".join(["summary.json", *attachments])),
        ("forwarded", f"as {received.forwarded.sender} to {', '.join(received.forwarded.recipients)}"),
        ("its body", "the same bytes" if received.body_kept else "[red]changed[/]"),
    ):
        console.print(
            f"  {name:<15}{value if name == 'its body' else escape(value)}", highlight=False, soft_wrap=True
        )


def _print_alert(console: Console, alerted: Alerted) -> None:
    alert = alerted.alert
    for label, value in (
        ("alert", alert["alert"]),
        ("what", f"{alert['what']} {alert['about']}"),
        ("who", alert["who"]),
        ("where", f"{alert['where']}, account {alert['account']}, from {alert['from']}"),
        ("when", alert["when"]),
        ("read from", f"the queue {alerted.queue}, beside {alerted.others} about what else was done by hand"),
    ):
        console.print(f"  {label:<15}{escape(value)}", highlight=False, soft_wrap=True)


def _print_message(console: Console, message: SentMessage) -> None:
    for label, value in (
        ("From", message.sender),
        ("To", ", ".join(message.recipients)),
        ("Subject", message.subject),
        ("Message id", message.message_id),
        ("Configuration set", message.configuration_set),
        ("MAIL FROM domain", message.mail_from_domain),
        ("Text", message.text.strip()),
    ):
        console.print(f"  {label + ':':<19}{escape(value)}", highlight=False, soft_wrap=True)


def _coloured(state: str) -> str:
    colour = {"success": "green", "pending": "yellow"}.get(state, "red")
    return f"[{colour}]{state}[/]"

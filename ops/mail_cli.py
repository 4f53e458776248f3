"""``python -m ops mail``: mail that SES received and stored. Options, output and exit codes only."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from ops import help_texts
from ops.arguments import EnvironmentName, period
from ops.aws_clients import AwsClients
from ops.inboxes import Inbox, read_inboxes
from ops.mail_claims import settle
from ops.mail_gateway import AwsMailStore
from ops.mail_summary import author_of, outcome_of, subject_of
from ops.received_mail import MailStoreGateway, ReceivedMail, find_mail, list_mail
from ops.status import require_account
from ops.terminal import UNUSABLE, fail, print_lines, told_errors
from ops.timing import iso, utc
from ops.visible import visible
from stacks.environments import environment

_STYLES: Final = {"forwarded": "green", "stopped": "yellow", "failed": "bold red"}
_LONGEST: Final = 100
"""Characters of a line's address and subject; `show` has all."""

app = typer.Typer(
    help="Look at mail that was received: list it, show what it says, download it, deal with it again.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


InboxName = Annotated[
    str | None, typer.Option("--inbox", metavar="NAME", help="Only this inbox. Default: each of ENV.")
]
Region = Annotated[
    str | None, typer.Option(metavar="REGION", help="Only this Region. Default: each that receives.")
]
MessageId = Annotated[str, typer.Argument(metavar="ID", help="SES's id of a message.", show_default=False)]


@app.command("list", epilog=help_texts.MAIL_LIST)
def list_messages(
    env: EnvironmentName,
    *,
    inbox: InboxName = None,
    region: Region = None,
    since: Annotated[
        timedelta | None,
        typer.Option(metavar="PERIOD", parser=period, help="Only what came within it, such as 24h."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most as many.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summaries as JSON.")] = False,
) -> None:
    """List the newest messages: when, who, about what, and what was done. It changes nothing."""
    with told_errors():
        inboxes, gateway = _open(env, inbox=inbox, region=region)
        start = None if since is None else datetime.now(UTC) - since
        found = list_mail(inboxes, gateway, since=start, limit=limit)
    if as_json:
        sys.stdout.write(json.dumps([_document(each) for each in found], indent=2) + "\n")
    else:
        print_lines(iter([_line(each) for each in found] or [Text("no mail")]))
    problems = [each.problem for each in found if each.problem is not None]
    if problems:
        fail(problems[0].sentence, UNUSABLE)


@app.command(epilog=help_texts.MAIL_SHOW)
def show(
    env: EnvironmentName, message_id: MessageId, *, inbox: InboxName = None, region: Region = None
) -> None:
    """Print what was found in a message and what was done with it, as JSON. It changes nothing."""
    with told_errors():
        inboxes, gateway = _open(env, inbox=inbox, region=region)
        found = find_mail(inboxes, gateway, message_id)
        if found.problem is not None:
            raise found.problem
    sys.stdout.write(json.dumps(_document(found), indent=2) + "\n")


@app.command(epilog=help_texts.MAIL_DOWNLOAD)
def download(
    env: EnvironmentName,
    message_id: MessageId,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file.", show_default=False)],
    *,
    inbox: InboxName = None,
    region: Region = None,
) -> None:
    """Write a message to a new file, byte for byte as SES received it. Only you can read the file."""
    with told_errors():
        inboxes, gateway = _open(env, inbox=inbox, region=region)
        found = find_mail(inboxes, gateway, message_id)
        size = gateway.download(found.inbox, found.id, file)
    print_lines(iter([Text(f"{file}: {size} bytes")]))


@app.command("settle", epilog=help_texts.MAIL_SETTLE)
def settle_message(
    env: EnvironmentName,
    message_id: MessageId,
    *,
    sent: Annotated[
        bool,
        typer.Option("--sent/--not-sent", help="How it ended, as you found out.", show_default=False),
    ],
    inbox: InboxName = None,
    region: Region = None,
) -> None:
    """Say whether a message was forwarded whose function died while it was sending.

    Nobody but a person can know: look at the destination, or for the send in the events of the configuration
    set. Then redrive: what was not sent is sent, what was sent is not, and both leave the dead-letter queue.
    """
    with told_errors():
        inboxes, gateway = _open(env, inbox=inbox, region=region)
        found = find_mail(inboxes, gateway, message_id)
        settled = settle(found, gateway, sent=sent, now=lambda: datetime.now(UTC))
    if settled:
        lines = [f"{each}: {'sent' if sent else 'not sent'}" for each in settled]
        where = f"--inbox {found.inbox.name} --region {found.inbox.region}"
        lines.append(f"next: python -m ops mail redrive {env} {where}")
    else:
        lines = ["nothing to settle"]
    print_lines(Text(line) for line in lines)


@app.command(epilog=help_texts.MAIL_REDRIVE)
def redrive(
    env: EnvironmentName,
    *,
    inbox: InboxName = None,
    region: Region = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
) -> None:
    """Have messages of the dead-letter queue dealt with again, after what held them up was mended."""
    with told_errors():
        inboxes, gateway = _open(env, inbox=inbox, region=region)
        for each in inboxes:
            where = f"{each.name} in {each.region}"
            if each.dead_letters is None:
                print_lines(iter([Text(f"{where}: mail is only stored here")]))
            elif not (count := gateway.dead_letters(each.dead_letters, region=each.region)):
                # SQS's counts are those of a moment ago (SQS API reference, GetQueueAttributes).
                print_lines(iter([Text(f"{where}: no dead letters, by SQS's count of the last minute")]))
            elif yes or typer.confirm(f"Deal again with dead letters of {where}, about {count}?"):
                gateway.redrive(each.dead_letters, region=each.region)
                print_lines(iter([Text(f"{where}: SQS moves them")]))


def _open(env: str, *, inbox: str | None, region: str | None) -> tuple[tuple[Inbox, ...], MailStoreGateway]:
    config = environment(env)
    gateway = AwsMailStore(AwsClients(region=config.regions[0]))
    require_account(config, gateway)
    return read_inboxes(config, gateway, name=inbox, region=region), gateway


def _line(mail: ReceivedMail) -> Text:
    summary = mail.summary
    head = f"{utc(mail.stored_at)}  {mail.inbox.name}  {visible(mail.id)}  {mail.size} bytes  "
    if summary is None:
        return Text.assemble(head, _without_summary(mail))
    outcome = outcome_of(summary)
    author, subject = (_shown(text) for text in (author_of(summary), subject_of(summary)))
    return Text.assemble(
        head, (visible(outcome), _STYLES.get(outcome, "")), f"  {author or '(no author)'}  {subject}".rstrip()
    )


def _without_summary(mail: ReceivedMail) -> tuple[str, str]:
    if mail.problem is not None:
        return "summary unreadable", "bold red"
    if mail.inbox.summarized:
        return "no summary yet", "yellow"
    return ("stored" if mail.inbox.dead_letters is None else "for your function"), ""


def _shown(text: str) -> str:
    return visible(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...")


def _document(mail: ReceivedMail) -> dict[str, Any]:
    return {
        "id": mail.id,
        "inbox": mail.inbox.name,
        "region": mail.inbox.region,
        "stored_at": iso(mail.stored_at),
        "bytes": mail.size,
        "key_arn": mail.key_arn,
        "client_side_key_arn": mail.client_side_key_arn,
        "summary": mail.summary,
    }

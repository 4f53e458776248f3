"""SES in each Region of the account: is it there, out of the sandbox, sending, and large enough.

Sources: SES API v2, GetAccount; SES Developer Guide, moving out of the sandbox (200 messages a day, to
verified identities only) and custom verification mail (none in the sandbox).
"""

from collections.abc import Iterator

from ops.doctor.findings import Finding, Severity
from ops.doctor.ports import SendingAccount
from ops.errors import AccessError, CredentialsError, UnreachableError
from stacks.config import MailEnvironment

_NO_LIMIT = -1


def region_findings(region: str, error: AccessError) -> Iterator[Finding]:
    """What it means that SES did not answer in a Region, although the account could be asked for."""
    if isinstance(error, CredentialsError):
        yield Finding(
            severity=Severity.ERROR,
            code="region-not-enabled",
            what=f"{region} does not accept the credentials, which other Regions do.",
            why="A Region that an account must opt in to knows none of its credentials before.",
            fix=f"enable {region} for the account (aws account enable-region --region-name {region}), or "
            "take it out of the environment's regions",
        )
    elif isinstance(error, UnreachableError):
        yield Finding(
            severity=Severity.ERROR,
            code="region-unreachable",
            what=f"The SES endpoint of {region} could not be reached.",
            why="Either SES is not offered there, or this machine may not connect to it.",
            fix="check the Region's name and the network; the Regions of SES are in "
            "constructs_lib/data/ses_regions.json",
        )


def sending_findings(environment: MailEnvironment, region: str, account: SendingAccount) -> Iterator[Finding]:
    """What SES says of itself, against what the environment expects."""
    if not account.production:
        yield _sandbox(environment, region)
    if not account.sending or account.enforcement == "SHUTDOWN":
        yield Finding(
            severity=Severity.ERROR,
            code="sending-paused",
            what=f"Sending is paused for the account in {region}.",
            why="SES refuses every message until it is enabled again.",
            fix="find out who paused it and why; if SES did, answer its case in the support center, "
            f"otherwise aws sesv2 put-account-sending-attributes --sending-enabled --region {region}",
        )
    if account.enforcement in {"PROBATION", "SHUTDOWN"}:
        yield Finding(
            severity=Severity.ERROR,
            code="reputation-at-risk",
            what=f"SES has the account in {region} in the state {account.enforcement}.",
            why="Bounces or complaints were too many; if they stay so, SES stops the account.",
            fix="read SES's mail about it, mend the cause, and answer in the support center before anything "
            "new sends",
        )
    yield from _quota(environment, region, account)
    if not account.suppressed_reasons:
        yield Finding(
            severity=Severity.NOTE,
            code="suppression-off",
            what=f"The account's suppression list takes in no addresses in {region}.",
            why="Mail without the environment's configuration set, which has its own setting, goes on to "
            "addresses that bounced.",
            fix="aws sesv2 put-account-suppression-attributes --suppressed-reasons BOUNCE COMPLAINT "
            f"--region {region}",
        )


def _sandbox(environment: MailEnvironment, region: str) -> Finding:
    expected = (
        environment.senders
        and all(sender.sandbox_recipients for sender in environment.senders)
        and not environment.expected_daily_messages
        and not environment.templates_in(region)
    )
    return Finding(
        severity=Severity.NOTE if expected else Severity.WARNING,
        code="sandbox",
        what=f"The account is in the SES sandbox in {region}.",
        why="SES sends to verified identities only, 200 messages a day, and no custom verification mail"
        + ("; the senders' sandbox_recipients say that this is meant." if expected else "."),
        fix=f"ask for production access in the SES console of {region}, or declare sandbox_recipients",
    )


def _quota(environment: MailEnvironment, region: str, account: SendingAccount) -> Iterator[Finding]:
    expected = environment.expected_daily_messages
    if expected is None or account.most_a_day == _NO_LIMIT or account.most_a_day >= expected:
        return
    yield Finding(
        severity=Severity.ERROR,
        code="quota-too-small",
        what=f"SES takes {account.most_a_day:,.0f} messages in 24 hours in {region}; the environment expects "
        f"{expected:,}.",
        why="SES refuses what is beyond the quota.",
        fix=f"ask for more in the Service Quotas console of {region}, or correct expected_daily_messages",
    )

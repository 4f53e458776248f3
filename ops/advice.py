"""What has to happen next for one identity, and who must do it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from constructs_lib.identity.dns import CreatedZone, CrossAccountZone, ExternalDns
from ops.dns_check import RecordCheck, Verdict
from ops.ports import IdentityAnswer, State
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain

NOBODY: Final = "nobody"
DEPLOYER: Final = "whoever deploys"
SES: Final = "Amazon SES"
ADMINISTRATOR: Final = "whoever gives permissions"
SEARCH_TIME: Final = "72 hours"
"""How long SES looks for the records (SES API v2, DkimAttributes.Tokens)."""


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """The one next thing to do.

    Attributes:
        action: What to do.
        who: Who must do it; ``nobody`` when there is nothing to do.
    """

    action: str
    who: str


IDENTITY_OWNER: Final = "whoever owns the identity"

NOTHING: Final = NextStep(action="Nothing.", who=NOBODY)


_OWNER_MAKES: Final = NextStep(
    action="Make the identity, or take existing_identity out of the environment: then the deploy makes it.",
    who=IDENTITY_OWNER,
)


def deploy_step(environment: MailEnvironment) -> NextStep:
    """What makes everything that is declared and not there."""
    return NextStep(action=f"Deploy it: cdk deploy '{environment.name}/*'", who=DEPLOYER)


def is_verified(answer: IdentityAnswer) -> bool:
    """Whether the domain, DKIM and the MAIL FROM domain are all verified."""
    return {answer.identity, answer.dkim, answer.mail_from} == {State.SUCCESS}


def has_failed(answer: IdentityAnswer) -> bool:
    """Whether SES has stopped looking for something."""
    return State.FAILED in {answer.identity, answer.dkim, answer.mail_from}


def next_step(
    environment: MailEnvironment,
    domain: MailDomain,
    region: str,
    answer: IdentityAnswer | None,
    problems: Sequence[RecordCheck],
) -> NextStep:
    """Decide the next step of one identity.

    Args:
        environment: The environment; its name is part of commands.
        domain: The domain.
        region: The Region of the identity.
        answer: What SES knows; None when the identity does not exist.
        problems: Records that are not right, as far as they could be read.
    """
    deploy = f"cdk deploy '{environment.name}/*'"
    if answer is None:
        return _OWNER_MAKES if domain.existing_identity else deploy_step(environment)
    if answer.mail_from_domain != domain.mail_from_in(region):
        return _other_setting(
            domain,
            region,
            f"The MAIL FROM domain is {answer.mail_from_domain or 'not set'}, the environment "
            f"says {domain.mail_from_in(region)}.",
            deploy=deploy,
            command=f"mail-from-attributes --mail-from-domain {domain.mail_from_in(region)}",
        )
    if answer.configuration_set != environment.configuration_set_name:
        return _other_setting(
            domain,
            region,
            f"The default configuration set is {answer.configuration_set or 'not set'}, the "
            f"environment says {environment.configuration_set_name}.",
            deploy=deploy,
            command="configuration-set-attributes --configuration-set-name "
            f"{environment.configuration_set_name}",
        )
    if is_verified(answer) and not problems:
        return NOTHING
    restart = _restart(domain, region, answer)
    if isinstance(domain.dns, ExternalDns) and not is_verified(answer):
        return NextStep(
            action=f"Add the records by hand, then check them: {_check(environment, domain)}{restart}",
            who=f"whoever runs the DNS of {domain.domain}",
        )
    return _in_route53(environment, domain, deploy, problems, restart)


def _other_setting(domain: MailDomain, region: str, what: str, *, deploy: str, command: str) -> NextStep:
    """What makes a setting of an identity as declared: a deploy does not see what an import left."""
    by_hand = f"aws sesv2 put-email-identity-{command} --email-identity {domain.domain} --region {region}"
    if domain.existing_identity:
        return NextStep(action=f"{what} Correct the environment, or: {by_hand}", who=IDENTITY_OWNER)
    return NextStep(
        action=f"{what} Deploy: {deploy}; if that changes nothing, as after an import: {by_hand}",
        who=DEPLOYER,
    )


def _in_route53(
    environment: MailEnvironment,
    domain: MailDomain,
    deploy: str,
    problems: Sequence[RecordCheck],
    restart: str,
) -> NextStep:
    zone = _zone_of(domain)
    to_create = [
        check for check in problems if not check.record.merge and not domain.has_record(check.record.purpose)
    ]
    if any(check.verdict is Verdict.UNREACHABLE for check in problems):
        return NextStep(
            action=f"{zone} was not found in this account. Correct `dns` of {domain.domain} in the "
            f"environment, or deploy: {deploy}{restart}",
            who=DEPLOYER,
        )
    if to_create:
        return NextStep(
            action=f"Deploy: {deploy}. If that changes nothing, the records were changed outside of it: put "
            f"them back in {zone} as expected{restart}",
            who=DEPLOYER,
        )
    if problems:
        record = problems[0].record
        return NextStep(
            action=f"Merge by hand into the TXT values in {zone}: {record.values[0]}{restart}"
            if record.merge
            else f"Put back by hand in {zone}: {record.name} {record.type} {record.values[0]}{restart}",
            who=f"whoever runs the DNS of {domain.domain}",
        )
    if restart:
        seen = f"Check the records in public DNS: {_check(environment, domain)}"
        right = "The records are right now"
        return NextStep(
            action=f"{seen if isinstance(domain.dns, CrossAccountZone) else right}{restart}", who=DEPLOYER
        )
    return _wait(environment, domain, zone)


def _wait(environment: MailEnvironment, domain: MailDomain, zone: str) -> NextStep:
    """The records are right, as far as anybody here sees; SES is to find them."""
    if isinstance(domain.dns, CrossAccountZone):
        return NextStep(
            action=f"Wait: the deploy wrote the records into {zone}, and SES finds them within "
            f"{SEARCH_TIME}, mostly in minutes. If it does not, check them in public DNS: "
            f"{_check(environment, domain)}",
            who=SES,
        )
    if isinstance(domain.dns, CreatedZone) and domain.dns.parent is None:
        return NextStep(
            action=f"Enter the name servers of {zone} (stack output NameServers) at its registrar or in its "
            f"parent zone, if that is not done yet; SES then finds the records within {SEARCH_TIME}",
            who=f"whoever owns {domain.dns.zone_name}",
        )
    return NextStep(
        action=f"Wait: the records are in {zone}, and SES finds them within {SEARCH_TIME}, mostly in "
        "minutes. If it does not, compare the zone's name servers with those at the registrar",
        who=SES,
    )


def _check(environment: MailEnvironment, domain: MailDomain) -> str:
    return f"python -m ops records {environment.name} --check --domain {domain.domain}"


def _restart(domain: MailDomain, region: str, answer: IdentityAnswer) -> str:
    """How to make SES look again, after what precedes; empty unless it gave up."""
    if not has_failed(answer):
        return ""
    if State.FAILED in {answer.identity, answer.dkim}:
        return (
            f". SES stopped looking after {SEARCH_TIME}: when the records are right, start the verification "
            f"of {domain.domain} again in the SES console of {region}"
        )
    return (
        f". SES stopped looking after {SEARCH_TIME}: when the records are right, start it again: "
        f"{_set_mail_from(domain, region)}"
    )


def _set_mail_from(domain: MailDomain, region: str) -> str:
    return (
        f"aws sesv2 put-email-identity-mail-from-attributes --region {region} --email-identity "
        f"{domain.domain} --mail-from-domain {domain.mail_from_in(region)}"
    )


def _zone_of(domain: MailDomain) -> str:
    if isinstance(domain.dns, ExternalDns):
        return "the Route 53 zone that receives its DMARC reports"
    if isinstance(domain.dns, CreatedZone):
        return f"the created zone {domain.dns.zone_name}"
    owner = f" of account {domain.dns.account}" if isinstance(domain.dns, CrossAccountZone) else ""
    return f"the Route 53 zone {domain.dns.zone_id} ({domain.dns.zone_name}){owner}"

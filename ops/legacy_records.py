"""Legacy verification records: whether our value is among those at the name, and what is next.

In Route 53 the zone is read. DNS elsewhere is asked: SES does not need the record, so it says nothing of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from constructs_lib.identity.dns_records import DnsRecord, Purpose
from constructs_lib.identity.mail_records import legacy_record
from ops.advice import DEPLOYER, NOTHING, NextStep, deploy_step
from ops.dns_check import LookUp, RecordCheck, Verdict, check_record
from ops.environment_status import NOT_KNOWN
from ops.errors import PermissionDeniedError
from ops.permission_step import allow_step
from ops.ports import MailGateway
from ops.records import KNOWN_AFTER_DEPLOY, NeededRecord, ask, needed_records
from ops.zone_lookup import HostedZones
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain


class Unchecked(StrEnum):
    """Why a record has no verdict."""

    NOT_DEPLOYED = "not deployed"
    NO_VALUE = "no value"
    NOT_KNOWN = NOT_KNOWN


@dataclass(frozen=True, kw_only=True)
class LegacyStatus:
    """The legacy record of one domain in one Region.

    Attributes:
        name: Name of the record, which all Regions share.
        domain: The domain.
        region: The Region whose value is looked for.
        result: The check, or why there is none.
        next_step: What to do, and who must do it.
    """

    name: str
    domain: str
    region: str
    result: RecordCheck | Unchecked
    next_step: NextStep


def read_legacy_records(
    environment: MailEnvironment, gateway: MailGateway, look_up: LookUp
) -> tuple[LegacyStatus, ...]:
    """Check the record of every domain with ``legacy_txt`` in each of its Regions.

    Args:
        environment: The environment.
        gateway: Read access to its account.
        look_up: Asked where DNS is elsewhere.

    Raises:
        AccessError: AWS could not be asked, for another reason than a missing permission.
        ZoneAmbiguousError: A created zone has a namesake.
    """
    zones = HostedZones(gateway)

    def look_up_of(needed: NeededRecord) -> LookUp:
        return zones.look_up(needed.place.zone) if needed.place.zone else look_up

    statuses = []
    for domain in environment.domains:
        for region in environment.regions_of(domain) if domain.legacy_txt else ():
            try:
                result, next_step = _read(environment, domain, region, gateway, look_up_of)
            except PermissionDeniedError as error:
                result, next_step = Unchecked.NOT_KNOWN, allow_step(error)
            statuses.append(
                LegacyStatus(
                    name=legacy_record(domain.domain, KNOWN_AFTER_DEPLOY).name,
                    domain=domain.domain,
                    region=region,
                    result=result,
                    next_step=next_step,
                )
            )
    return tuple(statuses)


def _read(
    environment: MailEnvironment,
    domain: MailDomain,
    region: str,
    gateway: MailGateway,
    look_up_of: Callable[[NeededRecord], LookUp],
) -> tuple[RecordCheck | Unchecked, NextStep]:
    answer = ask(gateway, domain, region)
    if answer is None:
        return Unchecked.NOT_DEPLOYED, deploy_step(environment)
    needed = next(
        needed
        for needed in needed_records(environment, domain, region, answer)
        if needed.record.purpose is Purpose.LEGACY_VERIFICATION
    )
    if not needed.known:
        return Unchecked.NO_VALUE, NextStep(
            action=f"SES tells no value for {domain.domain} in {region}: take legacy_txt out of the "
            "environment. SES itself verifies by DKIM",
            who=DEPLOYER,
        )
    check = check_record(needed.record, look_up_of(needed))
    return check, _next_step(environment, needed, check)


def _next_step(environment: MailEnvironment, needed: NeededRecord, check: RecordCheck) -> NextStep:
    asked_again = f"python -m ops records {environment.name} --check --domain {needed.domain}"
    if check.verdict is Verdict.RIGHT:
        return NOTHING
    unseen = check.verdict in {Verdict.UNREACHABLE, Verdict.NOT_EVERYWHERE}
    # A zone of another account is written to by the deploy and looked at in public DNS, as DNS elsewhere.
    if not needed.place.by_hand and (needed.place.zone is not None or not unseen):
        deploy = f"cdk deploy '{environment.name}/*'"
        if check.verdict is Verdict.UNREACHABLE:
            return NextStep(
                action=f"{needed.place.text} was not found in this account. Correct `dns` of "
                f"{needed.domain} in the environment, or deploy: {deploy}",
                who=DEPLOYER,
            )
        return NextStep(
            action=f"Deploy: {deploy}. If that changes nothing, the value was taken away outside of it: "
            f"{_merge(needed.record)}",
            who=DEPLOYER,
        )
    if check.verdict is Verdict.UNREACHABLE:
        action = f"Ask its name servers again later: {asked_again}"
    elif check.verdict is Verdict.NOT_EVERYWHERE:
        action = f"Wait until all its name servers have it: {asked_again}"
    else:
        action = f"{_merge(needed.record)}. Then check it: {asked_again}"
    return NextStep(action=action, who=f"whoever runs the DNS of {needed.domain}")


def _merge(record: DnsRecord) -> str:
    return f"Merge into the TXT values of {record.name} by hand: {record.values[0]}"

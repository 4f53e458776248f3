"""One reading of an environment: what was asked of SES, and what is added to it."""

from collections.abc import Sequence
from datetime import datetime

from ops.address_section import address_section
from ops.addresses import read_addresses
from ops.deploy_times import deploy_time
from ops.dns_check import LookUp
from ops.environment_status import EnvironmentStatus
from ops.identity_section import DeployTimes, identity_section
from ops.identity_status import IdentityStatus
from ops.legacy_records import read_legacy_records
from ops.legacy_section import legacy_section
from ops.ports import MailGateway, State
from ops.receiving_section import receiving_section
from ops.subscription_section import subscription_section
from ops.subscriptions import read_subscriptions
from ops.template_section import template_section
from stacks.config import MailEnvironment
from stacks.stack_names import identity_stack_name


def read_environment_status(
    environment: MailEnvironment,
    gateway: MailGateway,
    statuses: Sequence[IdentityStatus],
    *,
    look_up: LookUp,
    now: datetime,
) -> EnvironmentStatus:
    """Everything that the status shows. The same answers and the same clock give the same value.

    Args:
        environment: The environment.
        gateway: Read access to its account.
        statuses: Its identities, as `ops.status` read them.
        look_up: Asked about legacy records with DNS elsewhere, which nobody else sees.
        now: The time of the reading, with a time zone.

    Raises:
        AccessError: AWS could not be asked.
    """
    addresses = read_addresses(environment, gateway, now=now)
    return EnvironmentStatus(
        environment=environment.name,
        account=environment.account,
        read_at=now,
        sections=(
            identity_section(statuses, _deploy_times(environment, gateway, statuses)),
            legacy_section(read_legacy_records(environment, gateway, look_up)),
            address_section(addresses),
            template_section(environment, gateway, statuses, addresses),
            receiving_section(environment.active_rule_sets(), gateway, environment=environment.name),
            subscription_section(read_subscriptions(environment, gateway)),
        ),
    )


def _deploy_times(
    environment: MailEnvironment, gateway: MailGateway, statuses: Sequence[IdentityStatus]
) -> DeployTimes:
    """When CloudFormation last changed the identities, asked only where something pending needs it."""
    domains = {domain.domain: domain for domain in environment.domains}
    return {
        (status.domain, status.region): deploy_time(
            gateway,
            status.domain,
            stack=identity_stack_name(environment, domains[status.domain], status.region),
            region=status.region,
        )
        for status in statuses
        if status.mail_from is State.PENDING
        or (status.keys_generated is None and State.PENDING in {status.identity, status.dkim})
    }

"""One reading of an environment: what was asked of SES, and what SNS and CloudFormation add to it."""

from collections.abc import Sequence
from datetime import datetime

from ops.environment_status import EnvironmentStatus
from ops.errors import PermissionDeniedError
from ops.identity_section import DeployTimes, identity_section
from ops.identity_status import IdentityStatus
from ops.ports import MailGateway, State
from ops.subscription_section import subscription_section
from ops.subscriptions import read_subscriptions
from ops.timing import Known
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.stack_names import identity_stack_name


def read_environment_status(
    environment: MailEnvironment,
    gateway: MailGateway,
    statuses: Sequence[IdentityStatus],
    *,
    now: datetime,
) -> EnvironmentStatus:
    """Everything that the status shows. The same answers and the same clock give the same value.

    Args:
        environment: The environment.
        gateway: Read access to its account.
        statuses: Its identities, as `ops.status` read them.
        now: The time of the reading, with a time zone.

    Raises:
        AccessError: AWS could not be asked.
    """
    return EnvironmentStatus(
        environment=environment.name,
        account=environment.account,
        read_at=now,
        sections=(
            identity_section(statuses, _deploy_times(environment, gateway, statuses)),
            subscription_section(read_subscriptions(environment, gateway)),
        ),
    )


def _deploy_times(
    environment: MailEnvironment, gateway: MailGateway, statuses: Sequence[IdentityStatus]
) -> DeployTimes:
    """When CloudFormation last changed the identities, asked only where something pending needs it."""
    domains = {domain.domain: domain for domain in environment.domains}
    return {
        (status.domain, status.region): _deploy_time(
            environment, gateway, domains[status.domain], status.region
        )
        for status in statuses
        if status.mail_from is State.PENDING
        or (status.keys_generated is None and State.PENDING in {status.identity, status.dkim})
    }


def _deploy_time(
    environment: MailEnvironment, gateway: MailGateway, domain: MailDomain, region: str
) -> Known:
    stack = identity_stack_name(environment, domain, region)
    try:
        at = gateway.deployed_at(domain.domain, stack_name=stack, region=region)
    except PermissionDeniedError:
        # The status is worth having without it, and says so.
        return Known(source="no permission for cloudformation:ListStackResources")
    if at is None:
        return Known(source=f"SES does not say, and the stack {stack} does not hold it")
    return Known(at=at, source="identity last deployed, says CloudFormation")

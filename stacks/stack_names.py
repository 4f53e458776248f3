"""The names of stacks, for whoever makes them and whoever looks for them.

Nothing here loads the CDK.
"""

from constructs_lib.identity.dns import CreatedZone
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain


def unit_of(domain: MailDomain) -> str:
    """What a domain's stack is named after: the domain, or the zone that this deploy makes for several."""
    return domain.dns.zone_name if isinstance(domain.dns, CreatedZone) else domain.domain


def identity_stack_id(unit: str, region: str) -> str:
    """The id of a unit's stack below its stage; dots are not allowed there.

    Hyphens are doubled first: ``a-b.example`` and ``a.b.example`` stay apart.
    """
    return f"{unit.replace('-', '--').replace('.', '-')}-{region}"


def address_stack_id(region: str) -> str:
    """The id of the stack of single addresses below its stage."""
    return f"Addresses-{region}"


def address_stack_name(environment: MailEnvironment, region: str) -> str:
    """Name of the CloudFormation stack of an environment's single addresses in one Region."""
    return f"{environment.name}-{address_stack_id(region)}"


def identity_stack_name(environment: MailEnvironment, domain: MailDomain, region: str) -> str:
    """Name of the CloudFormation stack of one domain's identity in one Region.

    Names of more than 128 characters, which the CDK shortens, are no stack's name.
    """
    return f"{environment.name}-{identity_stack_id(unit_of(domain), region)}"


def receiving_stack_id(region: str) -> str:
    """The id of the stack of incoming mail below its stage."""
    return f"Receiving-{region}"


def receiving_stack_name(environment: MailEnvironment, region: str) -> str:
    """Name of the CloudFormation stack of an environment's incoming mail in one Region."""
    return f"{environment.name}-{receiving_stack_id(region)}"


def access_stack_id(region: str) -> str:
    """The id of the stack of who may send below its stage."""
    return f"Access-{region}"


def access_stack_name(environment: MailEnvironment, region: str) -> str:
    """Name of the CloudFormation stack of who may send in one Region."""
    return f"{environment.name}-{access_stack_id(region)}"


def audit_stack_id(region: str) -> str:
    """The id of the stack of trail and alerts below its stage."""
    return f"Audit-{region}"


def alerts_name(environment: MailEnvironment) -> str:
    """Name of the topics, and queues, of an environment's alerts on abuse."""
    return f"{environment.name}-abuse"


def trail_name(environment: MailEnvironment) -> str:
    """Name of the audit trail that an environment makes."""
    return f"{environment.name}-mail"

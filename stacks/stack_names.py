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


def sending_stack_id(region: str) -> str:
    """The id of the stack below its stage that every domain of a Region shares."""
    return f"Sending-{region}"


def access_stack_id(region: str) -> str:
    """The id of the stack of permissions below its stage."""
    return f"Access-{region}"


def template_stack_id(region: str) -> str:
    """The id of the stack of custom verification templates below its stage."""
    return f"Templates-{region}"


def receiving_stack_id(region: str) -> str:
    """The id of the stack of incoming mail below its stage."""
    return f"Receiving-{region}"


def receiving_stack_name(environment: MailEnvironment, region: str) -> str:
    """Name of the CloudFormation stack of an environment's incoming mail in one Region."""
    return f"{environment.name}-{receiving_stack_id(region)}"


def access_stack_name(environment: MailEnvironment, region: str) -> str:
    """Name of the CloudFormation stack of who may send in one Region."""
    return f"{environment.name}-{access_stack_id(region)}"


def monitoring_stack_id(region: str) -> str:
    """The id of the stack of alarms and dashboard below its stage."""
    return f"Monitoring-{region}"


def audit_stack_id(region: str) -> str:
    """The id of the stack of trail and alerts below its stage."""
    return f"Audit-{region}"


def alerts_name(environment: MailEnvironment) -> str:
    """Name of the topics, and queues, of an environment's alerts on abuse."""
    return f"{environment.name}-abuse"


def trail_name(environment: MailEnvironment) -> str:
    """Name of the audit trail that an environment makes."""
    return f"{environment.name}-mail"


def stack_names_in(environment: MailEnvironment, region: str) -> tuple[str, ...]:
    """Names of the stacks that an environment may have in one Region, each once.

    Not all of them need exist: an environment without templates has no stack of templates.
    """
    units = [unit_of(domain) for domain in environment.domains if region in environment.regions_of(domain)]
    ids = [
        sending_stack_id(region),
        *(identity_stack_id(unit, region) for unit in units),
        address_stack_id(region),
        template_stack_id(region),
        receiving_stack_id(region),
        access_stack_id(region),
        monitoring_stack_id(region),
        audit_stack_id(region),
    ]
    return tuple(f"{environment.name}-{stack_id}" for stack_id in dict.fromkeys(ids))

"""The name of the stack that holds an identity, as `stacks.mail_stage` makes it; no CDK is loaded for it."""

from constructs_lib.dns import CreatedZone
from stacks.config import MailDomain, MailEnvironment


def identity_stack_name(environment: MailEnvironment, domain: MailDomain, region: str) -> str:
    """Name of the CloudFormation stack of one domain's identity in one Region.

    Names of more than 128 characters, which the CDK shortens, are no stack's name.
    """
    unit = domain.dns.zone_name if isinstance(domain.dns, CreatedZone) else domain.domain
    return f"{environment.name}-{unit.replace('-', '--').replace('.', '-')}-{region}"

"""Whether the CDK may deploy to a Region: its bootstrap stack, how old that is, and what its role may do."""

from collections.abc import Iterator
from typing import Final

from ops.doctor.deploy_permissions import execution_findings
from ops.doctor.findings import Finding, Severity, not_known
from ops.doctor.ports import DoctorGateway
from ops.errors import AccessError
from stacks.config import MailEnvironment

REQUIRED_VERSION: Final = 6
"""What the templates of the CDK's default synthesizer require; a test compares it with a synthesized one."""


def bootstrap_findings(
    environment: MailEnvironment, region: str, gateway: DoctorGateway
) -> Iterator[Finding]:
    """What the bootstrap stack of a Region is, and, where there may be one, what its role lacks.

    Raises:
        AccessError: IAM could not be asked.
    """
    try:
        version = gateway.bootstrap_version(region=region)
    except AccessError as error:
        about = f"the version of the bootstrap stack in {region}"
        yield not_known(about, why=error.message, fix=error.fix)
    else:
        yield from _version_findings(environment, region, version)
        if version is None:
            return
    yield from execution_findings(environment, region, gateway)


def _version_findings(environment: MailEnvironment, region: str, version: int | None) -> Iterator[Finding]:
    fix = f"cdk bootstrap aws://{environment.account}/{region}"
    if version is None:
        yield Finding(
            severity=Severity.ERROR,
            code="bootstrap-missing",
            what=f"{region} has no bootstrap stack of the CDK.",
            why="The deploy puts function code into its bucket and works with its roles.",
            fix=fix,
        )
    elif version < REQUIRED_VERSION:
        yield Finding(
            severity=Severity.ERROR,
            code="bootstrap-too-old",
            what=f"The bootstrap stack of {region} has version {version}.",
            why=f"The templates require version {REQUIRED_VERSION}: CloudFormation refuses them.",
            fix=fix,
        )

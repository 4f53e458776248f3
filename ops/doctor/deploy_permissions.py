"""What the deploy may not do: the roles that the CDK bootstrap made, and who may use them.

The credentials call the CDK's roles; CloudFormation then works as its execution role. IAM is asked what it
would decide about both (IAM API, SimulatePrincipalPolicy). What it does not see are conditions on values of a
real call, session policies, and service control policies with conditions.
"""

from collections.abc import Iterator
from typing import Final

from ops.doctor.arns import arn
from ops.doctor.deploy_actions import deploy_actions
from ops.doctor.findings import Finding, Severity, not_known
from ops.doctor.ports import Caller, PermissionsGateway, Simulated
from stacks.config import MailEnvironment

QUALIFIER: Final = "hnb659fds"
"""Of the CDK's bootstrap resources; cdk.json does not change it (AWS CDK Developer Guide, bootstrapping)."""

_ROLES: Final = ("deploy-role", "file-publishing-role")
_ASSUME: Final = "sts:AssumeRole"
_WRITE_RECORDS: Final = "route53:ChangeResourceRecordSets"


def cdk_role(environment: MailEnvironment, region: str, role: str) -> str:
    """Name of a role of the bootstrap stack."""
    return f"cdk-{QUALIFIER}-{role}-{environment.account}-{region}"


def execution_findings(
    environment: MailEnvironment, region: str, gateway: PermissionsGateway
) -> Iterator[Finding]:
    """What CloudFormation may not make in one Region.

    Raises:
        AccessError: IAM could not be asked.
    """
    role = cdk_role(environment, region, "cfn-exec-role")
    principal = arn(environment, region, "iam", f"role/{role}")
    by_resource: dict[str, list[str]] = {}
    for action, resource in _questions(environment, region):
        by_resource.setdefault(resource, []).append(action)
    denied: list[tuple[str, Simulated]] = []
    for resource, actions in by_resource.items():
        decisions = gateway.simulate(principal, tuple(actions), resource=resource, region=region)
        if decisions is None:
            yield not_known(
                f"what CloudFormation may do in {region}",
                why=f"there is no role {role}: the Region was prepared in another way",
                fix="check by hand what the execution role of that bootstrap stack may do",
            )
            return
        denied.extend((resource, decision) for decision in decisions if not decision.allowed)
    for certain in (True, False):
        lacking = [f"{each.action} on {resource}" for resource, each in denied if each.certain is certain]
        if lacking:
            yield Finding(
                severity=Severity.ERROR if certain else Severity.WARNING,
                code="deploy-permission-missing",
                what=f"{role} may not call {', '.join(lacking)}"
                f"{'' if certain else ', as far as IAM can tell without a real call'}.",
                why="CloudFormation makes the resources as this role: the deploy fails and rolls back.",
                fix="bootstrap again with --cloudformation-execution-policies that allow it, or extend the "
                "role's policy",
            )


def caller_findings(
    environment: MailEnvironment, caller: Caller, regions: tuple[str, ...], gateway: PermissionsGateway
) -> Iterator[Finding]:
    """Whether the credentials may use the roles of the CDK.

    Raises:
        AccessError: IAM could not be asked.
    """
    principal = _principal(caller, gateway)
    if principal is None:
        yield not_known(
            "whether the credentials may use the CDK's roles",
            why=f"IAM simulates users and roles of the account, and {caller.arn} is none",
            fix="nothing, if you deploy with other credentials; otherwise use a role of the account",
        )
        return
    if principal.endswith(":root"):
        return  # IAM limits nothing of it, and simulates nothing
    closed: list[str] = []
    for region in regions:
        for name in _ROLES:
            role = arn(environment, region, "iam", f"role/{cdk_role(environment, region, name)}")
            decisions = gateway.simulate(principal, (_ASSUME,), resource=role, region=region)
            closed.extend(role for decision in decisions or () if not decision.allowed)
    if closed:
        yield Finding(
            severity=Severity.WARNING,
            code="deploy-role-closed",
            what=f"{principal} may not call {_ASSUME} on {', '.join(closed)}.",
            why="The CDK then works with the credentials themselves, which need all that those roles may do.",
            fix=f"allow {_ASSUME} on {arn(environment, regions[0], 'iam', f'role/cdk-{QUALIFIER}-*')}, "
            "unless you deploy with other credentials",
        )


def _questions(environment: MailEnvironment, region: str) -> Iterator[tuple[str, str]]:
    """Action and resource: each action once, since roles are narrowed by service or prefix; every zone."""
    asked = set()
    for each in deploy_actions(environment, region):
        key = (each.action, each.resource if each.action == _WRITE_RECORDS else "")
        if key not in asked:
            asked.add(key)
            yield each.action, each.resource


def _principal(caller: Caller, gateway: PermissionsGateway) -> str | None:
    """The user or role behind credentials; a session's ARN lacks the path of its role."""
    _, _, service, _, _, resource = caller.arn.split(":", 5)
    if service == "iam":
        return caller.arn
    kind, _, rest = resource.partition("/")
    return gateway.role_arn(rest.partition("/")[0]) if kind == "assumed-role" else None

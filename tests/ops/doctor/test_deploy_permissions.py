from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from constructs_lib.identity.dns import Route53Zone
from ops.doctor.deploy_actions import deploy_actions
from ops.doctor.deploy_permissions import caller_findings, execution_findings
from ops.doctor.ports import Caller, Simulated
from stacks.domain_config import MailDomain
from stacks.environments import ENVIRONMENTS
from tests.iam import Policy, Request, evaluate
from tests.ops.doctor.support import ACCOUNT, REGION, FakeAccount, codes
from tests.own_environment import DEV

if TYPE_CHECKING:
    from ops.doctor.deploy_parts import DeployAction

EXECUTION = f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-{REGION}"
USER = f"arn:aws:iam::{ACCOUNT}:user/deployer"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Deployer/jo"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/Deployer"


def deciding(*denied: str, certain: bool = True) -> FakeAccount:
    def decide(principal: str, action: str, resource: str) -> Simulated:
        assert principal
        assert resource
        return Simulated(action=action, allowed=action not in denied, certain=certain)

    return FakeAccount(decide=decide, roles={"Deployer": ROLE})


def test_a_role_that_may_do_everything() -> None:
    assert list(execution_findings(DEV, REGION, deciding())) == []


@pytest.mark.parametrize("certain, severity", [(True, "error"), (False, "warning")])
def test_what_cloudformation_may_not_do_is_listed_once(severity: str, *, certain: bool) -> None:
    account = deciding("ses:CreateEmailIdentity", "kms:CreateKey", certain=certain)
    (finding,) = execution_findings(DEV, REGION, account)
    assert codes([finding]) == [(severity, "deploy-permission-missing")]
    assert (
        f"ses:CreateEmailIdentity on arn:aws:ses:{REGION}:{ACCOUNT}:identity/dev.example.com" in finding.what
    )
    assert "kms:CreateKey on *" in finding.what
    assert ("as far as IAM can tell" in finding.what) is not certain


def test_every_action_is_asked_of_the_execution_role() -> None:
    """Once, on a resource that the deploy makes; records on each zone."""
    asked = []

    def decide(principal: str, action: str, resource: str) -> Simulated:
        assert principal == EXECUTION
        asked.append((action, resource))
        return Simulated(action=action, allowed=True)

    second = MailDomain(domain="example.net", dns=Route53Zone(zone_id="Z2", zone_name="example.net"))
    config = replace(DEV, domains=(*DEV.domains, second))
    account = FakeAccount(decide=decide)
    list(execution_findings(config, REGION, account))
    needed = {(each.action, each.resource) for each in deploy_actions(config, REGION)}
    assert set(asked) <= needed
    assert {action for action, _ in asked} == {action for action, _ in needed}
    records = "route53:ChangeResourceRecordSets"
    assert [resource for action, resource in asked if action == records] == [
        "arn:aws:route53:::hostedzone/Z0DEVEXAMPLE00000001",
        "arn:aws:route53:::hostedzone/Z2",
    ]
    once = [action for action, _ in asked if action != records]
    assert len(once) == len(set(once))
    assert len(account.asked) < len(asked)  # one question for each resource


def test_a_bootstrap_of_another_kind_is_not_known() -> None:
    account = FakeAccount(decide=lambda *_: None)
    (finding,) = execution_findings(DEV, REGION, account)
    assert codes([finding]) == [("not known", "not-known")]
    assert account.asked == ["simulate"]


@pytest.mark.parametrize("arn, principal", [(USER, USER), (SESSION, ROLE)])
def test_credentials_that_may_not_use_the_roles(arn: str, principal: str) -> None:
    """A session's ARN lacks the path of its role."""
    account, caller = deciding("sts:AssumeRole"), Caller(account=ACCOUNT, arn=arn)
    (finding,) = caller_findings(DEV, caller, (REGION,), account)
    assert codes([finding]) == [("warning", "deploy-role-closed")]
    assert finding.what.startswith(f"{principal} may not call sts:AssumeRole on ")
    assert f"role/cdk-hnb659fds-deploy-role-{ACCOUNT}-{REGION}" in finding.what
    assert f"role/cdk-hnb659fds-file-publishing-role-{ACCOUNT}-{REGION}" in finding.what
    assert list(caller_findings(DEV, caller, (REGION,), deciding())) == []


def test_nothing_limits_the_root_user() -> None:
    account = deciding("sts:AssumeRole")
    caller = Caller(account=ACCOUNT, arn=f"arn:aws:iam::{ACCOUNT}:root")
    assert list(caller_findings(DEV, caller, (REGION,), account)) == []
    assert account.asked == []


@pytest.mark.parametrize(
    "arn", [f"arn:aws:sts::{ACCOUNT}:federated-user/jo", f"arn:aws:sts::{ACCOUNT}:assumed-role/Gone/jo"]
)
def test_somebody_that_iam_does_not_simulate(arn: str) -> None:
    caller = Caller(account=ACCOUNT, arn=arn)
    assert codes(list(caller_findings(DEV, caller, (REGION,), deciding()))) == [("not known", "not-known")]


def test_iam_knows_every_action_and_its_resource() -> None:
    """The evaluator refuses an action that does not exist, and a resource that an action does not take."""
    asked: set[DeployAction] = {
        action
        for config in ENVIRONMENTS.values()
        for region in config.regions
        for action in deploy_actions(config, region)
    }
    everything: Policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    }
    decisions = evaluate(
        [
            Request(
                principal=EXECUTION,
                action=each.action,
                resources=[each.resource],
                resource_account=ACCOUNT,
                identity_policies=[everything],
            )
            for each in sorted(asked, key=lambda action: (action.action, action.resource))
        ]
    )
    assert all(decision.allowed for decision in decisions)

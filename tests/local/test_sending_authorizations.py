"""Sending authorizations on the embedded AWS: really deployed, put and taken away by the real function."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import aws_cdk as cdk
import pytest
from botocore.exceptions import WaiterError

from constructs_lib.identity.dns import ExternalDns
from constructs_lib.identity.domain_identity import DomainIdentity
from constructs_lib.sending.send_conditions import SendConditions
from constructs_lib.sending.sending_authorization import SendingAuthorization
from constructs_lib.sending.sending_authorizations import SendingAuthorizations
from constructs_lib.sending.sending_profile import SendingProfile
from tests.local.conftest import Aws
from tests.local.deployable import Deployable, delete_stack, new_deployable_stack
from tests.local.test_ses_identity_policies import policy

STACK = "Authorized"


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A stack with an identity and its authorizations, each a name and a sender."""

    aws: Aws
    domain: str

    def deploy(self, *, broken: bool = False, **senders: str) -> None:
        stack = Deployable.of(self.synth(self.domain, **senders))
        if broken:
            resources = stack.template["Resources"]
            resources["Broken"] = {
                "Type": "AWS::SecretsManager::RotationSchedule",
                "Properties": {"SecretId": "no-such-secret"},
                "DependsOn": [name for name in resources if "Policy" in name],
            }
        stack.deploy(self.aws, ends="stack_rollback_complete" if broken else None)

    def synth(self, domain: str, **senders: str) -> cdk.Stack:
        stack = new_deployable_stack(STACK)
        profile = SendingProfile(stack, "Sending", configuration_set_name="authorized")
        identity = DomainIdentity(
            stack,
            "Identity",
            domain=self.domain,
            dns=ExternalDns(),
            configuration_set_name=profile.configuration_set_name,
        )
        identity.node.add_dependency(profile)
        SendingAuthorizations(
            stack,
            "Authorizations",
            authorizations=[
                SendingAuthorization(
                    name=name,
                    identity=identity if domain == self.domain else domain,
                    account="222222222222",
                    conditions=SendConditions(from_addresses=(f"{sender}@{domain}",)),
                )
                for name, sender in senders.items()
            ],
        )
        return stack

    def put_theirs(self) -> None:
        self.aws.ses.create_email_identity_policy(
            EmailIdentity=self.domain, PolicyName="theirs", Policy=policy(self.domain)
        )

    def senders(self) -> dict[str, str]:
        """Who may send, by the policies that are not the other team's."""
        found = self.aws.ses.get_email_identity_policies(EmailIdentity=self.domain)["Policies"]
        if "theirs" in found:
            assert found.pop("theirs") == policy(self.domain)
        senders = {}
        for name, text in found.items():
            (statement,) = json.loads(text)["Statement"]
            (address,) = statement["Condition"]["StringLike"]["ses:FromAddress"]
            senders[name.rpartition("-")[0]] = address.removesuffix(f"@{self.domain}")
        return senders


@pytest.fixture
def deployment(aws: Aws, domain: str) -> Iterator[Deployment]:
    yield Deployment(aws=aws, domain=domain)
    if any(stack["StackName"] == STACK for stack in aws.cloudformation.describe_stacks()["Stacks"]):
        delete_stack(aws, STACK)


def test_policies_come_change_and_go_and_those_of_others_stay(deployment: Deployment) -> None:
    deployment.deploy(team="billing")
    assert deployment.senders() == {"team": "billing"}
    deployment.put_theirs()
    deployment.deploy(team="dunning", news="news")
    assert deployment.senders() == {"team": "dunning", "news": "news"}
    deployment.deploy(news="news")
    assert deployment.senders() == {"news": "news"}
    delete_stack(deployment.aws, STACK)
    assert deployment.senders() == {}
    # The identity stays, and on it what this stack did not put there.
    found = deployment.aws.ses.get_email_identity_policies(EmailIdentity=deployment.domain)
    assert list(found["Policies"]) == ["theirs"]


def test_an_update_that_fails_elsewhere_leaves_the_former_permissions(deployment: Deployment) -> None:
    deployment.deploy(team="billing")
    deployment.put_theirs()
    deployment.deploy(broken=True, team="dunning", news="news")
    assert deployment.senders() == {"team": "billing"}


def test_the_output_is_printed(deployment: Deployment) -> None:
    deployment.deploy(team="billing")
    (stack,) = deployment.aws.cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    (printed,) = (
        json.loads(output["OutputValue"])
        for output in stack["Outputs"]
        if "account 222222222222" in output.get("Description", "")
    )
    arn = f"arn:aws:ses:us-east-1:000000000000:identity/{deployment.domain}"
    assert printed["ApiV2"]["FromEmailAddressIdentityArn"] == arn
    assert printed["Region"] == "us-east-1"


def test_an_identity_that_is_not_there_is_the_reason_of_the_failure(deployment: Deployment) -> None:
    stack = Deployable.of(deployment.synth("missing.example", team="billing"))
    with pytest.raises(WaiterError):
        stack.deploy(deployment.aws)
    events = deployment.aws.cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    reasons = " ".join(event.get("ResourceStatusReason", "") for event in events)
    assert "CreateEmailIdentityPolicy for identity missing.example: NotFoundException" in reasons
    assert "Fix: this account has no such identity in this Region; create it first." in reasons

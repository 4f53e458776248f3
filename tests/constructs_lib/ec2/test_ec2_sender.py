import email
import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from constructs_lib.ec2.ec2_machine import Machine
from constructs_lib.ec2.ec2_sender import Ec2Sender
from constructs_lib.ec2.null_client import NullClient
from constructs_lib.smtp.smtp_credentials import SmtpCredentials
from constructs_lib.smtp.smtp_endpoint import SmtpEndpoint
from tests import lint_templates
from tests.constructs_lib.ec2.test_ec2_machine import KINDS, http_tokens, machine
from tests.constructs_lib.smtp.test_smtp_endpoint import existing_vpc
from tests.constructs_lib.smtp.test_smtp_user import IDENTITY, user
from tests.support import refuses
from tests.synthesis import new_stack, only, resources, template_of
from tests.test_nag import PACKS, findings

CLIENT = NullClient(origin="example.com")


def send(**overrides: Any) -> iam.PolicyStatement:  # noqa: ANN401 - any option
    options = {"actions": ["ses:SendEmail", "ses:SendRawEmail"], "resources": [IDENTITY]}
    return iam.PolicyStatement(**(options | overrides))


def smtp(stack: cdk.Stack) -> SmtpCredentials:
    return SmtpCredentials(
        stack, "Smtp", name_prefix="prod", users=[user(), user(name="far", region="us-east-1")]
    )


def everything(kind: str = "instance", *, given: bool = True) -> tuple[Machine, dict[str, Any]]:
    """A machine with all that it can be given, or all of it besides a machine; and the template."""
    stack = new_stack()
    vpc = existing_vpc(stack)
    options = {"security_group": ec2.SecurityGroup(stack, "Own", vpc=vpc)} if kind == "template" else {}
    target = machine(kind, stack=stack, **options)
    credentials = smtp(stack)
    endpoint = SmtpEndpoint(stack, "Endpoint", vpc=vpc)
    if given:
        Ec2Sender(
            stack,
            "Sender",
            target=target,
            statements=[send()],
            credentials=credentials,
            smtp_user="billing",
            null_client=CLIENT,
            endpoint=endpoint,
        )
    return target, template_of(stack)


def described(template: dict[str, Any]) -> dict[str, Any]:
    """How instances are started."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::EC2::LaunchTemplate":
            return dict(resource["Properties"]["LaunchTemplateData"])
    return dict(only(template, "AWS::EC2::Instance")[1]["Properties"])


def statements(template: dict[str, Any]) -> list[dict[str, Any]]:
    _, policy = only(template, "AWS::IAM::ManagedPolicy")
    return list(policy["Properties"]["PolicyDocument"]["Statement"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_machine_with_everything(kind: str) -> None:
    target, template = everything(kind)
    assert http_tokens(target) == "required"
    (parts,) = described(template)["UserData"].values()
    (part,) = list(email.message_from_string(parts).walk())[1:]
    assert part.get_content_type() == "text/cloud-config"
    assert "prod/smtp/eu-west-1/billing" in str(part.get_payload())
    _, ingress = only(template, "AWS::EC2::SecurityGroupIngress")
    clients = ingress["Properties"]["SourceSecurityGroupId"]
    assert clients in described(template)["SecurityGroupIds"]
    assert len(described(template)["SecurityGroupIds"]) == 2


def test_the_api_permission_alone_and_only_by_imdsv2() -> None:
    stack = new_stack()
    condition = {"StringEquals": {"ses:FromAddress": "billing@example.com"}}
    target = machine("instance", stack=stack, user_data=None)
    sender = Ec2Sender(stack, "Sender", target=target, statements=[send(conditions=condition)])
    template = template_of(stack)
    actions = ["ses:SendEmail", "ses:SendRawEmail"]
    assert statements(template) == [
        {"Effect": "Allow", "Action": actions, "Resource": IDENTITY, "Condition": condition},
        {
            "Effect": "Deny",
            "Action": actions,
            "Resource": IDENTITY,
            "Condition": {"NumericLessThan": {"ec2:RoleDelivery": "2.0"}},
        },
    ]
    assert stack.resolve(sender.policy.managed_policy_arn)
    assert http_tokens(target) == "required"
    assert len(described(template)["SecurityGroupIds"]) == 1
    assert not resources(template, "AWS::IAM::Policy")


def test_credentials_are_read_from_one_secret_only_by_imdsv2() -> None:
    stack = new_stack()
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    Ec2Sender(stack, "Sender", target=role, credentials=smtp(stack), smtp_user="billing")
    template = template_of(stack)
    role_id = stack.resolve(role.role_name)
    _, policy = only(template, "AWS::IAM::ManagedPolicy")
    assert policy["Properties"]["Roles"] == [role_id]
    reading, decrypting, denied = statements(template)
    secret_id = reading["Resource"]["Fn::GetAtt"][0]
    assert template["Resources"][secret_id]["Properties"]["Name"] == "prod/smtp/eu-west-1/billing"
    assert (reading["Effect"], decrypting["Action"]) == ("Allow", "kms:Decrypt")
    assert (denied["Effect"], denied["Action"]) == ("Deny", "secretsmanager:GetSecretValue")
    assert denied["Resource"] == reading["Resource"]
    assert denied["Condition"] == {"NumericLessThan": {"ec2:RoleDelivery": "2.0"}}


def test_a_role_of_another_stack_is_given_the_policy_by_name() -> None:
    stack = new_stack()
    role = iam.Role.from_role_name(stack, "Role", "servers")
    Ec2Sender(stack, "Sender", target=role, statements=[send()])
    _, policy = only(template_of(stack), "AWS::IAM::ManagedPolicy")
    assert policy["Properties"]["Roles"] == ["servers"]


def test_own_user_data_stays_first() -> None:
    stack = new_stack()
    user_data, commands = ec2.MultipartUserData(), ec2.UserData.for_linux()
    user_data.add_user_data_part(commands, ec2.MultipartBody.SHELL_SCRIPT, make_default=True)
    target = machine("instance", stack=stack, user_data=user_data)
    Ec2Sender(
        stack, "Sender", target=target, credentials=smtp(stack), smtp_user="billing", null_client=CLIENT
    )
    commands.add_commands("echo added later")
    parts = str(described(template_of(stack))["UserData"])
    assert "echo added later" in parts
    assert parts.index("x-shellscript") < parts.index("text/cloud-config")


@pytest.mark.parametrize(
    "statement,fragment",
    [
        (send(actions=["ses:*"]), "each written out"),
        (send(actions=["ses:Send*"]), "each written out"),
        (send(actions=["ses:SendEmail", "s3:GetObject"]), "each written out"),
        (send(actions=["ses:DeleteIdentity"]), "each written out"),
        (iam.PolicyStatement(not_actions=["ses:SendEmail"], resources=[IDENTITY]), "each written out"),
        (send(resources=["*"]), "ARNs of identities"),
        (iam.PolicyStatement(actions=["ses:SendEmail"]), "ARNs of identities"),
        (iam.PolicyStatement(actions=["ses:SendEmail"], not_resources=[IDENTITY]), "ARNs of identities"),
        (send(principals=[iam.AnyPrincipal()]), "no principal"),
    ],
)
def test_refuses_a_permission(statement: iam.PolicyStatement, fragment: str) -> None:
    stack = new_stack()
    with refuses("instance-permission-invalid", fragment):
        Ec2Sender(stack, "Sender", target=machine("instance", stack=stack), statements=[send(), statement])
    assert stack.node.try_find_child("Sender") is None


@pytest.mark.parametrize(
    "options,fragment",
    [
        ({}, "something to send with"),
        ({"null_client": CLIENT}, "it relays with `credentials`"),
        ({"smtp_user": "billing"}, "one needs the other"),
        ({"credentials": smtp}, "one needs the other"),
        ({"credentials": smtp, "smtp_user": "other"}, "'other'"),
        (
            {
                "credentials": smtp,
                "smtp_user": "billing",
                "null_client": NullClient(origin="example.com", port=465),
                "endpoint": SmtpEndpoint,
            },
            "endpoint.ports",
        ),
        ({"credentials": smtp, "smtp_user": "far", "endpoint": SmtpEndpoint}, "it is in us-east-1"),
        ({"target": iam.Role, "statements": [send()], "endpoint": SmtpEndpoint}, "no security group"),
        (
            {"target": iam.Role, "credentials": smtp, "smtp_user": "billing", "null_client": CLIENT},
            "no user data",
        ),
    ],
)
def test_refuses_what_does_not_fit(options: dict[str, Any], fragment: str) -> None:
    stack = new_stack()
    made = dict(options)
    if "target" in made:
        made["target"] = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    if "credentials" in made:
        made["credentials"] = smtp(stack)
    if "endpoint" in made:
        made["endpoint"] = SmtpEndpoint(stack, "Endpoint", vpc=existing_vpc(stack))
    with refuses("instance-sender-invalid", fragment):
        Ec2Sender(stack, "Sender", **({"target": machine("instance", stack=stack)} | made))
    assert stack.node.try_find_child("Sender") is None


def test_an_endpoint_of_a_region_that_only_the_deployment_knows_fits() -> None:
    stack = new_stack(None)
    Ec2Sender(
        stack,
        "Sender",
        target=machine("instance", stack=stack),
        credentials=smtp(stack),
        smtp_user="far",
        null_client=CLIENT,
        endpoint=SmtpEndpoint(stack, "Endpoint", vpc=existing_vpc(stack)),
    )
    # The Region of Secrets Manager is written into the user data when it is deployed.
    user_data = json.dumps(described(template_of(stack))["UserData"])
    assert '"Ref": "AWS::Region"' in user_data


@pytest.mark.parametrize("pack", PACKS)
def test_the_rule_packs_find_nothing_more(pack: type) -> None:
    (without, _), (target, _) = everything(given=False), everything()
    assert findings(pack, cdk.Stack.of(target)) <= findings(pack, cdk.Stack.of(without))


@pytest.mark.parametrize("kind", KINDS)
def test_cfn_lint_finds_nothing_more(kind: str, tmp_path: Path) -> None:
    found = []
    for given in (False, True):
        file = tmp_path / f"{given}.json"
        file.write_text(json.dumps(everything(kind, given=given)[1]))
        found.append(set(lint_templates.findings(kind, "eu-west-1", file)))
    assert found[1] <= found[0]

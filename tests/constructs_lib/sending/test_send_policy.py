import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from cdk_nag import NagPack

from constructs_lib.identity.domain_identity import DomainIdentity
from constructs_lib.sending.send_conditions import SendConditions
from constructs_lib.sending.send_permission import SendPermission
from constructs_lib.sending.send_policy import SendPolicy
from tests.iam import Request, evaluate, identity_policies
from tests.support import refuses
from tests.synthesis import ACCOUNT, REGION, new_stack, only, resources, template_of
from tests.test_nag import PACKS, findings

SERVICE = iam.ServicePrincipal("lambda.amazonaws.com")


def test_default_is_one_policy_attached_to_nobody() -> None:
    stack = new_stack()
    SendPolicy(stack, "Policy", permissions=[SendPermission(identities=["example.com"])])
    template = template_of(stack)
    assert len(template["Resources"]) == 1
    _, policy = only(template, "AWS::IAM::ManagedPolicy")
    assert policy["Properties"]["PolicyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["ses:SendEmail", "ses:SendRawEmail"],
                "Resource": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.com",
            }
        ],
    }
    assert not policy["Properties"].keys() & {"Roles", "Users", "Groups", "ManagedPolicyName"}


def test_a_policy_is_attached_to_roles_users_and_groups() -> None:
    stack = new_stack()
    made = SendPolicy(
        stack,
        "Policy",
        permissions=[SendPermission(identities=["example.com"])],
        roles=[iam.Role.from_role_name(stack, "Imported", "sender")],
        users=[iam.User(stack, "User")],
        groups=[iam.Group(stack, "Group")],
    )
    role_in(stack).add_managed_policy(made.policy)
    template = template_of(stack)
    policy_id, policy = only(template, "AWS::IAM::ManagedPolicy")
    assert policy["Properties"]["Roles"] == ["sender"]
    assert policy["Properties"]["Users"] == [{"Ref": only(template, "AWS::IAM::User")[0]}]
    assert policy["Properties"]["Groups"] == [{"Ref": only(template, "AWS::IAM::Group")[0]}]
    assert only(template, "AWS::IAM::Role")[1]["Properties"]["ManagedPolicyArns"] == [{"Ref": policy_id}]


def test_each_permission_keeps_its_conditions() -> None:
    stack = new_stack()
    permissions = [
        SendPermission(
            identities=["example.com"],
            configuration_set=name,
            conditions=SendConditions(from_addresses=[f"{name}@example.com"]),
        )
        for name in ("billing", "news")
    ]
    SendPolicy(stack, "Policy", permissions=permissions)
    _, policy = only(template_of(stack), "AWS::IAM::ManagedPolicy")
    assert [
        (statement["Condition"], statement["Resource"][0].rpartition("/")[2])
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ] == [
        ({"StringLike": {"ses:FromAddress": [f"{name}@example.com"]}}, name) for name in ("billing", "news")
    ]


def test_a_sandbox_recipient_is_no_sender() -> None:
    stack = new_stack()
    role = iam.Role(stack, "Role", assumed_by=SERVICE)
    identity = DomainIdentity.from_domain(stack, domain="example.com")
    identity.grant_send(role, sandbox_recipients=["ann@customer.test"])
    template = template_of(stack)
    documents = identity_policies(template, only(template, "AWS::IAM::Role")[0])
    arns = [f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{x}" for x in ("example.com", "ann@customer.test")]
    decisions = evaluate(
        [
            Request(
                principal=f"arn:aws:iam::{ACCOUNT}:role/any",
                action="ses:SendEmail",
                resources=arns,
                context={"ses:FromAddress": sender},
                identity_policies=documents,
            )
            for sender in (
                "ceo@example.com",
                "ceo@mail.example.com",
                "ann@customer.test",
                "x@evilexample.com",
            )
        ]
    )
    assert [decision.allowed for decision in decisions] == [True, True, False, False]


def test_a_grant_covers_the_default_configuration_set_or_the_one_it_names() -> None:
    stack = new_stack()
    role = iam.Role(stack, "Role", assumed_by=SERVICE)
    known = DomainIdentity.from_domain(stack, domain="example.com", configuration_set_name="transactional")
    unknown = DomainIdentity.from_domain(stack, domain="example.org")
    for grant in (known.grant_send(role), unknown.grant_send(role, configuration_set="marketing")):
        grant.assert_success()
    text = json.dumps(template_of(stack))
    assert "configuration-set/transactional" in text
    assert "configuration-set/marketing" in text


def test_what_a_grant_reaches() -> None:
    stack = new_stack()
    identity = DomainIdentity.from_domain(stack, domain="example.com")
    code = lambda_.Code.from_inline("pass")
    function = lambda_.Function(
        stack, "Function", code=code, handler="index.handler", runtime=lambda_.Runtime.PYTHON_3_13
    )
    for grantee in (function, iam.User(stack, "User"), iam.Group(stack, "Group")):
        assert identity.grant_send(grantee).success
    holders = [
        holder
        for policy in resources(template_of(stack), "AWS::IAM::Policy").values()
        for kind in ("Roles", "Users", "Groups")
        for holder in policy["Properties"].get(kind, [])
    ]
    assert len(holders) == 3


ADDRESSES = [f"recipient{number:03}@customer.test" for number in range(250)]


@pytest.mark.parametrize(
    "make, code, fragment",
    [
        (lambda s: grant(iam.User(s, "User"), recipients=ADDRESSES[:80]), "recipients-too-many", "2048"),
        (lambda s: grant(iam.Group(s, "Group"), recipients=ADDRESSES[:200]), "recipients-too-many", "5120"),
        (lambda s: grant(role_in(s), recipients=ADDRESSES), "recipients-too-many", "*@example.org"),
        (
            lambda s: grant(iam.User(s, "User"), templates=[f"Template{n:03}" for n in range(40)]),
            "policy-too-large",
            "attach a SendPolicy instead",
        ),
        (
            lambda s: SendPolicy(
                s,
                "Policy",
                permissions=[
                    SendPermission(
                        identities=["example.com"], conditions=SendConditions(recipients=ADDRESSES[:125])
                    )
                ]
                * 2,
            ),
            "recipients-too-many",
            "250 recipients",
        ),
        (
            lambda s: SendPolicy(s, "Policy", permissions=[SendPermission(identities=["example.com"])] * 50),
            "policy-too-large",
            "a policy for each permission",
        ),
        (lambda s: SendPolicy(s, "Policy", permissions=[]), "send-permission-invalid", "at least one"),
    ],
)
def test_rejected(make: Callable[[cdk.Stack], object], code: str, fragment: str) -> None:
    with refuses(code, fragment):
        make(new_stack())


def test_a_role_and_a_policy_take_more_than_a_user() -> None:
    stack = new_stack()
    grant(role_in(stack), recipients=ADDRESSES[:150])
    SendPolicy(
        stack,
        "Policy",
        permissions=[
            SendPermission(identities=["example.com"], conditions=SendConditions(recipients=ADDRESSES[:150]))
        ],
        users=[iam.User(stack, "User")],
    )
    grant(iam.User(stack, "Other"), recipients=ADDRESSES[:40])


@pytest.mark.parametrize("pack", PACKS)
def test_a_policy_for_roles_and_groups_is_clean(pack: type[NagPack]) -> None:
    stack = new_stack()
    group = iam.Group(stack, "Group")
    iam.User(stack, "User", groups=[group])
    SendPolicy(
        stack,
        "Policy",
        permissions=[SendPermission(identities=["example.com"])],
        roles=[role_in(stack)],
        groups=[group],
    )
    assert findings(pack, stack) == set()


def role_in(stack: cdk.Stack) -> iam.Role:
    return iam.Role(stack, "Role", assumed_by=SERVICE)


def grant(grantee: iam.Role | iam.User | iam.Group, **options: Any) -> iam.Grant:  # noqa: ANN401 - any option
    return DomainIdentity.from_domain(cdk.Stack.of(grantee), domain="example.com").grant_send(
        grantee, **options
    )

"""Who may have which addresses verified by which template: the statement, and what the evaluator decides."""

import itertools
import json
from typing import Any

import pytest
from aws_cdk import aws_iam as iam

from constructs_lib.identity.dns import ExternalDns
from constructs_lib.identity.domain_identity import DomainIdentity
from constructs_lib.sending.send_policy import SendPolicy
from constructs_lib.verification.verification_permission import VerificationPermission
from tests.iam import Policy, Request, evaluate, identity_policies, resolve
from tests.support import TOKEN, refuses
from tests.synthesis import ACCOUNT, REGION, new_stack, only, template_of

ACTION = "ses:SendCustomVerificationEmail"
ARN = f"arn:aws:ses:{REGION}:{ACCOUNT}"
TEMPLATE = f"{ARN}:custom-verification-email-template"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/any"
RIGHTS: dict[str, Any] = {"identities": ["Example.com."], "templates": ["Welcome"]}


def statement(**options: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    stack = new_stack()
    rendered: dict[str, Any] = stack.resolve(VerificationPermission(**(RIGHTS | options)).statement(stack))
    return rendered


def granted(**options: Any) -> list[Policy]:  # noqa: ANN401 - any option
    stack = new_stack()
    identity = DomainIdentity(
        stack, "Identity", domain="example.com", dns=ExternalDns(), configuration_set_name="transactional"
    )
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    identity.grant_send_verification(role, **({"templates": ["Welcome"]} | options))
    template = template_of(stack)
    return identity_policies(template, only(template, "AWS::IAM::Role")[0])


def request(
    policies: list[Policy],
    *,
    template: str = "Welcome",
    identity: str = "example.com",
    recipient: str | None = "ann@customer.test",
    action: str = ACTION,
) -> Request:
    context: dict[str, str | tuple[str, ...]] = {"ses:FromAddress": "hello@example.com"}
    if recipient:
        context["ses:Recipients"] = (recipient,)
    return Request(
        principal=ROLE,
        action=action,
        resources=[f"{TEMPLATE}/{template}", f"{ARN}:identity/{identity}"],
        context=context,
        identity_policies=policies,
    )


def test_default_is_each_template_and_the_identity_it_is_sent_from() -> None:
    assert statement() == {
        "Effect": "Allow",
        "Action": [ACTION],
        "Resource": [f"{TEMPLATE}/Welcome", f"{ARN}:identity/example.com"],
    }


def test_recipients_and_regions() -> None:
    made = statement(recipients=["*@Customer.test"], regions=["eu-west-1", "us-east-1"])
    assert made["Condition"] == {
        "ForAllValues:StringLike": {"ses:Recipients": ["*@customer.test"]},
        "Null": {"ses:Recipients": ["false"]},
    }
    assert [arn.split(":")[3] for arn in made["Resource"]] == ["eu-west-1"] * 2 + ["us-east-1"] * 2


def test_no_partition_is_written_down_and_tokens_pass() -> None:
    stack = new_stack(None)
    permission = VerificationPermission(identities=[TOKEN], templates=[TOKEN], recipients=[TOKEN])
    rendered = stack.resolve(VerificationPermission(**RIGHTS).statement(stack))
    assert {"Ref": "AWS::Partition"} in rendered["Resource"][0]["Fn::Join"][1]
    assert resolve(rendered) == statement()
    assert permission.templates == (TOKEN,)


def test_a_grant_allows_exactly_its_template_identity_and_recipients() -> None:
    limited, anybody = granted(recipients=["*@customer.test"]), granted()
    cases = list(
        itertools.product(
            ("Welcome", "Other"),
            ("example.com", "example.org"),
            ("ann@customer.test", "eve@other.test", None),
        )
    )
    decisions = evaluate(
        [
            request(policies, template=template, identity=identity, recipient=recipient)
            for policies in (limited, anybody)
            for template, identity, recipient in cases
        ]
    )
    assert all(not decision.ignored for decision in decisions)
    allowed = [decision.allowed for decision in decisions]
    right = ("Welcome", "example.com")
    assert allowed[: len(cases)] == [case == (*right, "ann@customer.test") for case in cases]
    assert allowed[len(cases) :] == [case[:2] == right for case in cases]


def test_it_allows_no_other_action_and_has_no_wildcard() -> None:
    policies = granted()
    sends = [
        Request(
            principal=ROLE,
            action=action,
            resources=[f"{ARN}:identity/example.com"],
            context={"ses:FromAddress": "hello@example.com"},
            identity_policies=policies,
        )
        for action in ("ses:SendEmail", "ses:SendRawEmail")
    ]
    assert not any(decision.allowed for decision in evaluate(sends))
    for policy in policies:
        for made in policy["Statement"]:
            assert "*" not in json.dumps([made["Action"], made["Resource"]])


def test_a_permission_to_send_is_none_to_have_addresses_verified() -> None:
    stack = new_stack()
    identity = DomainIdentity.from_domain(stack, domain="example.com")
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    identity.grant_send(role, templates=["Welcome"])
    template = template_of(stack)
    (decision,) = evaluate([request(identity_policies(template, only(template, "AWS::IAM::Role")[0]))])
    assert not decision.allowed


def test_a_managed_policy_takes_it_too() -> None:
    stack = new_stack()
    SendPolicy(stack, "Policy", permissions=[VerificationPermission(**RIGHTS)])
    _, policy = only(template_of(stack), "AWS::IAM::ManagedPolicy")
    assert policy["Properties"]["PolicyDocument"]["Statement"][0]["Action"] == ACTION


def test_the_policies_of_a_user_hold_less() -> None:
    stack = new_stack()
    identity = DomainIdentity.from_domain(stack, domain="example.com")
    many = [f"template-{number:050}" for number in range(20)]
    with refuses("policy-too-large", "2048"):
        identity.grant_send_verification(iam.User(stack, "User"), templates=many)


@pytest.mark.parametrize(
    "option, value, code, fragment",
    [
        ("identities", [], "send-permission-invalid", "name the domain or address"),
        ("identities", "example.com", "send-permission-invalid", "identities=('example.com',)"),
        ("identities", ["*@example.com"], "send-permission-invalid", "write one address, or the domain"),
        ("identities", ["*.example.com"], "domain-malformed", "identities"),
        ("templates", [], "send-permission-invalid", "name the custom verification templates"),
        ("templates", "Welcome", "send-permission-invalid", "templates=('Welcome',)"),
        ("templates", ["*"], "template-name-invalid", "'*'"),
        ("templates", ["Welcome*"], "template-name-invalid", "'Welcome*'"),
        ("recipients", "ann@customer.test", "send-permission-invalid", "recipients=('ann@customer.test',)"),
        ("recipients", ["*"], "condition-value-invalid", "recipients"),
        ("regions", ["eu-west-9"], "region-without-ses", "regions"),
    ],
)
def test_bad_values_are_refused(option: str, value: object, code: str, fragment: str) -> None:
    with refuses(code, fragment):
        VerificationPermission(**(RIGHTS | {option: value}))

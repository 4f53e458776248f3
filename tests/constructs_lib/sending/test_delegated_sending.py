"""Both sides of sending with another account's identity, together: decided by an independent evaluator."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib.sending.delegate_settings import CONFIGURATION_SET
from constructs_lib.sending.delegated_sending import DelegatedSending
from constructs_lib.sending.send_conditions import SendConditions
from constructs_lib.sending.sending_authorization import SendingAuthorization
from constructs_lib.sending.sending_profile import SendingProfile
from tests.iam import Policy, Request, evaluate, identity_policies
from tests.support import TOKEN, refuses
from tests.synthesis import REGION, new_app, only, outputs, template_of
from tests.test_nag import PACKS, findings

OWNER, SENDER, THIRD = "111111111111", "222222222222", "333333333333"
IDENTITY = f"arn:aws:ses:{REGION}:{OWNER}:identity/shop.example"
SET = f"arn:aws:ses:{REGION}:{SENDER}:configuration-set/newsletter"
ROLE = f"arn:aws:iam::{SENDER}:role/Newsletter"
LETTERS = SendConditions(from_addresses=("letters@shop.example",))


def stack_of(region: str | None = REGION) -> cdk.Stack:
    return cdk.Stack(new_app(), "Stack", env=cdk.Environment(account=SENDER, region=region))


def build(stack: cdk.Stack, **overrides: Any) -> DelegatedSending:  # noqa: ANN401 - any option
    options: dict[str, Any] = {
        "identity_arn": IDENTITY,
        "configuration_set": "newsletter",
        "conditions": LETTERS,
    }
    return DelegatedSending(stack, "AsShop", **(options | overrides))


def policies(conditions: SendConditions = LETTERS) -> list[Policy]:
    stack = stack_of()
    build(stack, conditions=conditions, roles=[iam.Role(stack, "R", assumed_by=iam.AccountRootPrincipal())])
    template = template_of(stack)
    role, _ = only(template, "AWS::IAM::Role")
    return identity_policies(template, role)


def sends(
    *,
    principal: str = ROLE,
    sender: str = "letters@shop.example",
    identity: str = IDENTITY,
    configuration_set: str = SET,
    action: str = "ses:SendEmail",
    own: list[Policy] | None = None,
) -> list[Request]:
    """What SES asks about a message: the identity, with its owner's policy, and the configuration set."""
    theirs = SendingAuthorization(
        name="newsletter",
        identity="shop.example",
        account=SENDER,
        principals=("role/Newsletter",),
        conditions=LETTERS,
    ).policy(identity_arn=IDENTITY, partition="aws")
    mine = policies() if own is None else own
    return [
        Request(
            principal=principal,
            action=action,
            resources=[resource],
            context={"ses:FromAddress": sender},
            identity_policies=mine,
            resource_policy=theirs if resource == identity else None,
            resource_account=resource.split(":")[4],
        )
        for resource in (identity, configuration_set)
    ]


def allowed(requests: list[Request]) -> bool:
    return all(decision.allowed for decision in evaluate(requests))


@pytest.mark.parametrize("action", ["ses:SendEmail", "ses:SendRawEmail"])
def test_the_role_sends_as_this_address_with_its_own_configuration_set(action: str) -> None:
    assert allowed(sends(action=action))


@pytest.mark.parametrize(
    "options",
    [
        {"sender": "ceo@shop.example"},
        {"sender": "Letters@shop.example"},
        {"identity": IDENTITY.replace("shop.", "evilshop.")},
        {"identity": IDENTITY.replace(OWNER, THIRD)},
        {"configuration_set": SET.replace("newsletter", "transactional")},
        {"configuration_set": SET.replace(SENDER, OWNER)},
        {"principal": ROLE.replace("Newsletter", "Billing")},
        {"principal": ROLE.replace(SENDER, THIRD)},
        {"action": "ses:SendBulkEmail"},
        {"own": []},
    ],
)
def test_nothing_else_is_sent(options: dict[str, Any]) -> None:
    assert not allowed(sends(**options))


def test_narrower_conditions_hold_besides_the_owners() -> None:
    narrower = SendConditions(from_addresses=LETTERS.from_addresses, recipients=("*@example.net",))
    requests = sends(own=policies(narrower))
    with_recipient = [
        Request(**(vars(each) | {"context": {**each.context, "ses:Recipients": ["a@example.net"]}}))
        for each in requests
    ]
    assert allowed(with_recipient)
    assert not allowed(requests)


def test_an_output_says_what_each_send_names() -> None:
    stack = stack_of()
    found = build(stack, configuration_set=SendingProfile(stack, "S", configuration_set_name="newsletter"))
    (text,) = outputs(template_of(stack)).values()
    settings = json.loads(text)
    assert settings["ConfigurationSetName"] == "newsletter"
    assert settings["Region"] == REGION
    assert settings["ApiV2"]["FromEmailAddressIdentityArn"] == IDENTITY
    assert settings["SmtpHeaders"]["X-SES-SOURCE-ARN"] == IDENTITY
    assert CONFIGURATION_SET not in json.dumps(found.settings.as_data()["IamPolicy"])


def test_the_policy_may_have_a_stable_name() -> None:
    stack = stack_of()
    build(stack, managed_policy_name="newsletter-send")
    _, policy = only(template_of(stack), "AWS::IAM::ManagedPolicy")
    assert policy["Properties"]["ManagedPolicyName"] == "newsletter-send"


def test_without_conditions_the_owners_decide_alone() -> None:
    assert "Condition" not in json.dumps(policies(SendConditions()))


@pytest.mark.parametrize(
    "options, code, fragment",
    [
        ({"identity_arn": "shop.example"}, "delegated-sending-invalid", "identity_arn: "),
        (
            {"identity_arn": IDENTITY.replace("shop.example", "*")},
            "delegated-sending-invalid",
            "identity_arn: ",
        ),
        ({"identity_arn": IDENTITY.replace(REGION, "us-east-1")}, "delegated-sending-invalid", REGION),
        ({"identity_arn": IDENTITY.replace(OWNER, SENDER)}, "delegated-sending-invalid", "SendPolicy"),
        ({"identity_arn": TOKEN}, "delegated-sending-invalid", "identity_arn: "),
        ({"configuration_set": "a b"}, "configuration-set-name-invalid", "configuration_set: "),
        (
            {"conditions": SendConditions(from_addresses=("a@evilshop.example",))},
            "from-address-outside-identity",
            "a@evilshop.example",
        ),
        (
            {"conditions": SendConditions(recipients=[f"{'r' * 50}{n}@example.net" for n in range(120)])},
            "recipients-too-many",
            "recipients: ",
        ),
    ],
)
def test_refuses_before_anything_is_built(options: dict[str, Any], code: str, fragment: str) -> None:
    stack = stack_of()
    with refuses(code, fragment):
        build(stack, **options)
    assert stack.node.try_find_child("AsShop") is None


def test_a_region_without_ses_is_refused() -> None:
    with refuses("region-without-ses", "env.region"):
        build(stack_of("ap-southeast-4"), identity_arn=IDENTITY.replace(REGION, "ap-southeast-4"))


@pytest.mark.parametrize("pack", PACKS)
def test_the_rule_packs_are_clean(pack: Any) -> None:  # noqa: ANN401 - a class of cdk-nag
    stack = stack_of()
    build(stack)
    assert findings(pack, stack) == set()

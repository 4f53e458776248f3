"""The topic in the consumer's account: decided by an independent evaluator."""

from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest

from constructs_lib.events.forwarded_topic import ForwardedTopic
from tests.constructs_lib.events.other_account import (
    CONSUMER,
    KEY_ID,
    SENDER,
    SES,
    SET,
    THIRD,
    by,
    policy_of,
    service,
    stack_of,
)
from tests.iam import evaluate
from tests.support import TOKEN, refuses
from tests.synthesis import REGION, only, outputs, template_of
from tests.test_nag import PACKS, findings

TOPIC = f"arn:aws:sns:{REGION}:{CONSUMER}:mail-events"
KEY = f"arn:aws:kms:{REGION}:{CONSUMER}:{KEY_ID}"
NAME = f"{SET}-support-{REGION}"
ROLE = f"arn:aws:iam::{SENDER}:role/{NAME}"
FOR_TOPIC = {
    "kms:ViaService": f"sns.{REGION}.amazonaws.com",
    "kms:EncryptionContext:aws:sns:topicArn": TOPIC,
}


def build(stack: cdk.Stack, **overrides: Any) -> ForwardedTopic:  # noqa: ANN401 - any option
    options = {"name": "mail-events", "sender_account": SENDER, "role_name": NAME} | overrides
    return ForwardedTopic(stack, "MailEvents", **options)


@cache
def consumer() -> dict[str, Any]:
    stack = stack_of(CONSUMER)
    build(stack)
    return template_of(stack)


def test_exactly_this_role_of_that_account_publishes_and_uses_the_key_for_the_topic() -> None:
    topic = policy_of(consumer(), "AWS::SNS::TopicPolicy", CONSUMER)
    key = policy_of(consumer(), "AWS::KMS::Key", CONSUMER)
    allowed = [
        by(ROLE, "sns:Publish", TOPIC, topic),
        by(ROLE, "kms:GenerateDataKey", KEY, key, **FOR_TOPIC),
        by(ROLE, "kms:Decrypt", KEY, key, **FOR_TOPIC),
    ]
    others = (f"{ROLE}-2", f"arn:aws:iam::{SENDER}:role/any", ROLE.replace(SENDER, THIRD))
    denied = [
        *(by(other, "sns:Publish", TOPIC, topic) for other in others),
        *(by(other, "kms:Decrypt", KEY, key, **FOR_TOPIC) for other in others),
        by(ROLE, "sns:Subscribe", TOPIC, topic),
        by(ROLE, "kms:Encrypt", KEY, key, **FOR_TOPIC),
        by(ROLE, "kms:Decrypt", KEY, key, **(FOR_TOPIC | {"kms:ViaService": f"s3.{REGION}.amazonaws.com"})),
        by(
            ROLE,
            "kms:Decrypt",
            KEY,
            key,
            **(FOR_TOPIC | {"kms:EncryptionContext:aws:sns:topicArn": f"{TOPIC}-2"}),
        ),
        by(ROLE, "kms:Decrypt", KEY, key),
        service(
            SES, SENDER, f"arn:aws:ses:{REGION}:{SENDER}:configuration-set/{SET}", "sns:Publish", TOPIC, topic
        ),
    ]
    decisions = evaluate([*allowed, *denied])
    assert [found.allowed for found in decisions] == [True] * len(allowed) + [False] * len(denied)
    (insecure,) = evaluate([by(ROLE, "sns:Publish", TOPIC, topic, **{"aws:SecureTransport": "false"})])
    assert set(insecure.results.values()) == {"ExplicitlyDenied"}


def test_the_key_is_kept_and_the_sender_is_told_both_arns() -> None:
    template = consumer()
    key, found = only(template, "AWS::KMS::Key")
    topic, _ = only(template, "AWS::SNS::Topic")
    assert found["DeletionPolicy"] == "RetainExceptOnCreate"
    assert outputs(template) == {
        "For the sender of mail-events: TopicArn": {"Ref": topic},
        "For the sender of mail-events: KeyArn": {"Fn::GetAtt": [key, "Arn"]},
    }
    stack = stack_of(CONSUMER)
    build(stack, removal_policy=cdk.RemovalPolicy.DESTROY)
    assert only(template_of(stack), "AWS::KMS::Key")[1]["DeletionPolicy"] == "Delete"


def test_an_account_that_is_known_at_deploy_time_is_in_no_description_of_an_output() -> None:
    stack = stack_of(CONSUMER)
    build(stack, sender_account=cdk.CfnParameter(stack, "Sender").value_as_string)
    assert {output["Description"] for output in template_of(stack)["Outputs"].values()} == {
        "For the sender of mail-events: TopicArn",
        "For the sender of mail-events: KeyArn",
    }


@pytest.mark.parametrize(
    "options, code, fragment",
    [
        ({"name": "mail.fifo"}, "event-forwarding-invalid", "name: "),
        ({"name": TOKEN}, "event-forwarding-invalid", "name: "),
        ({"role_name": ROLE}, "event-forwarding-invalid", "role_name: "),
        ({"role_name": "any*"}, "event-forwarding-invalid", "role_name: "),
        ({"sender_account": "1"}, "account-invalid", "sender_account: "),
    ],
)
def test_refuses_before_anything_is_built(options: dict[str, Any], code: str, fragment: str) -> None:
    stack = stack_of(CONSUMER)
    with refuses(code, fragment):
        build(stack, **options)
    assert stack.node.try_find_child("MailEvents") is None


@pytest.mark.parametrize("pack", PACKS)
def test_the_rule_packs_are_clean(pack: Any) -> None:  # noqa: ANN401 - a class of cdk-nag
    stack = stack_of(CONSUMER)
    build(stack)
    assert findings(pack, stack) == set()

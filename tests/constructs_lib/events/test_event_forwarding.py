"""The rule, and both sides of what it may do: decided by an independent evaluator."""

import json
from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest

from constructs_lib.events.event_forward import EventForward, ForeignBus, ForeignTopic
from constructs_lib.events.event_forwarding import EventForwarding
from constructs_lib.sending.sending_profile import SendingProfile
from tests.constructs_lib.events.other_account import (
    CONSUMER,
    EVENTS,
    SENDER,
    SET,
    SNS,
    THIRD,
    names,
    policy_of,
    service,
    stack_of,
)
from tests.iam import Policy, Request, evaluate, identity_policies, resolve
from tests.support import refuses
from tests.synthesis import REGION, only, template_of
from tests.test_nag import PACKS, findings

BUS = f"arn:aws:events:{REGION}:{CONSUMER}:event-bus/mail-events"
TOPIC = f"arn:aws:sns:{REGION}:{CONSUMER}:mail-events"
KEY = f"arn:aws:kms:{REGION}:{CONSUMER}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
RULE = f"arn:aws:events:{REGION}:{SENDER}:rule/{SET}-analytics"
ROLE = f"arn:aws:iam::{SENDER}:role/{SET}-analytics-{REGION}"
TO_BUS = EventForward(name="analytics", to=ForeignBus(arn=BUS))
TO_TOPIC = EventForward(name="analytics", to=ForeignTopic(arn=TOPIC, key_arn=KEY))
DEAD_LETTERS = f"arn:aws:sqs:{REGION}:{SENDER}:{SET}-analytics-dlq"


def build(stack: cdk.Stack, **overrides: Any) -> EventForwarding:  # noqa: ANN401 - any option
    options: dict[str, Any] = {"configuration_set": SET, "forward": TO_BUS} | overrides
    return EventForwarding(stack, "Forward", **options)


@cache
def sender(forward: EventForward = TO_BUS) -> dict[str, Any]:
    stack = stack_of(SENDER)
    build(stack, forward=forward)
    return template_of(stack)


def role_policies(forward: EventForward) -> list[Policy]:
    template = sender(forward)
    role, _ = only(template, "AWS::IAM::Role")
    return identity_policies(template, role, names(template, SENDER))


def by_role(forward: EventForward, action: str, resource: str, **context: str) -> Request:
    """A call by the role alone: its own side of the permission, as in an account of its own."""
    return Request(
        principal=ROLE,
        action=action,
        resources=[resource],
        context=context,
        identity_policies=role_policies(forward),
        # The other side is decided where it is made.
        resource_policy={
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{SENDER}:root"},
                    "Action": action,
                    "Resource": "*" if ":kms:" in resource else resource,
                }
            ],
        },
        resource_account=resource.split(":")[4],
    )


def test_the_rule_matches_the_events_of_this_set_and_account_only() -> None:
    template = sender()
    role, _ = only(template, "AWS::IAM::Role")
    queue, _ = only(template, "AWS::SQS::Queue")
    policy, _ = only(template, "AWS::SQS::QueuePolicy")
    _, rule = only(template, "AWS::Events::Rule")
    assert (
        rule["Properties"]
        == {
            "Name": f"{SET}-analytics",
            "Description": f"Amazon SES: events of {SET} go to {BUS}",
            "EventPattern": {
                "account": [SENDER],
                "source": ["aws.ses"],
                "detail": {"mail": {"tags": {"ses:configuration-set": [SET]}}},
            },
            "Targets": [
                {
                    "Id": "Receiver",
                    "Arn": BUS,
                    "RoleArn": {"Fn::GetAtt": [role, "Arn"]},
                    "DeadLetterConfig": {"Arn": {"Fn::GetAtt": [queue, "Arn"]}},
                }
            ],
        }
        or "State" not in rule["Properties"]
    )
    # What it could not deliver is kept from the first event on.
    assert policy in rule["DependsOn"]


def test_a_topic_gets_the_ses_event_alone() -> None:
    _, rule = only(sender(TO_TOPIC), "AWS::Events::Rule")
    (target,) = rule["Properties"]["Targets"]
    assert (target["Arn"], target["InputPath"]) == (TOPIC, "$.detail")


def test_what_is_not_delivered_is_kept_and_told() -> None:
    template = sender()
    _, queue = only(template, "AWS::SQS::Queue")
    assert queue["DeletionPolicy"] == "RetainExceptOnCreate"
    assert queue["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600
    _, alarm = only(template, "AWS::CloudWatch::Alarm")
    assert alarm["Properties"]["AlarmName"] == f"{SET}-analytics-dead-letters"
    policy = policy_of(template, "AWS::SQS::QueuePolicy", SENDER)
    ours, *others = evaluate(
        [
            service(name, account, source, "sqs:SendMessage", DEAD_LETTERS, policy)
            for name, account, source in (
                (EVENTS, SENDER, RULE),
                (EVENTS, SENDER, f"{RULE}-2"),
                (EVENTS, CONSUMER, RULE.replace(SENDER, CONSUMER)),
                (SNS, SENDER, RULE),
            )
        ]
    )
    assert ours.allowed
    assert not any(found.allowed for found in others)


def test_only_eventbridge_for_this_rule_takes_the_role() -> None:
    template = sender()
    _, role = only(template, "AWS::IAM::Role")
    assert role["Properties"]["RoleName"] == f"{SET}-analytics-{REGION}"
    trust: Policy = resolve(role["Properties"]["AssumeRolePolicyDocument"], names(template, SENDER))
    ours, *others = evaluate(
        [
            service(name, account, source, "sts:AssumeRole", ROLE, trust)
            for name, account, source in (
                (EVENTS, SENDER, RULE),
                (EVENTS, SENDER, RULE.replace("analytics", "other")),
                (EVENTS, CONSUMER, RULE),
                (EVENTS, CONSUMER, RULE.replace(SENDER, CONSUMER)),
                (SNS, SENDER, RULE),
            )
        ]
    )
    assert ours.allowed
    assert not any(found.allowed for found in others)


def test_the_role_sends_to_this_bus_and_does_nothing_else() -> None:
    allowed = [by_role(TO_BUS, "events:PutEvents", BUS)]
    denied = [
        by_role(TO_BUS, "events:PutEvents", f"{BUS}-2"),
        by_role(TO_BUS, "events:PutEvents", BUS.replace(CONSUMER, THIRD)),
        by_role(TO_BUS, "events:PutRule", RULE.replace(SENDER, CONSUMER)),
        by_role(TO_BUS, "sns:Publish", TOPIC),
    ]
    decisions = evaluate([*allowed, *denied])
    assert [found.allowed for found in decisions] == [True] + [False] * len(denied)


def test_the_role_publishes_to_this_topic_with_its_key_and_does_nothing_else() -> None:
    through = {"kms:ViaService": f"sns.{REGION}.amazonaws.com"}
    allowed = [
        by_role(TO_TOPIC, "sns:Publish", TOPIC),
        by_role(TO_TOPIC, "kms:GenerateDataKey", KEY, **through),
        by_role(TO_TOPIC, "kms:Decrypt", KEY, **through),
    ]
    denied = [
        by_role(TO_TOPIC, "sns:Publish", f"{TOPIC}-2"),
        by_role(TO_TOPIC, "sns:Subscribe", TOPIC),
        by_role(TO_TOPIC, "kms:Decrypt", KEY),
        by_role(TO_TOPIC, "kms:Decrypt", KEY, **{"kms:ViaService": f"s3.{REGION}.amazonaws.com"}),
        by_role(TO_TOPIC, "kms:Decrypt", KEY.replace("1234abcd", "4321abcd"), **through),
        by_role(TO_TOPIC, "events:PutEvents", BUS),
    ]
    decisions = evaluate([*allowed, *denied])
    assert [found.allowed for found in decisions] == [True] * len(allowed) + [False] * len(denied)


def test_a_topic_without_a_key_brings_no_permission_for_one() -> None:
    policies = role_policies(EventForward(name="analytics", to=ForeignTopic(arn=TOPIC)))
    assert "kms" not in json.dumps(policies)


def test_a_profile_names_the_set() -> None:
    stack = stack_of(SENDER)
    build(stack, configuration_set=SendingProfile(stack, "Sending", configuration_set_name="marketing"))
    _, rule = only(template_of(stack), "AWS::Events::Rule")
    assert rule["Properties"]["Name"] == "marketing-analytics"


@pytest.mark.parametrize(
    "options, code, fragment",
    [
        ({"configuration_set": "a b"}, "configuration-set-name-invalid", "configuration_set: "),
        ({"configuration_set": "s" * 40}, "event-forwarding-invalid", "48 characters"),
        (
            {"forward": EventForward(name="us", to=ForeignBus(arn=BUS.replace(REGION, "us-east-1")))},
            "event-forwarding-invalid",
            REGION,
        ),
        (
            {"forward": EventForward(name="own", to=ForeignBus(arn=BUS.replace(CONSUMER, SENDER)))},
            "event-forwarding-invalid",
            "another account",
        ),
    ],
)
def test_refuses_before_anything_is_built(options: dict[str, Any], code: str, fragment: str) -> None:
    stack = stack_of(SENDER)
    with refuses(code, fragment):
        build(stack, **options)
    assert stack.node.try_find_child("Forward") is None


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("forward", [TO_BUS, TO_TOPIC], ids=["bus", "topic"])
def test_the_rule_packs_are_clean(pack: Any, forward: EventForward) -> None:  # noqa: ANN401 - a class of cdk-nag
    stack = stack_of(SENDER)
    build(stack, forward=forward)
    assert findings(pack, stack) == set()

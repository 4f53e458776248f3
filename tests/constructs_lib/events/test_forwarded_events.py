"""The bus and queue in the consumer's account: decided by an independent evaluator."""

from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest

from constructs_lib.events.feedback import FeedbackQueue
from constructs_lib.events.forwarded_events import ForwardedEvents
from tests.constructs_lib.events.other_account import (
    CONSUMER,
    EVENTS,
    KEY_ID,
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
from tests.support import TOKEN, refuses
from tests.synthesis import REGION, only, outputs, resources, template_of
from tests.test_nag import PACKS, findings

BUS = f"arn:aws:events:{REGION}:{CONSUMER}:event-bus/mail-events"
QUEUE = f"arn:aws:sqs:{REGION}:{CONSUMER}:mail-events"
DEAD_LETTERS = f"arn:aws:sqs:{REGION}:{CONSUMER}:mail-events-dlq"
KEY = f"arn:aws:kms:{REGION}:{CONSUMER}:{KEY_ID}"
RULE = f"arn:aws:events:{REGION}:{SENDER}:rule/{SET}-analytics"
OWN_RULE = f"arn:aws:events:{REGION}:{CONSUMER}:rule/mail-events/mail-events"
SENDING_ROLE = f"arn:aws:iam::{SENDER}:role/{SET}-analytics-{REGION}"
PUTS: Policy = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "events:PutEvents", "Resource": "*"}],
}


def build(stack: cdk.Stack, **overrides: Any) -> ForwardedEvents:  # noqa: ANN401 - any option
    options = {"name": "mail-events", "sender_account": SENDER, "rule_name": f"{SET}-analytics"} | overrides
    return ForwardedEvents(stack, "MailEvents", **options)


@cache
def consumer() -> dict[str, Any]:
    stack = stack_of(CONSUMER)
    build(stack)
    return template_of(stack)


def bus_policy() -> Policy:
    _, bus = only(consumer(), "AWS::Events::EventBus")
    policy: Policy = resolve(bus["Properties"]["Policy"], names(consumer(), CONSUMER))
    return policy


def puts(principal: str, *, rule: str = RULE, source: str = "aws.ses") -> Request:
    return Request(
        principal=principal,
        action="events:PutEvents",
        resources=[BUS],
        context={"aws:SourceArn": rule, "events:source": [source]},
        identity_policies=[PUTS],
        resource_policy=bus_policy(),
        resource_account=CONSUMER,
    )


def test_exactly_this_rule_of_that_account_puts_events_of_ses_on_the_bus() -> None:
    denied = [
        puts(SENDING_ROLE, rule=f"{RULE}-2"),
        puts(SENDING_ROLE, rule=RULE.replace(SENDER, THIRD)),
        puts(SENDING_ROLE, source="aws.ec2"),
        puts(SENDING_ROLE, source="com.example"),
        puts(SENDING_ROLE.replace(SENDER, THIRD)),
        puts(SENDING_ROLE.replace(SENDER, THIRD), rule=RULE.replace(SENDER, THIRD)),
    ]
    allowed, *others = evaluate([puts(SENDING_ROLE), *denied])
    assert allowed.allowed
    assert [found.allowed for found in others] == [False] * len(denied)


def test_a_call_without_a_rule_is_denied() -> None:
    request = Request(
        principal=f"arn:aws:iam::{SENDER}:role/any",
        action="events:PutEvents",
        resources=[BUS],
        context={"events:source": ["aws.ses"]},
        identity_policies=[PUTS],
        resource_policy=bus_policy(),
        resource_account=CONSUMER,
    )
    (found,) = evaluate([request])
    assert not found.allowed


def test_the_queue_behind_the_bus_is_encrypted_kept_and_watched() -> None:
    template = consumer()
    bus, _ = only(template, "AWS::Events::EventBus")
    key, _ = only(template, "AWS::KMS::Key")
    queues = resources(template, "AWS::SQS::Queue")
    (queue,) = (key for key, each in queues.items() if each["Properties"]["QueueName"] == "mail-events")
    (dead,) = (key for key in queues if key != queue)
    assert queues[queue]["Properties"]["KmsMasterKeyId"] == {"Fn::GetAtt": [key, "Arn"]}
    assert queues[queue]["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert queues[queue]["Properties"]["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": [dead, "Arn"]},
        "maxReceiveCount": 5,
    }
    assert {each["DeletionPolicy"] for each in queues.values()} == {"RetainExceptOnCreate"}
    _, rule = only(template, "AWS::Events::Rule")
    assert rule["Properties"]["EventBusName"] == {"Ref": bus}
    # Whoever else is let onto the bus later fills another queue.
    assert rule["Properties"]["EventPattern"] == {"account": [SENDER], "source": ["aws.ses"]}
    (target,) = rule["Properties"]["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": [queue, "Arn"]}
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": [dead, "Arn"]}}
    assert "InputPath" not in target
    assert (
        only(template, "AWS::CloudWatch::Alarm")[1]["Properties"]["AlarmName"] == "mail-events-dead-letters"
    )
    arn = outputs(template)["For the sender of mail-events: its rule's target"]
    assert resolve(arn, names(template, CONSUMER)) == BUS


def test_each_option_of_the_queue() -> None:
    stack = stack_of(CONSUMER)
    build(
        stack,
        queue=FeedbackQueue(raw=True, visibility_timeout_seconds=60, max_receive_count=3),
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    template = template_of(stack)
    (queue,) = (
        each
        for each in resources(template, "AWS::SQS::Queue").values()
        if each["Properties"]["QueueName"] == "mail-events"
    )
    assert queue["Properties"]["VisibilityTimeout"] == 60
    assert queue["Properties"]["RedrivePolicy"]["maxReceiveCount"] == 3
    assert queue["DeletionPolicy"] == "Delete"
    (target,) = only(template, "AWS::Events::Rule")[1]["Properties"]["Targets"]
    assert target["InputPath"] == "$.detail"


def test_the_role_fills_this_queue_with_its_key_for_this_rule() -> None:
    template = consumer()
    role, found = only(template, "AWS::IAM::Role")
    policies = identity_policies(template, role, names(template, CONSUMER))
    key = policy_of(template, "AWS::KMS::Key", CONSUMER)
    trust: Policy = resolve(found["Properties"]["AssumeRolePolicyDocument"], names(template, CONSUMER))
    arn = f"arn:aws:iam::{CONSUMER}:role/{role}"

    def calls(action: str, resource: str, policy: Policy | None = None) -> Request:
        return Request(
            principal=arn,
            action=action,
            resources=[resource],
            identity_policies=policies,
            resource_policy=policy,
            resource_account=CONSUMER,
        )

    allowed = [
        calls("sqs:SendMessage", QUEUE),
        calls("kms:GenerateDataKey", KEY, key),
        calls("kms:Decrypt", KEY, key),
        service(EVENTS, CONSUMER, OWN_RULE, "sts:AssumeRole", arn, trust),
    ]
    denied = [
        calls("sqs:SendMessage", f"{QUEUE}-2"),
        calls("sqs:ReceiveMessage", QUEUE),
        calls("kms:Encrypt", KEY, key),
        service(
            EVENTS, CONSUMER, OWN_RULE.replace("mail-events/mail", "default"), "sts:AssumeRole", arn, trust
        ),
        service(EVENTS, SENDER, RULE, "sts:AssumeRole", arn, trust),
        service(SNS, CONSUMER, OWN_RULE, "sts:AssumeRole", arn, trust),
    ]
    decisions = evaluate([*allowed, *denied])
    assert [each.allowed for each in decisions] == [True] * len(allowed) + [False] * len(denied)


def test_only_the_rule_of_this_account_keeps_what_it_could_not_deliver() -> None:
    policy = policy_of(consumer(), "AWS::SQS::QueuePolicy", CONSUMER, of=DEAD_LETTERS)
    ours, *others = evaluate(
        [
            service(EVENTS, account, source, "sqs:SendMessage", DEAD_LETTERS, policy)
            for account, source in ((CONSUMER, OWN_RULE), (CONSUMER, f"{OWN_RULE}-2"), (SENDER, RULE))
        ]
    )
    assert ours.allowed
    assert not any(found.allowed for found in others)


def test_an_account_that_is_known_at_deploy_time_is_in_no_description_of_an_output() -> None:
    stack = stack_of(CONSUMER)
    build(stack, name="default-mail", sender_account=cdk.CfnParameter(stack, "Sender").value_as_string)
    (output,) = template_of(stack)["Outputs"].values()
    assert output["Description"] == "For the sender of default-mail: its rule's target"


@pytest.mark.parametrize(
    "options, code, fragment",
    [
        ({"name": "default"}, "event-forwarding-invalid", "not default"),
        ({"name": "mail.events"}, "event-forwarding-invalid", "name: "),
        ({"name": "a" * 65}, "event-forwarding-invalid", "name: "),
        ({"name": TOKEN}, "event-forwarding-invalid", "name: "),
        ({"rule_name": RULE}, "event-forwarding-invalid", "rule_name: "),
        ({"rule_name": f"{SET}-*"}, "event-forwarding-invalid", "rule_name: "),
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

"""Who may do what with incoming mail: decided by an independent evaluator."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from tests.constructs_lib.receiving.inbound_stacks import (
    BUCKET_ARN,
    FORWARDS,
    KEY_ARN,
    QUEUE_ARN,
    RULE_SET,
    TOPIC_ARN,
    WRITER_ARN,
    build,
)
from tests.iam import Policy, Request, evaluate, from_service, identity_policies, resolve
from tests.synthesis import ACCOUNT, REGION, new_stack, only, resources, template_of

OTHER = "222222222222"
RULE = f"arn:aws:ses:{REGION}:{ACCOUNT}:receipt-rule-set/{RULE_SET}:receipt-rule/store"
QUEUE_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/aaaaaaaa-12ab-34cd-56ef-1234567890ab"
LOG = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:function:*"
FUNCTION = f"arn:aws:iam::{ACCOUNT}:role/function"
SES, SNS = "ses.amazonaws.com", "sns.amazonaws.com"

OURS = (SES, ACCOUNT, RULE)
OTHERS = {
    "SES of another account": (SES, OTHER, RULE.replace(ACCOUNT, OTHER)),
    "another account that claims our rule": (SES, OTHER, RULE),
    "another rule set": (SES, ACCOUNT, RULE.replace(f"/{RULE_SET}:", "/other:")),
    "a rule set whose name begins alike": (SES, ACCOUNT, RULE.replace(f"/{RULE_SET}:", f"/{RULE_SET}2:")),
    "a configuration set": (SES, ACCOUNT, f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{RULE_SET}"),
    "another Region": (SES, ACCOUNT, RULE.replace(REGION, "us-east-1")),
    "another service": ("events.amazonaws.com", ACCOUNT, RULE),
}


@cache
def template() -> dict[str, Any]:
    stack = new_stack()
    build(stack, processor=FORWARDS)
    return template_of(stack)


@cache
def names() -> Mapping[str, str]:
    (topic,) = resources(template(), "AWS::SNS::Topic")
    found = {topic: TOPIC_ARN, f"{only(template(), 'AWS::KMS::Key')[0]}.Arn": QUEUE_KEY}
    found[f"{only(template(), 'AWS::Logs::LogGroup')[0]}.Arn"] = LOG
    for key, queue in resources(template(), "AWS::SQS::Queue").items():
        found[f"{key}.Arn"] = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue['Properties']['QueueName']}"
        found[key] = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{queue['Properties']['QueueName']}"
    return found


def document(kind: str, attribute: str = "PolicyDocument") -> Policy:
    policy: Policy = resolve(only(template(), kind)[1]["Properties"][attribute], names())
    return policy


def topic_policy() -> Policy:
    return document("AWS::SNS::TopicPolicy")


def key_policy() -> Policy:
    return document("AWS::KMS::Key", "KeyPolicy")


@pytest.mark.parametrize(
    "action, resource, policy",
    [
        ("sns:Publish", TOPIC_ARN, topic_policy),
        ("kms:GenerateDataKey", QUEUE_KEY, key_policy),
        ("kms:Decrypt", QUEUE_KEY, key_policy),
    ],
)
def test_exactly_ses_of_this_account_and_rule_set_may(action: str, resource: str, policy: Any) -> None:  # noqa: ANN401
    allowed, *others = evaluate(
        [from_service(action, resource, policy(), who) for who in (OURS, *OTHERS.values())]
    )
    assert allowed.allowed
    assert {who: each.allowed for who, each in zip(OTHERS, others, strict=True)} == dict.fromkeys(
        OTHERS, False
    )


def test_the_policies_of_topic_and_key_let_no_role_in() -> None:
    """A rule's role gets its permission from whoever makes the rule (test_mail_writer.py)."""
    decisions = evaluate(
        [
            Request(
                principal=role,
                action=action,
                resources=[resource],
                context={"aws:SecureTransport": "true"},
                resource_policy=policy,
            )
            for role in (WRITER_ARN, FUNCTION)
            for action, resource, policy in (
                ("sns:Publish", TOPIC_ARN, topic_policy()),
                ("kms:GenerateDataKey", QUEUE_KEY, key_policy()),
            )
        ]
    )
    assert [decision.allowed for decision in decisions] == [False] * 4


def test_nothing_goes_without_tls() -> None:
    (decision,) = evaluate(
        [from_service("sns:Publish", TOPIC_ARN, topic_policy(), OURS, **{"aws:SecureTransport": "false"})]
    )
    assert set(decision.results.values()) == {"ExplicitlyDenied"}


@pytest.mark.parametrize("queue", [QUEUE_ARN, f"{QUEUE_ARN}-dlq"])
def test_only_this_topic_fills_a_queue(queue: str) -> None:
    (policy,) = (
        found
        for each in resources(template(), "AWS::SQS::QueuePolicy").values()
        if (found := resolve(each["Properties"]["PolicyDocument"], names()))["Statement"][0]["Resource"]
        == queue
    )
    ours, *others = evaluate(
        [
            from_service("sqs:SendMessage", queue, policy, (SNS, ACCOUNT, TOPIC_ARN)),
            from_service("sqs:SendMessage", queue, policy, (SNS, ACCOUNT, f"{TOPIC_ARN}2")),
            from_service("sqs:SendMessage", queue, policy, OURS),
            from_service("sqs:ReceiveMessage", queue, policy, (SNS, ACCOUNT, TOPIC_ARN)),
        ]
    )
    assert ours.allowed
    assert not any(decision.allowed for decision in others)


# The policy that the CDK gives to a key: the account's own policies decide.
MAIL_KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}
KEY_POLICIES: Mapping[str, Any] = {KEY_ARN: lambda: MAIL_KEY_POLICY, QUEUE_KEY: key_policy}
VIA_S3 = {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}
IDENTITY = f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.com"
SET = f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/forwarding"
AS_SENDER = {"ses:FromAddress": "forwarder@example.com"}
RAW = f"{BUCKET_ARN}/in/d6iitobk75ur44p8kdnnp7g2n800"


@pytest.mark.parametrize(
    "action, requested, context, allowed",
    [
        ("s3:GetObject", [RAW], {}, True),
        ("s3:GetObject", [f"{RAW}/claims/0000.json"], {}, True),
        ("s3:GetObject", [f"{BUCKET_ARN}/other/x"], {}, False),
        ("s3:GetObject", [f"{BUCKET_ARN}2/in/x"], {}, False),
        ("s3:PutObject", [f"{RAW}/summary.json"], {}, True),
        ("s3:PutObject", [f"{RAW}/attachments/1-2-a.pdf"], {}, True),
        ("s3:PutObject", [f"{RAW}/claims/0000.json"], {}, True),
        ("s3:PutObject", [RAW], {}, False),
        ("s3:PutObject", [f"{BUCKET_ARN}/other/summary.json"], {}, False),
        ("s3:DeleteObject", [RAW], {}, False),
        ("s3:DeleteObject", [f"{RAW}/claims/0000.json"], {}, False),
        ("kms:Decrypt", [KEY_ARN], VIA_S3, True),
        ("kms:GenerateDataKey", [KEY_ARN], VIA_S3, True),
        ("kms:Decrypt", [KEY_ARN], {}, False),
        ("kms:Decrypt", [QUEUE_KEY], {}, True),
        ("kms:GenerateDataKey", [QUEUE_KEY], {}, False),
        ("sqs:ReceiveMessage", [QUEUE_ARN], {}, True),
        ("sqs:ReceiveMessage", [f"{QUEUE_ARN}-dlq"], {}, False),
        ("sqs:SendMessage", [QUEUE_ARN], {}, False),
        ("ses:SendEmail", [IDENTITY, SET], AS_SENDER, True),
        ("ses:SendRawEmail", [IDENTITY, SET], AS_SENDER, True),
        ("ses:SendEmail", [IDENTITY, SET], {"ses:FromAddress": "other@example.com"}, False),
        ("ses:SendEmail", [IDENTITY, SET.replace("forwarding", "transactional")], AS_SENDER, False),
        ("ses:SendEmail", [IDENTITY.replace("example.com", "example.org"), SET], AS_SENDER, False),
    ],
)
def test_the_function_may_do_its_work_and_nothing_else(
    action: str,
    requested: list[str],
    context: dict[str, str],
    allowed: bool,  # noqa: FBT001
) -> None:
    role, _ = only(template(), "AWS::IAM::Role")
    policies = identity_policies(template(), role, names())
    (decision,) = evaluate(
        [
            Request(
                principal=FUNCTION,
                action=action,
                resources=requested,
                context=context,
                identity_policies=policies,
                resource_policy=KEY_POLICIES.get(requested[0], lambda: None)(),
                resource_account=ACCOUNT,
            )
        ]
    )
    assert decision.allowed is allowed


def test_nobody_may_invoke_the_function() -> None:
    """Lambda itself reads the queue; no policy of the function lets anybody in."""
    assert not resources(template(), "AWS::Lambda::Permission")
    _, role = only(template(), "AWS::IAM::Role")
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_a_wider_policy_would_be_noticed() -> None:
    for condition, who in (
        ("aws:SourceArn", "another rule set"),
        ("aws:SourceAccount", "another account that claims our rule"),
    ):
        wider: Any = {
            **topic_policy(),
            "Statement": [
                {
                    **statement,
                    "Condition": {
                        operator: {key: value for key, value in keys.items() if key != condition}
                        for operator, keys in statement.get("Condition", {}).items()
                    },
                }
                for statement in topic_policy()["Statement"]
            ],
        }
        (decision,) = evaluate([from_service("sns:Publish", TOPIC_ARN, wider, OTHERS[who])])
        assert decision.allowed, condition

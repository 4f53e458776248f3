"""Who may do what with feedback topics, their key and their queues: decided by an independent evaluator."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from tests.constructs_lib.events.feedback_stacks import NAME, SET_ARN, synth
from tests.iam import Policy, evaluate, from_service, resolve
from tests.synthesis import ACCOUNT, REGION, only, resources

OTHER = "222222222222"
OTHER_SET = SET_ARN.replace(NAME, "marketing")
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:{NAME}-bounce"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{NAME}-bounce"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SES, SNS, EVENTS = "ses.amazonaws.com", "sns.amazonaws.com", "events.amazonaws.com"

# Who comes from where: the service, aws:SourceAccount, aws:SourceArn.
OURS = (SES, ACCOUNT, SET_ARN)
OTHERS = {
    "SES of another account": (SES, OTHER, SET_ARN.replace(ACCOUNT, OTHER)),
    "another account that claims our configuration set": (SES, OTHER, SET_ARN),
    "our account's other configuration set": (SES, ACCOUNT, OTHER_SET),
    "a configuration set whose name begins alike": (SES, ACCOUNT, f"{SET_ARN}-2"),
    "an identity of our account": (SES, ACCOUNT, f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.com"),
    "another service": (EVENTS, ACCOUNT, SET_ARN),
}


@cache
def template() -> dict[str, Any]:
    return synth(topics=(FeedbackTopic(kind=Feedback.BOUNCE, queue=FeedbackQueue()),))


@cache
def names() -> Mapping[str, str]:
    """What the logical ids become."""
    (topic,) = resources(template(), "AWS::SNS::Topic")
    key, _ = only(template(), "AWS::KMS::Key")
    found = {topic: TOPIC, f"{key}.Arn": KEY}
    for logical_id, queue in resources(template(), "AWS::SQS::Queue").items():
        name = queue["Properties"].get("QueueName")
        found[f"{logical_id}.Arn"] = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
        found[logical_id] = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"
    return found


def topic_policy() -> Policy:
    policy: Policy = resolve(
        only(template(), "AWS::SNS::TopicPolicy")[1]["Properties"]["PolicyDocument"], names()
    )
    return policy


def key_policy() -> Policy:
    policy: Policy = resolve(only(template(), "AWS::KMS::Key")[1]["Properties"]["KeyPolicy"], names())
    return policy


def queue_policy(queue_arn: str) -> Policy:
    """The policy of a queue, which names the queue in its statements."""
    policies: list[Policy] = [
        resolve(each["Properties"]["PolicyDocument"], names())
        for each in resources(template(), "AWS::SQS::QueuePolicy").values()
    ]
    (found,) = (policy for policy in policies if policy["Statement"][0]["Resource"] == queue_arn)
    return found


@pytest.mark.parametrize(
    "action, resource, policy",
    [
        ("sns:Publish", TOPIC, topic_policy),
        ("kms:GenerateDataKey", KEY, key_policy),
        ("kms:Decrypt", KEY, key_policy),
    ],
)
def test_exactly_ses_of_this_account_and_configuration_set_may(
    action: str,
    resource: str,
    policy: Any,  # noqa: ANN401 - a function of no arguments
) -> None:
    allowed, *others = evaluate(
        [from_service(action, resource, policy(), who) for who in (OURS, *OTHERS.values())]
    )
    assert allowed.allowed
    assert {who: decision.allowed for who, decision in zip(OTHERS, others, strict=True)} == dict.fromkeys(
        OTHERS, False
    )


def test_ses_may_do_nothing_else_with_topic_and_key() -> None:
    decisions = evaluate(
        [
            *(
                from_service(f"sns:{action}", TOPIC, topic_policy(), OURS)
                for action in ("Subscribe", "SetTopicAttributes", "DeleteTopic")
            ),
            *(
                from_service(f"kms:{action}", KEY, key_policy(), OURS)
                for action in ("PutKeyPolicy", "ScheduleKeyDeletion", "Encrypt", "CreateGrant")
            ),
        ]
    )
    assert not any(decision.allowed for decision in decisions)


def test_nothing_is_published_or_queued_without_tls() -> None:
    plain = {"aws:SecureTransport": "false"}
    decisions = evaluate(
        [
            from_service("sns:Publish", TOPIC, topic_policy(), OURS, **plain),
            from_service("sqs:SendMessage", QUEUE, queue_policy(QUEUE), (SNS, ACCOUNT, TOPIC), **plain),
        ]
    )
    assert [set(decision.results.values()) for decision in decisions] == [{"ExplicitlyDenied"}] * 2


@pytest.mark.parametrize("queue", [QUEUE, f"{QUEUE}-dlq"])
def test_only_this_topic_fills_a_queue(queue: str) -> None:
    policy = queue_policy(queue)
    ours, *others = evaluate(
        [
            from_service("sqs:SendMessage", queue, policy, (SNS, ACCOUNT, TOPIC)),
            from_service("sqs:SendMessage", queue, policy, (SNS, ACCOUNT, f"{TOPIC}-2")),
            from_service("sqs:SendMessage", queue, policy, (SNS, OTHER, TOPIC.replace(ACCOUNT, OTHER))),
            from_service("sqs:SendMessage", queue, policy, OURS),
            from_service("sqs:ReceiveMessage", queue, policy, (SNS, ACCOUNT, TOPIC)),
        ]
    )
    assert ours.allowed
    assert not any(decision.allowed for decision in others)


def test_sns_uses_the_key_for_this_topic_only() -> None:
    ours, *others = evaluate(
        [
            from_service("kms:GenerateDataKey", KEY, key_policy(), (SNS, ACCOUNT, source))
            for source in (TOPIC, f"{TOPIC}-2", TOPIC.replace(ACCOUNT, OTHER))
        ]
    )
    assert ours.allowed
    assert not any(decision.allowed for decision in others)


def test_a_wider_policy_would_be_noticed() -> None:
    """Each condition taken out lets somebody in."""
    for condition, who in (
        ("aws:SourceArn", "our account's other configuration set"),
        ("aws:SourceAccount", "another account that claims our configuration set"),
    ):
        wider: Any = {
            **topic_policy(),
            "Statement": [
                {
                    **statement,
                    "Condition": {
                        operator: {key: value for key, value in keys.items() if key != condition}
                        for operator, keys in statement["Condition"].items()
                    },
                }
                for statement in topic_policy()["Statement"]
            ],
        }
        (decision,) = evaluate([from_service("sns:Publish", TOPIC, wider, OTHERS[who])])
        assert decision.allowed, condition

"""Who publishes alerts and who fills their dead-letter queue: decided by an independent evaluator."""

from typing import Any

import pytest

from tests.constructs_lib.audit.test_abuse_alerts import KEY, OWN_TOPIC, RULE, TOPIC, synth
from tests.iam import Request, evaluate, from_service, identity_policies, resolve
from tests.synthesis import ACCOUNT, REGION, only, resources

LEAVES_IT_TO_IAM = {
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


@pytest.mark.parametrize("options", [{}, {"receivers": OWN_TOPIC}])
def test_the_publisher_may_publish_and_nothing_else(options: dict[str, Any]) -> None:
    template = synth(**options)
    role, found = only(template, "AWS::IAM::Role")
    names = {}
    if not options:
        names = {
            only(template, "AWS::SNS::Topic")[0]: TOPIC,
            f"{only(template, 'AWS::KMS::Key')[0]}.Arn": KEY,
        }
    policies = identity_policies(template, role, names)

    def asks(action: str, resource: str) -> Request:
        return Request(
            principal=f"arn:aws:iam::{ACCOUNT}:role/publisher",
            action=action,
            resources=[resource],
            identity_policies=policies,
            resource_policy=LEAVES_IT_TO_IAM if resource.startswith("arn:aws:kms:") else None,
        )

    decisions = evaluate(
        [
            asks("sns:Publish", TOPIC),
            asks("kms:GenerateDataKey", KEY),
            asks("kms:Decrypt", KEY),
            asks("sns:Publish", f"{TOPIC}-2"),
            asks("sns:Subscribe", TOPIC),
            asks("kms:Decrypt", KEY.replace("1234abcd", "4321abcd")),
        ]
    )
    assert [each.allowed for each in decisions] == [True] * 3 + [False] * 3
    (trust,) = found["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "events.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/*"},
    }


def test_only_these_rules_and_this_topic_fill_the_dead_letter_queue() -> None:
    template = synth()
    queue, _ = only(template, "AWS::SQS::Queue")
    names = {f"{queue}.Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"}
    names |= {
        f"{key}.Arn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{key}" for key in resources(template, RULE)
    }
    names |= {only(template, "AWS::SNS::Topic")[0]: TOPIC}
    policy = resolve(only(template, "AWS::SQS::QueuePolicy")[1]["Properties"]["PolicyDocument"], names)
    rules = [names[f"{key}.Arn"] for key in resources(template, RULE)]
    allowed = [("events.amazonaws.com", each) for each in rules] + [("sns.amazonaws.com", TOPIC)]
    denied = [
        ("events.amazonaws.com", f"arn:aws:events:{REGION}:{ACCOUNT}:rule/other"),
        ("events.amazonaws.com", rules[0].replace(ACCOUNT, "222222222222")),
        ("sns.amazonaws.com", f"{TOPIC}-2"),
        ("sns.amazonaws.com", rules[0]),
    ]
    decisions = evaluate(
        [
            from_service("sqs:SendMessage", names[f"{queue}.Arn"], policy, (service, ACCOUNT, source))
            for service, source in [*allowed, *denied]
        ]
    )
    assert [each.allowed for each in decisions] == [True] * len(allowed) + [False] * len(denied)

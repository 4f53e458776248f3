import pytest
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns

from constructs_lib.monitoring.dead_letter_alarm import DeadLetterAlarm
from tests.synthesis import ACCOUNT, REGION, new_stack, only, template_of
from tests.test_nag import PACKS, findings


@pytest.mark.parametrize("told", [True, False], ids=["told", "untold"])
def test_one_message_raises_it_and_none_ends_it(told: bool) -> None:  # noqa: FBT001 - a parameter
    stack = new_stack()
    topic = sns.Topic.from_topic_arn(stack, "Operators", f"arn:aws:sns:{REGION}:{ACCOUNT}:operators")
    DeadLetterAlarm(
        stack,
        "Alarm",
        queue_name="transactional-bounce-dlq",
        name_prefix="transactional-bounce",
        description="Look into it.",
        alarm_actions=[actions.SnsAction(topic)] if told else [],
    )
    template = template_of(stack)
    assert len(template["Resources"]) == 1
    _, alarm = only(template, "AWS::CloudWatch::Alarm")
    properties = alarm["Properties"]
    assert properties.pop("AlarmActions", None) == ([topic.topic_arn] if told else None)
    assert properties == {
        "AlarmName": "transactional-bounce-dead-letters",
        "AlarmDescription": "Look into it.",
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateNumberOfMessagesVisible",
        "Dimensions": [{"Name": "QueueName", "Value": "transactional-bounce-dlq"}],
        "Statistic": "Maximum",
        "Period": 60,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "EvaluationPeriods": 1,
        "TreatMissingData": "notBreaching",
    }
    for pack in PACKS:
        assert findings(pack, stack) == set()

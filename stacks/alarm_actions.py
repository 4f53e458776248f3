"""What the alarms of an environment do, in whichever of its stacks they are."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.config import MailEnvironment
from stacks.monitoring_names import topic_name


def alarm_actions(scope: Construct, config: MailEnvironment, region: str) -> list[cloudwatch.IAlarmAction]:
    """They tell the environment's topic, by its name; without monitoring they do nothing."""
    if config.monitoring is None:
        return []
    return [actions.SnsAction(alarm_topic(scope, config, region))]


def alarm_topic(scope: Construct, config: MailEnvironment, region: str) -> sns.ITopic:
    """The topic of a Region, the environment's or one that it was given."""
    given = config.monitoring.existing_topic_arns.get(region) if config.monitoring else None
    arn = given or cdk.Stack.of(scope).format_arn(service="sns", resource=topic_name(config))
    return sns.Topic.from_topic_arn(scope, "AlarmTopic", arn)

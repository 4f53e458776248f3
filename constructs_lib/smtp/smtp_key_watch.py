"""Tells when SMTP keys are not rotated or do not work. Part of `smtp_credentials`.

A rule lets the rotation function write the age of the oldest key in use into its log, from which CloudWatch
takes a metric; two alarms watch that metric and the function's errors. All go with their stack.

Example::

    SmtpKeyWatch(self, "Watch", function=function, secret_names=["prod/smtp/eu-west-1/news"],
        name_prefix="prod", limit_days=67)
"""

from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.acknowledgments import acknowledge
from constructs_lib.monitoring.alarm_names import AlarmKind
from constructs_lib.monitoring.alarm_telling import tell
from constructs_lib.runtimes.smtp_credentials.key_age import DIMENSION, METRIC, NAMESPACE
from constructs_lib.runtimes.smtp_credentials.model import KEY_AGES_OF

# Twice a day, so that no period of the alarm passes without a look.
_EVERY_HOURS: Final = 12
_PERIOD_DAYS: Final = 1


class SmtpKeyWatch(Construct):
    """The alarms of SMTP credentials.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        function: The rotation function.
        secret_names: The secrets whose current keys to look at.
        name_prefix: The alarms are named ``<prefix>-smtp-key-age`` and ``<prefix>-smtp-rotation``.
        limit_days: A current key older than that raises the alarm.
        alarm_actions: What the alarms do. Default: nothing; CloudWatch shows their state.

    Attributes:
        key_age_alarm: Raised when rotation stopped working, whatever the reason.
        failure_alarm: Raised within minutes when a step failed, or within hours when a key does not work.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: lambda_.IFunction,
        secret_names: Sequence[str],
        name_prefix: str,
        limit_days: int,
        alarm_actions: Sequence[cloudwatch.IAlarmAction] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        # By hand: the ids that the CDK gives to a target hold the names of stage and stack.
        rule = events.CfnRule(
            self,
            "Look",
            description="Lets the rotation function tell how old the keys in use are",
            schedule_expression=f"rate({_EVERY_HOURS} hours)",
            targets=[
                events.CfnRule.TargetProperty(
                    id="Rotation",
                    arn=function.function_arn,
                    input=cdk.Stack.of(self).to_json_string({KEY_AGES_OF: list(secret_names)}),
                )
            ],
        )
        lambda_.CfnPermission(
            self,
            "MayLook",
            action="lambda:InvokeFunction",
            function_name=function.function_arn,
            principal="events.amazonaws.com",
            source_arn=rule.attr_arn,
        )
        acknowledge(
            rule,
            {"EventBusDLQ": "The next look is hours away; a failed one raises an alarm."},
            packs=["Serverless"],
        )
        self.key_age_alarm = cloudwatch.Alarm(
            self,
            "KeyAge",
            alarm_name=AlarmKind.SMTP_KEY_AGE.name_below(name_prefix),
            alarm_description=f"An SMTP key in use is older than {limit_days} days: it was not rotated.",
            metric=cloudwatch.Metric(
                namespace=NAMESPACE,
                metric_name=METRIC,
                dimensions_map={DIMENSION: function.function_name},
                statistic="Maximum",
                period=cdk.Duration.days(_PERIOD_DAYS),
            ),
            threshold=limit_days,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            # Missing until the first look; later because the function fails, which the other alarm tells.
            treat_missing_data=cloudwatch.TreatMissingData.MISSING,
        )
        self.failure_alarm = cloudwatch.Alarm(
            self,
            "Failure",
            alarm_name=AlarmKind.SMTP_ROTATION.name_below(name_prefix),
            alarm_description="A rotation step of SMTP credentials failed, or a key in use does not work.",
            metric=function.metric_errors(period=cdk.Duration.minutes(5), statistic="Sum"),
            threshold=1,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        for alarm in (self.key_age_alarm, self.failure_alarm):
            tell(alarm, alarm_actions)

"""An alarm that calls a function. Part of `reputation_pause`.

Example::

    alarm.add_alarm_action(FunctionAction(function))
    let_alarm_call(self, "MayCall", function=function, alarm=alarm)
"""

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct


@jsii.implements(cloudwatch.IAlarmAction)
class FunctionAction:
    """Calls a function that lets the alarm do so.

    The CDK's own action writes the permission itself, under an id that holds the names of stage and stack.

    Args:
        function: The function.
    """

    def __init__(self, function: lambda_.IFunction) -> None:
        self._arn = function.function_arn

    def bind(self, scope: Construct, alarm: cloudwatch.IAlarm) -> cloudwatch.AlarmActionConfig:
        """What the alarm's template names."""
        del scope, alarm
        return cloudwatch.AlarmActionConfig(alarm_action_arn=self._arn)


def let_alarm_call(
    scope: Construct, construct_id: str, *, function: lambda_.IFunction, alarm: cloudwatch.IAlarm
) -> None:
    """One alarm of the account may call the function (CloudWatch User Guide, Lambda alarm actions)."""
    lambda_.CfnPermission(
        scope,
        construct_id,
        action="lambda:InvokeFunction",
        function_name=function.function_arn,
        principal="lambda.alarms.cloudwatch.amazonaws.com",
        source_account=cdk.Stack.of(scope).account,
        source_arn=alarm.alarm_arn,
    )

"""A configuration set stops sending when its reputation is critical; all others go on.

A user gets a function that the two critical alarms of a set call, and an alarm if it fails. It may do one
thing, `ses:PutConfigurationSetSendingOptions`, to one configuration set. `AWS::Lambda::Function`, its role,
its log, its two permissions and `AWS::CloudWatch::Alarm` appear; all go with the stack. A set that is paused
stays so, also without the stack: a person finds the cause and resumes sending by `resume_command`.

Example::

    alarms = ReputationAlarms(
        stack, "Set", configuration_set_name="transactional", event_metrics=counts.destination
    )
    ReputationPause(stack, "Pause", reputation=alarms, alarm_actions=[SnsAction(operators)])
"""

from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.errors import ConfigurationError
from constructs_lib.monitoring.alarm_names import AlarmKind
from constructs_lib.monitoring.alarm_telling import tell
from constructs_lib.monitoring.function_alarm_action import FunctionAction, let_alarm_call
from constructs_lib.monitoring.reputation_alarms import ReputationAlarms
from constructs_lib.runtime_function import RuntimeFunction
from constructs_lib.ses_arns import configuration_set_arn

_REASONS: Final = {
    "LambdaConcurrency": "Two alarms call it, once each; a reservation would take from the account's share.",
    "LambdaDLQ": "Lambda repeats a failed call twice; then the failure alarm tells, as the critical one did.",
    "LambdaTracing": "One call of one API; its log says what it paused and for which alarm.",
}


class ReputationPause(Construct):
    """Pauses one configuration set when one of its critical alarms is raised.

    It pauses when an alarm comes, not while it stays: a set that a person resumes is not paused again before
    the alarm ended and came once more. A deployment that changes the configuration set may resume it too.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        reputation: The alarms of the configuration set. Those of an account are refused: all would stop.
        name_prefix: The failure alarm is named ``<prefix>-pause-failure``. Default: CloudFormation names it.
        alarm_actions: What the failure alarm does. Default: nothing; CloudWatch shows its state.

    Raises:
        ConfigurationError: ``reputation-pause-invalid``.

    Attributes:
        failure_alarm: Raised when the function could not pause.
        resume_command: What a person types to send again; also an output.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        reputation: ReputationAlarms,
        name_prefix: str | None = None,
        alarm_actions: Sequence[cloudwatch.IAlarmAction] = (),
    ) -> None:
        name = reputation.configuration_set_name
        if name is None:
            raise ConfigurationError(
                "reputation-pause-invalid",
                option="reputation",
                rule="the alarms of a configuration set: the function pauses that set and nothing else.",
                got="the alarms of the account",
                fix="make ReputationAlarms with configuration_set_name for each set that may be paused",
            )
        super().__init__(scope, construct_id)
        function = RuntimeFunction(
            self,
            "Function",
            runtime="reputation_pause",
            description="Pauses one configuration set of Amazon SES when its reputation is critical",
            statements=[
                iam.PolicyStatement(
                    actions=["ses:PutConfigurationSetSendingOptions"],
                    resources=[configuration_set_arn(self, name)],
                )
            ],
            environment={"CONFIGURATION_SET_NAME": name},
            reasons=_REASONS,
        ).function
        for kind in (AlarmKind.BOUNCE_CRITICAL, AlarmKind.COMPLAINT_CRITICAL):
            alarm = reputation.by_kind[kind]
            let_alarm_call(self, f"On{kind.construct_id}", function=function, alarm=alarm)
            alarm.add_alarm_action(FunctionAction(function))
        self.failure_alarm = cloudwatch.Alarm(
            self,
            "Failure",
            alarm_name=AlarmKind.PAUSE_FAILURE.name_below(name_prefix) if name_prefix else None,
            alarm_description=f"Configuration set {name} could not be paused at a critical reputation.",
            metric=function.metric_errors(period=cdk.Duration.minutes(5), statistic="Sum"),
            threshold=1,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        tell(self.failure_alarm, alarm_actions)
        self.resume_command = (
            f"aws sesv2 put-configuration-set-sending-options --region {cdk.Stack.of(self).region} "
            f"--configuration-set-name {name} --sending-enabled"
        )
        cdk.CfnOutput(
            self,
            "Resume",
            value=self.resume_command,
            description=f"Sends with configuration set {name} again after a pause",
        )

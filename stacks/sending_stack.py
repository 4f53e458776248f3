"""What every domain of an environment shares in one Region: its configuration set, where its events go."""

import aws_cdk as cdk
from constructs import Construct

from constructs_lib.events.event_forwarding import EventForwarding
from constructs_lib.events.feedback_topics import FeedbackTopics
from constructs_lib.monitoring.event_counts import EventCounts
from constructs_lib.sending.sending_profile import SendingProfile
from stacks.alarm_actions import alarm_actions
from stacks.config import MailEnvironment
from stacks.monitoring_config import counts_by_set
from stacks.region_stack import RegionStack
from stacks.retention import removal_policy


class SendingStack(RegionStack):
    """The sending profile of one environment in one Region, with its feedback topics."""

    def __init__(self, scope: Construct, construct_id: str, *, config: MailEnvironment, region: str) -> None:
        super().__init__(
            scope,
            construct_id,
            config=config,
            region=region,
            description="Amazon SES: how mail is sent (configuration set), what became of it (feedback)",
        )
        configuration_set = (
            config.configuration_set_name
            if config.existing_configuration_set
            else SendingProfile(
                self,
                "Sending",
                configuration_set_name=config.configuration_set_name,
                removal_policy=removal_policy(config),
            )
        )
        cdk.CfnOutput(
            self,
            "ConfigurationSetName",
            value=config.configuration_set_name,
            description="Name it in every send (ConfigurationSetName, X-SES-CONFIGURATION-SET)",
        )
        feedback = config.feedback
        if config.monitoring is not None and not counts_by_set(feedback.cloud_watch):
            EventCounts(self, "Counts", configuration_set=configuration_set)
        if feedback.publishes:
            FeedbackTopics(
                self,
                "Feedback",
                configuration_set=configuration_set,
                topics=[topic.in_region(region) for topic in feedback.topics],
                existing_key_arn=config.existing_key_arns.get(region),
                event_bridge=feedback.event_bridge,
                firehose=feedback.firehose,
                cloud_watch=feedback.cloud_watch,
                removal_policy=removal_policy(config),
            )
        forwards = feedback.forwards_in(region)
        told = alarm_actions(self, config, region) if forwards else []
        for forward in forwards:
            EventForwarding(
                self,
                f"Forward.{forward.name}",
                configuration_set=configuration_set,
                forward=forward,
                alarm_actions=told,
                removal_policy=removal_policy(config),
            )

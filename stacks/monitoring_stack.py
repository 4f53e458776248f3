"""How one environment is watched in one Region: its alarms and who hears them; once, dashboard and budget."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib.events.event_destinations import COUNTED
from constructs_lib.monitoring.alarm_topic import AlarmTopic
from constructs_lib.monitoring.dead_letter_alarm import DeadLetterAlarm
from constructs_lib.monitoring.mail_dashboard import MailDashboard
from constructs_lib.monitoring.region_view import RegionView
from constructs_lib.monitoring.reputation_alarms import ReputationAlarms
from constructs_lib.monitoring.reputation_pause import ReputationPause
from constructs_lib.monitoring.spend_budget import SpendBudget
from stacks import monitoring_names as names
from stacks.alarm_actions import alarm_topic
from stacks.config import MailEnvironment
from stacks.monitoring_config import MailMonitoring
from stacks.region_stack import RegionStack


class MonitoringStack(RegionStack):
    """The alarms of an account's Region and of its configuration sets, and what else nobody else watches.

    The stack of the first Region has the environment's dashboard; that of the first Region with AWS Budgets
    has the budget.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: MailEnvironment,
        monitoring: MailMonitoring,
        region: str,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            config=config,
            region=region,
            description="Amazon SES: alarms, who hears them, dashboard, budget",
        )
        topic = self._topic(config, monitoring, region)
        told: list[cloudwatch.IAlarmAction] = [actions.SnsAction(topic)]
        ReputationAlarms(
            self,
            "Account",
            thresholds=monitoring.thresholds,
            daily_quota=monitoring.daily_quotas.get(region),
            name_prefix=names.account_prefix(config),
            alarm_actions=told,
        )
        for name in config.configuration_sets_in(region):
            self._watch_set(config, monitoring, name, told)
        for label, source in names.watched_dead_letters(config, region).items():
            DeadLetterAlarm(
                self,
                f"DeadLetters.{label}",
                queue_name=f"{source}-dlq",
                name_prefix=source,
                description=f"What {source} tells was not taken: look into {source}-dlq.",
                alarm_actions=told,
            )
        if region == config.regions[0]:
            self._dashboard(config, monitoring)
        if names.budget_region(config) == region and monitoring.spend is not None:
            tag = monitoring.spend.tag
            SpendBudget(
                self,
                "Spend",
                limit=monitoring.spend,
                topic=topic,
                tag_value=None if tag is None else config.tags[tag],
            )

    def _topic(self, config: MailEnvironment, monitoring: MailMonitoring, region: str) -> sns.ITopic:
        if region in monitoring.existing_topic_arns:
            return alarm_topic(self, config, region)
        return AlarmTopic(
            self,
            "Alarms",
            topic_name=names.topic_name(config),
            subscribers=monitoring.subscribers,
            for_budgets=names.budget_region(config) == region,
            existing_key_arn=config.existing_key_arns.get(region),
        ).topic

    def _watch_set(
        self,
        config: MailEnvironment,
        monitoring: MailMonitoring,
        name: str,
        told: list[cloudwatch.IAlarmAction],
    ) -> None:
        watched = monitoring.no_send_after_hours if name == config.configuration_set_name else {}
        hours = watched.get(self.region)
        prefix = names.set_prefix(config, name)
        alarms = ReputationAlarms(
            self,
            f"Set.{name}",
            configuration_set_name=name,
            # Beside the set, in its stack.
            event_metrics=COUNTED,
            thresholds=monitoring.thresholds,
            no_send_after=None if hours is None else cdk.Duration.hours(hours),
            name_prefix=prefix,
            alarm_actions=told,
        )
        if name in monitoring.pause:
            ReputationPause(self, f"Pause.{name}", reputation=alarms, name_prefix=prefix, alarm_actions=told)

    def _dashboard(self, config: MailEnvironment, monitoring: MailMonitoring) -> None:
        MailDashboard(
            self,
            "Dashboard",
            dashboard_name=names.dashboard_name(config),
            views=[
                RegionView(
                    region=region,
                    alarm_names=names.alarm_names(config, region),
                    configuration_set_names=config.configuration_sets_in(region),
                    daily_quota=monitoring.daily_quotas.get(region),
                    inboxes=names.inbox_queues(config, region),
                    queues=names.feedback_queues(config),
                    dead_letter_queues=names.dead_letter_queues(config, region),
                )
                for region in config.regions
            ],
            thresholds=monitoring.thresholds,
            limit=monitoring.spend,
        )

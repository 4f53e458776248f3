"""What an environment says about being watched: alarms, who hears them, a budget. Loads no CDK."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from constructs_lib.events.event_destinations import COUNTED, CloudWatchDestination
from constructs_lib.events.subscribers import Subscriber
from constructs_lib.monitoring.reputation_thresholds import ReputationThresholds
from constructs_lib.monitoring.ses_metric_names import CONFIGURATION_SET
from constructs_lib.monitoring.spend_limit import SpendLimit
from constructs_lib.monitoring.topic_arns import require_topic_arn
from constructs_lib.regions import has_budgets
from stacks.config_errors import environment_invalid, require_own_regions, require_tuples

_MAX_HOURS: Final = 7 * 24


@dataclass(frozen=True, kw_only=True)
class MailMonitoring:
    """Alarms in each Region of an environment, one dashboard, and a budget on request.

    Attributes:
        subscribers: Who hears the alarms of every Region, each once. Default: nobody; others subscribe to
            the topic ``<environment>-alarms``.
        existing_topic_arns: By Region a topic that exists already in place of that one. It must let
            CloudWatch publish.
        thresholds: When bounces and complaints are told. Default: at 80 % of SES's levels.
        no_send_after_hours: By Region, after how many hours without a send with the environment's
            configuration set there is an alarm, 1 to 168. Default: none, because silence may be normal.
        daily_quotas: By Region the account's sending quota of 24 hours, for an alarm at 80 % of it. SES has
            no metric of it: change it here when SES does. Default: no alarm.
        pause: Configuration sets that stop sending at a critical reputation, until a person resumes them.
            Default: none; people are told and decide.
        spend: What Amazon SES may cost a month. Default: no budget.

    Raises:
        ConfigurationError: ``environment-invalid``, ``alarm-topic-invalid``.
    """

    subscribers: tuple[Subscriber, ...] = ()
    existing_topic_arns: Mapping[str, str] = field(default_factory=dict)
    thresholds: ReputationThresholds = field(default_factory=ReputationThresholds)
    no_send_after_hours: Mapping[str, int] = field(default_factory=dict)
    daily_quotas: Mapping[str, int] = field(default_factory=dict)
    pause: tuple[str, ...] = ()
    spend: SpendLimit | None = None

    def __post_init__(self) -> None:
        require_tuples(self, option="monitoring")
        for region, arn in self.existing_topic_arns.items():
            require_topic_arn(arn, region=region, option="monitoring: existing_topic_arns")
        for hours in self.no_send_after_hours.values():
            if not 1 <= hours <= _MAX_HOURS:
                raise environment_invalid(
                    "monitoring: no_send_after_hours", f"1 to {_MAX_HOURS} hours.", hours, "write 24, for one"
                )
        for quota in self.daily_quotas.values():
            if quota < 1:
                raise environment_invalid(
                    "monitoring: daily_quotas",
                    "1 send or more in 24 hours.",
                    quota,
                    "copy Max24HourSend of `aws sesv2 get-account`",
                )


def counts_by_set(destination: CloudWatchDestination | None) -> bool:
    """Whether a destination makes the metrics that a configuration set is watched by."""
    return destination is not None and [each.name for each in destination.dimensions] == [CONFIGURATION_SET]


def require_monitoring(
    monitoring: MailMonitoring | None,
    *,
    environment: str,
    regions: tuple[str, ...],
    sets: tuple[str, ...],
    cloud_watch: CloudWatchDestination | None,
    tags: Mapping[str, str],
) -> None:
    """Refuse monitoring that does not belong to its environment.

    Args:
        monitoring: What the environment says.
        environment: Its name.
        regions: Its Regions.
        sets: Its configuration sets.
        cloud_watch: What its feedback sends to CloudWatch.
        tags: Its tags.

    Raises:
        ConfigurationError: ``environment-invalid``.
    """
    if monitoring is None:
        return
    option = f"{environment}: monitoring"
    for name, by_region in (
        ("existing_topic_arns", monitoring.existing_topic_arns),
        ("daily_quotas", monitoring.daily_quotas),
        ("no_send_after_hours", monitoring.no_send_after_hours),
    ):
        require_own_regions(by_region, regions, option=f"{option}: {name}")
    own = [region for region in regions if region not in monitoring.existing_topic_arns]
    if monitoring.subscribers and not own:
        raise environment_invalid(
            f"{option}: subscribers",
            "they subscribe to topics that are made here, and every Region has one of its own.",
            monitoring.subscribers,
            "subscribe to those topics where they are made, or leave existing_topic_arns out",
        )
    for name in monitoring.pause:
        if name not in sets:
            raise environment_invalid(
                f"{option}: pause",
                "configuration sets of the environment: " + ", ".join(sets) + ".",
                name,
                "write the name of one of them",
            )
    if counts_by_set(cloud_watch) and cloud_watch is not None:
        missing = [str(event) for event in COUNTED.events if event not in cloud_watch.events]
        if missing:
            raise environment_invalid(
                f"{environment}: feedback: cloud_watch: events",
                "with monitoring, a destination by configuration set counts all that alarms look at; a "
                "second one would count twice.",
                cloud_watch.events,
                "add " + ", ".join(missing) + ", or leave the destination to monitoring",
            )
    _require_spend(monitoring.spend, regions, tags, option=f"{option}: spend")


def _require_spend(
    spend: SpendLimit | None, regions: tuple[str, ...], tags: Mapping[str, str], *, option: str
) -> None:
    if spend is None:
        return
    if spend.tag is not None and spend.tag not in tags:
        raise environment_invalid(
            f"{option}: tag",
            "a tag of the environment: " + (", ".join(tags) or "it has none") + ".",
            spend.tag,
            "add it to `tags`, or write tag=None for all of SES in the account",
        )
    if not any(has_budgets(region) for region in regions):
        raise environment_invalid(
            option,
            "a Region of the environment in which CloudFormation makes budgets.",
            regions,
            "leave it out, or make the budget in another stack",
        )

"""One page of CloudWatch that shows how an environment's mail goes, to be read from top to bottom.

A user gets the alarms of all Regions first; then of each Region the rates against the levels of SES and of
the alarms, a day's numbers, what was sent and what came of it, incoming mail and what waits in queues; last
what it costs. What was not given does not appear. One resource, `AWS::CloudWatch::Dashboard`, which shows
every Region wherever it is made; it goes with the stack and holds no data. CloudWatch charges for it.

Example::

    MailDashboard(
        stack, "Dashboard",
        views=[RegionView(region="eu-west-1", configuration_set_names=["transactional"], daily_quota=50_000)],
        limit=SpendLimit(monthly_usd=50, tag="environment"),
    )
"""

import re
from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.domain_name import is_token
from constructs_lib.errors import ConfigurationError
from constructs_lib.monitoring.cost_widgets import cost_row
from constructs_lib.monitoring.mail_widgets import FULL, rows
from constructs_lib.monitoring.region_view import RegionView
from constructs_lib.monitoring.reputation_thresholds import ReputationThresholds
from constructs_lib.monitoring.spend_limit import USD_PER_THOUSAND, SpendLimit
from constructs_lib.regions import require_ses_region
from constructs_lib.sending.configuration_set_name import require_configuration_set_name

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,255}")
_ALARMS_HEIGHT: Final = 3


class MailDashboard(Construct):
    """The dashboard of an environment's mail.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        views: What is shown of each Region, each Region once, one or more.
        dashboard_name: 1 to 255 ASCII letters, digits, hyphens, underscores, once in an account: dashboards
            have no Region (CloudWatch API, PutDashboard). Default: CloudFormation makes one.
        thresholds: What the alarms have. Default: their defaults.
        limit: The month's limit, a line across the cost. Default: cost without a line.

    Raises:
        ConfigurationError: ``mail-dashboard-invalid``, ``configuration-set-name-invalid``,
            ``region-without-ses``.

    Attributes:
        dashboard: The dashboard; `add_widgets` puts more below.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        views: Sequence[RegionView],
        dashboard_name: str | None = None,
        thresholds: ReputationThresholds | None = None,
        limit: SpendLimit | None = None,
    ) -> None:
        if dashboard_name is not None and not (is_token(dashboard_name) or _NAME.fullmatch(dashboard_name)):
            raise _invalid(
                "dashboard_name",
                "1 to 255 ASCII letters, digits, hyphens and underscores (CloudWatch API, PutDashboard).",
                dashboard_name,
                "choose such a name, or leave it out",
            )
        _require_views(views)
        super().__init__(scope, construct_id)
        self.dashboard = cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=dashboard_name,
            default_interval=cdk.Duration.days(7),
            period_override=cloudwatch.PeriodOverride.INHERIT,
        )
        self._alarms([view for view in views if view.alarm_names])
        for view in views:
            if len(views) > 1:
                self.dashboard.add_widgets(
                    cloudwatch.TextWidget(markdown=f"# {view.region}", width=FULL, height=1)
                )
            for row in rows(view, thresholds or ReputationThresholds()):
                self.dashboard.add_widgets(*row)
        price = limit.usd_per_thousand if limit else USD_PER_THOUSAND
        self.dashboard.add_widgets(*cost_row([view.region for view in views], limit, usd_per_thousand=price))

    def _alarms(self, views: Sequence[RegionView]) -> None:
        """What is raised, two Regions beside each other; one alone has the whole width."""
        for start in range(0, len(views), 2):
            pair = views[start : start + 2]
            self.dashboard.add_widgets(
                *(
                    cloudwatch.AlarmStatusWidget(
                        title=f"Raised alarms (of {len(view.alarm_names)}), {view.region}",
                        alarms=[self._alarm(view.region, name) for name in view.alarm_names],
                        # All of them would be a page of green; one that is not raised is seen in its graph.
                        states=[cloudwatch.AlarmState.ALARM],
                        width=FULL // len(pair),
                        height=_ALARMS_HEIGHT,
                    )
                    for view in pair
                )
            )

    def _alarm(self, region: str, name: str) -> cloudwatch.IAlarm:
        arn = cdk.Stack.of(self).format_arn(
            service="cloudwatch",
            region=region,
            resource="alarm",
            resource_name=name,
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )
        return cloudwatch.Alarm.from_alarm_arn(self, f"{name}.{region}", arn)


def _require_views(views: Sequence[RegionView]) -> None:
    if not views:
        raise _invalid("views", "at least one Region.", views, 'write [RegionView(region="eu-west-1")]')
    _require_once("views: region", [view.region for view in views])
    for view in views:
        require_ses_region(view.region, option="views: region")
        for name in view.configuration_set_names:
            require_configuration_set_name(name, option="configuration_set_names")
        _require_once("configuration_set_names", view.configuration_set_names)
        _require_once("alarm_names", view.alarm_names)


def _require_once(option: str, names: Sequence[str]) -> None:
    if len(set(names)) != len(names):
        raise _invalid(option, "each once, or it is shown twice.", list(names), "drop the repetition")


def _invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("mail-dashboard-invalid", option=option, rule=rule, got=got, fix=fix)

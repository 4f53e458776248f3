"""The audit trail of one environment, and its alerts on calls that look like abuse in one Region."""

import aws_cdk as cdk
from constructs import Construct

from constructs_lib.audit.abuse_alerts import AbuseAlerts
from constructs_lib.audit.audit_trail import AuditTrail
from constructs_lib.audit.trail_settings import TrailSettings
from stacks.alarm_actions import alarm_actions
from stacks.audit_config import ExistingTrail, MailAudit
from stacks.config import MailEnvironment
from stacks.own_roles import own_roles
from stacks.region_stack import RegionStack
from stacks.retention import removal_policy
from stacks.stack_names import alerts_name, trail_name


class AuditStack(RegionStack):
    """The trail is in the first Region and records all; rules see only the calls of their own Region."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: MailEnvironment,
        audit: MailAudit,
        region: str,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            config=config,
            region=region,
            description="Amazon SES: who called what (audit trail), alerts on what looks like abuse",
        )
        if isinstance(audit.trail, TrailSettings) and audit.makes_trail(config.regions, region):
            AuditTrail(
                self,
                "Trail",
                trail_name=trail_name(config),
                data_events=audit.data_events,
                senders=(*audit.senders, *own_roles(config, config.regions)) if audit.senders else (),
                settings=audit.trail,
                existing_key_arn=config.existing_key_arns.get(region),
                removal_policy=removal_policy(config),
            )
        sends = audit.data_events is not None
        alerts = AbuseAlerts(
            self,
            "Alerts",
            name=alerts_name(config),
            deployers=audit.deployers,
            own_roles=own_roles(config, (region,)),
            senders=audit.senders if sends else (),
            sender_accounts=sorted({delegate.account for delegate in config.delegates}),
            from_domains=sorted(domain.domain for domain in config.domains) if sends else (),
            from_addresses=sorted(each.address for each in config.addresses) if sends else (),
            trail_name=_watched_trail(config, audit, region),
            receivers=audit.receivers_in(region),
            alarm_actions=alarm_actions(self, config, region),
            existing_key_arn=config.existing_key_arns.get(region),
            removal_policy=removal_policy(config),
        )
        cdk.CfnOutput(
            self,
            "AlertTopic",
            value=alerts.topic_arn,
            description="The topic of alerts on calls that look like abuse of Amazon SES",
        )


def _watched_trail(config: MailEnvironment, audit: MailAudit, region: str) -> str | None:
    """The trail whose end or change a Region's rules see: calls about it are made in its home."""
    if region != audit.home(config.regions):
        return None
    if isinstance(audit.trail, ExistingTrail):
        return audit.trail.name if audit.trail.account == config.account else None
    return trail_name(config)

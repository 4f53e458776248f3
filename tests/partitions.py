"""One environment in each partition that SES's users ask for, with everything that SES has there."""

from dataclasses import replace
from typing import Final

from constructs_lib.events.event_forward import EventForward, ForeignBus
from constructs_lib.identity.dns import ExternalDns, Route53Zone
from constructs_lib.identity.mail_from_hosts import MailFromHosts
from constructs_lib.regions import ses_regions
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.environments.prod import PROD

REGIONS: Final = {"aws": "eu-central-1", "aws-us-gov": "us-gov-west-1", "aws-eusc": "eusc-de-east-1"}
"""By partition, a Region of it."""

STATED: Final = MailFromHosts(feedback_host="feedback.example.net", spf_include="spf.example.net")
"""Stands for what SES's console shows where AWS publishes nothing."""


def environment_in(region: str) -> MailEnvironment:
    """Production as one Region would have it: what SES or CloudFormation lacks there is left out."""
    facts = ses_regions()[region]
    receives = facts["inbound_host"] is not None
    zone = Route53Zone(zone_id="Z0PARTITION000000001", zone_name="example.com")
    partition = facts["partition"]
    topics = tuple(
        replace(
            topic,
            subscribing_queues=tuple(
                f"arn:{partition}:sqs:{region}:{arn.split(':', 4)[4]}" for arn in topic.subscribing_queues
            ),
        )
        for topic in PROD.feedback.topics
    )
    bus = ForeignBus(arn=f"arn:{partition}:events:{region}:444444444444:event-bus/mail-events")
    monitoring, audit = PROD.monitoring, PROD.audit
    assert monitoring is not None
    assert audit is not None
    return replace(
        PROD,
        name=partition,
        regions=(region,),
        domains=(
            MailDomain(domain="example.com", dns=zone, receives_mail=receives),
            MailDomain(domain="news.example.com", dns=ExternalDns(), legacy_txt=True),
        ),
        senders=tuple(each for each in PROD.senders if facts["smtp_host"] or not each.smtp),
        feedback=replace(PROD.feedback, topics=topics, forwards=(EventForward(name="analytics", to=bus),)),
        receiving=PROD.receiving if receives else None,
        monitoring=replace(
            monitoring,
            no_send_after_hours={region: 24},
            daily_quotas={region: 50_000},
            pause=monitoring.pause if receives else (),
            spend=monitoring.spend if facts["budgets"] else None,
        ),
        mail_from_hosts={} if facts["feedback_host"] else {region: STATED},
    )

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.events.event_destinations import COUNTED, CloudWatchDestination, Dimension
from constructs_lib.events.feedback import SendingEvent
from constructs_lib.events.subscribers import EmailSubscriber
from constructs_lib.monitoring.spend_limit import SpendLimit
from stacks.environments import ENVIRONMENTS
from stacks.feedback_config import MailFeedback
from stacks.monitoring_config import MailMonitoring, counts_by_set
from tests.support import refuses

PROD = ENVIRONMENTS["prod"]
OPS = EmailSubscriber(address="ops@example.com")
TOPICS = {region: f"arn:aws:sns:{region}:222222222222:pager" for region in PROD.regions}


def test_nothing_is_on_that_was_not_asked_for() -> None:
    assert replace(PROD, monitoring=None).monitoring is None
    default = MailMonitoring()
    assert (default.subscribers, default.pause, default.spend) == ((), (), None)
    assert not any((default.existing_topic_arns, default.daily_quotas, default.no_send_after_hours))


@pytest.mark.parametrize(
    "options, code, fragment",
    [
        ({"no_send_after_hours": {"eu-west-1": 0}}, "environment-invalid", "no_send_after_hours"),
        ({"no_send_after_hours": {"eu-west-1": 169}}, "environment-invalid", "1 to 168"),
        ({"no_send_after_hours": {"eu-west-2": 24}}, "environment-invalid", "no_send_after_hours"),
        ({"daily_quotas": {"eu-west-1": 0}}, "environment-invalid", "Max24HourSend"),
        ({"daily_quotas": {"eu-west-2": 200}}, "environment-invalid", "daily_quotas"),
        ({"existing_topic_arns": {"eu-west-1": TOPICS["us-east-1"]}}, "alarm-topic-invalid", "eu-west-1"),
        (
            {"existing_topic_arns": {"eu-west-2": "arn:aws:sns:eu-west-2:222222222222:pager"}},
            "environment-invalid",
            "existing_topic_arns",
        ),
        ({"existing_topic_arns": TOPICS, "subscribers": (OPS,)}, "environment-invalid", "subscribers"),
        ({"pause": ("marketing",)}, "environment-invalid", "transactional, forwarding"),
        ({"spend": SpendLimit(monthly_usd=5, tag="team")}, "environment-invalid", "application, environment"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_refused(options: dict[str, Any], code: str, fragment: str) -> None:
    with refuses(code, fragment):
        replace(PROD, monitoring=MailMonitoring(**options))


@pytest.mark.parametrize(
    "options",
    [
        {"no_send_after_hours": {"us-east-1": 168}},
        {"daily_quotas": {"us-east-1": 1}},
        {"existing_topic_arns": TOPICS},
        {"existing_topic_arns": {"us-east-1": TOPICS["us-east-1"]}, "subscribers": (OPS,)},
        {"pause": ("transactional", "forwarding")},
        {"spend": SpendLimit(monthly_usd=5, tag=None)},
    ],
    ids=lambda value: next(iter(value)),
)
def test_near_misses_are_taken(options: dict[str, Any]) -> None:
    replace(PROD, monitoring=MailMonitoring(**options))


def test_no_budget_where_no_region_makes_one() -> None:
    domains = tuple(replace(each, regions=(), receives_mail=False) for each in PROD.domains)
    with refuses("environment-invalid", "CloudFormation makes budgets"):
        replace(
            PROD,
            regions=("eu-north-1",),
            domains=domains,
            feedback=MailFeedback(),
            receiving=None,
            monitoring=MailMonitoring(spend=SpendLimit(monthly_usd=5, tag=None)),
        )


def test_a_destination_that_counts_a_set_alone_counts_all_or_is_refused() -> None:
    half = CloudWatchDestination(dimensions=COUNTED.dimensions, events=(SendingEvent.SEND,))
    with refuses("environment-invalid", "add delivery, bounce, complaint, reject"):
        replace(PROD, feedback=MailFeedback(cloud_watch=half))
    replace(PROD, feedback=MailFeedback(cloud_watch=half), monitoring=None)


@pytest.mark.parametrize(
    "destination, counts",
    [
        (None, False),
        (COUNTED, True),
        (CloudWatchDestination(dimensions=(Dimension(name="ses:configuration-set", default="x"),)), True),
        (CloudWatchDestination(dimensions=(Dimension(name="campaign", default="none"),)), False),
        (
            CloudWatchDestination(
                dimensions=(*COUNTED.dimensions, Dimension(name="campaign", default="none"))
            ),
            False,
        ),
    ],
    ids=["none", "by set", "by set, another default", "by another", "by both"],
)
def test_what_counts_by_set(destination: CloudWatchDestination | None, counts: bool) -> None:  # noqa: FBT001 - a parameter
    assert counts_by_set(destination) is counts

from typing import Any

import pytest

from constructs_lib.audit.alert_receivers import AlertReceivers
from constructs_lib.audit.data_events import DataEvents
from constructs_lib.audit.trail_settings import TrailSettings
from stacks.audit_config import ExistingTrail, MailAudit
from stacks.own_roles import own_roles
from tests.stacks.test_config import domain, environment
from tests.stacks.test_receiving_config import receiving
from tests.stacks.test_senders_config import delegate
from tests.support import refuses

TRAIL = "arn:aws:cloudtrail:eu-central-1:111111111111:trail/org-trail"
TOPIC = "arn:aws:sns:eu-west-1:111111111111:security"


def test_defaults() -> None:
    audit = MailAudit()
    assert audit.trail == TrailSettings()
    assert audit.data_events == DataEvents()
    assert (audit.senders, audit.deployers) == ((), ())
    assert audit.receivers_in("eu-west-1") == AlertReceivers()
    assert audit.home(("eu-west-1", "us-east-1")) == "eu-west-1"
    assert environment().audit is None


def test_a_trail_that_exists() -> None:
    trail = ExistingTrail(arn=TRAIL)
    assert (trail.region, trail.account, trail.name) == ("eu-central-1", "111111111111", "org-trail")
    assert MailAudit(trail=trail).home(("eu-west-1",)) == "eu-central-1"


@pytest.mark.parametrize(
    "arn",
    ["org-trail", TRAIL.replace("trail/", "trail:"), TRAIL.replace("111111111111", "1"), TRAIL + "/x", ""],
)
def test_a_trail_is_named_by_its_arn(arn: str) -> None:
    with refuses("environment-invalid", "audit: trail: arn"):
        ExistingTrail(arn=arn)


@pytest.mark.parametrize(
    "options, code, fragment",
    [
        ({"senders": ("Billing",)}, "known-principal-invalid", "audit: senders"),
        ({"deployers": ("Deploy",)}, "known-principal-invalid", "audit: deployers"),
        ({"data_events": DataEvents(known_senders=False)}, "audit-trail-invalid", "senders"),
    ],
)
def test_bad_values(options: dict[str, Any], code: str, fragment: str) -> None:
    with refuses(code, fragment):
        MailAudit(**options)


def test_receivers_by_region() -> None:
    own = AlertReceivers(existing_topic_arn=TOPIC)
    audit = MailAudit(receivers_by_region={"eu-west-1": own})
    assert environment(audit=audit).audit is audit
    assert audit.receivers_in("eu-west-1") is own
    assert audit.receivers_in("us-east-1") == AlertReceivers()
    with refuses("environment-invalid", "audit: receivers_by_region"):
        environment(audit=MailAudit(receivers_by_region={"ap-south-1": AlertReceivers()}))
    with refuses("abuse-alerts-invalid", "a topic in us-east-1"):
        environment(regions=("eu-west-1", "us-east-1"), audit=MailAudit(receivers=own))


def test_the_roles_of_an_environments_own_functions() -> None:
    assert own_roles(environment(), ["eu-west-1"]) == ()
    assert own_roles(environment(receiving=receiving()), ["eu-west-1"]) == ("role/test-Receiving-eu-we*",)
    legacy = environment(domains=(domain(legacy_txt=True),))
    assert own_roles(legacy, ["eu-west-1", "us-east-1"]) == ("role/test-example-com-eu-*",)
    delegated = environment(delegates=(delegate(),))
    assert own_roles(delegated, ["eu-west-1"]) == ("role/test-Access-eu-west-*",)

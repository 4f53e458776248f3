from typing import Any

import pytest

from constructs_lib.events.event_forward import EventForward, ForeignBus, ForeignTopic
from constructs_lib.events.feedback import Feedback
from tests.support import TOKEN, refuses

BUS = "arn:aws:events:eu-west-1:222222222222:event-bus/mail"
TOPIC = "arn:aws:sns:eu-west-1:222222222222:mail"
KEY = "arn:aws:kms:eu-west-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def test_account_and_region_are_those_of_the_arn() -> None:
    for to in (ForeignBus(arn=BUS), ForeignTopic(arn=TOPIC), ForeignTopic(arn=TOPIC, key_arn=KEY)):
        assert (to.account, to.region) == ("222222222222", "eu-west-1")
    gov = BUS.replace("arn:aws:", "arn:aws-us-gov:").replace("eu-west-1", "us-gov-west-1")
    assert ForeignBus(arn=gov).region == "us-gov-west-1"


def test_rule_and_role_have_names_that_the_other_account_can_know() -> None:
    forward = EventForward(name="analytics", to=ForeignBus(arn=BUS))
    assert forward.rule_name("transactional") == "transactional-analytics"
    assert forward.role_name("transactional") == "transactional-analytics-eu-west-1"


def test_the_longest_names_are_those_that_iam_takes_in_the_longest_region() -> None:
    longest = "ap-southeast-1"
    forward = EventForward(name="a" * 10, to=ForeignBus(arn=BUS.replace("eu-west-1", longest)))
    assert len(forward.role_name("s" * 37)) <= 64
    with refuses("event-forwarding-invalid", "48 characters"):
        forward.rule_name("s" * 38)


@pytest.mark.parametrize("name", ["", "Analytics", "a_b", "1a", "-a", "a b", TOKEN])
def test_other_names_are_refused(name: str) -> None:
    with refuses("event-forwarding-invalid", "name: "):
        EventForward(name=name, to=ForeignBus(arn=BUS))


@pytest.mark.parametrize("kind", Feedback)
def test_no_queue_is_named_like_that_of_a_feedback_topic(kind: Feedback) -> None:
    for name in (kind, f"all-{kind}"):
        with refuses("event-forwarding-invalid", "bounce, complaint, delivery, failure"):
            EventForward(name=name, to=ForeignBus(arn=BUS))
    for name in (f"{kind}s", f"{kind}-copies", f"x{kind}"):
        assert EventForward(name=name, to=ForeignBus(arn=BUS)).rule_name("a").startswith("a-")


def test_a_rule_sends_on_to_another_account_in_its_own_region_only() -> None:
    for to in (ForeignBus(arn=BUS), ForeignTopic(arn=TOPIC)):
        forward = EventForward(name="analytics", to=to)
        for account in ("111111111111", TOKEN):
            for region in ("eu-west-1", TOKEN):
                forward.require_source(account=account, region=region)
        with refuses("event-forwarding-invalid", "another account than 222222222222"):
            forward.require_source(account="222222222222", region="eu-west-1")
        with refuses("event-forwarding-invalid", "in us-east-1, the Region of the rule"):
            forward.require_source(account="111111111111", region="us-east-1")


@pytest.mark.parametrize(
    "kind, options, fragment",
    [
        (ForeignBus, {"arn": TOPIC}, "arn: "),
        (ForeignBus, {"arn": "mail"}, "arn: "),
        (ForeignBus, {"arn": BUS.replace("222222222222", "")}, "arn: "),
        (ForeignBus, {"arn": TOKEN}, "known now"),
        (ForeignBus, {"arn": BUS.replace("arn:aws:", "arn:aws-us-gov:")}, "partition"),
        (ForeignTopic, {"arn": TOPIC.replace("arn:aws:", "arn:aws-cn:")}, "partition"),
        (ForeignTopic, {"arn": TOPIC, "key_arn": KEY.replace("arn:aws:", "arn:aws-cn:")}, "partition"),
        (ForeignTopic, {"arn": BUS}, "arn: "),
        (ForeignTopic, {"arn": f"{TOPIC}.fifo"}, "standard topic"),
        (ForeignTopic, {"arn": TOPIC, "key_arn": "alias/aws/sns"}, "key_arn: "),
        (ForeignTopic, {"arn": TOPIC, "key_arn": KEY.replace("eu-west-1", "us-east-1")}, "key_arn: "),
    ],
)
def test_what_a_rule_cannot_reach_is_refused(kind: Any, options: dict[str, str], fragment: str) -> None:  # noqa: ANN401
    with refuses("event-forwarding-invalid", fragment):
        kind(**options)

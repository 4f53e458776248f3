from collections import Counter
from typing import Any

import pytest

from constructs_lib.events.feedback import (
    Feedback,
    FeedbackQueue,
    FeedbackTopic,
    SendingEvent,
    require_key_arn,
    require_subscribing_region,
    require_topics,
)
from constructs_lib.events.subscribers import EmailSubscriber, HttpsSubscriber
from tests.support import TOKEN, refuses

REGION = "eu-west-1"
KEY = f"arn:aws:kms:{REGION}:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OPS = EmailSubscriber(address="ops@example.com")


def test_each_event_that_can_fail_a_message_belongs_to_exactly_one_kind() -> None:
    assert Counter(event for kind in Feedback for event in kind.events) == Counter(
        ["bounce", "complaint", "delivery", "reject", "renderingFailure", "deliveryDelay"]
    )
    assert Feedback.FAILURE.events == (
        SendingEvent.REJECT,
        SendingEvent.RENDERING_FAILURE,
        SendingEvent.DELIVERY_DELAY,
    )


def test_a_topic_has_nothing_behind_it_unless_asked_for() -> None:
    topic = FeedbackTopic(kind=Feedback.BOUNCE)
    assert (topic.queue, topic.subscribers, topic.has_receivers) == (None, (), False)
    assert FeedbackTopic(kind=Feedback.BOUNCE, queue=FeedbackQueue()).has_receivers
    assert FeedbackTopic(kind=Feedback.BOUNCE, subscribers=(OPS,)).has_receivers


def test_one_subscriber_twice_is_refused_whatever_its_spelling() -> None:
    with refuses("feedback-topics-invalid", "bounce: subscribers"):
        FeedbackTopic(kind=Feedback.BOUNCE, subscribers=(OPS, EmailSubscriber(address="ops@EXAMPLE.com")))
    FeedbackTopic(
        kind=Feedback.BOUNCE,
        subscribers=(
            OPS,
            EmailSubscriber(address="Ops@example.com"),
            HttpsSubscriber(url="https://h.example.com"),
        ),
    )


def test_two_topics_of_a_kind_are_refused() -> None:
    with refuses("feedback-topics-invalid", "topics: "):
        require_topics([FeedbackTopic(kind=Feedback.BOUNCE)] * 2)


def test_every_kind_once_is_accepted() -> None:
    require_topics([FeedbackTopic(kind=kind) for kind in Feedback])


@pytest.mark.parametrize(
    "options",
    [
        {"visibility_timeout_seconds": 0},
        {"visibility_timeout_seconds": 43_200},
        {"max_receive_count": 1},
        {"max_receive_count": 1_000},
    ],
)
def test_a_queue_takes_what_sqs_takes(options: dict[str, Any]) -> None:
    FeedbackQueue(**options)


@pytest.mark.parametrize(
    "option, value",
    [
        ("visibility_timeout_seconds", -1),
        ("visibility_timeout_seconds", 43_201),
        ("max_receive_count", 0),
        ("max_receive_count", 1_001),
    ],
)
def test_a_queue_refuses_what_sqs_refuses(option: str, value: Any) -> None:  # noqa: ANN401
    with refuses("feedback-topics-invalid", f"{option}: "):
        FeedbackQueue(**{option: value})


@pytest.mark.parametrize(
    "key_arn, region",
    [
        (KEY, REGION),
        (KEY.replace("/1234abcd", "/mrk-1234abcd"), REGION),
        (KEY.replace(":aws:", ":aws-us-gov:").replace(REGION, "us-gov-west-1"), "us-gov-west-1"),
        (KEY, TOKEN),
        (TOKEN, REGION),
    ],
)
def test_accepts_a_key_of_the_region(key_arn: str, region: str) -> None:
    assert require_key_arn(key_arn, region=region) == key_arn


@pytest.mark.parametrize(
    "key_arn",
    [
        "",
        "alias/aws/sns",
        "alias/mine",
        f"arn:aws:kms:{REGION}:222222222222:alias/aws/sns",
        f"arn:aws:kms:{REGION}:222222222222:alias/mine",
        "1234abcd-12ab-34cd-56ef-1234567890ab",
        KEY.replace(REGION, "eu-west-2"),
        KEY.replace("222222222222", "22222222222"),
        KEY.replace(":kms:", ":sns:"),
        KEY.replace(":aws:", ":aws-cn:"),
        f"{KEY}\n",
        f"{KEY}/x",
    ],
)
def test_refuses_a_key_that_ses_could_not_use(key_arn: str) -> None:
    with refuses("encryption-key-unusable", "alias/aws/sns"):
        require_key_arn(key_arn, region=REGION)


def test_queues_that_their_owners_subscribe_are_named_by_arn_once() -> None:
    queues = (
        f"arn:aws:sqs:{REGION}:222222222222:a",
        f"arn:aws:sqs:{REGION}:333333333333:b",
        f"arn:aws:sqs:{REGION}:222222222222:c",
        "arn:aws:sqs:us-east-1:222222222222:d",
    )
    topic = FeedbackTopic(kind=Feedback.BOUNCE, subscribing_queues=queues)
    assert topic.subscribing_regions == (REGION, REGION, REGION, "us-east-1")
    assert topic.in_region(REGION).subscribing_accounts == {
        "222222222222": (queues[0], queues[2]),
        "333333333333": (queues[1],),
    }
    assert topic.in_region("us-east-1").subscribing_accounts == {"222222222222": queues[3:]}
    assert topic.in_region("eu-north-1") == FeedbackTopic(kind=Feedback.BOUNCE)
    # A stack for any Region is deployed in one that has them.
    require_subscribing_region([topic], TOKEN)
    with refuses("feedback-topics-invalid", f"queues in {REGION}"):
        require_subscribing_region([topic], REGION)
    # What they did not take is in a dead-letter queue of theirs.
    assert not topic.has_receivers
    with refuses("feedback-topics-invalid", "bounce: subscribing_queues"):
        FeedbackTopic(kind=Feedback.BOUNCE, subscribing_queues=(queues[0], queues[0]))
    for queue in ("queue", f"{queues[0]}.fifo", TOKEN):
        with refuses("queue-arn-invalid", "bounce: subscribing_queues"):
            FeedbackTopic(kind=Feedback.BOUNCE, subscribing_queues=(queue,))

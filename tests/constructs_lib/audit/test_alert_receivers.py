from typing import Any

import pytest

from constructs_lib.audit.alert_receivers import AlertReceivers, require_alert_name
from constructs_lib.events.subscribers import EmailSubscriber
from tests.support import TOKEN, refuses

TOPIC = "arn:aws:sns:eu-west-1:111111111111:security"
KEY = "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-4000-8000-000000000000"
SOMEBODY = EmailSubscriber(address="security@example.net")


@pytest.mark.parametrize(
    "options, fragment",
    [
        ({"existing_topic_key_arn": KEY}, "existing_topic_key_arn: the key of `existing_topic_arn`"),
        ({"existing_topic_arn": "security"}, "existing_topic_arn: the ARN of a standard SNS topic"),
        ({"existing_topic_arn": TOPIC + ".fifo"}, "existing_topic_arn: the ARN of a standard SNS topic"),
        ({"existing_topic_arn": TOPIC.replace("sns", "sqs")}, "existing_topic_arn: the ARN"),
        ({"subscribers": (SOMEBODY, SOMEBODY)}, "each once"),
        ({"existing_topic_arn": TOPIC, "queue": True}, "has subscribers of its own"),
        ({"existing_topic_arn": TOPIC, "subscribers": (SOMEBODY,)}, "has subscribers of its own"),
    ],
)
def test_what_does_not_belong_together(options: dict[str, Any], fragment: str) -> None:
    with refuses("abuse-alerts-invalid", fragment):
        AlertReceivers(**options)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"queue": True, "subscribers": (SOMEBODY,)},
        {"existing_topic_arn": TOPIC},
        {"existing_topic_arn": TOPIC, "existing_topic_key_arn": KEY},
        {"existing_topic_arn": TOKEN, "existing_topic_key_arn": TOKEN},
    ],
)
def test_what_does(options: dict[str, Any]) -> None:
    AlertReceivers(**options).require_region("eu-west-1")


def test_topic_and_key_are_in_the_region_of_the_rules() -> None:
    with refuses("abuse-alerts-invalid", "a topic in us-east-1"):
        AlertReceivers(existing_topic_arn=TOPIC).require_region("us-east-1")
    with refuses("encryption-key-unusable", "us-east-1"):
        AlertReceivers(existing_topic_arn=TOKEN, existing_topic_key_arn=KEY).require_region("us-east-1")
    AlertReceivers(existing_topic_arn=TOPIC).require_region(TOKEN)


@pytest.mark.parametrize("name", ["", "a" * 81, "a.b", "a b"])
def test_a_name_that_no_queue_has(name: str) -> None:
    with refuses("abuse-alerts-invalid", "name: 1 to 80"):
        require_alert_name(name)


@pytest.mark.parametrize("name", ["a", "a" * 80, "prod-abuse_1", TOKEN])
def test_a_name_that_one_has(name: str) -> None:
    assert require_alert_name(name) == name

"""Names and ARNs of what exists, and options that do not go with it."""

import pytest

from constructs_lib.existing import (
    refuse_beside_existing,
    require_beside_existing,
    require_existing_bucket,
    require_existing_topic,
)
from tests.support import TOKEN, refuses

ACCOUNT = "111111111111"
TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:bounces"
CODE = "existing-resource-invalid"


@pytest.mark.parametrize(
    "arn, region, account",
    [
        (TOPIC, "eu-west-1", ACCOUNT),
        (TOPIC, TOKEN, TOKEN),
        (TOKEN, "eu-west-1", ACCOUNT),
        (f"arn:aws-us-gov:sns:us-gov-west-1:{ACCOUNT}:bounces", "us-gov-west-1", ACCOUNT),
    ],
)
def test_a_topic(arn: str, region: str, account: str) -> None:
    assert require_existing_topic(arn, region=region, account=account, option="topic") == arn


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "bounces",
        f"{TOPIC}.fifo",
        f"{TOPIC}\n",
        f"{TOPIC}:subscription",
        TOPIC.replace("sns", "sqs"),
        TOPIC.replace("eu-west-1", "eu-west-2"),
        TOPIC.replace(ACCOUNT, "222222222222"),
        TOPIC.replace(":aws:", ":aws-us-gov:"),
    ],
)
def test_no_topic_for_ses(arn: str) -> None:
    with refuses(CODE, "topic: the ARN of a standard SNS topic in eu-west-1, account 111111111111"):
        require_existing_topic(arn, region="eu-west-1", account=ACCOUNT, option="topic")


@pytest.mark.parametrize("name", ["abc", "a" * 63, "mail.example.com", "0-9", TOKEN])
def test_a_bucket(name: str) -> None:
    assert require_existing_bucket(name, option="bucket") == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ab",
        "a" * 64,
        "Mail",
        "my_mail",
        "-mail",
        "mail-",
        "mail..eu",
        "xn--mail",
        "mail-s3alias",
        "arn:aws:s3:::mail",
        "s3://mail",
    ],
)
def test_no_bucket(name: str) -> None:
    with refuses(CODE, "bucket: "):
        require_existing_bucket(name, option="bucket")


def test_an_option_of_what_is_made() -> None:
    refuse_beside_existing("existing_bucket_name", {"a": None, "b": False})
    with refuses(CODE, "b: not together with existing_bucket_name"):
        refuse_beside_existing("existing_bucket_name", {"a": None, "b": 1})


def test_an_option_of_what_exists() -> None:
    require_beside_existing("existing_rule_set", there=True, option="after_rule", value="a")
    require_beside_existing("existing_rule_set", there=False, option="after_rule", value=None)
    with refuses(CODE, "after_rule: only together with existing_rule_set"):
        require_beside_existing("existing_rule_set", there=False, option="after_rule", value="a")

import pytest

from constructs_lib.arns import KEY_ARN, TOPIC_ARN, OfArn, arn_form, is_of_region
from tests.support import TOKEN

TOPIC = "arn:aws:sns:eu-west-1:111111111111:bounces"


@pytest.mark.parametrize(
    "arn",
    [
        TOPIC,
        "arn:aws-us-gov:sns:us-gov-west-1:111111111111:bounces",
        "arn:aws-eusc:sns:eusc-de-east-1:111111111111:a_b-c",
    ],
)
def test_a_topic_of_any_partition(arn: str) -> None:
    found = TOPIC_ARN.fullmatch(arn)
    assert found
    _, partition, _, region, account, _ = arn.split(":")
    assert found.groupdict() == {"partition": partition, "region": region, "account": account}
    assert is_of_region(found, region)


@pytest.mark.parametrize("arn", [f"{TOPIC}.fifo", TOPIC.replace("1" * 12, "1" * 11), "bounces", f"{TOPIC} "])
def test_what_is_no_standard_topic(arn: str) -> None:
    assert not TOPIC_ARN.fullmatch(arn)


def test_an_alias_is_no_key() -> None:
    assert KEY_ARN.fullmatch("arn:aws:kms:eu-west-1:111111111111:key/1234abcd")
    assert not KEY_ARN.fullmatch("arn:aws:kms:eu-west-1:111111111111:alias/mail")


@pytest.mark.parametrize(
    "arn, region, same",
    [
        (TOPIC, "eu-west-1", True),
        (TOPIC, TOKEN, True),
        (TOPIC, "eu-west-2", False),
        (TOPIC.replace("arn:aws:", "arn:aws-cn:"), "eu-west-1", False),
    ],
)
def test_region_and_partition_belong_together(arn: str, region: str, *, same: bool) -> None:
    found = TOPIC_ARN.fullmatch(arn)
    assert found
    assert is_of_region(found, region) is same


def test_a_form_is_that_of_its_service_alone() -> None:
    queue = arn_form("sqs", "[a-z]+")
    assert queue.fullmatch(TOPIC.replace("sns", "sqs"))
    assert not queue.fullmatch(TOPIC)


def test_region_and_account_of_what_an_arn_names() -> None:
    class Topic(OfArn):
        arn = TOPIC

    assert (Topic().region, Topic().account) == ("eu-west-1", "111111111111")

"""The price of a month: recomputed by hand, never less for more, and impossible months refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.cost import Estimate, Usage, estimate
from ops.errors import QuantityError
from ops.prices import read_prices

TABLE = read_prices()
REGIONS = ("us-east-1",)
MANY = st.integers(min_value=0, max_value=10**9)
SIZE = st.integers(min_value=0, max_value=40 * 1024)
PLAN = st.sampled_from(sorted(TABLE.plans))


def priced(
    usage: Usage, resources: dict[str, int] | None = None, regions: tuple[str, ...] = REGIONS
) -> Estimate:
    return estimate(TABLE, usage, resources=resources or {}, regions=regions)


def monthly(told: Estimate) -> dict[str, Decimal]:
    return {item.key: item.monthly for item in told.items}


def test_a_small_sender_by_hand() -> None:
    # AWS Price List of SES, us-east-1, 2026-07-22: 100 x 0.10 and 4 x 24.95.
    # KMS pricing page: 3 keys of 1 USD.
    told = priced(Usage(messages=100_000, dedicated_ips=4), {"AWS::KMS::Key": 3})
    assert monthly(told) == {
        "ses-outbound": Decimal(10),
        "ses-dedicated-ips": Decimal("99.80"),
        "kms-keys": Decimal(3),
    }
    assert told.total == Decimal("112.80")


def test_a_receiver_by_hand() -> None:
    # The same Price List: 1,024 messages of 1,024 KB are 1 GB of attachments at 0.12, 0.1024 to send;
    # 5,000 received at 0.10 a thousand; 300 KB are two chunks each, 10,000 at 0.09 a thousand.
    # Articles on SNS and SQS: 2,000,000 x 0.50 a million; 6,000,000 x 0.40 a million.
    told = priced(
        Usage(messages=1024, size_kb=1024, inbound=5000, inbound_size_kb=300, events=2_000_000),
    )
    assert monthly(told) == {
        "ses-outbound": Decimal("0.1024"),
        "ses-attachments": Decimal("0.12"),
        "ses-inbound": Decimal("0.5"),
        "ses-inbound-chunks": Decimal("0.9"),
        "sns-publishes": Decimal(1),
        "sqs-requests": Decimal("2.4"),
    }
    assert told.total == Decimal("5.02")  # 5.0224


def test_a_plan_in_two_regions_by_hand() -> None:
    # The same Price List, plan Pro: 2 x 105; 10 million at 0.22 a thousand, 90 million at 0.17, 20 at 0.12.
    # Articles and pages on the rest: 30 zones are 25 x 0.50 + 5 x 0.10; 12 alarms x 0.10; 2 secrets x 0.40;
    # 15 metrics x 0.30; 4 dashboards x 3; 300,000 data events at 0.10 a hundred thousand, 150,000 second
    # copies at 2.00; 7 GB of logs x 0.50.
    told = priced(
        Usage(messages=120_000_000, plan="pro", data_events=300_000, second_copies=150_000, log_gb=7),
        {
            "AWS::Route53::HostedZone": 30,
            "AWS::CloudWatch::Alarm": 12,
            "AWS::SES::ConfigurationSetEventDestination": 15,
            "AWS::SecretsManager::Secret": 2,
            "AWS::CloudWatch::Dashboard": 4,
        },
        ("us-east-1", "eu-west-1"),
    )
    assert monthly(told) == {
        "ses-plan-pro": Decimal(210),
        "ses-outbound-pro": Decimal(2200 + 15_300 + 2400),
        "route53-zones": Decimal(13),
        "cloudwatch-alarms": Decimal("1.2"),
        "cloudwatch-metrics": Decimal("4.5"),
        "secrets": Decimal("0.8"),
        "cloudwatch-dashboards": Decimal(12),
        "cloudtrail-data-events": Decimal("0.3"),
        "cloudtrail-second-copies": Decimal(3),
        "cloudwatch-logs": Decimal("3.5"),
    }
    assert told.total == Decimal("20148.30")
    assert any(line.startswith("What eu-west-1 costs otherwise") for line in told.not_counted)


def test_free_units_are_deducted_on_request_only() -> None:
    resources = {"AWS::CloudWatch::Alarm": 12, "AWS::CloudWatch::Dashboard": 3}
    charged = priced(Usage(messages=0, events=400_000, free_tier=True), resources)
    assert monthly(charged) == {
        "cloudwatch-alarms": Decimal("0.2"),
        "cloudwatch-dashboards": Decimal(0),
        "sns-publishes": Decimal("0.2"),
        "sqs-requests": Decimal("0.08"),
    }
    assert priced(Usage(messages=0, events=400_000), resources).total == Decimal("10.88")


def test_a_trail_says_that_what_it_records_costs() -> None:
    told = priced(Usage(messages=0), {"AWS::CloudTrail::Trail": 1})
    assert any("--data-events" in line and "--second-copies" in line for line in told.not_counted)
    assert not any("--data-events" in line for line in priced(Usage(messages=0)).not_counted)


def test_mail_is_written_where_rules_store_it() -> None:
    # Articles: 100 GB x 0.023; 2,000 writes at 0.005 a thousand; 50,000 requests to KMS at 0.03 ten thousand.
    usage = Usage(messages=0, inbound=2000, stored_gb=100, kms_requests=50_000)
    told = monthly(priced(usage, {"AWS::SES::ReceiptRule": 2}))
    assert told["s3-storage"] == Decimal("2.3")
    assert told["s3-puts"] == Decimal("0.01")
    assert told["kms-requests"] == Decimal("0.15")
    # The bucket of an audit trail takes no mail.
    assert "s3-puts" not in monthly(priced(usage, {"AWS::S3::Bucket": 2}))


def test_a_chunk_that_is_begun_counts() -> None:
    def chunks(size: int) -> Decimal:
        told = priced(Usage(messages=0, inbound=1, inbound_size_kb=size))
        return sum((i.quantity for i in told.items if i.key == "ses-inbound-chunks"), Decimal(0))

    assert [chunks(size) for size in (0, 1, 256, 257, 512)] == [0, 1, 1, 2, 2]


def test_nothing_costs_nothing() -> None:
    told = priced(Usage(messages=0))
    assert told.items == ()
    assert told.total == 0
    assert not any("costs otherwise" in line or "Lambda" in line for line in told.not_counted)


@given(messages=MANY, more=MANY, size=SIZE, plan=PLAN, free=st.booleans())
def test_more_messages_never_cost_less(*, messages: int, more: int, size: int, plan: str, free: bool) -> None:
    few = priced(Usage(messages=messages, size_kb=size, plan=plan, free_tier=free))
    many = priced(Usage(messages=messages + more, size_kb=size, plan=plan, free_tier=free))
    assert many.total >= few.total


@given(inbound=MANY, size=SIZE, events=MANY, free=st.booleans())
def test_free_units_and_less_mail_never_cost_more(
    *, inbound: int, size: int, events: int, free: bool
) -> None:
    whole = priced(Usage(messages=0, inbound=inbound, inbound_size_kb=size, events=events))
    less = priced(
        Usage(messages=0, inbound=inbound // 2, inbound_size_kb=size // 2, events=events // 2, free_tier=free)
    )
    assert less.total <= whole.total


@pytest.mark.parametrize(
    "options, fragment",
    [
        ({"messages": -1}, "--messages is -1"),
        ({"messages": 10**12 + 1}, "--messages is 1000000000001"),
        ({"messages": 1, "inbound": -5}, "--inbound is -5"),
        ({"messages": 1, "size_kb": 40 * 1024 + 1}, "--size-kb is 40961"),
        ({"messages": 1, "inbound_size_kb": -1}, "--inbound-size-kb is -1"),
        ({"messages": 1, "dedicated_ips": -1}, "--dedicated-ips is -1"),
        ({"messages": 1, "events": -1}, "--events is -1"),
        ({"messages": 1, "data_events": -1}, "--data-events is -1"),
        ({"messages": 1, "log_gb": -1}, "--log-gb is -1"),
        ({"messages": 1, "kms_requests": -1}, "--kms-requests is -1"),
        ({"messages": 1, "stored_gb": -1}, "--stored-gb is -1"),
    ],
)
def test_impossible_months(options: dict[str, int], fragment: str) -> None:
    with pytest.raises(QuantityError, match=fragment) as caught:
        Usage(**options)  # type: ignore[arg-type]  # the names are checked, the values are numbers
    assert caught.value.code == "quantity-impossible"


def test_the_last_possible_month() -> None:
    assert priced(Usage(messages=10**12, size_kb=40 * 1024)).total > 0


def test_an_unknown_plan() -> None:
    with pytest.raises(QuantityError, match="a-la-carte, essentials, pro, enterprise"):
        priced(Usage(messages=1, plan="Pro"))

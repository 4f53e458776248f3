"""What an environment costs a month: quantities times prices, item by item. Pure, and decimal throughout."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from ops.errors import QuantityError
from ops.prices import Price, PriceTable

A_LA_CARTE: Final = "a-la-carte"
"""The plan of whoever chose none and sent before the plans came: each thing at its own price."""

CENT: Final = Decimal("0.01")
_KB_PER_GB: Final = 1024 * 1024
_CHUNK_KB: Final = 256
_MAX_SIZE_KB: Final = 40 * 1024
_SQS_REQUESTS: Final = 3
_MOST: Final = 10**12
_SIZES: Final = ("size_kb", "inbound_size_kb")
_NUMBERS: Final = (
    *(
        "messages",
        "inbound",
        "dedicated_ips",
        "events",
        "data_events",
        "second_copies",
        "log_gb",
        "kms_requests",
        "stored_gb",
    ),
    *_SIZES,
)

_RESOURCES: Final = {
    "AWS::KMS::Key": "kms-keys",
    "AWS::SecretsManager::Secret": "secrets",
    "AWS::Route53::HostedZone": "route53-zones",
    "AWS::CloudWatch::Alarm": "cloudwatch-alarms",
    "AWS::SES::ConfigurationSetEventDestination": "cloudwatch-metrics",
    "AWS::CloudWatch::Dashboard": "cloudwatch-dashboards",
}
"""What costs by the month, whether it is used or not: CloudFormation type and key of the price."""


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What is used in a month.

    Attributes:
        messages: Messages sent, counted by recipient as SES does.
        inbound: Messages received.
        size_kb: Attachments of a message sent, in KB of 1024 bytes, as encoded.
        inbound_size_kb: A whole message received, in KB of 1024 bytes.
        dedicated_ips: Standard dedicated IPs.
        events: Notifications about sent and received mail, published to SNS and read from SQS.
        data_events: CloudTrail data events: sends by the API that the trail records.
        second_copies: Management events that the trail records and another one of the account too.
        log_gb: Logs taken in by CloudWatch, in GB.
        kms_requests: Requests to KMS.
        stored_gb: Mail that S3 keeps on average in the month, in GB.
        plan: A pricing plan of SES.
        free_tier: Whether the free units of a month are deducted, as if nothing else used them.

    Raises:
        QuantityError: ``quantity-impossible``: below 0, above a million millions, or a size above SES's 40 MB
            (Developer Guide, service quotas).
    """

    messages: int
    inbound: int = 0
    size_kb: int = 0
    inbound_size_kb: int = 0
    dedicated_ips: int = 0
    events: int = 0
    data_events: int = 0
    second_copies: int = 0
    log_gb: int = 0
    kms_requests: int = 0
    stored_gb: int = 0
    plan: str = A_LA_CARTE
    free_tier: bool = False

    def __post_init__(self) -> None:
        for name in _NUMBERS:
            most = _MAX_SIZE_KB if name in _SIZES else _MOST
            _require(name, getattr(self, name), most=most)


def _require(name: str, got: int, *, most: int) -> None:
    if not 0 <= got <= most:
        option = "--" + name.replace("_", "-")
        raise QuantityError(f"{option} is {got}.", fix=f"give a whole number from 0 to {most}.")


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of an estimate.

    Attributes:
        key: Key of the price in the table.
        quantity: How many units.
        price: What one costs.
        monthly: What all cost, not rounded.
    """

    key: str
    quantity: Decimal
    price: Price
    monthly: Decimal


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What an environment costs a month.

    Attributes:
        items: What has a price and a quantity.
        not_counted: What has no price or no quantity here, in sentences.
    """

    items: tuple[Item, ...]
    not_counted: tuple[str, ...]

    @property
    def total(self) -> Decimal:
        """The sum in whole cents: the only rounding there is."""
        return sum((item.monthly for item in self.items), Decimal(0)).quantize(CENT, ROUND_HALF_UP)


def estimate(
    table: PriceTable, usage: Usage, *, resources: Mapping[str, int], regions: tuple[str, ...]
) -> Estimate:
    """Price what is used and what exists.

    Args:
        table: The prices.
        usage: What is used in a month.
        resources: How many resources the environment has, by CloudFormation type.
        regions: Where it sends. A plan is paid in each; the messages are priced as if sent from one.

    Raises:
        QuantityError: ``quantity-impossible``: the table has no such plan.
    """
    quantities = {**_ses(table, usage, regions), **_around(usage, resources)}
    quantities |= {key: Decimal(resources.get(kind, 0)) for kind, key in _RESOURCES.items()}
    items = (
        Item(
            key=key,
            quantity=quantity,
            price=table.prices[key],
            monthly=table.prices[key].monthly(quantity, free_units=usage.free_tier),
        )
        for key, quantity in quantities.items()
        if quantity
    )
    return Estimate(items=tuple(items), not_counted=tuple(_not_counted(table, resources, regions)))


def _ses(table: PriceTable, usage: Usage, regions: tuple[str, ...]) -> dict[str, Decimal]:
    if usage.plan not in table.plans:
        raise QuantityError(f"--plan is {usage.plan}.", fix="use one of " + ", ".join(table.plans) + ".")
    plan = table.plans[usage.plan]
    quantities = {plan.monthly: Decimal(len(regions))} if plan.monthly else {}
    chunks = -(-usage.inbound_size_kb // _CHUNK_KB)
    return quantities | {
        plan.outbound: Decimal(usage.messages),
        "ses-attachments": Decimal(usage.messages * usage.size_kb) / _KB_PER_GB,
        "ses-inbound": Decimal(usage.inbound),
        "ses-inbound-chunks": Decimal(usage.inbound * chunks),
        "ses-dedicated-ips": Decimal(usage.dedicated_ips),
    }


def _around(usage: Usage, resources: Mapping[str, int]) -> dict[str, Decimal]:
    stored = usage.inbound if resources.get("AWS::SES::ReceiptRule") else 0
    return {
        "s3-storage": Decimal(usage.stored_gb),
        "s3-puts": Decimal(stored),
        "kms-requests": Decimal(usage.kms_requests),
        "sns-publishes": Decimal(usage.events),
        "sqs-requests": Decimal(usage.events * _SQS_REQUESTS),
        "cloudtrail-data-events": Decimal(usage.data_events),
        "cloudtrail-second-copies": Decimal(usage.second_copies),
        "cloudwatch-logs": Decimal(usage.log_gb),
    }


def _not_counted(table: PriceTable, resources: Mapping[str, int], regions: tuple[str, ...]) -> Iterator[str]:
    others = [region for region in regions if region != table.region]
    if others:
        yield f"What {', '.join(others)} costs otherwise: the prices are those of {table.region}."
    yield from table.missing
    if resources.get("AWS::CloudTrail::Trail"):
        yield (
            "What the audit trail records, unless given: --data-events, one for each send by the API, and "
            "--second-copies in an account with another trail; keeping its log files in S3."
        )
    yield "Secrets Manager calls, DNS queries, data transfer: they depend on who uses them."
    yield "Former versions of KMS keys: each rotation adds to the price of a key."
    if resources.get("AWS::Lambda::Function"):
        yield f"Runs of {resources['AWS::Lambda::Function']} Lambda functions."
    yield "Taxes."

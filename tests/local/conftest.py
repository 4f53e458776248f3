import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from local.embedded import EmbeddedAws
from local.smtp_client import SmtpServer

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sesv2 import SESV2Client

_NUMBERS = itertools.count(1)
SHORT_WINDOW = timedelta(seconds=1.5)


@dataclass(frozen=True, kw_only=True)
class Aws:
    """Clients of one embedded AWS in one Region; nothing of them comes from the environment."""

    endpoint_url: str
    region: str = "us-east-1"
    access_key: str = "test"
    """12 digits are the account that asks; anything else asks as the default one."""

    def in_region(self, region: str) -> "Aws":
        return Aws(endpoint_url=self.endpoint_url, region=region, access_key=self.access_key)

    @property
    def ses(self) -> "SESV2Client":
        client: SESV2Client = self._client("sesv2")
        return client

    @property
    def ses_v1(self) -> "SESClient":
        client: SESClient = self._client("ses")
        return client

    @property
    def route53(self) -> "Route53Client":
        client: Route53Client = self._client("route53")
        return client

    @property
    def cloudformation(self) -> "CloudFormationClient":
        client: CloudFormationClient = self._client("cloudformation")
        return client

    def _client(self, service: Any) -> Any:  # noqa: ANN401 - boto3's overloads cannot be passed on
        return boto3.client(
            service,
            endpoint_url=self.endpoint_url,
            region_name=self.region,
            aws_access_key_id=self.access_key,
            aws_secret_access_key="test",  # noqa: S106 - the emulator takes anything
            config=Config(retries={"total_max_attempts": 1}),
        )

    def add_zone(self, name: str) -> str:
        zone = self.route53.create_hosted_zone(Name=name, CallerReference=f"{name}-{next(_NUMBERS)}")
        return zone["HostedZone"]["Id"]

    def add_record(self, zone_id: str, name: str, record_type: str, *values: str) -> None:
        self._change(zone_id, "UPSERT", name, record_type, values)

    def remove_record(self, zone_id: str, name: str, record_type: str, *values: str) -> None:
        self._change(zone_id, "DELETE", name, record_type, values)

    def _change(
        self, zone_id: str, action: str, name: str, record_type: str, values: tuple[str, ...]
    ) -> None:
        # Any: the stubs want literals where the tests pass text.
        change: Any = {
            "Action": action,
            "ResourceRecordSet": {
                "Name": name,
                "Type": record_type,
                "TTL": 60,
                "ResourceRecords": [{"Value": value} for value in values],
            },
        }
        self.route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": [change]})

    def verified_domain(self, domain: str) -> str:
        """Create an identity and its records; return the zone's id."""
        tokens = self.ses.create_email_identity(EmailIdentity=domain)["DkimAttributes"]["Tokens"]
        zone_id = self.add_zone(domain)
        for token in tokens:
            self.add_record(zone_id, f"{token}._domainkey.{domain}", "CNAME", f"{token}.dkim.amazonses.com")
        return zone_id

    def send(self, sender: str, **options: Any) -> str:  # noqa: ANN401 - passed on to boto3
        response = self.ses.send_email(
            FromEmailAddress=sender,
            Destination={"ToAddresses": ["success@simulator.amazonses.com"]},
            Content={"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
            **options,
        )
        return response["MessageId"]


@pytest.fixture(scope="session")
def embedded_aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as embedded:
        yield embedded


@pytest.fixture(scope="session")
def aws(embedded_aws: EmbeddedAws) -> Aws:
    return Aws(endpoint_url=embedded_aws.endpoint_url)


@pytest.fixture(scope="session")
def smtp_server(embedded_aws: EmbeddedAws) -> SmtpServer:
    return embedded_aws.smtp_server


@pytest.fixture(scope="session")
def impatient_aws() -> Iterator[Aws]:
    """Gives up looking for records, and waiting for clicks, after `SHORT_WINDOW`."""
    with EmbeddedAws(verification_window=SHORT_WINDOW, link_window=SHORT_WINDOW) as embedded:
        yield Aws(endpoint_url=embedded.endpoint_url)


@pytest.fixture
def domain() -> str:
    """A domain that no other test uses."""
    return f"d{next(_NUMBERS)}.example"

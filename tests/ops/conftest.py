from collections.abc import Iterator

import boto3
import pytest

from ops.aws_clients import AwsClients
from tests.ops.support import REGION, DnsServers


@pytest.fixture
def dns_servers() -> Iterator[DnsServers]:
    servers = DnsServers()
    yield servers
    servers.stop()


@pytest.fixture
def clients() -> AwsClients:
    """Clients for a Stubber: no request leaves it."""
    session = boto3.Session(
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - no request leaves the Stubber
    )
    return AwsClients(region=REGION, session=session)

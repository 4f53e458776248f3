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


@pytest.fixture(scope="session")
def aws_session() -> boto3.Session:
    """One for all tests: reading the service models anew takes most of a client's time."""
    return boto3.Session(
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - no request leaves the Stubber
    )


@pytest.fixture
def clients(aws_session: boto3.Session) -> AwsClients:
    """Clients for a Stubber: no request leaves it."""
    return AwsClients(region=REGION, session=aws_session)

from collections.abc import Iterator

import pytest

from tests.ops.support import DnsServers


@pytest.fixture
def dns_servers() -> Iterator[DnsServers]:
    servers = DnsServers()
    yield servers
    servers.stop()

from collections.abc import Callable, Iterator

import boto3
import pytest
from typer.testing import CliRunner, Result

from ops import cli, mail_cli
from ops.aws_clients import AwsClients
from ops.received_mail import MailStoreGateway
from stacks.receiving_config import Inbox as DeclaredInbox
from tests.ops.mailboxes import LONG_AGO, OUTPUTS, SALES, STACK, FakeStore, environment, summary
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


@pytest.fixture
def mail_store() -> FakeStore:
    """One message, dealt with."""
    made = FakeStore(stacks={STACK: {**OUTPUTS, "DeadLettersSales": SALES}})
    made.put("support/a", b"raw\r\n", at=LONG_AGO)
    made.put("support/a/summary.json", summary())
    return made


@pytest.fixture
def run_mail(mail_store: FakeStore, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """``python -m ops mail`` with these arguments."""

    def make(clients: AwsClients) -> MailStoreGateway:
        assert clients.region == "eu-west-1"
        return mail_store

    inboxes = [DeclaredInbox(name=name) for name in ("support", "sales")]
    config = environment(*inboxes, prefixes=("support/", "sales/", "archive/"))
    monkeypatch.setattr(mail_cli, "AwsMailStore", make)
    monkeypatch.setattr(mail_cli, "environment", lambda _: config)

    def invoke(*args: object, answer: str = "") -> Result:
        return CliRunner().invoke(cli.app, ["mail", *map(str, args)], input=answer, catch_exceptions=False)

    return invoke

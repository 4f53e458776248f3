from collections.abc import Callable, Iterator

import pytest
from botocore.stub import Stubber
from typer.testing import CliRunner, Result

from ops import cli, mail_cli
from ops.aws_clients import AwsClients
from ops.mail_gateway import AwsMailStore
from ops.received_mail import MailStoreGateway
from stacks import environments
from stacks.receiving_config import Inbox as DeclaredInbox
from tests.ops.mailboxes import LONG_AGO, OUTPUTS, SALES, STACK, FakeStore, environment, summary
from tests.ops.support import REGION, DnsServers
from tests.own_environment import DEV
from tests.stubs import session, stubbed


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands find the tests' own ``dev``, whatever a user declares."""
    monkeypatch.setattr(environments, "ENVIRONMENTS", {**environments.ENVIRONMENTS, DEV.name: DEV})


@pytest.fixture
def dns_servers() -> Iterator[DnsServers]:
    servers = DnsServers()
    yield servers
    servers.stop()


@pytest.fixture
def clients() -> AwsClients:
    """Clients for a Stubber: no request leaves it."""
    return AwsClients(region=REGION, session=session())


@pytest.fixture
def store(clients: AwsClients) -> AwsMailStore:
    return AwsMailStore(clients)


@pytest.fixture
def s3(clients: AwsClients) -> Iterator[Stubber]:
    with stubbed(clients.client("s3", REGION)) as stubber:
        yield stubber


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

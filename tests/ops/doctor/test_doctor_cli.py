"""``doctor`` as an operator runs it: output, exit codes, and real name servers."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from typer.testing import CliRunner, Result

from ops import cli, doctor_cli
from ops.aws_clients import AwsClients
from ops.dns_lookup import AuthoritativeLookUp
from ops.dns_server import Server
from ops.doctor.delegation_lookup import ParentDelegations
from ops.doctor.ports import DoctorGateway, Existing, HostedZone, Kind
from ops.ports import ActiveRuleSet, ZoneRecordSet
from tests.ops.doctor.support import HEALTHY, SERVERS, FakeAccount, FakeDelegations
from tests.ops.support import DnsServers

Run = Callable[..., Result]
PUBLIC = """\
amazonses.com. 60 IN TXT "v=spf1 ip4:199.255.192.0/22 -all"
dev.example.com._report._dmarc.example.com. 60 IN TXT "v=DMARC1"
"""


@pytest.fixture
def account() -> FakeAccount:
    """Nothing is in the way."""
    zone = HostedZone(name="dev.example.com", private=False, name_servers=SERVERS)
    return FakeAccount(zones={"Z0DEVEXAMPLE00000001": zone}, record_sets={"Z0DEVEXAMPLE00000001": ()})


@pytest.fixture
def run(account: FakeAccount, dns_servers: DnsServers, monkeypatch: pytest.MonkeyPatch) -> Run:
    def make(clients: AwsClients) -> DoctorGateway:
        assert clients.region == "eu-west-1"
        return account

    server = dns_servers.serve(PUBLIC)
    monkeypatch.setattr(doctor_cli, "AwsAccount", make)
    monkeypatch.setattr(doctor_cli, "ParentDelegations", lambda **_: FakeDelegations())

    def invoke(*args: str) -> Result:
        command = ["doctor", *args, "--resolver", server.name]
        return CliRunner().invoke(cli.app, command, catch_exceptions=False)

    return invoke


def test_nothing_is_in_the_way(run: Run) -> None:
    result = run("dev")
    assert result.stdout == "dev (account 111111111111)\n\nNothing found.\n"
    assert result.exit_code == 0


def test_an_error_exits_1(run: Run, account: FakeAccount) -> None:
    account.things[Kind.IDENTITY, "dev.example.com"] = Existing(physical_id="dev.example.com")
    result = run("dev")
    assert result.exit_code == 1
    assert "[identity-taken]" in result.stdout
    document = json.loads(run("dev", "--json").stdout)
    assert [finding["code"] for finding in document["findings"]] == ["identity-taken"]


def test_a_warning_exits_1_and_a_note_0(run: Run, account: FakeAccount) -> None:
    account.sending["eu-west-1"] = replace(HEALTHY, suppressed_reasons=())
    result = run("dev")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "1 note")
    account.sending["eu-west-1"] = replace(HEALTHY, production=False)
    assert run("dev").exit_code == 0  # its senders say that they are in the sandbox
    account.active = ActiveRuleSet(name="other")
    assert run("dev").exit_code == 0  # it receives nothing
    account.zones["Z0DEVEXAMPLE00000001"] = HostedZone(
        name="dev.example.com", private=False, name_servers=SERVERS[:1]
    )
    account.record_sets["Z0DEVEXAMPLE00000001"] = (
        ZoneRecordSet(name="_dmarc.dev.example.com.", type="TXT", values=('"v=DMARC1"',)),
    )
    assert run("dev").exit_code == 1


def test_what_is_not_known_exits_2(run: Run, account: FakeAccount) -> None:
    """Where every call is denied nothing crashes, and nothing says that all is well."""
    account.denials = frozenset({"all"})
    result = run("dev")
    assert result.exit_code == 2
    assert result.stderr == ""
    assert "Not known: it could not be asked" in result.stdout
    assert "fix  allow sending_account" in result.stdout
    assert {finding["code"] for finding in json.loads(run("dev", "--json").stdout)["findings"]} == {
        "not-known"
    }


@pytest.mark.usefixtures("run")
def test_public_dns_that_is_silent_is_not_known(dns_servers: DnsServers) -> None:
    refusing = dns_servers.serve("", rcode="REFUSED")
    result = CliRunner().invoke(cli.app, ["doctor", "dev", "--resolver", refusing.name])
    assert result.exit_code == 2
    assert "name a server that can with --resolver" in result.stdout


@pytest.mark.parametrize(
    "args, fragment",
    [
        (("nowhere",), "[environment-unknown]"),
        (("dev", "--resolver", "192.0.2.1:x"), "[resolver-invalid]"),
    ],
)
def test_wrong_usage_exits_2(args: tuple[str, ...], fragment: str) -> None:
    result = CliRunner().invoke(cli.app, ["doctor", *args])
    assert result.exit_code == 2
    assert fragment in result.stderr


def test_another_account_exits_2(run: Run, account: FakeAccount) -> None:
    account.account = "999999999999"
    result = run("dev")
    assert result.exit_code == 2
    assert "[aws-account-mismatch]" in result.stderr


def test_the_policy_is_written_and_nothing_asked(run: Run, account: FakeAccount) -> None:
    result = run("dev", "--policy")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["Version"] == "2012-10-17"
    assert account.asked == []


def test_delegations_are_asked_through_the_resolver() -> None:
    made = doctor_cli._delegations(Server(name="x", address="192.0.2.53", port=5353))
    assert isinstance(made, ParentDelegations)
    assert made._given_resolver is not None
    assert (made._given_resolver.nameservers, made._given_resolver.port) == (["192.0.2.53"], 5353)
    assert isinstance(doctor_cli._look_up(None), AuthoritativeLookUp)


def test_help_teaches_with_an_example_and_exit_codes() -> None:
    text = CliRunner().invoke(cli.app, ["doctor", "--help"]).stdout
    assert "python -m ops doctor prod" in text
    assert "Exit codes:\n    0  " in text

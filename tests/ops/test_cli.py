"""The commands as an operator runs them: output, exit codes, no traceback."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import dns.zone
import pytest
from typer.testing import CliRunner, Result

from constructs_lib.identity.dns_records import to_zone_file
from constructs_lib.verification.verification_template import VerificationTemplate
from ops import cli
from ops.aws_clients import AwsClients
from ops.errors import PermissionDeniedError
from ops.ports import MailGateway, State
from ops.records import read_records
from stacks.verification_config import MailAddress
from tests.ops.support import CHECKED, DnsServers, FakeGateway, record_set, ses_answer
from tests.own_environment import DEV
from tests.template_files import template_json

DOMAIN = "dev.example.com"
Run = Callable[..., Result]


@pytest.fixture
def gateway() -> FakeGateway:
    gateway = FakeGateway(identities={(DOMAIN, "eu-west-1"): ses_answer(DOMAIN)})
    gateway.zones["Z0DEVEXAMPLE00000001"] = tuple(
        record_set(needed.record) for needed in read_records(DEV, gateway) if needed.place.zone
    )
    return gateway


@pytest.fixture
def run(gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch) -> Run:
    def make(clients: AwsClients) -> MailGateway:
        assert clients.region == "eu-west-1"
        return gateway

    monkeypatch.setattr(cli, "SesGateway", make)
    monkeypatch.setattr(cli, "_now", lambda: CHECKED + timedelta(minutes=30))

    def invoke(*args: str) -> Result:
        return CliRunner().invoke(cli.app, args, catch_exceptions=False)

    return invoke


def pending(gateway: FakeGateway, state: State = State.PENDING) -> None:
    gateway.identities[DOMAIN, "eu-west-1"] = ses_answer(DOMAIN, dkim=state, error_type="HOST_NOT_FOUND")


def test_status_of_a_verified_environment(run: Run) -> None:
    result = run("status", "dev")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "dev (account 111111111111), read 2026-01-31 12:30 UTC",
        "",
        "1 of 1 identities verified",
        "",
        "dev.example.com in eu-west-1: verified",
        "  identity           success",
        "  DKIM               success",
        "  MAIL FROM          success  bounce.dev.example.com",
        "  configuration set  transactional",
        "  last checked       2026-01-31 12:00 UTC",
        "  last success       none told by SES",
        "  next (nobody): Nothing.",
    ]


def test_status_with_something_pending_exits_1_and_shows_the_records(run: Run, gateway: FakeGateway) -> None:
    pending(gateway)
    gateway.zones["Z0DEVEXAMPLE00000001"] = ()
    result = run("status", "dev")
    assert result.exit_code == 1
    assert "dev.example.com in eu-west-1: not verified" in result.stdout
    assert "2026-01-31 12:00 UTC, HOST_NOT_FOUND" in result.stdout
    assert "  missing: CNAME euwest1a._domainkey.dev.example.com\n" in result.stdout
    assert "      expected  euwest1a.dkim.eu-west-1.amazonses.com\n      found     nothing\n" in result.stdout


def test_status_of_what_is_not_deployed(run: Run, gateway: FakeGateway) -> None:
    gateway.identities.clear()
    result = run("status", "dev")
    assert result.exit_code == 1
    assert "  identity           not deployed" in result.stdout
    assert "next (whoever deploys): Deploy it: cdk deploy 'dev/*'" in result.stdout


def test_status_as_json_has_stable_keys(run: Run, gateway: FakeGateway) -> None:
    pending(gateway)
    document = json.loads(run("status", "dev", "--json").stdout)
    assert list(document) == [
        "environment",
        "account",
        "read_at",
        "identities",
        "legacy_records",
        "addresses",
        "templates",
        "receiving",
        "subscriptions",
    ]
    (identity,) = document["identities"]
    assert list(identity) == [
        "domain",
        "region",
        "automatic",
        "verified",
        "identity",
        "dkim",
        "mail_from",
        "mail_from_domain",
        "configuration_set",
        "last_checked",
        "last_success",
        "error_type",
        "records",
        "states",
        "next",
    ]
    assert identity["dkim"] == "pending"
    assert identity["last_checked"] == "2026-01-31T12:00:00+00:00"


def test_what_people_or_other_commands_judge_changes_no_exit_code(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    more = replace(
        DEV,
        addresses=(MailAddress(address="legal@example.net"),),
        templates=(VerificationTemplate.from_json(template_json(FromEmailAddress=f"hello@{DOMAIN}")),),
        domains=tuple(replace(domain, legacy_txt=True) for domain in DEV.domains),
    )
    monkeypatch.setattr(cli, "environment", lambda _: more)
    page = tmp_path / "status.html"
    result = run("status", "dev", "--html", str(page))
    assert result.exit_code == 0
    headlines = [
        "1 of 1 identities verified",
        "0 of 1 legacy records right",
        "0 of 1 addresses verified",
        "0 of 1 templates deployed",
    ]
    assert [line for line in result.stdout.splitlines() if line[:1].isdigit()] == headlines
    assert f"<title>dev: {', '.join(headlines)}</title>" in page.read_text(encoding="utf-8")


def test_status_as_a_page_beside_what_is_printed(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "status.html"
    result = run("status", "dev", "--html", str(page), "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["read_at"] == "2026-01-31T12:30:00+00:00"
    assert "<title>dev: 1 of 1 identities verified</title>" in page.read_text(encoding="utf-8")


def test_a_page_is_written_when_the_wait_was_in_vain(run: Run, gateway: FakeGateway, tmp_path: Path) -> None:
    pending(gateway)
    page = tmp_path / "status.html"
    assert run("status", "dev", "--wait", "--timeout", "0", "--html", str(page)).exit_code == 1
    assert "0 of 1 identities verified" in page.read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written_is_told_before_anything_is_asked(
    run: Run, gateway: FakeGateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "account_id", lambda: pytest.fail("AWS was asked"))
    result = run("status", "dev", "--html", str(tmp_path / "nowhere" / "status.html"))
    assert result.exit_code == 2
    assert "error: [file-unwritable]" in result.stderr


def test_waiting_in_vain_tells_progress_on_stderr_and_exits_1(run: Run, gateway: FakeGateway) -> None:
    pending(gateway)
    result = run("status", "dev", "--wait", "--timeout", "0", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["identities"][0]["dkim"] == "pending"
    assert "Waiting, at most 0:00 more: dev.example.com in eu-west-1: DKIM pending" in result.stderr
    assert "error: [verification-timeout] Not verified after 0 seconds" in result.stderr


def test_waiting_for_what_is_verified_returns_at_once(run: Run) -> None:
    result = run("status", "dev", "--wait")
    assert result.exit_code == 0
    assert result.stderr == ""


def test_a_failed_identity_ends_the_wait(run: Run, gateway: FakeGateway) -> None:
    pending(gateway, State.FAILED)
    result = run("status", "dev", "--wait")
    assert result.exit_code == 1
    assert "[verification-blocked]" in result.stderr


@pytest.mark.parametrize(
    "args,fragment",
    [
        (("status", "nowhere"), "error: [environment-unknown] ENV"),
        (("records", "nowhere"), "error: [environment-unknown] ENV"),
        (("records", "dev", "--domain", "other.example"), "other.example is not a domain of dev"),
        (("records", "dev", "--domain", "a b.example"), "error: [domain-malformed] --domain"),
        (("records", "dev", "--check", "--format", "csv"), "--check goes with --format table or json"),
        (("records", "dev", "--resolver", "192.0.2.1"), "--resolver goes with --check"),
        (("records", "dev", "--check", "--resolver", "192.0.2.1:x"), "error: [resolver-invalid]"),
        (("records", "dev", "--format", "yaml"), "yaml"),
        (("status", "dev", "--timeout", "-1"), "greater than or equal to 0"),
    ],
)
def test_wrong_usage_is_one_clear_error_and_exit_2(run: Run, args: tuple[str, ...], fragment: str) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert fragment in result.stderr
    assert "Traceback" not in result.output


def test_an_access_error_exits_2(run: Run, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied() -> str:
        raise PermissionDeniedError("The credentials may not call x.", fix="allow x")

    monkeypatch.setattr(gateway, "account_id", denied)
    result = run("status", "dev")
    assert result.exit_code == 2
    assert result.stderr == "error: [aws-access-denied] The credentials may not call x. Fix: allow x\n"


def test_records_for_people_name_the_place_and_are_never_cut(run: Run) -> None:
    result = run("records", "dev")
    assert result.exit_code == 0
    assert (
        "dev.example.com in eu-west-1, Route 53 zone Z0DEVEXAMPLE00000001 (dev.example.com)" in result.stdout
    )
    assert "  CNAME  euwest1a._domainkey.dev.example.com  [DKIM]" in result.stdout
    assert "         v=DMARC1; p=none; rua=mailto:dmarc@example.com\n" in result.stdout


def test_records_before_the_deploy(run: Run, gateway: FakeGateway) -> None:
    gateway.identities.clear()
    table = run("records", "dev")
    assert table.stdout.count("known after the deploy") == 3
    assert "feedback-smtp.eu-west-1.amazonses.com" in table.stdout
    zone = run("records", "dev", "--format", "zone")
    assert zone.stdout.count("; <token") == 3
    assert zone.stderr == "3 records are known after the deploy.\n"
    assert "token" not in run("records", "dev", "--format", "csv").stdout
    known = [
        item["known"] for item in json.loads(run("records", "dev", "--format", "json").stdout)["records"]
    ]
    assert known == [False] * 3 + [True] * 3


def test_a_zone_file_of_records_can_be_loaded(run: Run) -> None:
    text = run("records", "dev", "--format", "zone").stdout
    zone = dns.zone.from_text(text, origin="dev.example.com.", check_origin=False)
    assert {str(name) for name in zone.nodes} >= {"bounce", "_dmarc", "euwest1a._domainkey"}


def test_csv_has_one_row_a_value(run: Run) -> None:
    header, *rows = run("records", "dev", "--format", "csv").stdout.splitlines()
    assert header == "name,type,ttl,value,purpose,merge"
    assert len(rows) == 6


def test_checking_records_against_a_server(run: Run, gateway: FakeGateway, dns_servers: DnsServers) -> None:
    records = [needed.record for needed in read_records(DEV, gateway)]
    good, bad = dns_servers.serve(to_zone_file(records)), dns_servers.serve(to_zone_file(records[:3]))
    all_right = run("records", "dev", "--check", "--resolver", good.name)
    assert all_right.exit_code == 0
    assert "6 of 6 records are right." in all_right.stdout
    some = run("records", "dev", "--check", "--resolver", bad.name)
    assert some.exit_code == 1
    assert "  missing\n" in some.stdout
    assert "      found     nothing\n" in some.stdout
    both = run(
        "records", "dev", "--check", "--resolver", good.name, "--resolver", bad.name, "--format", "json"
    )
    assert both.exit_code == 1
    verdicts = [item["check"]["verdict"] for item in json.loads(both.stdout)["records"]]
    assert verdicts == ["right"] * 3 + ["not yet everywhere"] * 3


def test_records_that_nobody_could_be_asked_about_are_not_called_wrong(
    run: Run, dns_servers: DnsServers
) -> None:
    result = run("records", "dev", "--check", "--resolver", dns_servers.serve("", rcode="REFUSED").name)
    assert "0 of 6 records are right; 6 could not be asked." in result.stdout


def test_checking_before_the_deploy_is_not_all_right(
    run: Run, gateway: FakeGateway, dns_servers: DnsServers
) -> None:
    server = dns_servers.serve(to_zone_file(needed.record for needed in read_records(DEV, gateway)))
    gateway.identities.clear()
    result = run("records", "dev", "--check", "--resolver", server.name)
    assert result.exit_code == 1
    assert "3 of 6 records are right." in result.stdout
    assert result.stdout.count("not checked: known after the deploy") == 3


def test_no_server_at_all_exits_2_and_calls_nothing_missing(run: Run, dns_servers: DnsServers) -> None:
    refusing = dns_servers.serve("", rcode="REFUSED")
    result = run("records", "dev", "--check", "--resolver", refusing.name)
    assert result.exit_code == 2
    assert "answered REFUSED" in result.stdout
    assert "missing" not in result.stdout


def test_the_commands_never_load_the_cdk() -> None:
    code = "import sys, ops.cli; sys.exit('aws_cdk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("command", ["status", "records"])
def test_help_teaches_with_an_example_and_exit_codes(command: str) -> None:
    text = CliRunner().invoke(cli.app, [command, "--help"]).stdout
    assert f"python -m ops {command} prod" in text
    assert "Exit codes:\n    0  " in text

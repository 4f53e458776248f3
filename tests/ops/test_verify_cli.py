"""``verify``: what it takes, says and exits with."""

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from ops import cli, verify_cli
from ops.errors import ServiceError
from ops.pace import Pace
from ops.ports import State
from stacks.verification_config import MailAddress
from tests.ops.address_fakes import ADDRESS, DENIED, PROD, Clock, FakeAddresses
from tests.ops.support import REGION


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> FakeAddresses:
    made = FakeAddresses()
    monkeypatch.setattr(verify_cli, "SesAddressGateway", lambda _: made)
    monkeypatch.setattr(verify_cli, "Pace", lambda: Pace(clock=clock, sleep=clock.sleep))
    return made


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli.app, ["verify", *arguments], catch_exceptions=False)
    return result.exit_code, result.output


def test_the_command_sends(gateway: FakeAddresses) -> None:
    code, output = run("prod", "Legal@EXAMPLE.net")
    assert code == 0
    assert "SES's own mail is on its way to Legal@example.net (eu-west-1)" in output
    assert gateway.sent == [("own", "Legal@example.net", REGION)]


def test_the_command_takes_the_template_and_region_that_the_environment_names(
    gateway: FakeAddresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = MailAddress(address=ADDRESS, regions=("us-east-1",))
    object.__setattr__(
        declared, "template", "Welcome"
    )  # the environment has none: only its name matters here
    config = replace(PROD)
    object.__setattr__(config, "addresses", (declared,))
    monkeypatch.setattr(verify_cli, "environment", lambda _: config)
    assert run("prod", ADDRESS)[0] == 0
    assert gateway.sent == [
        ("custom", ADDRESS, "Welcome", "transactional", "us-east-1"),
        ("set", ADDRESS, "transactional", "us-east-1"),
    ]
    code, output = run("prod", ADDRESS, "--region", "eu-west-1")
    assert (code, "is of us-east-1" in output) == (2, True)


@pytest.mark.parametrize(
    "states, code, fragment",
    [
        ([State.NOT_STARTED, State.SUCCESS], 0, f"{ADDRESS} is verified in eu-west-1."),
        ([State.NOT_STARTED, State.FAILED], 1, "[address-failed]"),
        ([State.PENDING], 1, "[address-pending]"),
        ([State.SUCCESS], 2, "[address-verified]"),
    ],
)
def test_waiting(gateway: FakeAddresses, states: list[State], code: int, fragment: str) -> None:
    gateway.states = states
    found, output = run("prod", ADDRESS, "--wait", "--timeout", "0")
    assert (found, fragment in output) == (code, True), output


@pytest.mark.parametrize(
    "arguments, fragment",
    [
        (("nowhere", ADDRESS), "[environment-unknown]"),
        (("prod", "no address"), "[email-address-invalid]"),
        (("prod", ADDRESS, "--region", "eu-west-9"), "is of eu-west-1, us-east-1 in prod"),
    ],
)
def test_wrong_usage_sends_nothing(gateway: FakeAddresses, arguments: tuple[str, ...], fragment: str) -> None:
    code, output = run(*arguments)
    assert (code, fragment in output) == (2, True), output
    assert gateway.sent == []


def test_several_addresses_are_sent_to_once_a_second(gateway: FakeAddresses, clock: Clock) -> None:
    code, output = run("prod", "a@example.net", "b@example.net", "c@example.net", "--template", "Welcome")
    assert code == 0
    assert [call[1] for call in gateway.sent if call[0] == "custom"] == [
        "a@example.net",
        "b@example.net",
        "c@example.net",
    ]
    assert output.count("custom mail is on its way") == 3
    assert clock.now == 2


def test_what_is_verified_already_is_told_and_the_others_are_sent_to(gateway: FakeAddresses) -> None:
    gateway.states = [State.SUCCESS, State.NOT_STARTED]
    code, output = run("prod", "a@example.net", "b@example.net")
    assert (code, "[address-verified] a@example.net" in output) == (0, True)
    assert gateway.sent == [("own", "b@example.net", REGION)]


def test_one_refusal_ends_it_and_hides_no_mail(
    gateway: FakeAddresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = gateway.send_own_mail

    def throttled(address: str, *, region: str) -> None:
        if address == "b@example.net":
            raise ServiceError("SES throttles.", fix="wait")
        send(address, region=region)

    monkeypatch.setattr(gateway, "send_own_mail", throttled)
    code, output = run("prod", "a@example.net", "b@example.net", "c@example.net", "--wait")
    assert code == 2
    assert "on its way to a@example.net" in output
    assert "[aws-refused] SES throttles." in output
    assert gateway.sent == [("own", "a@example.net", REGION)]


def test_the_same_address_twice_is_a_slip(gateway: FakeAddresses) -> None:
    code, output = run("prod", "a@example.net", "a@EXAMPLE.net")
    assert (code, "[address-duplicate]" in output, gateway.sent) == (2, True, [])


def test_the_command_tells_the_mail_and_that_the_configuration_set_is_not_set(
    gateway: FakeAddresses,
) -> None:
    gateway.refusal = DENIED
    gateway.states = [State.NOT_STARTED, State.SUCCESS]
    code, output = run("prod", ADDRESS, "--template", "Welcome", "--wait", "--timeout", "0")
    assert code == 1
    assert f"custom mail is on its way to {ADDRESS}" in output
    assert "[aws-access-denied] The credentials may not call ses:Put." in output
    assert "the default configuration set of" in output
    assert f"{ADDRESS} is verified in {REGION}." in output


def test_another_account_is_refused(gateway: FakeAddresses) -> None:
    gateway.account = "999999999999"
    code, output = run("prod", ADDRESS)
    assert (code, "[aws-account-mismatch]" in output) == (2, True)
    assert gateway.sent == []

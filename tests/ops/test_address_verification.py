"""One address: the mail is sent once or again, and followed until somebody has followed its link."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from botocore.stub import Stubber
from typer.testing import CliRunner

from ops import cli, verify_cli
from ops.address_gateway import SesAddressGateway
from ops.address_verification import Mail, Request, Sent, follow, follow_all, send_verification
from ops.aws_clients import AwsClients
from ops.errors import (
    AccessError,
    AddressVerifiedError,
    OpsError,
    PermissionDeniedError,
    SandboxError,
    ServiceError,
    TemplateMissingError,
    VerificationFailedError,
    VerificationNotDoneError,
)
from ops.pace import Pace
from ops.ports import State
from stacks.environments import environment
from stacks.verification_config import MailAddress
from tests.ops.support import REGION

PROD = environment("prod")
ADDRESS = "legal@example.net"
OWN = Request(address=ADDRESS, region=REGION, template=None, configuration_set="transactional")
CUSTOM = replace(OWN, template="Welcome")
DENIED = PermissionDeniedError("The credentials may not call ses:Put.", fix="allow ses:Put")


@dataclass(kw_only=True)
class FakeAddresses:
    """Answers with the next state, the last one for ever; remembers what was sent."""

    states: list[State] = field(default_factory=lambda: [State.NOT_STARTED])
    sent: list[tuple[str, ...]] = field(default_factory=list)
    account: str = PROD.account
    refusal: AccessError | None = None

    def account_id(self) -> str:
        return self.account

    def address_state(self, address: str, *, region: str) -> State:
        assert address
        assert region
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    def send_own_mail(self, address: str, *, region: str) -> None:
        self.sent.append(("own", address, region))

    def send_custom_mail(self, address: str, *, template: str, configuration_set: str, region: str) -> None:
        self.sent.append(("custom", address, template, configuration_set, region))

    def set_configuration_set(self, address: str, *, configuration_set: str, region: str) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.sent.append(("set", address, configuration_set, region))


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def unpaced() -> Pace:
    return Pace(seconds=0)


@pytest.mark.parametrize("state", [State.NOT_STARTED, State.PENDING, State.FAILED, State.TEMPORARY_FAILURE])
def test_the_mail_is_sent_in_every_state_but_verified(state: State) -> None:
    gateway = FakeAddresses(states=[state])
    assert send_verification(OWN, gateway, pace=unpaced()) == Sent(mail=Mail.OWN)
    assert send_verification(CUSTOM, gateway, pace=unpaced()) == Sent(mail=Mail.CUSTOM)
    assert gateway.sent == [
        ("own", ADDRESS, REGION),
        ("custom", ADDRESS, "Welcome", "transactional", REGION),
        ("set", ADDRESS, "transactional", REGION),
    ]


def test_a_configuration_set_that_cannot_be_set_does_not_hide_the_mail() -> None:
    gateway = FakeAddresses(refusal=DENIED)
    assert send_verification(CUSTOM, gateway, pace=unpaced()) == Sent(mail=Mail.CUSTOM, not_set=DENIED)
    assert gateway.sent == [("custom", ADDRESS, "Welcome", "transactional", REGION)]


def test_a_verified_address_gets_none() -> None:
    gateway = FakeAddresses(states=[State.SUCCESS])
    with pytest.raises(AddressVerifiedError):
        send_verification(OWN, gateway, pace=unpaced())
    assert gateway.sent == []


@pytest.mark.parametrize(
    "states, error, seconds",
    [
        ([State.SUCCESS], None, 0),
        ([State.PENDING, State.PENDING, State.SUCCESS], None, 10),
        ([State.PENDING, State.FAILED], VerificationFailedError, 5),
        ([State.PENDING], VerificationNotDoneError, 60),
        ([State.NOT_STARTED], VerificationNotDoneError, 60),
    ],
)
def test_following(states: list[State], error: type[OpsError] | None, seconds: float) -> None:
    clock, polls = Clock(), []

    def run() -> None:
        follow(
            OWN,
            FakeAddresses(states=states),
            timeout_seconds=60,
            on_poll=lambda request, _, left: polls.append((request.address, left)),
            clock=clock,
            sleep=clock.sleep,
        )

    if error is None:
        run()
    else:
        with pytest.raises(error):
            run()
    assert clock.now == seconds
    assert polls[0] == (ADDRESS, 60)


def test_several_are_followed_within_one_time_and_each_is_asked_about() -> None:
    clock = Clock()
    others = [replace(OWN, address=f"{name}@example.net") for name in ("late", "done", "failed")]
    states = {
        "late@example.net": State.PENDING,
        "done@example.net": State.SUCCESS,
        "failed@example.net": State.FAILED,
    }

    class Each(FakeAddresses):
        def address_state(self, address: str, *, region: str) -> State:
            assert region
            return states[address]

    found = {
        request.address: problem.code if problem else None
        for request, problem in follow_all(others, Each(), timeout_seconds=60, clock=clock, sleep=clock.sleep)
    }
    assert found == {
        "late@example.net": "address-pending",
        "done@example.net": None,
        "failed@example.net": "address-failed",
    }
    assert clock.now == 60


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


@pytest.fixture
def ses(clients: AwsClients) -> Iterator[tuple[SesAddressGateway, Stubber, Stubber]]:
    made = SesAddressGateway(clients)
    with Stubber(clients.client("sesv2", REGION)) as v2, Stubber(clients.client("ses", REGION)) as v1:
        yield made, v2, v1
        v2.assert_no_pending_responses()
        v1.assert_no_pending_responses()


def test_states_as_ses_words_them(ses: tuple[SesAddressGateway, Stubber, Stubber]) -> None:
    made, v2, _ = ses
    v2.add_response(
        "get_email_identity", {"VerificationStatus": "TEMPORARY_FAILURE"}, {"EmailIdentity": ADDRESS}
    )
    v2.add_client_error("get_email_identity", "NotFoundException")
    assert made.address_state(ADDRESS, region=REGION) is State.TEMPORARY_FAILURE
    assert made.address_state(ADDRESS, region=REGION) is State.NOT_STARTED


CUSTOM_CALL = {"EmailAddress": ADDRESS, "TemplateName": "Welcome", "ConfigurationSetName": "transactional"}


def test_mails_as_ses_is_asked_for_them(ses: tuple[SesAddressGateway, Stubber, Stubber]) -> None:
    made, v2, v1 = ses
    v1.add_response("verify_email_identity", {}, {"EmailAddress": ADDRESS})
    v2.add_response(
        "put_email_identity_configuration_set_attributes",
        {},
        {"EmailIdentity": ADDRESS, "ConfigurationSetName": "transactional"},
    )
    v1.add_response("send_custom_verification_email", {"MessageId": "1"}, CUSTOM_CALL)
    made.send_own_mail(ADDRESS, region=REGION)
    made.send_custom_mail(ADDRESS, template="Welcome", configuration_set="transactional", region=REGION)
    made.set_configuration_set(ADDRESS, configuration_set="transactional", region=REGION)


@pytest.mark.parametrize("code", ["Throttling", "TooManyRequestsException"])
def test_throttling_that_outlasts_the_retries(
    ses: tuple[SesAddressGateway, Stubber, Stubber], code: str
) -> None:
    made, _, v1 = ses
    v1.add_client_error("verify_email_identity", code, f"Rate exceeded for {ADDRESS}")
    with pytest.raises(ServiceError, match=r"one a second .* in none of 5 tries") as caught:
        made.send_own_mail(ADDRESS, region=REGION)
    assert ADDRESS not in str(caught.value)


@pytest.mark.parametrize(
    "code, error", [("NotFoundException", ServiceError), ("AccessDeniedException", PermissionDeniedError)]
)
def test_a_configuration_set_that_ses_does_not_set(
    ses: tuple[SesAddressGateway, Stubber, Stubber], code: str, error: type[OpsError]
) -> None:
    made, v2, _ = ses
    v2.add_client_error("put_email_identity_configuration_set_attributes", code, "text of SES")
    with pytest.raises(error, match="ses:PutEmailIdentityConfigurationSetAttributes") as caught:
        made.set_configuration_set(ADDRESS, configuration_set="transactional", region=REGION)
    assert "text of SES" not in str(caught.value)


@pytest.mark.parametrize(
    "code, error, fragment",
    [
        ("ProductionAccessNotGranted", SandboxError, "sandbox"),
        ("CustomVerificationEmailTemplateDoesNotExist", TemplateMissingError, "no template Welcome"),
        ("FromEmailAddressNotVerified", TemplateMissingError, "sender of the template Welcome"),
        ("Throttling", ServiceError, "one a second"),
        ("MessageRejected", ServiceError, "MessageRejected"),
    ],
)
def test_what_ses_refuses(
    ses: tuple[SesAddressGateway, Stubber, Stubber], code: str, error: type[OpsError], fragment: str
) -> None:
    made, _, v1 = ses
    v1.add_client_error("send_custom_verification_email", code, "text of SES", expected_params=CUSTOM_CALL)
    with pytest.raises(error, match=fragment) as caught:
        made.send_custom_mail(ADDRESS, template="Welcome", configuration_set="transactional", region=REGION)
    assert ADDRESS not in str(caught.value)

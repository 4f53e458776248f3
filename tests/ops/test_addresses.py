"""Addresses in the status: the state in SES's words, until when the link works, and what is next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from constructs_lib.identity.dns import ExternalDns
from constructs_lib.verification.verification_template import VerificationTemplate
from ops.address_section import address_section
from ops.addresses import AddressStatus, read_addresses
from ops.advice import ADMINISTRATOR, DEPLOYER, NOBODY, SES
from ops.environment_status import Tone
from ops.errors import PermissionDeniedError
from ops.ports import IdentityAnswer, State
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.verification_config import MailAddress
from tests.ops.support import REGION, FakeGateway
from tests.template_files import template_json

SENT = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
NOW = SENT + timedelta(hours=6)
ADDRESS, STACK = "legal@example.net", f"test-Addresses-{REGION}"
READER = f"whoever reads the mail of {ADDRESS}"
OWN = MailAddress(address=ADDRESS)
CUSTOM = MailAddress(address=ADDRESS, template="Welcome")
AGAIN = f"python -m ops verify test {ADDRESS} --wait"


def config(*addresses: MailAddress) -> MailEnvironment:
    return MailEnvironment(
        name="test",
        account="111111111111",
        regions=(REGION, "us-east-1"),
        configuration_set_name="transactional",
        domains=(MailDomain(domain="example.com", dns=ExternalDns(), regions=(REGION, "us-east-1")),),
        addresses=addresses,
        templates=(VerificationTemplate.from_json(template_json()),),
    )


def answer(state: State, configuration_set: str | None = "transactional") -> IdentityAnswer:
    return IdentityAnswer(
        identity=state,
        dkim=State.NOT_STARTED,
        mail_from=State.NOT_STARTED,
        configuration_set=configuration_set,
    )


def asked(found: IdentityAnswer | None) -> FakeGateway:
    return FakeGateway(
        identities={(ADDRESS, REGION): found} if found else {}, deploys={(ADDRESS, STACK, REGION): SENT}
    )


def read(declared: MailAddress, found: IdentityAnswer | None, *, now: datetime = NOW) -> AddressStatus:
    (status,) = read_addresses(config(declared), asked(found), now=now)
    return status


@pytest.mark.parametrize(
    "declared,found,state,who,action",
    [
        (OWN, None, State.NOT_DEPLOYED, DEPLOYER, "Deploy it: cdk deploy 'test/*'"),
        (CUSTOM, None, State.NOT_STARTED, DEPLOYER, f"Send the verification mail: {AGAIN}"),
        (OWN, State.NOT_STARTED, State.NOT_STARTED, DEPLOYER, f"Send the verification mail: {AGAIN}"),
        (OWN, State.PENDING, State.PENDING, READER, "Click the link in the verification mail, within 24"),
        (OWN, State.PENDING, State.PENDING, READER, f"sends it again: {AGAIN}"),
        (CUSTOM, State.PENDING, State.PENDING, READER, "Click the link in the verification mail, within 24"),
        (
            OWN,
            State.FAILED,
            State.FAILED,
            DEPLOYER,
            f"send the verification mail again: {AGAIN}",
        ),
        (OWN, State.TEMPORARY_FAILURE, State.TEMPORARY_FAILURE, SES, "Wait: SES tries again."),
        (OWN, State.SUCCESS, State.SUCCESS, NOBODY, "Nothing."),
        (CUSTOM, State.SUCCESS, State.SUCCESS, NOBODY, "Nothing."),
    ],
)
def test_each_state_has_a_next_step(
    declared: MailAddress, found: State | None, state: State, who: str, action: str
) -> None:
    status = read(declared, answer(found) if found else None)
    assert (status.state, status.next_step.who) == (state, who)
    assert action in status.next_step.action


def test_the_link_of_the_deploys_mail_works_for_24_hours_from_it() -> None:
    timing = read(OWN, answer(State.PENDING)).timing
    assert timing.since_text() == "2026-11-25 12:00 UTC (identity last deployed, says CloudFormation)"
    assert timing.limit_text(NOW) == "the link works until 2026-11-26 12:00 UTC, 18 h left"


def test_after_24_hours_the_mail_is_sent_again_although_ses_still_says_pending() -> None:
    last = SENT + timedelta(hours=24)
    assert read(OWN, answer(State.PENDING), now=last - timedelta(seconds=1)).next_step.who == READER
    status = read(OWN, answer(State.PENDING), now=last)
    assert status.timing.limit_text(last) == "the 24 hours ended 2026-11-26 12:00 UTC"
    assert status.next_step.who == DEPLOYER
    assert status.next_step.action == (
        f"The deploy's mail is older than 24 hours. Unless it was sent again since: {AGAIN}"
    )


def test_nobody_tells_when_the_mail_of_a_template_was_sent() -> None:
    timing = read(CUSTOM, answer(State.PENDING)).timing
    assert timing.since_text() == "not known: SES does not say"
    assert timing.limit_text(NOW) == "the link works for 24 hours"


@pytest.mark.parametrize("state", [state for state in State if state is not State.PENDING])
def test_cloudformation_is_asked_only_where_its_answer_is_shown(state: State) -> None:
    gateway = asked(answer(state))
    read_addresses(config(OWN), gateway, now=NOW)
    assert gateway.deploy_reads == []


@pytest.mark.parametrize(
    "declared,how",
    [
        (OWN, "Deploy: cdk deploy 'test/*'"),
        (CUSTOM, "aws sesv2 put-email-identity-configuration-set-attributes --region eu-west-1 "),
    ],
)
def test_a_verified_address_without_the_configuration_set_sends_unseen(
    declared: MailAddress, how: str
) -> None:
    step = read(declared, answer(State.SUCCESS, None)).next_step
    assert step.who == DEPLOYER
    assert step.action.startswith("The default configuration set is not set, the environment says transac")
    assert how in step.action


def test_commands_name_a_further_region_and_quote_what_a_shell_would_read() -> None:
    odd = MailAddress(address='"o\'b$x"@example.net', template="Welcome", regions=(REGION, "us-east-1"))
    first, second = read_addresses(config(odd), FakeGateway(), now=NOW)
    assert "--region" not in first.next_step.action
    assert second.next_step.action.endswith(
        "python -m ops verify test '\"o'\"'\"'b$x\"@example.net' --region us-east-1 --wait"
    )


def test_without_the_permission_the_state_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = FakeGateway()

    def denied(*_args: object, **_options: object) -> IdentityAnswer:
        raise PermissionDeniedError("The credentials may not call ses:X.", fix="allow ses:X for this role")

    monkeypatch.setattr(gateway, "identity", denied)
    (status,) = read_addresses(config(OWN), gateway, now=NOW)
    assert status.state is None
    assert status.next_step.who == ADMINISTRATOR
    assert "may not call ses:X. To know it, allow ses:X" in status.next_step.action
    (item,) = address_section([status]).items
    assert (item.word, item.tone, item.states[0].state) == ("not known", Tone.OPEN, "not known")


def test_the_section() -> None:
    status = read(CUSTOM, answer(State.SUCCESS))
    section = address_section([status, replace(status, state=State.FAILED)])
    assert section.headline == "1 of 2 addresses verified"
    good, bad = section.items
    assert good.title == f"{ADDRESS} in {REGION}"
    assert (good.word, good.tone, bad.word, bad.tone) == ("verified", Tone.GOOD, "not verified", Tone.BAD)
    assert good.facts == (
        ("verification mail", "of the template Welcome"),
        ("configuration set", "transactional"),
    )
    assert good.document == {
        "address": ADDRESS,
        "region": REGION,
        "state": "success",
        "template": "Welcome",
        "configuration_set": "transactional",
    }

"""What is verified, what is missing, what comes next; and waiting for it, on a clock of our own."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.identity.dns import CreatedZone, CrossAccountZone
from constructs_lib.identity.dns_records import Purpose
from ops.advice import DEPLOYER, IDENTITY_OWNER, NOBODY, SES
from ops.dns_check import Verdict
from ops.errors import (
    AccountMismatchError,
    CredentialsError,
    VerificationBlockedError,
    VerificationTimeoutError,
)
from ops.identity_status import IdentityStatus
from ops.ports import IdentityAnswer, State, ZoneRecordSet
from ops.records import needed_records, read_records
from ops.status import read_status, require_account, wait_until_verified
from stacks.config import MailEnvironment
from stacks.environments import environment
from tests.ops.support import CHECKED, FakeGateway, record_set, ses_answer
from tests.own_environment import DEV

LOCAL = environment("local")
PROD = environment("prod")
ZONE_ID = "Z0DEVEXAMPLE00000001"
DOMAIN = "dev.example.com"


def zone_content(*, without: Purpose | None = None) -> tuple[ZoneRecordSet, ...]:
    records = needed_records(DEV, DEV.domains[0], "eu-west-1", ses_answer(DOMAIN))
    return tuple(record_set(n.record) for n in records if n.record.purpose is not without)


def dev_gateway(
    answer: IdentityAnswer | None = None, *, zone: tuple[ZoneRecordSet, ...] | None = None
) -> FakeGateway:
    return FakeGateway(
        identities={(DOMAIN, "eu-west-1"): answer or ses_answer(DOMAIN)},
        zones={ZONE_ID: zone_content() if zone is None else zone},
    )


def status(gateway: FakeGateway) -> IdentityStatus:
    (only,) = read_status(DEV, gateway)
    return only


@pytest.mark.parametrize(
    "changed, call",
    [
        (
            {"mail_from_domain": "other.dev.example.com"},
            "put-email-identity-mail-from-attributes --mail-from-domain bounce.dev.example.com",
        ),
        (
            {"configuration_set": None},
            "put-email-identity-configuration-set-attributes --configuration-set-name transactional",
        ),
    ],
)
def test_what_was_changed_by_hand_no_deploy_undoes(changed: dict[str, str | None], call: str) -> None:
    answer = replace(ses_answer(DOMAIN), **changed)  # type: ignore[arg-type] # two attributes of text
    step = status(dev_gateway(answer)).next_step
    assert step.who == DEPLOYER
    assert step.action.endswith(
        f" Deploy: cdk deploy 'dev/*'; if that changes nothing, as after an import: aws sesv2 {call} "
        f"--email-identity {DOMAIN} --region eu-west-1"
    )


def test_all_well() -> None:
    assert status(dev_gateway()) == IdentityStatus(
        domain=DOMAIN,
        region="eu-west-1",
        automatic=True,
        identity=State.SUCCESS,
        dkim=State.SUCCESS,
        mail_from=State.SUCCESS,
        mail_from_domain="bounce.dev.example.com",
        configuration_set="transactional",
        last_checked=CHECKED,
        next_step=status(dev_gateway()).next_step,
    )
    assert status(dev_gateway()).next_step.who == NOBODY
    assert status(dev_gateway()).verified


def test_not_deployed_says_so_and_reads_no_zone() -> None:
    gateway = FakeGateway()
    found = status(gateway)
    assert {found.identity, found.dkim, found.mail_from} == {State.NOT_DEPLOYED}
    assert found.next_step.action == "Deploy it: cdk deploy 'dev/*'"
    assert found.problems == ()
    assert gateway.zone_reads == []


def test_a_missing_record_is_told_with_what_is_expected_and_found() -> None:
    gateway = dev_gateway(
        ses_answer(DOMAIN, mail_from=State.PENDING), zone=zone_content(without=Purpose.MAIL_FROM_MX)
    )
    found = status(gateway)
    (problem,) = found.problems
    assert (problem.record.purpose, problem.verdict) == (Purpose.MAIL_FROM_MX, Verdict.MISSING)
    assert found.next_step.who == DEPLOYER
    assert found.summary() == (
        "dev.example.com in eu-west-1: MAIL FROM pending\n  MX bounce.dev.example.com missing: "
        "expected 10 feedback-smtp.eu-west-1.amazonses.com, found nothing"
    )


def test_a_wrong_record_and_an_alias_are_told() -> None:
    name = "bounce.dev.example.com."
    zone = (
        *zone_content(without=Purpose.MAIL_FROM_MX)[:-2],
        ZoneRecordSet(name=name, type="MX", values=("10 feedback-smtp.us-east-1.amazonses.com",)),
        ZoneRecordSet(name="_dmarc.dev.example.com.", type="TXT", alias="elsewhere.example.com."),
        ZoneRecordSet(name="unrelated.dev.example.com.", type="A", values=("192.0.2.1",)),
    )
    problems = {check.record.purpose: check for check in status(dev_gateway(zone=zone)).problems}
    assert problems[Purpose.MAIL_FROM_MX].found == ("10 feedback-smtp.us-east-1.amazonses.com",)
    assert problems[Purpose.DMARC].found == ("alias elsewhere.example.com.",)


def test_route53_spelling_makes_no_difference() -> None:
    zone = tuple(
        replace(
            item, name=item.name.upper().replace("_", "\\137"), values=tuple(v + "." for v in item.values)
        )
        if item.type in {"CNAME", "MX"}
        else item
        for item in zone_content()
    )
    assert status(dev_gateway(zone=zone)).problems == ()


@pytest.mark.parametrize(
    "answer,zone,who,fragment",
    [
        (ses_answer(DOMAIN, dkim=State.PENDING), None, SES, "Wait: the records are in the Route 53 zone"),
        (ses_answer(DOMAIN, dkim=State.PENDING), (), DEPLOYER, "Deploy: cdk deploy 'dev/*'. If that changes"),
        (ses_answer(DOMAIN), (), DEPLOYER, "Deploy: cdk deploy 'dev/*'. If that changes nothing"),
        (ses_answer(DOMAIN, dkim=State.FAILED), None, DEPLOYER, "again in the SES console of eu-west-1"),
        (
            ses_answer(DOMAIN, mail_from=State.FAILED),
            None,
            DEPLOYER,
            "--region eu-west-1 --email-identity dev.example.com --mail-from-domain bounce.dev.example.com",
        ),
        (ses_answer(DOMAIN, mail_from_domain="old.dev.example.com"), None, DEPLOYER, "old.dev.example.com"),
        (ses_answer(DOMAIN, configuration_set=None), None, DEPLOYER, "is not set, the environment says"),
    ],
)
def test_the_next_step_and_who_must_do_it(
    answer: IdentityAnswer, zone: tuple[ZoneRecordSet, ...] | None, who: str, fragment: str
) -> None:
    found = status(dev_gateway(answer, zone=zone))
    assert found.next_step.who == who
    assert fragment in found.next_step.action


def test_a_record_that_somebody_else_keeps_is_put_back_by_hand() -> None:
    domain = replace(DEV.domains[0], existing_records=(Purpose.DMARC,))
    config = replace(DEV, domains=(domain,))
    answer = ses_answer(DOMAIN)
    records = tuple(
        record_set(needed.record)
        for needed in needed_records(config, domain, "eu-west-1", answer)
        if needed.record.purpose is not Purpose.DMARC
    )
    (found,) = read_status(config, dev_gateway(answer, zone=records))
    assert found.next_step.action.startswith("Put back by hand in the Route 53 zone")
    assert "_dmarc.dev.example.com TXT v=DMARC1" in found.next_step.action
    assert found.next_step.who == f"whoever runs the DNS of {DOMAIN}"


@pytest.mark.parametrize(
    "answer, fragment",
    [
        (None, "take existing_identity out of the environment"),
        (
            ses_answer(DOMAIN, mail_from_domain="old.dev.example.com"),
            "Correct the environment, or: aws sesv2 put-email-identity-mail-from-attributes",
        ),
        (
            ses_answer(DOMAIN, configuration_set=None),
            "Correct the environment, or: aws sesv2 put-email-identity-configuration-set-attributes",
        ),
    ],
)
def test_an_identity_of_somebody_else_is_theirs_to_change(
    answer: IdentityAnswer | None, fragment: str
) -> None:
    config = replace(DEV, domains=(replace(DEV.domains[0], existing_identity=True),))
    gateway = dev_gateway(answer)
    if answer is None:
        gateway.identities.clear()
    (found,) = read_status(config, gateway)
    assert fragment in found.next_step.action
    assert found.next_step.who == IDENTITY_OWNER


def test_a_zone_of_another_account_is_not_taken_for_an_empty_one() -> None:
    found = status(FakeGateway(identities={(DOMAIN, "eu-west-1"): ses_answer(DOMAIN)}))
    assert {check.verdict for check in found.problems} == {Verdict.UNREACHABLE}
    assert "was not found in this account" in found.next_step.action


def local_gateway(*, zone: bool = True) -> FakeGateway:
    region = "us-east-1"
    pending = State.PENDING
    gateway = FakeGateway(
        account=LOCAL.account,
        identities={
            (domain.domain, region): ses_answer(
                domain.domain, region=region, identity=pending, dkim=pending, mail_from=pending
            )
            for domain in LOCAL.domains
        },
        zone_ids={"rehearsal.example": "ZLOCAL"} if zone else {},
    )
    gateway.zones["ZLOCAL"] = tuple(
        record_set(needed.record) for needed in read_records(LOCAL, gateway) if needed.place.zone
    )
    return gateway


FOREIGN = CrossAccountZone(
    zone_id="Z0FOREIGN", zone_name="example.com", account="999999999999", role_name="mail-records"
)


@pytest.mark.parametrize(
    "answer, who, action",
    [
        (ses_answer(DOMAIN), NOBODY, "Nothing."),
        (
            ses_answer(DOMAIN, identity=State.PENDING),
            SES,
            "Wait: the deploy wrote the records into the Route 53 zone Z0FOREIGN (example.com) of account",
        ),
        (
            ses_answer(DOMAIN, identity=State.FAILED),
            DEPLOYER,
            f"Check the records in public DNS: python -m ops records dev --check --domain {DOMAIN}. SES",
        ),
        (None, DEPLOYER, "Deploy it"),
    ],
)
def test_a_foreign_zone_is_written_by_the_deploy_and_never_read(
    answer: IdentityAnswer | None, who: str, action: str
) -> None:
    config = replace(DEV, domains=(replace(DEV.domains[0], dns=FOREIGN),), receiving=None, senders=())
    gateway = dev_gateway(answer)
    if answer is None:
        gateway.identities.clear()
    (only,) = read_status(config, gateway)
    assert (only.automatic, only.problems, gateway.zone_reads) == (True, (), [])
    assert (only.next_step.who, only.next_step.action.startswith(action)) == (who, True)


def test_a_zone_that_is_delegated_here_needs_no_person() -> None:
    created = CreatedZone(zone_name=DOMAIN, parent=FOREIGN)
    config = replace(DEV, domains=(replace(DEV.domains[0], dns=created),))
    gateway = dev_gateway(ses_answer(DOMAIN, identity=State.PENDING))
    gateway.zone_ids[DOMAIN] = ZONE_ID
    (only,) = read_status(config, gateway)
    assert only.next_step.who == SES
    (by_hand,) = read_status(
        replace(config, domains=(replace(config.domains[0], dns=CreatedZone(zone_name=DOMAIN)),)), gateway
    )
    assert by_hand.next_step.action.startswith("Enter the name servers")


def test_a_created_zone_is_found_by_name_and_read_once() -> None:
    gateway = local_gateway()
    first, second, external = read_status(LOCAL, gateway)
    assert first.problems == second.problems == external.problems == ()
    assert gateway.zone_reads == ["ZLOCAL"]
    assert "name servers" in first.next_step.action
    assert first.next_step.who == "whoever owns rehearsal.example"
    assert not external.automatic
    assert external.next_step.action.endswith("python -m ops records local --check --domain partner.example")


def test_a_created_zone_that_is_gone() -> None:
    first, *_ = read_status(LOCAL, local_gateway(zone=False))
    assert "created zone rehearsal.example was not found" in first.next_step.action


def test_what_is_to_be_merged_is_asked_of_a_person() -> None:
    domain = PROD.domains[0]
    answer = ses_answer(domain.domain, mail_from_domain=domain.mail_from_in("eu-west-1"))
    gateway = FakeGateway(identities={(domain.domain, "eu-west-1"): answer})
    records = needed_records(PROD, domain, "eu-west-1", answer)
    gateway.zones["Z0PRODEXAMPLE0000001"] = tuple(record_set(n.record) for n in records if not n.record.merge)
    first, *_ = read_status(PROD, gateway)
    assert first.verified
    assert "include:_spf.google.com" in first.next_step.action
    assert first.next_step.who == "whoever runs the DNS of example.com"


def test_a_verified_external_domain_whose_report_record_is_missing_in_our_zone() -> None:
    gateway = FakeGateway(
        identities={("example.org", "eu-west-1"): ses_answer("example.org")},
        zones={"Z0PRODEXAMPLE0000001": ()},
    )
    *_, external = read_status(PROD, gateway)
    (problem,) = external.problems
    assert problem.record.purpose is Purpose.DMARC_REPORT_AUTHORIZATION
    assert "the Route 53 zone that receives its DMARC reports" in external.next_step.action


def test_credentials_of_another_account_are_refused() -> None:
    require_account(DEV, FakeGateway(account=DEV.account))
    with pytest.raises(AccountMismatchError, match="999999999999, dev is in 111111111111"):
        require_account(DEV, FakeGateway(account="999999999999"))


@pytest.mark.parametrize(
    "config, endpoint, fix",
    [
        (DEV, "", f"set AWS_PROFILE to a profile of {DEV.account}"),
        (DEV, "http://127.0.0.1:4566", f"this is a rehearsal: export AWS_ACCESS_KEY_ID={DEV.account}"),
        (LOCAL, "http://127.0.0.1:4566", "this is a rehearsal: export AWS_ACCESS_KEY_ID=000000000000"),
        (LOCAL, "", "export what `make local` prints"),
    ],
)
def test_the_way_to_the_right_account(
    config: MailEnvironment, endpoint: str, fix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    with pytest.raises(AccountMismatchError) as caught:
        require_account(config, FakeGateway(account="999999999999"))
    assert caught.value.fix == fix


@pytest.mark.parametrize(
    "config, fix", [(LOCAL, "export what `make local` prints"), (DEV, "log in, or set AWS_PROFILE")]
)
def test_without_any_credentials(config: MailEnvironment, fix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Nobody(FakeGateway):
        def account_id(self) -> str:
            raise CredentialsError("No usable AWS credentials.", fix="log in, or set AWS_PROFILE")

    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with pytest.raises(CredentialsError) as caught:
        require_account(config, Nobody())
    assert (caught.value.message, caught.value.fix) == ("No usable AWS credentials.", fix)


class Clock:
    """A clock that only `sleep` moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.sleeps: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds


def test_waits_until_everything_in_route53_is_verified_and_no_longer() -> None:
    gateway, clock = local_gateway(), Clock()
    polls: list[float] = []

    def on_poll(statuses: tuple[IdentityStatus, ...], seconds_left: float) -> None:
        assert len(statuses) == 3
        polls.append(seconds_left)
        if len(polls) == 2:
            for domain in ("rehearsal.example", "news.rehearsal.example"):
                gateway.identities[domain, "us-east-1"] = ses_answer(domain, region="us-east-1")

    statuses = wait_until_verified(
        LOCAL,
        gateway,
        timeout_seconds=60,
        interval_seconds=10,
        on_poll=on_poll,
        clock=clock,
        sleep=clock.sleep,
    )
    assert [item.verified for item in statuses] == [True, True, False]
    assert polls == [60, 50, 40]


def test_time_runs_out_with_the_reason_and_the_records() -> None:
    clock = Clock()
    gateway = dev_gateway(
        ses_answer(DOMAIN, mail_from=State.PENDING), zone=zone_content(without=Purpose.MAIL_FROM_MX)
    )
    with pytest.raises(VerificationTimeoutError) as caught:
        wait_until_verified(
            DEV, gateway, timeout_seconds=25, interval_seconds=10, clock=clock, sleep=clock.sleep
        )
    assert clock.sleeps == [10, 10, 5]
    assert caught.value.code == "verification-timeout"
    assert "Not verified after 25 seconds" in str(caught.value)
    assert "expected 10 feedback-smtp.eu-west-1.amazonses.com, found nothing" in str(caught.value)
    assert caught.value.statuses == read_status(DEV, gateway)


@pytest.mark.parametrize("gateway", [dev_gateway(ses_answer(DOMAIN, dkim=State.FAILED)), FakeGateway()])
def test_what_time_cannot_change_ends_the_wait_at_once(gateway: FakeGateway) -> None:
    clock = Clock()
    with pytest.raises(VerificationBlockedError) as caught:
        wait_until_verified(DEV, gateway, clock=clock, sleep=clock.sleep)
    assert clock.sleeps == []
    assert caught.value.code == "verification-blocked"


def test_one_failed_identity_ends_the_wait_for_the_others() -> None:
    gateway, clock = local_gateway(), Clock()
    gateway.identities["news.rehearsal.example", "us-east-1"] = ses_answer(
        "news.rehearsal.example", region="us-east-1", identity=State.FAILED
    )
    with pytest.raises(VerificationBlockedError) as caught:
        wait_until_verified(LOCAL, gateway, clock=clock, sleep=clock.sleep)
    assert clock.sleeps == []
    assert "start the verification of news.rehearsal.example again" in caught.value.fix


def test_a_temporary_failure_is_waited_for() -> None:
    clock = Clock()
    gateway = dev_gateway(ses_answer(DOMAIN, dkim=State.TEMPORARY_FAILURE))
    with pytest.raises(VerificationTimeoutError):
        wait_until_verified(DEV, gateway, timeout_seconds=0, clock=clock, sleep=clock.sleep)
    assert clock.sleeps == []


def test_dns_elsewhere_is_waited_for_when_asked() -> None:
    gateway, clock = local_gateway(), Clock()
    for domain in ("rehearsal.example", "news.rehearsal.example"):
        gateway.identities[domain, "us-east-1"] = ses_answer(domain, region="us-east-1")
    wait_until_verified(LOCAL, gateway, clock=clock, sleep=clock.sleep)
    with pytest.raises(VerificationTimeoutError, match=r"partner\.example"):
        wait_until_verified(
            LOCAL, gateway, timeout_seconds=1, include_external=True, clock=clock, sleep=clock.sleep
        )


@given(st.floats(min_value=0, max_value=60), st.floats(min_value=5, max_value=100))
def test_the_wait_is_bounded_whatever_the_numbers(timeout: float, interval: float) -> None:
    clock = Clock()
    gateway = dev_gateway(ses_answer(DOMAIN, dkim=State.PENDING))
    with pytest.raises(VerificationTimeoutError):
        wait_until_verified(
            DEV, gateway, timeout_seconds=timeout, interval_seconds=interval, clock=clock, sleep=clock.sleep
        )
    assert sum(clock.sleeps) == pytest.approx(timeout)

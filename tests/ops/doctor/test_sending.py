"""SES itself, the suppression list, and the bootstrap stack."""

from dataclasses import replace

import pytest

from ops.doctor.bootstrap import REQUIRED_VERSION, bootstrap_findings
from ops.doctor.ports import SendingAccount
from ops.doctor.sending import region_findings, sending_findings
from ops.doctor.suppression import recipients_in, suppression_findings
from ops.errors import CredentialsError, ServiceError, UnreachableError
from stacks.config import MailEnvironment
from stacks.environments import environment
from tests.ops.doctor.support import HEALTHY, REGION, FakeAccount, codes
from tests.own_environment import DEV
from tests.synthesis import stage_stacks

PROD, LOCAL = environment("prod"), environment("local")
SANDBOX = replace(HEALTHY, production=False, most_a_day=200)


@pytest.mark.parametrize(
    "config, account, found",
    [
        (PROD, HEALTHY, []),
        (PROD, SANDBOX, [("warning", "sandbox"), ("error", "quota-too-small")]),
        # Its senders say that they are in the sandbox.
        (DEV, SANDBOX, [("note", "sandbox")]),
        (replace(DEV, expected_daily_messages=100), SANDBOX, [("warning", "sandbox")]),
        (replace(DEV, senders=()), SANDBOX, [("warning", "sandbox")]),
        # Custom verification mail is sent in production only.
        (LOCAL, SANDBOX, [("warning", "sandbox")]),
        (PROD, replace(HEALTHY, most_a_day=49_999), [("error", "quota-too-small")]),
        (PROD, replace(HEALTHY, most_a_day=50_000), []),
        (PROD, replace(HEALTHY, most_a_day=-1), []),
        (DEV, replace(HEALTHY, most_a_day=1), []),
        (PROD, replace(HEALTHY, sending=False), [("error", "sending-paused")]),
        (PROD, replace(HEALTHY, enforcement="PROBATION"), [("error", "reputation-at-risk")]),
        (
            PROD,
            replace(HEALTHY, enforcement="SHUTDOWN"),
            [("error", "sending-paused"), ("error", "reputation-at-risk")],
        ),
        (PROD, replace(HEALTHY, enforcement=""), []),
        (PROD, replace(HEALTHY, suppressed_reasons=()), [("note", "suppression-off")]),
        (PROD, replace(HEALTHY, suppressed_reasons=("COMPLAINT",)), []),
    ],
)
def test_what_ses_says_against_what_is_expected(
    config: MailEnvironment, account: SendingAccount, found: list[tuple[str, str]]
) -> None:
    assert codes(list(sending_findings(config, REGION, account))) == found


def test_the_quota_is_told_in_numbers() -> None:
    (finding,) = sending_findings(PROD, REGION, replace(HEALTHY, most_a_day=1_234.0))
    assert finding.what == (
        "SES takes 1,234 messages in 24 hours in eu-west-1; the environment expects 50,000."
    )


def test_a_region_that_does_not_answer() -> None:
    assert codes(list(region_findings(REGION, CredentialsError("x", fix="y")))) == [
        ("error", "region-not-enabled")
    ]
    assert codes(list(region_findings(REGION, UnreachableError("x", fix="y")))) == [
        ("error", "region-unreachable")
    ]
    assert list(region_findings(REGION, ServiceError("x", fix="y"))) == []


def test_whom_an_environment_has_mail_sent_to() -> None:
    assert recipients_in(LOCAL, "us-east-1") == (
        "jo@partner.example",
        "legal@partner.example",
        "team@partner.example",
    )
    assert recipients_in(PROD, "eu-west-1") == ("helpdesk@example.net",)
    assert recipients_in(PROD, "us-east-1") == ()
    sandboxed = replace(DEV.senders[0], sandbox_recipients=("dev.example.com", "jo@example.net"))
    assert recipients_in(replace(DEV, senders=(sandboxed,)), REGION) == ("jo@example.net",)


def test_a_suppressed_address() -> None:
    account = FakeAccount(suppressed_addresses={"jo@example.net": "BOUNCE"})
    (finding,) = suppression_findings("jo@example.net", REGION, account)
    assert codes([finding]) == [("warning", "address-suppressed")]
    assert "(bounce)" in finding.what
    assert list(suppression_findings("ann@example.net", REGION, account)) == []


@pytest.mark.parametrize(
    "version, found",
    [
        (None, [("error", "bootstrap-missing")]),
        (REQUIRED_VERSION - 1, [("error", "bootstrap-too-old")]),
        (REQUIRED_VERSION, []),
        (30, []),
    ],
)
def test_the_bootstrap_stack(version: int | None, found: list[tuple[str, str]]) -> None:
    account = FakeAccount(bootstrap=version)
    findings = list(bootstrap_findings(DEV, REGION, account))
    assert codes(findings) == found
    assert ("simulate" in account.asked) is (version is not None)  # without a stack there is no role
    assert all(finding.fix == "cdk bootstrap aws://111111111111/eu-west-1" for finding in findings)


def test_the_required_version_is_that_of_the_templates() -> None:
    for stack in stage_stacks(DEV).values():
        (assertion,) = stack.template["Rules"]["CheckBootstrapVersion"]["Assertions"]
        assert f"version {REQUIRED_VERSION} required" in assertion["AssertDescription"]
        assert (
            stack.template["Parameters"]["BootstrapVersion"]["Default"] == "/cdk-bootstrap/hnb659fds/version"
        )

import pytest

from constructs_lib.runtimes.verification_gate import handler
from constructs_lib.runtimes.verification_gate.model import RecordSet
from tests.constructs_lib.runtimes.cloudformation import CloudFormation, Event
from tests.constructs_lib.runtimes.verification_gate.fake_aws import (
    MAIL_FROM,
    START,
    VERIFIED,
    Aws,
    identity,
    turns,
)

MAIL = {"mail_from_domain": "bounce.example.com"}
PENDING = identity("PENDING", mail_from_state="PENDING", **MAIL)
READY = identity("SUCCESS", mail_from_state="SUCCESS", **MAIL)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    fake = Aws(ses=turns((0, READY)))
    monkeypatch.setattr(handler, "SesIdentities", lambda: fake)
    monkeypatch.setattr(handler, "HostedZones", lambda: fake)
    monkeypatch.setattr("time.time", lambda: fake.time)
    monkeypatch.setattr("time.sleep", fake.pause)
    return fake


def answers(cloudformation: CloudFormation) -> list[tuple[str, str]]:
    return [(found["Status"], found["PhysicalResourceId"]) for found in cloudformation.answers]


def test_a_wait_that_ends_well(aws: Aws, cloudformation: CloudFormation, event: Event) -> None:
    aws.ses = turns((0, PENDING), (100, READY))
    handler.handle(event("create"), None)
    assert answers(cloudformation) == [("SUCCESS", "example.com/1800000000")]
    assert aws.time == START + 105


@pytest.mark.parametrize("name", ["update", "delete"])
def test_an_update_and_a_deletion_are_answered_at_once(
    name: str, aws: Aws, cloudformation: CloudFormation, event: Event
) -> None:
    aws.ses = turns((0, identity("FAILED")))
    handler.handle(event(name), None)
    assert answers(cloudformation) == [("SUCCESS", "example.com/1800000000")]
    assert (aws.looks, aws.time) == ([], START)


def test_a_wait_that_ends_badly_says_what_is_missing(
    aws: Aws, cloudformation: CloudFormation, event: Event
) -> None:
    aws.ses = turns((0, PENDING))
    aws.zone = {
        f"{token}._domainkey.example.com": [RecordSet(type="CNAME", values=[f"{value}.dkim.amazonses.com"])]
        for token, value in (("a", "a"), ("b", "wrong"))
    }
    handler.handle(event("create"), None)
    (found,) = cloudformation.answers
    assert found["Status"] == "FAILED"
    assert found["Reason"] == (
        "[identity-not-verified] example.com is not verified after 15 minutes: domain PENDING, DKIM PENDING, "
        "MAIL FROM PENDING. Records: wrong: b._domainkey.example.com CNAME, expected b.dkim.amazonses.com, "
        f"found wrong.dkim.amazonses.com; missing: bounce.example.com MX {MAIL_FROM['Mx']}; "
        f"missing: bounce.example.com TXT {MAIL_FROM['Spf']}. Fix: make the records in the hosted zone Z1 as "
        "expected; deploy again when SES has verified it, or raise the gate's timeout."
    )
    assert aws.time == START + 900


def test_a_wait_that_is_not_the_last_one_passes_on(
    aws: Aws, cloudformation: CloudFormation, event: Event
) -> None:
    aws.ses = turns((0, PENDING))
    first = event("create")
    properties = first["ResourceProperties"] | {"Until": "120"}
    del properties["Since"], properties["MailFrom"]
    handler.handle(first | {"ResourceProperties": properties}, None)
    assert answers(cloudformation) == [("SUCCESS", f"example.com/{int(START)}")]
    assert aws.time == START + 120
    aws.ses = turns((0, VERIFIED))
    handler.handle(first | {"ResourceProperties": properties}, None)
    assert aws.time == START + 120

from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from constructs_lib.runtimes.custom_resource import MAX_REASON
from constructs_lib.runtimes.verification_gate.diagnosis import explain, record_problems
from constructs_lib.runtimes.verification_gate.model import NotAnsweredError, RecordSet, Wait
from tests.constructs_lib.runtimes.verification_gate.fake_aws import (
    MAIL_FROM,
    Aws,
    _properties,
    identity,
    turns,
)

WITH_MAIL_FROM = identity(mail_from_domain="bounce.example.com", mail_from_state="PENDING")
A, B = "a._domainkey.example.com", "b._domainkey.example.com"
BOUNCE = "bounce.example.com"
MX, SPF = MAIL_FROM["Mx"], MAIL_FROM["Spf"]
RIGHT = {
    A: [RecordSet(type="CNAME", values=["a.dkim.amazonses.com"])],
    B: [RecordSet(type="CNAME", values=["B.dkim.amazonses.com."])],
    BOUNCE: [
        RecordSet(type="MX", values=[f"{MX}."]),
        RecordSet(type="TXT", values=['"somebody else\'s"', f'"{SPF[:9]}" "{SPF[9:]}"']),
    ],
}


def problems(
    changed: dict[str, Sequence[RecordSet] | NotAnsweredError], *, elsewhere: bool = False
) -> list[str]:
    place = {} if elsewhere else {"ZoneId": "Z1"}
    wait = Wait.of(_properties(timeout=900, until=900, MailFrom=MAIL_FROM, **place))
    return record_problems(WITH_MAIL_FROM, wait, Aws(ses=turns((0, None)), zone=RIGHT | changed))


@pytest.mark.parametrize(
    "name, found, expected",
    [
        (A, [], [f"missing: {A} CNAME a.dkim.amazonses.com"]),
        (A, [RecordSet(type="TXT", values=['"x"'])], [f"missing: {A} CNAME a.dkim.amazonses.com"]),
        (
            A,
            [RecordSet(type="CNAME", values=["a.dkim.amazonses.com.example.com"])],
            [f"wrong: {A} CNAME, expected a.dkim.amazonses.com, found a.dkim.amazonses.com.example.com"],
        ),
        (
            A,
            [RecordSet(type="CNAME", alias="other.example.com.")],
            [f"wrong: {A} CNAME, expected a.dkim.amazonses.com, found alias other.example.com."],
        ),
        (
            BOUNCE,
            [RecordSet(type="MX", values=["10 mail.example.com"]), RIGHT[BOUNCE][1]],
            [f"wrong: {BOUNCE} MX, expected {MX}, found 10 mail.example.com"],
        ),
        (
            BOUNCE,
            [RecordSet(type="MX", values=[MX, "20 mail.example.com"]), RIGHT[BOUNCE][1]],
            [f"wrong: {BOUNCE} MX, expected {MX}, found {MX} and 20 mail.example.com"],
        ),
        (
            BOUNCE,
            [RIGHT[BOUNCE][0], RecordSet(type="TXT", values=['"v=spf1 -all"'])],
            [f"wrong: {BOUNCE} TXT, expected {SPF}, found v=spf1 -all"],
        ),
        (
            BOUNCE,
            [RecordSet(type="A", alias="web.example.com."), RIGHT[BOUNCE][1]],
            [f"missing: {BOUNCE} MX {MX}"],
        ),
        (BOUNCE, [RIGHT[BOUNCE][0]], [f"missing: {BOUNCE} TXT {SPF}"]),
        (
            BOUNCE,
            [RecordSet(type="CNAME", values=["elsewhere.example"])],
            [
                f"wrong: {BOUNCE} MX, expected {MX}, found CNAME elsewhere.example",
                f"wrong: {BOUNCE} TXT, expected {SPF}, found CNAME elsewhere.example",
            ],
        ),
    ],
)
def test_each_missing_or_wrong_record_is_named_and_no_other(
    name: str, found: Sequence[RecordSet], expected: list[str]
) -> None:
    assert problems({}) == []
    assert problems({name: found}) == expected


def test_what_cannot_be_read_is_listed_as_expected() -> None:
    listed = [
        f"expected: {A} CNAME a.dkim.amazonses.com",
        f"expected: {B} CNAME b.dkim.amazonses.com",
        f"expected: {BOUNCE} MX {MX}",
        f"expected: {BOUNCE} TXT {SPF}",
    ]
    assert problems({A: []}, elsewhere=True) == listed
    denied = NotAnsweredError("ListResourceRecordSets: AccessDenied", denied=True)
    unread = "the zone was not read (ListResourceRecordSets: AccessDenied)"
    assert problems({B: denied}) == [unread, *listed]


OWN = "s2026._domainkey.example.com"
WANTED = f"{OWN} TXT{{}} v=DKIM1; k=rsa; p=<the public key of this selector>"


@pytest.mark.parametrize(
    "found, expected",
    [
        ([], [f"missing: {WANTED.format('')}"]),
        ([RecordSet(type="TXT", values=['"v=DKIM1; k=rsa; p=MIIB" "IjAN"'])], []),
        ([RecordSet(type="TXT", values=['"p=MIIB"'])], []),
        (
            [RecordSet(type="TXT", values=['"v=DKIM1; p="'])],
            [f"wrong: {WANTED.format(', expected')}, found v=DKIM1; p="],
        ),
        (
            [RecordSet(type="TXT", values=['"p=MIIB"', '"p=MIIC"'])],
            [f"wrong: {WANTED.format(', expected')}, found p=MIIB and p=MIIC"],
        ),
        (
            [RecordSet(type="CNAME", values=["x.example"])],
            [f"wrong: {WANTED.format(', expected')}, found CNAME x.example"],
        ),
    ],
)
def test_the_record_of_a_key_of_ones_own_is_there_or_named(
    found: Sequence[RecordSet], expected: list[str]
) -> None:
    wait = Wait.of(_properties(timeout=900, until=900, ZoneId="Z1"))
    own = identity(dkim_records=[], own_dkim_names=[OWN])
    assert record_problems(own, wait, Aws(ses=turns((0, None)), zone={OWN: found})) == expected


def test_only_what_is_waited_for_is_looked_at() -> None:
    wait = Wait.of(_properties(timeout=900, until=900, ZoneId="Z1"))
    zone = {A: RIGHT[A], B: RIGHT[B]}
    assert record_problems(WITH_MAIL_FROM, wait, Aws(ses=turns((0, None)), zone=zone)) == []


@pytest.mark.parametrize(
    "place, gave_up, named, fix",
    [
        (
            {"ZoneId": "Z1"},
            False,
            ["missing: a"],
            "make the records in the hosted zone Z1 as expected; deploy again when SES has verified it, or",
        ),
        (
            {"ZoneId": "Z1"},
            False,
            [],
            "compare its name servers with those at the registrar; deploy again when",
        ),
        (
            {"ZoneId": "Z1"},
            True,
            [],
            "at the registrar; start the verification again in the SES console; deploy",
        ),
        ({}, False, ["expected: a"], "add the records at the DNS provider of example.com; deploy again when"),
        (
            {},
            True,
            ["expected: a"],
            "of example.com; start the verification again in the SES console; deploy",
        ),
    ],
)
def test_the_reason_says_what_to_do(place: dict[str, str], gave_up: bool, named: list[str], fix: str) -> None:  # noqa: FBT001 - a table
    wait = Wait.of(_properties(timeout=5400, until=5400, **place))
    reason = explain(wait, "domain PENDING", fix=None, problems=named, gave_up=gave_up)
    duration = "" if gave_up else " after 90 minutes"
    assert reason.startswith(
        f"[identity-not-verified] example.com is not verified{duration}: domain PENDING."
    )
    assert all(f"Records: {item}." in reason for item in named)
    assert fix in reason.partition(" Fix: ")[2]


@given(st.lists(st.integers(1, 400), max_size=8))
@example([150] * 8)
def test_a_reason_fits_and_tells_how_much_it_leaves_out(lengths: list[int]) -> None:
    named = [f"{number}".ljust(length, "x") for number, length in enumerate(lengths)]
    wait = Wait.of(_properties(timeout=900, until=900, ZoneId="Z1"))
    reason = explain(wait, "domain PENDING", fix=None, problems=named, gave_up=False)
    assert len(reason) <= MAX_REASON
    shown = len(named)
    while f"Records: {'; '.join(named[:shown])}" not in reason and shown:
        shown -= 1
    assert shown == len(named) or f"{len(named) - shown} more in the log of the function." in reason
    assert reason.endswith("or raise the gate's timeout.")


def test_a_failed_wait_names_the_records_and_logs_all_of_them(caplog: pytest.LogCaptureFixture) -> None:
    zone = RIGHT | {A: []}
    asked_once = identity("PENDING")
    throttled = NotAnsweredError("GetEmailIdentity: TooManyRequestsException")
    aws = Aws(ses=turns((0, asked_once), (880, throttled)), zone=zone)
    outcome = aws.deploy(ZoneId="Z1")
    problem = f"missing: {A} CNAME a.dkim.amazonses.com"
    # The last look was not answered; an earlier one said which records SES looks for.
    assert (
        f"TooManyRequestsException. Records: {problem}. Fix: deploy again when SES answers." in outcome.reason
    )
    assert [item.message for item in caplog.records if item.levelname == "WARNING"] == [
        f"example.com: {problem}"
    ]

from typing import Any

import pytest

from constructs_lib.identity.dmarc import DmarcPolicy
from constructs_lib.identity.dns_records import DnsRecord, Purpose, RecordType
from constructs_lib.identity.mail_records import is_written, legacy_record, mail_from_domain, mail_records
from constructs_lib.identity.spf import SpfPolicy
from tests.support import TOKEN, refuses

DKIM = tuple((f"t{n}._domainkey.example.com", f"t{n}.dkim.amazonses.com") for n in range(3))


def build(**overrides: Any) -> dict[Purpose, list[DnsRecord]]:  # noqa: ANN401 - any option of mail_records
    options: dict[str, Any] = {
        "region": "eu-west-1",
        "mail_from": "bounce.example.com",
        "dkim": DKIM,
        "dmarc": DmarcPolicy(),
    }
    found: dict[Purpose, list[DnsRecord]] = {}
    for record in mail_records(overrides.pop("domain", "example.com"), **(options | overrides)):
        found.setdefault(record.purpose, []).append(record)
    return found


@pytest.mark.parametrize(
    "requested, expected",
    [
        (None, "bounce.example.com"),
        ("mail.example.com", "mail.example.com"),
        ("a.b.example.com", "a.b.example.com"),
        ("Mail.Example.COM.", "mail.example.com"),
        ("bücher.example.com", "xn--bcher-kva.example.com"),
        (TOKEN, TOKEN),
    ],
)
def test_mail_from_is_below_the_identity(requested: str | None, expected: str) -> None:
    assert mail_from_domain("example.com", requested) == expected


@pytest.mark.parametrize(
    "requested, code",
    [
        ("example.com", "mail-from-invalid"),
        ("EXAMPLE.com.", "mail-from-invalid"),
        ("bounce.example.org", "mail-from-invalid"),
        ("bounce.evilexample.com", "mail-from-invalid"),
        ("evilexample.com", "mail-from-invalid"),
        ("com.example", "mail-from-invalid"),
        ("bounce", "domain-single-label"),
        ("boun_ce.example.com", "domain-malformed"),
        ("", "domain-malformed"),
        (f"{'a' * 64}.example.com", "domain-too-long"),
    ],
)
def test_refuses_a_mail_from_elsewhere(requested: str, code: str) -> None:
    with refuses(code, "mail_from: "):
        mail_from_domain("example.com", requested, option="mail_from")


def test_default_records_and_no_others() -> None:
    found = build()
    assert {purpose: len(records) for purpose, records in found.items()} == {
        Purpose.DKIM: 3,
        Purpose.MAIL_FROM_MX: 1,
        Purpose.MAIL_FROM_SPF: 1,
        Purpose.DMARC: 1,
    }
    assert not any(record.merge for records in found.values() for record in records)


def test_dkim_is_what_ses_gives() -> None:
    assert [(r.name, r.type, r.values) for r in build()[Purpose.DKIM]] == [
        (name, RecordType.CNAME, (value,)) for name, value in DKIM
    ]


def test_mail_from_has_the_feedback_host_of_its_region_and_an_spf_record() -> None:
    found = build(region="us-east-1")
    (mx,), (spf,) = found[Purpose.MAIL_FROM_MX], found[Purpose.MAIL_FROM_SPF]
    assert (mx.name, mx.type, mx.values) == (
        "bounce.example.com",
        RecordType.MX,
        ("10 feedback-smtp.us-east-1.amazonses.com",),
    )
    assert (spf.name, spf.type, spf.values) == (
        "bounce.example.com",
        RecordType.TXT,
        ("v=spf1 include:amazonses.com ~all",),
    )


def test_dmarc_is_at_its_own_name_or_left_to_another_identity() -> None:
    (record,) = build()[Purpose.DMARC]
    assert (record.name, record.values) == ("_dmarc.example.com", ("v=DMARC1; p=none",))
    assert Purpose.DMARC not in build(dmarc=None)


def test_each_foreign_receiver_of_reports_authorizes_them() -> None:
    policy = DmarcPolicy(rua=("mailto:d@example.com", "mailto:d@b.test", "mailto:d@a.test"))
    records = build(dmarc=policy)[Purpose.DMARC_REPORT_AUTHORIZATION]
    assert [(r.name, r.values, r.merge) for r in records] == [
        ("example.com._report._dmarc.a.test", ("v=DMARC1",), False),
        ("example.com._report._dmarc.b.test", ("v=DMARC1",), False),
    ]


def test_spf_of_the_domain_itself_is_to_be_merged() -> None:
    (record,) = build(apex_spf=SpfPolicy(includes=("_spf.google.com",)))[Purpose.APEX_SPF]
    assert (record.name, record.values, record.merge) == (
        "example.com",
        ("v=spf1 include:amazonses.com include:_spf.google.com ~all",),
        True,
    )


def test_refuses_a_region_whose_feedback_host_is_unknown() -> None:
    with refuses("mail-from-feedback-host-unknown", "eusc-de-east-1"):
        build(region="eusc-de-east-1")


def test_the_legacy_record_is_merged_and_written() -> None:
    record = legacy_record("example.com", "tok/en=")
    assert (record.name, record.type, record.values) == ("_amazonses.example.com", "TXT", ("tok/en=",))
    assert record.merge
    assert is_written(record)


def test_what_people_merge_is_not_written() -> None:
    found = build(apex_spf=SpfPolicy())
    assert [purpose for purpose, (record, *_) in found.items() if not is_written(record)] == [
        Purpose.APEX_SPF
    ]


def test_refuses_a_domain_that_is_too_long_for_the_legacy_record() -> None:
    with refuses("dns-value-invalid", "256 characters"):
        legacy_record(f"{'a.' * 117}example.com", "token")

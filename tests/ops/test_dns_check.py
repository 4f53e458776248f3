"""Verdicts, without a network: what is right, and every way of being nearly right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.identity.dmarc import Disposition, DmarcPolicy
from constructs_lib.identity.dns_records import DnsRecord, Purpose, RecordType
from constructs_lib.identity.mail_records import legacy_record, mail_records
from constructs_lib.identity.spf import SpfPolicy
from ops.dns_check import Answer, RecordCheck, Verdict, check_record, check_records
from tests.ops.support import TableLookUp

RECORDS = {
    record.purpose: record
    for record in mail_records(
        "example.com",
        region="eu-west-1",
        mail_from="bounce.example.com",
        dkim=[("tok._domainkey.example.com", "tok.dkim.eu-west-1.amazonses.com")],
        dmarc=DmarcPolicy(p=Disposition.REJECT, rua=("mailto:a@example.com", "mailto:b@receiver.example")),
        apex_spf=SpfPolicy(includes=("_spf.google.com",)),
    )
}
DKIM = RECORDS[Purpose.DKIM]
MX = RECORDS[Purpose.MAIL_FROM_MX]
SPF = RECORDS[Purpose.MAIL_FROM_SPF]
DMARC = RECORDS[Purpose.DMARC]
REPORT = RECORDS[Purpose.DMARC_REPORT_AUTHORIZATION]
APEX = RECORDS[Purpose.APEX_SPF]
LEGACY = legacy_record("example.com", "tok/en+1=")
DMARC_TEXT = "v=DMARC1; p=reject; rua=mailto:a@example.com,mailto:b@receiver.example"
FEEDBACK = "feedback-smtp.eu-west-1.amazonses.com"


def verdict(record: DnsRecord, *values: str) -> Verdict:
    return check(record, *values).verdict


def check(record: DnsRecord, *values: str) -> RecordCheck:
    return check_record(record, TableLookUp(values={(record.name, record.type): values}))


@pytest.mark.parametrize(
    "record,values,expected",
    [
        (DKIM, ("tok.dkim.eu-west-1.amazonses.com",), Verdict.RIGHT),
        (DKIM, ("TOK.dkim.EU-WEST-1.amazonses.com.",), Verdict.RIGHT),
        (DKIM, ("tok.dkim.amazonses.com",), Verdict.WRONG),
        (DKIM, ("tok.dkim.eu-west-1.amazonses.com.example.com",), Verdict.WRONG),
        (DKIM, (), Verdict.MISSING),
        (MX, (f"10 {FEEDBACK}",), Verdict.RIGHT),
        (MX, (f"10 {FEEDBACK.upper()}.",), Verdict.RIGHT),
        (MX, (f"20 {FEEDBACK}",), Verdict.WRONG),
        (MX, ("10 feedback-smtp.us-east-1.amazonses.com",), Verdict.WRONG),
        (MX, ("10 feedback-smtp.eu-west-1.amazonaws.com",), Verdict.WRONG),
        (MX, (f"10 {FEEDBACK}", "20 mx.example.com"), Verdict.DUPLICATED),
        (SPF, ("v=spf1 include:amazonses.com ~all",), Verdict.RIGHT),
        (SPF, ("V=SPF1  include:AmazonSES.com ~all",), Verdict.RIGHT),
        (SPF, ("v=spf1 include:amazonses.com ~all", "google-site-verification=x"), Verdict.RIGHT),
        (SPF, ("v=spf1 include:amazonaws.com ~all",), Verdict.WRONG),
        (SPF, ("v=spf10 include:amazonses.com ~all",), Verdict.MISSING),
        (SPF, ("google-site-verification=x",), Verdict.MISSING),
        (SPF, ("v=spf1 include:amazonses.com ~all", "v=spf1 -all"), Verdict.DUPLICATED),
        (SPF, ("v=spf1 include:amazonses.com ~all", "v=spf1"), Verdict.DUPLICATED),
        (DMARC, (DMARC_TEXT,), Verdict.RIGHT),
        (DMARC, (DMARC_TEXT.replace("; ", ";") + ";",), Verdict.RIGHT),
        (DMARC, (DMARC_TEXT, "unrelated"), Verdict.RIGHT),
        (DMARC, (DMARC_TEXT.replace("reject", "none"),), Verdict.WRONG),
        (DMARC, (DMARC_TEXT.replace("DMARC1", "dmarc1"),), Verdict.WRONG),
        (DMARC, ("v=DMARC12; p=reject",), Verdict.MISSING),
        (DMARC, (DMARC_TEXT, "v=DMARC1; p=none"), Verdict.DUPLICATED),
        (REPORT, ("v=DMARC1",), Verdict.RIGHT),
        (REPORT, ("v=DMARC1; rua=mailto:other@receiver.example",), Verdict.RIGHT),
        (REPORT, ("v=DMARC1", "v=DMARC1;"), Verdict.RIGHT),
        (REPORT, ("v=dmarc1",), Verdict.WRONG),
        (REPORT, ("yes",), Verdict.MISSING),
        (APEX, ("v=spf1 include:amazonses.com include:_spf.google.com ~all",), Verdict.RIGHT),
        (
            APEX,
            ("v=spf1 +include:_spf.google.com ip4:192.0.2.1 include:amazonses.com -all", "x"),
            Verdict.RIGHT,
        ),
        (APEX, ("v=spf1 include:amazonses.com ~all",), Verdict.WRONG),
        (APEX, ("v=spf1 include:amazonses.com.evil.example include:_spf.google.com ~all",), Verdict.WRONG),
        (APEX, ("v=spf1 -include:amazonses.com include:_spf.google.com ~all",), Verdict.WRONG),
        (APEX, ("v=spf1 -all include:amazonses.com include:_spf.google.com",), Verdict.WRONG),
        (APEX, ("some-verification",), Verdict.MISSING),
        (
            APEX,
            ("v=spf1 include:_spf.google.com ~all", "v=spf1 include:amazonses.com ~all"),
            Verdict.DUPLICATED,
        ),
        (LEGACY, ("tok/en+1=",), Verdict.RIGHT),
        (LEGACY, ("other=", "tok/en+1=", "v=spf1 -all"), Verdict.RIGHT),
        (LEGACY, ("TOK/EN+1=",), Verdict.MISSING),
        (LEGACY, ("tok/en+1", "amazonses:tok/en+1="), Verdict.MISSING),
        (LEGACY, (), Verdict.MISSING),
    ],
)
def test_verdict(record: DnsRecord, values: tuple[str, ...], expected: Verdict) -> None:
    assert verdict(record, *values) is expected


def test_says_what_was_found_and_why_two_are_too_many() -> None:
    spf = check(SPF, "v=spf1 -all", "v=spf1 include:amazonses.com ~all", "unrelated")
    assert spf.found == ("v=spf1 -all", "v=spf1 include:amazonses.com ~all")
    assert "permerror" in spf.detail
    assert "2 DMARC records" in check(DMARC, DMARC_TEXT, "v=DMARC1; p=none").detail
    assert "exactly one" in check(MX, f"10 {FEEDBACK}", "10 other.example").detail


def test_unrelated_values_are_told_to_stay() -> None:
    assert check(APEX, "some-verification").detail == "Other TXT values are there and stay."
    assert check(LEGACY, "other=").detail == "Other TXT values are there and stay."


def test_a_cname_where_another_type_is_needed_is_wrong() -> None:
    result = check_record(DMARC, TableLookUp(instead={DMARC.name: "CNAME dmarc.vendor.example"}))
    assert result.verdict is Verdict.WRONG
    assert result.found == ("CNAME dmarc.vendor.example",)


@pytest.mark.parametrize("suffix", ["example.com", "bounce.example.com"])
def test_a_doubled_name_is_found_where_the_provider_put_it(suffix: str) -> None:
    doubled = f"{MX.name}.{suffix}"
    result = check_record(MX, TableLookUp(values={(doubled, MX.type): MX.values}))
    assert result.verdict is Verdict.DOUBLED_NAME
    assert result.found == (doubled,)


def test_a_doubled_name_says_what_to_enter() -> None:
    result = check_record(DKIM, TableLookUp(values={(f"{DKIM.name}.example.com", DKIM.type): DKIM.values}))
    assert "Enter the name as tok._domainkey, or with a dot at its end" in result.detail


def test_something_else_at_the_doubled_name_is_no_doubled_name() -> None:
    table = TableLookUp(values={(f"{MX.name}.example.com", MX.type): ("10 wildcard.example",)})
    assert check_record(MX, table).verdict is Verdict.MISSING


def test_nobody_asked_is_never_missing() -> None:
    class Silent:
        def ask(self, name: str, record_type: RecordType) -> tuple[Answer, ...]:
            del name, record_type
            return (Answer(server="a", error="no answer in time"), Answer(server="b", error="refused"))

    result = check_record(DKIM, Silent())
    assert result.verdict is Verdict.UNREACHABLE
    assert result.detail == "Could not ask a: no answer in time; b: refused."


def test_one_silent_server_is_mentioned_beside_the_verdict_of_the_others() -> None:
    table = TableLookUp(values={(DKIM.name, DKIM.type): DKIM.values}, silent=("ns2",))
    result = check_record(DKIM, table)
    assert result.verdict is Verdict.RIGHT
    assert "ns2" in result.detail


class TwoServers:
    """Two servers, each with its own values for every name."""

    def __init__(self, first: tuple[str, ...], second: tuple[str, ...]) -> None:
        self.answers = (Answer(server="ns1", values=first), Answer(server="ns2", values=second))

    def ask(self, name: str, record_type: RecordType) -> tuple[Answer, ...]:
        del name, record_type
        return self.answers


def test_servers_that_disagree() -> None:
    result = check_record(MX, TwoServers(MX.values, ()))
    assert result.verdict is Verdict.NOT_EVERYWHERE
    assert result.detail == "ns2 has nothing."


def test_servers_that_disagree_but_none_is_right() -> None:
    result = check_record(MX, TwoServers((), ("10 other.example",)))
    assert result.verdict is Verdict.WRONG
    assert result.found == ("10 other.example",)


@given(st.permutations(list(RECORDS.values())))
def test_many_are_checked_in_the_order_given(records: list[DnsRecord]) -> None:
    table = TableLookUp(values={(record.name, record.type): record.values for record in records})
    checks = check_records(records, table)
    assert [item.record for item in checks] == records
    assert {item.verdict for item in checks} == {Verdict.RIGHT}


@given(st.sampled_from([DKIM, MX, SPF, APEX]), st.data())
def test_case_never_matters_for_names_and_spf(record: DnsRecord, data: st.DataObject) -> None:
    value = "".join(data.draw(st.sampled_from([c.lower(), c.upper()])) for c in record.values[0])
    assert verdict(record, value) is Verdict.RIGHT


@given(st.lists(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1), max_size=4))
def test_other_peoples_txt_never_changes_a_verdict(others: list[str]) -> None:
    foreign = [other for other in others if not other.lower().startswith("v=")]
    assert verdict(SPF, *foreign, *SPF.values) is Verdict.RIGHT
    assert verdict(SPF, *foreign) is Verdict.MISSING

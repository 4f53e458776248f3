"""What is written is read back by dnspython, csv and json, not by code of ours."""

import csv
import io
import json
import string

import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.zone
import pytest
from dns.rdtypes.ANY.TXT import TXT
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.identity.dns_records import (
    DEFAULT_TTL_SECONDS,
    DnsRecord,
    Purpose,
    RecordType,
    as_dict,
    has_token,
    quote_txt,
    to_csv,
    to_json,
    to_zone_file,
)
from tests.support import TOKEN, refuses

_PRINTABLE = "".join(chr(code) for code in range(32, 127))


def txt(*values: str, name: str = "example.com", merge: bool = False) -> DnsRecord:
    return DnsRecord(name=name, type=RecordType.TXT, values=values, purpose=Purpose.DMARC, merge=merge)


RECORDS = (
    DnsRecord(
        name="abc._domainkey.example.com",
        type=RecordType.CNAME,
        values=("abc.dkim.amazonses.com",),
        purpose=Purpose.DKIM,
    ),
    DnsRecord(
        name="bounce.example.com",
        type=RecordType.MX,
        values=("10 feedback-smtp.eu-west-1.amazonses.com",),
        purpose=Purpose.MAIL_FROM_MX,
        ttl=300,
    ),
    txt("v=DMARC1; p=none", name="_dmarc.example.com"),
    txt('say "hi", \\ and ' + "k" * 300, "v=spf1 ~all", merge=True),
)


def strings(quoted: str) -> list[bytes]:
    rdata = dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.TXT, quoted)
    assert isinstance(rdata, TXT)
    return list(rdata.strings)


def test_defaults() -> None:
    record = txt("v")
    assert (record.ttl, record.merge) == (DEFAULT_TTL_SECONDS, False)


@pytest.mark.parametrize("values", [(), ("",), ("fine", ""), ("schön",), ("tab\there",), ("line\n",)])
def test_refuses_values_that_dns_cannot_hold(values: tuple[str, ...]) -> None:
    with refuses("dns-value-invalid", "TXT example.com"):
        txt(*values)


def test_refuses_a_name_that_dns_cannot_hold() -> None:
    longest = "a." * 126 + "b"
    assert record_named(longest).name == longest
    with refuses("dns-value-invalid", "254 characters"):
        record_named(longest + "b")


def record_named(name: str) -> DnsRecord:
    return DnsRecord(name=name, type=RecordType.TXT, values=("v",), purpose=Purpose.DMARC)


def test_only_txt_is_quoted() -> None:
    assert RECORDS[0].quoted_values() == ("abc.dkim.amazonses.com",)
    assert RECORDS[1].quoted_values() == ("10 feedback-smtp.eu-west-1.amazonses.com",)
    assert txt("a b", "c").quoted_values() == ('"a b"', '"c"')


@pytest.mark.parametrize("length, parts", [(1, [1]), (255, [255]), (256, [255, 1]), (511, [255, 255, 1])])
def test_txt_is_split_at_255_octets(length: int, parts: list[int]) -> None:
    assert [len(part) for part in strings(quote_txt("k" * length))] == parts


def test_escapes_are_not_counted_as_octets() -> None:
    assert strings(quote_txt('"' * 256)) == [b'"' * 255, b'"']


def test_quotes_and_backslashes_are_escaped() -> None:
    assert quote_txt('a"b\\c') == '"a\\"b\\\\c"'


@given(st.text(_PRINTABLE, min_size=1, max_size=600))
def test_quoting_is_undone_by_dnspython(text: str) -> None:
    assert b"".join(strings(quote_txt(text))).decode() == text


def test_zone_file_is_read_back_by_dnspython() -> None:
    zone = dns.zone.from_text(to_zone_file(RECORDS), origin=".", relativize=False, check_origin=False)
    read = {
        (name.to_text(), dns.rdatatype.to_text(rdataset.rdtype)): (
            rdataset.ttl,
            {
                b"".join(rdata.strings).decode() if rdataset.rdtype == dns.rdatatype.TXT else rdata.to_text()
                for rdata in rdataset
            },
        )
        for name, rdataset in zone.iterate_rdatasets()
    }
    assert read == {
        (f"{record.name}.", str(record.type)): (
            record.ttl,
            {value if record.type is RecordType.TXT else f"{value}." for value in record.values},
        )
        for record in RECORDS
    }


def test_zone_file_says_what_to_keep() -> None:
    comments = [line for line in to_zone_file(RECORDS).splitlines() if line.startswith(";")]
    assert comments == ["; keep the other TXT values of example.com"]


def test_csv_is_read_back() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(RECORDS), newline="")))
    assert rows == [
        {
            "name": record.name,
            "type": str(record.type),
            "ttl": str(record.ttl),
            "value": value,
            "purpose": str(record.purpose),
            "merge": "true" if record.merge else "false",
        }
        for record in RECORDS
        for value in record.values
    ]


def test_json_is_read_back() -> None:
    read = tuple(
        DnsRecord(
            name=item["name"],
            type=RecordType(item["type"]),
            values=tuple(item["values"]),
            purpose=Purpose(item["purpose"]),
            ttl=item["ttl"],
            merge=item["merge"],
        )
        for item in json.loads(to_json(RECORDS))
    )
    assert read == RECORDS
    assert json.loads(to_json(RECORDS)) == [as_dict(record) for record in RECORDS]


def test_no_records_is_an_empty_document() -> None:
    assert to_zone_file([]) == ""
    assert to_csv([]).splitlines() == ["name,type,ttl,value,purpose,merge"]
    assert json.loads(to_json([])) == []


@pytest.mark.parametrize(
    "record, expected",
    [(txt("v"), False), (txt(TOKEN), True), (txt("v", name=f"_dmarc.{TOKEN}"), True)],
)
def test_has_token(record: DnsRecord, *, expected: bool) -> None:
    assert has_token(record) is expected


def test_values_never_reach_a_line_of_their_own() -> None:
    assert set(_PRINTABLE).isdisjoint(set(string.whitespace) - {" "})
    assert len(to_zone_file([txt(_PRINTABLE)]).splitlines()) == 1

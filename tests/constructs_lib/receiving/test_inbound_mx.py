from typing import Any

import pytest

from constructs_lib.identity.dns import ExternalDns, Route53Zone
from constructs_lib.identity.dns_records import Purpose, RecordType, to_zone_file
from constructs_lib.identity.mail_records import inbound_mx_record, is_written
from constructs_lib.receiving.inbound_mx import InboundMx
from tests.support import TOKEN, refuses
from tests.synthesis import REGION, new_stack, only, outputs, template_of
from tests.test_nag import PACKS, findings

HOST = f"inbound-smtp.{REGION}.amazonaws.com"
ZONE = Route53Zone(zone_id="Z0123456789ABCDEFGHIJ", zone_name="example.com")


def synth(**overrides: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    stack = new_stack()
    options: dict[str, Any] = {"domain": "mail.example.com", "dns": ZONE}
    InboundMx(stack, "InboundMx", **(options | overrides))
    return template_of(stack)


def test_the_record_is_written_in_route_53_and_kept() -> None:
    _, record = only(synth(), "AWS::Route53::RecordSet")
    assert record["Properties"] == {
        "HostedZoneId": ZONE.zone_id,
        "Name": "mail.example.com",
        "Type": "MX",
        "TTL": "1800",
        "ResourceRecords": [f"10 {HOST}"],
    }
    assert record["DeletionPolicy"] == "RetainExceptOnCreate"
    assert not outputs(synth())


def test_the_record_is_printed_for_dns_elsewhere() -> None:
    template = synth(dns=ExternalDns())
    assert outputs(template) == {
        "Add to DNS by hand, for mail.example.com: incoming mail MX": f"mail.example.com MX 10 {HOST}"
    }
    assert "Resources" not in template


def test_the_record_as_data() -> None:
    record = inbound_mx_record("Mail.Example.com.", REGION)
    assert (record.name, record.type, record.values) == ("mail.example.com", RecordType.MX, (f"10 {HOST}",))
    assert (record.purpose, record.merge, is_written(record)) == (Purpose.INBOUND_MX, False, True)
    assert to_zone_file([record]) == f"mail.example.com. 1800 IN MX 10 {HOST}.\n"


@pytest.mark.parametrize(
    "known",
    [
        "10 aspmx.l.google.com",
        "aspmx.l.google.com.",
        "0 .",
        "",
        "10 inbound-smtp.us-east-1.amazonaws.com",
        f"10 {HOST}.example.com",
        f"10 inbound-smtp.{REGION}.amazonses.com",
        f"10 feedback-smtp.{REGION}.amazonses.com",
    ],
)
def test_refuses_to_take_mail_away_from_another_provider_or_region(known: str) -> None:
    with refuses("inbound-mx-taken", "receive at a subdomain"):
        inbound_mx_record("example.com", REGION, known_mx=[known])
    with refuses("inbound-mx-taken", "known_mx: "):
        synth(known_mx=[f"10 {HOST}", known])


@pytest.mark.parametrize("known", [f"10 {HOST}", HOST, f"20 {HOST.upper()}.", f" 10  {HOST} "])
def test_the_same_record_is_no_other(known: str) -> None:
    assert inbound_mx_record("example.com", REGION, known_mx=[known])


def test_a_region_that_is_known_later_passes() -> None:
    assert inbound_mx_record("example.com", TOKEN).values == (f"10 inbound-smtp.{TOKEN}.amazonaws.com",)


@pytest.mark.parametrize(
    "domain, code",
    [
        ("evilexample.com", "zone-mismatch"),
        ("example", "domain-single-label"),
        ("a@example.com", "domain-malformed"),
    ],
)
def test_refuses_before_anything_is_built(domain: str, code: str) -> None:
    with refuses(code, domain):
        synth(domain=domain)


def test_refuses_a_region_that_receives_nothing() -> None:
    with refuses("region-without-receiving", "eu-central-2"):
        InboundMx(new_stack("eu-central-2"), "InboundMx", domain="example.com", dns=ZONE)


def test_the_rule_packs_are_clean() -> None:
    stack = new_stack()
    InboundMx(stack, "InboundMx", domain="example.com", dns=ZONE)
    for pack in PACKS:
        assert findings(pack, stack) == set()

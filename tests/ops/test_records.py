"""Which records an environment needs, and where each lives."""

from itertools import pairwise

import pytest

from constructs_lib.identity.dmarc import DmarcPolicy
from constructs_lib.identity.dns import CreatedZone, CrossAccountZone, ExternalDns, Route53Zone
from constructs_lib.identity.dns_records import Purpose
from constructs_lib.identity.spf import SpfPolicy
from ops.records import KNOWN_AFTER_DEPLOY, Place, needed_records, place_of, read_records
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.environments import ENVIRONMENTS, environment
from tests.ops.support import FakeGateway, ses_answer

PROD = environment("prod")
ZONE = Route53Zone(zone_id="ZEXAMPLE", zone_name="example.com")
ONE, TWO = "one=", "two="


def config(*domains: MailDomain) -> MailEnvironment:
    return MailEnvironment(
        name="test",
        account="111111111111",
        regions=("eu-west-1", "us-east-1"),
        configuration_set_name="transactional",
        domains=domains,
    )


def test_dkim_names_and_values_come_from_ses() -> None:
    gateway = FakeGateway(
        identities={("example.com", "us-east-1"): ses_answer("example.com", region="us-east-1")}
    )
    dkim = [
        (needed.region, needed.known, needed.record.values[0])
        for needed in read_records(PROD, gateway, domain="example.com")
        if needed.record.purpose is Purpose.DKIM
    ]
    assert dkim == [
        *[("eu-west-1", False, KNOWN_AFTER_DEPLOY)] * 3,
        *[("us-east-1", True, f"useast1{letter}.dkim.us-east-1.amazonses.com") for letter in "abc"],
    ]


def test_the_first_region_publishes_dmarc_and_spf_and_each_has_a_mail_from() -> None:
    records = read_records(PROD, FakeGateway(), domain="example.com")
    by_region = {
        region: [needed.record for needed in records if needed.region == region] for region in PROD.regions
    }
    assert [r.purpose for r in by_region["eu-west-1"] if r.purpose in {Purpose.DMARC, Purpose.APEX_SPF}] == [
        Purpose.DMARC,
        Purpose.APEX_SPF,
    ]
    assert {r.purpose for r in by_region["us-east-1"]} == {
        Purpose.DKIM,
        Purpose.MAIL_FROM_MX,
        Purpose.MAIL_FROM_SPF,
    }
    mx = {
        region: next(r for r in of if r.purpose is Purpose.MAIL_FROM_MX) for region, of in by_region.items()
    }
    assert mx["eu-west-1"].name == "bounce.example.com"
    assert mx["us-east-1"].values == ("10 feedback-smtp.us-east-1.amazonses.com",)


def test_places_in_production() -> None:
    places = {
        (needed.domain, needed.record.purpose): needed.place for needed in read_records(PROD, FakeGateway())
    }
    zone = "Route 53 zone Z0PRODEXAMPLE0000001 (example.com)"
    assert places["news.example.com", Purpose.DKIM].text == zone
    assert not places["news.example.com", Purpose.DKIM].by_hand
    assert places["example.com", Purpose.APEX_SPF].text == f"by hand in {zone}"
    assert places["example.com", Purpose.APEX_SPF].by_hand
    assert places["example.org", Purpose.DMARC].text == "by hand at the DNS provider of example.org"
    # Its reports go to example.com, whose zone is ours.
    assert places["example.org", Purpose.DMARC_REPORT_AUTHORIZATION].text == zone


def test_a_receiver_elsewhere_authorizes_by_hand_in_its_own_zone() -> None:
    domain = MailDomain(
        domain="example.com",
        dns=ZONE,
        dmarc=DmarcPolicy(rua=("mailto:x@evilexample.com", "mailto:y@a.example.net")),
    )
    places = [
        needed.place.text
        for needed in needed_records(config(domain), domain, "eu-west-1", ses_answer("example.com"))
        if needed.record.purpose is Purpose.DMARC_REPORT_AUTHORIZATION
    ]
    assert places == [
        "by hand at the DNS provider of a.example.net",
        "by hand at the DNS provider of evilexample.com",
    ]


def test_a_created_zone_and_dns_elsewhere() -> None:
    created = MailDomain(domain="mail.example.com", dns=CreatedZone(zone_name="example.com"))
    external = MailDomain(domain="example.org", dns=ExternalDns())
    environment_ = config(created, external)
    record = needed_records(environment_, created, "eu-west-1", None)[0].record
    assert place_of(record, environment_, created).text == "created zone example.com"
    assert place_of(record, environment_, external).by_hand


def test_a_zone_of_another_account_is_written_by_the_deploy_and_not_read() -> None:
    zone = CrossAccountZone(
        zone_id="Z0FOREIGN", zone_name="example.com", account="999999999999", role_name="mail-records"
    )
    foreign = MailDomain(domain="mail.example.com", dns=zone, apex_spf=SpfPolicy())
    environment_ = config(foreign)
    places = {
        needed.record.purpose: needed.place
        for needed in needed_records(environment_, foreign, "eu-west-1", None)
    }
    label = "Route 53 zone Z0FOREIGN (example.com) of account 999999999999"
    assert places[Purpose.DMARC] == Place(zone=None, by_hand=False, text=label)
    assert places[Purpose.APEX_SPF] == Place(zone=None, by_hand=True, text=f"by hand in {label}")


@pytest.mark.parametrize("dns", [ZONE, ExternalDns()])
def test_the_legacy_record_of_each_region_is_listed_where_it_is_asked_for(
    dns: Route53Zone | ExternalDns,
) -> None:
    asked = MailDomain(domain="example.com", dns=dns, regions=("eu-west-1", "us-east-1"), legacy_txt=True)
    other = MailDomain(domain="news.example.com", dns=dns)
    gateway = FakeGateway(
        identities={
            ("example.com", "eu-west-1"): ses_answer("example.com", legacy_token=ONE),
            ("news.example.com", "eu-west-1"): ses_answer("news.example.com", legacy_token=TWO),
        }
    )
    legacy = [
        needed
        for needed in read_records(config(asked, other), gateway)
        if needed.record.purpose is Purpose.LEGACY_VERIFICATION
    ]
    assert [(needed.region, needed.record.name, needed.record.values, needed.known) for needed in legacy] == [
        ("eu-west-1", "_amazonses.example.com", (ONE,), True),
        ("us-east-1", "_amazonses.example.com", (KNOWN_AFTER_DEPLOY,), False),
    ]
    assert all(needed.record.merge for needed in legacy)
    # The deploy merges it where it can.
    assert {needed.place.by_hand for needed in legacy} == {isinstance(dns, ExternalDns)}


def test_a_token_that_ses_does_not_tell_is_not_known() -> None:
    domain = MailDomain(domain="example.com", dns=ZONE, legacy_txt=True)
    (legacy,) = (
        needed
        for needed in needed_records(config(domain), domain, "eu-west-1", ses_answer("example.com"))
        if needed.record.purpose is Purpose.LEGACY_VERIFICATION
    )
    assert not legacy.known


@pytest.mark.parametrize("deployed", [False, True])
@pytest.mark.parametrize("name", sorted(ENVIRONMENTS))
def test_every_name_is_absolute_within_its_place_and_no_record_repeats(name: str, *, deployed: bool) -> None:
    environment_ = environment(name)
    for domain in environment_.domains:
        for region in environment_.regions_of(domain):
            answer = ses_answer(domain.domain, region=region) if deployed else None
            records = needed_records(environment_, domain, region, answer)
            keys = sorted((needed.record.name, needed.record.type.value) for needed in records)
            assert all(left != right for left, right in pairwise(keys))
            for needed in records:
                zone = needed.place.zone
                assert zone is None or needed.record.name.endswith(zone.zone_name)
                assert not needed.record.name.endswith(f"{domain.domain}.{domain.domain}")


def test_a_record_that_is_there_already_is_by_hand_in_its_zone() -> None:
    domain = MailDomain(domain="example.com", dns=ZONE, existing_records=(Purpose.DMARC,))
    needed = needed_records(config(domain), domain, "eu-west-1", ses_answer("example.com"))
    by_hand = {each.record.purpose: each.place for each in needed if each.place.by_hand}
    assert by_hand.keys() == {Purpose.DMARC}
    assert by_hand[Purpose.DMARC].text == "by hand in Route 53 zone ZEXAMPLE (example.com)"
    assert by_hand[Purpose.DMARC].zone == ZONE

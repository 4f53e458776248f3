from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.events.feedback import Feedback, FeedbackTopic
from constructs_lib.identity.dns import (
    CreatedZone,
    CrossAccountZone,
    DnsLocation,
    ExternalDns,
    Route53Zone,
)
from constructs_lib.identity.dns_records import Purpose
from constructs_lib.identity.easy_dkim import DkimKeyLength
from constructs_lib.identity.mail_from_hosts import MailFromHosts
from constructs_lib.identity.own_dkim import OwnDkimKey
from constructs_lib.receiving.receipt_actions import StoreInS3
from constructs_lib.receiving.receipt_rules import ReceiptRule
from constructs_lib.sending.send_conditions import SendConditions
from stacks.audit_config import MailAudit
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.feedback_config import MailFeedback
from stacks.monitoring_config import MailMonitoring
from stacks.receiving_config import MailReceiving
from stacks.senders_config import Delegate, Sender
from stacks.verification_config import MailAddress
from tests.dkim_keys import public_key
from tests.support import refuses

ZONE = Route53Zone(zone_id="Z0123456789", zone_name="example.com")
FOREIGN_SHOP = CrossAccountZone(
    zone_id="Z0SHOP", zone_name="shop.example", account="999999999999", role_name="mail-records"
)
STATED = MailFromHosts(feedback_host="feedback.example.net", spf_include="spf.example.net")
CREATED = CreatedZone(zone_name="example.com")
FOREIGN = CrossAccountZone(
    zone_id="Z0FOREIGN", zone_name="example.org", account="999999999999", role_name="mail-records"
)


CONDITIONS = SendConditions(from_addresses=("app@example.com",))
RULE = ReceiptRule(name="all", recipients=("example.com",), actions=(StoreInS3(prefix="in/"),))


def any_value(value: object) -> Any:  # noqa: ANN401 - what a type checker would refuse
    return value


def domain(name: str = "example.com", **overrides: Any) -> MailDomain:  # noqa: ANN401 - any option
    options: dict[str, Any] = {"domain": name, "dns": ZONE}
    return MailDomain(**(options | overrides))


def environment(**overrides: Any) -> MailEnvironment:  # noqa: ANN401 - any option
    options: dict[str, Any] = {
        "name": "test",
        "account": "111111111111",
        "regions": ("eu-west-1", "us-east-1"),
        "configuration_set_name": "transactional",
        "domains": (domain(),),
    }
    return MailEnvironment(**(options | overrides))


def test_defaults() -> None:
    made = environment()
    assert (made.retain, made.tags, made.expected_daily_messages) == (True, {}, None)
    (only,) = made.domains
    assert made.regions_of(only) == ("eu-west-1",)
    assert only.mail_from_in("eu-west-1") == "bounce.example.com"
    assert only.dmarc.text() == "v=DMARC1; p=none"
    assert only.apex_spf is None
    assert only.legacy_txt is False


@pytest.mark.parametrize(
    "option, value, code, fragment",
    [
        ("domain", "https://example.com", "domain-malformed", "URL"),
        ("domain", "com", "domain-single-label", "domain"),
        ("domain", "evilexample.com", "zone-mismatch", "evilexample.com or a parent"),
        ("domain", f"{'a' * 64}.example.com", "domain-too-long", "63"),
        ("mail_from", "example.com", "mail-from-invalid", "mail_from: "),
        ("mail_from", "bounce.example.org", "mail-from-invalid", "mail_from: "),
        ("regions", ("eu-west-9",), "region-without-ses", "eu-west-9"),
        ("regions", ("eu-west-1", "eu-west-1"), "environment-invalid", "each Region once"),
    ],
)
def test_a_domain_refuses(option: str, value: Any, code: str, fragment: str) -> None:  # noqa: ANN401 - any
    with refuses(code, fragment):
        domain(**({"name": value} if option == "domain" else {option: value}))


COMMA = "write a tuple, with a comma: "


@pytest.mark.parametrize(
    "make, fragment",
    [
        (
            lambda: environment(regions="eu-west-1"),
            f"test: regions: a tuple, also of one value. Got 'eu-west-1'. Fix: {COMMA}(\"eu-west-1\",)",
        ),
        (
            lambda: environment(domains=domain()),
            f"test: domains: a tuple, also of one value. Got 'MailDomain'. Fix: {COMMA}(MailDomain(...),)",
        ),
        (lambda: environment(senders=None), "test: senders: a tuple"),
        (lambda: environment(domains=[domain()]), "write a tuple, in parentheses"),
        (lambda: environment(addresses=MailAddress(address="a@example.com")), "(MailAddress(...),)"),
        (
            lambda: domain(regions="eu-west-1"),
            f"regions: a tuple, also of one value. Got 'eu-west-1'. Fix: {COMMA}(\"eu-west-1\",)",
        ),
        (lambda: domain(known_mx="10 mx.example.net"), '("10 mx.example.net",)'),
        (lambda: domain(existing_records=Purpose.DKIM), f"{COMMA}(Purpose.DKIM,)"),
        (
            lambda: MailFeedback(topics=any_value(FeedbackTopic(kind=Feedback.BOUNCE))),
            "feedback: topics: a tuple, also of one value. Got 'FeedbackTopic'",
        ),
        (
            lambda: MailReceiving(rule_set_name="in", rules=(), regions=any_value("eu-west-1")),
            "receiving: regions: a tuple",
        ),
        (lambda: MailReceiving(rule_set_name="in", rules=any_value(RULE)), "(ReceiptRule(...),)"),
        (
            lambda: MailAddress(address="a@example.com", regions=any_value("eu-west-1")),
            "addresses: a@example.com: regions: a tuple",
        ),
        (lambda: MailAudit(senders=any_value("role/App")), '("role/App",)'),
        (lambda: MailMonitoring(pause=any_value("transactional")), '("transactional",)'),
        (
            lambda: Sender(name="app", conditions=CONDITIONS, sandbox_recipients=any_value("a@example.com")),
            "senders: app: sandbox_recipients: a tuple",
        ),
        (
            lambda: Delegate(
                name="app",
                account="1" * 12,
                domain="example.com",
                conditions=CONDITIONS,
                principals=any_value("role/App"),
            ),
            "delegates: app: principals: a tuple",
        ),
    ],
)
def test_a_missing_comma_is_told(make: Callable[[], object], fragment: str) -> None:
    with refuses("environment-invalid", fragment):
        make()


@pytest.mark.parametrize(
    "place, fragment",
    [
        (
            ExternalDns,
            "a place, not its class. Got 'ExternalDns'. Fix: write it with parentheses: ExternalDns()",
        ),
        (Route53Zone, "write Route53Zone(...) with its values"),
    ],
)
def test_the_class_of_a_place_is_none(place: type, fragment: str) -> None:
    with refuses("environment-invalid", fragment):
        domain(dns=place)


def test_the_length_of_easy_dkim_is_no_length_of_a_key_of_ones_own() -> None:
    own = OwnDkimKey(selector="s2026", public_key=public_key(), private_key_secret="x")  # noqa: S106 - a name
    assert domain().dkim_key_length is None
    assert domain(dkim_key_length=DkimKeyLength.RSA_1024_BIT).own_dkim_key is None
    assert domain(own_dkim_key=own).dkim_key_length is None
    with refuses("dkim-key-invalid", "dkim_key_length: Easy DKIM or a key of one's own"):
        domain(own_dkim_key=own, dkim_key_length=DkimKeyLength.RSA_2048_BIT)


def test_a_name_that_is_too_long_for_the_legacy_record_is_refused() -> None:
    name = f"{'a.' * 117}example.com"
    assert domain(name).domain == name
    with refuses("dns-value-invalid", "_amazonses.a.a."):
        domain(name, legacy_txt=True)


def test_a_created_zone_serves_one_region() -> None:
    with refuses("created-zone-regions", "example.com: dns"):
        domain(dns=CREATED, regions=("eu-west-1", "us-east-1"))
    assert domain(dns=CREATED, regions=("us-east-1",)).regions == ("us-east-1",)


@pytest.mark.parametrize(
    "mail_from, regions, expected",
    [
        (None, (), "bounce.example.com"),
        (None, ("eu-west-1",), "bounce.example.com"),
        (None, ("eu-west-1", "us-east-1"), "bounce.example.com"),
        (None, ("us-east-1", "eu-west-1"), "bounce-eu-west-1.example.com"),
        ("mail.example.com", ("us-east-1", "eu-west-1"), "mail-eu-west-1.example.com"),
        ("Mail.News.example.com.", ("us-east-1", "eu-west-1"), "mail-eu-west-1.news.example.com"),
    ],
)
def test_each_region_has_a_mail_from_of_its_own(
    mail_from: str | None, regions: tuple[str, ...], expected: str
) -> None:
    made = domain(mail_from=mail_from, regions=regions)
    assert made.mail_from_in("eu-west-1") == expected
    if len(regions) > 1:
        assert len({made.mail_from_in(region) for region in regions}) == len(regions)


@pytest.mark.parametrize(
    "option, value, code, fragment",
    [
        ("name", "", "environment-invalid", "name"),
        ("name", "Prod", "environment-invalid", "'Prod'"),
        ("name", "1st", "environment-invalid", "'1st'"),
        ("name", "pre prod", "environment-invalid", "'pre prod'"),
        ("name", "a", "environment-invalid", "'a'"),
        ("name", "a" * 21, "environment-invalid", "a" * 21),
        ("account", "", "account-invalid", "12 digits"),
        ("account", "11111111111", "account-invalid", "test: account"),
        ("account", "1111-1111-1111", "account-invalid", "1111-1111-1111"),
        ("account", "1111111111111", "account-invalid", "1111111111111"),
        ("account", "\N{ARABIC-INDIC DIGIT ONE}" * 12, "account-invalid", "12 digits"),
        ("regions", (), "environment-invalid", "at least one Region"),
        ("regions", ("eu-west-9",), "region-without-ses", "test: regions"),
        ("regions", ("eu-west-1", "eu-west-1"), "environment-invalid", "each Region once"),
        ("expected_daily_messages", 0, "environment-invalid", "a positive number of messages"),
        ("regions", ("eusc-de-east-1",), "mail-from-feedback-host-unknown", "MX and SPF values"),
        ("mail_from_hosts", {"eu-west-9": STATED}, "environment-invalid", "mail_from_hosts"),
        (
            "mail_from_hosts",
            {"eu-west-1": STATED},
            "mail-from-hosts-published",
            "leave it out",
        ),
        ("domains", (domain(), domain("EXAMPLE.com.")), "domain-duplicate", "'example.com'"),
        ("domains", (domain(regions=("eu-west-2",)),), "environment-invalid", "eu-west-1, us-east-1"),
        (
            "domains",
            (domain(dns=CREATED), domain("a.example.com", dns=CREATED, regions=("us-east-1",))),
            "created-zone-regions",
            "domains in example.com",
        ),
    ],
)
def test_an_environment_refuses(option: str, value: object, code: str, fragment: str) -> None:
    with refuses(code, fragment):
        environment(**{option: value})


@pytest.mark.parametrize("name", ["ab", "eu-prod-2", "a" * 20])
def test_an_environment_accepts_a_name(name: str) -> None:
    assert environment(name=name).name == name


def test_a_created_zone_holds_as_many_domains_as_a_stack_holds_resources() -> None:
    def members(count: int) -> tuple[MailDomain, ...]:
        return tuple(domain(f"d{number}.example.com", dns=CREATED) for number in range(count))

    assert len(environment(domains=members(71)).domains) == 71
    legacy = tuple(replace(member, legacy_txt=True) for member in members(56))
    assert len(environment(domains=legacy[:55]).domains) == 55
    with refuses("stack-too-large", "56 domains, 508 resources"):
        environment(domains=legacy)
    with refuses("stack-too-large", "72 domains, 505 resources"):
        environment(domains=members(72))


def test_a_domain_may_not_contradict_the_zone_that_this_deploy_makes() -> None:
    # example.com with its DNS elsewhere, and a zone example.com made here, cannot both be true.
    for dns in (ExternalDns(), ZONE):
        with refuses("environment-invalid", "'example.com'"):
            environment(domains=(domain(dns=dns), domain("news.example.com", dns=CREATED)))


def test_two_domains_may_not_share_a_mail_from() -> None:
    clash = domain("example.com", mail_from="bounce.news.example.com")
    with refuses("mail-from-invalid", "bounce.news.example.com"):
        environment(domains=(clash, domain("news.example.com")))


def test_mail_from_may_not_be_a_domain_that_sends() -> None:
    with refuses("mail-from-invalid", "bounce.example.com"):
        environment(domains=(domain(), domain("bounce.example.com")))


def test_zones_are_the_existing_ones_each_once_and_the_longest_name_first() -> None:
    longer = Route53Zone(zone_id="Z0LONGER", zone_name="news.example.com")
    made = environment(
        domains=(
            domain(),
            domain("a.example.com"),
            domain("news.example.com", dns=longer),
            domain("example.org", dns=ExternalDns()),
            domain("example.net", dns=CreatedZone(zone_name="example.net")),
            domain("mail.shop.example", dns=FOREIGN_SHOP),
            # A parent holds a delegation, no records.
            domain("x.example.org", dns=CreatedZone(zone_name="x.example.org", parent=FOREIGN)),
        )
    )
    assert made.zones() == (longer, FOREIGN_SHOP, ZONE)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(Route53Zone(zone_id="Z0OTHER", zone_name="example.com"), id="one name, two ids"),
        pytest.param(
            Route53Zone(zone_id="Z0123456789", zone_name="shop.example.com"), id="one id, two names"
        ),
    ],
)
def test_a_zone_is_described_the_same_everywhere(other: Route53Zone) -> None:
    with refuses("environment-invalid", "a zone name for one id"):
        environment(domains=(domain(), domain("a.shop.example.com", dns=other)))
    same = Route53Zone(zone_id="Z0123456789", zone_name="Example.com.")
    assert len(environment(domains=(domain(), domain("a.example.com", dns=same))).zones()) == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(FOREIGN, account="888888888888"),
        Route53Zone(zone_id="Z0FOREIGN", zone_name="example.org"),
        CreatedZone(zone_name="a.example.org", parent=replace(FOREIGN, account="888888888888")),
    ],
)
def test_a_zone_has_one_account(other: DnsLocation) -> None:
    with refuses("environment-invalid", "in one account"):
        environment(domains=(domain("example.org", dns=FOREIGN), domain("a.example.org", dns=other)))


def test_a_zone_of_another_account_may_have_several_roles() -> None:
    other = replace(FOREIGN, role_name="other")
    made = environment(
        domains=(
            domain("example.org", dns=FOREIGN),
            domain("a.example.org", dns=other),
            domain("b.example.org", dns=CreatedZone(zone_name="b.example.org", parent=other)),
        )
    )
    assert made.zones() == (FOREIGN, other)


def test_a_zone_of_the_own_account_needs_no_role() -> None:
    own = replace(FOREIGN, account="111111111111")
    for dns in (own, CreatedZone(zone_name="mail.example.org", parent=own)):
        with refuses("environment-invalid", "another account than the environment's"):
            environment(domains=(domain("mail.example.org", dns=dns),))


def test_a_created_zone_has_one_parent() -> None:
    one, two = (CreatedZone(zone_name="mail.example.org", parent=parent) for parent in (FOREIGN, None))
    with refuses("environment-invalid", "one zone has one parent"):
        environment(domains=(domain("mail.example.org", dns=one), domain("a.mail.example.org", dns=two)))

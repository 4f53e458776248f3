from typing import Any

import pytest

from constructs_lib.sending.send_conditions import SendConditions
from stacks.senders_config import Delegate, Sender
from tests.stacks.test_config import domain, environment
from tests.support import refuses

DOMAINS = ("example.com", "news.example.com", "eu.news.example.com", "example.org")


def sender(*addresses: str, **overrides: Any) -> Sender:  # noqa: ANN401 - any option
    options: dict[str, Any] = {
        "name": "billing",
        "conditions": SendConditions(from_addresses=addresses or ("billing@example.com",)),
    }
    return Sender(**(options | overrides))


def delegate(**overrides: Any) -> Delegate:  # noqa: ANN401 - any option
    options: dict[str, Any] = {
        "name": "agency",
        "account": "222222222222",
        "domain": "example.com",
        "conditions": SendConditions(),
    }
    return Delegate(**(options | overrides))


@pytest.mark.parametrize(
    "addresses, domains",
    [
        (("billing@example.com",), ("example.com",)),
        (("letters@news.example.com",), ("news.example.com",)),
        (("a@eu.news.example.com", "b@example.org"), ("eu.news.example.com", "example.org")),
        # A subdomain without an identity of its own is covered by the one above it.
        (("x@shop.example.com",), ("example.com",)),
        (("billing-*@example.com",), ("example.com",)),
        # Subdomains: those that have an identity, and the one that covers the others.
        (("*@*.news.example.com",), ("eu.news.example.com", "news.example.com")),
        (("*@*.example.com",), ("eu.news.example.com", "example.com", "news.example.com")),
    ],
)
def test_ses_uses_the_identity_of_the_longest_name(
    addresses: tuple[str, ...], domains: tuple[str, ...]
) -> None:
    assert sender(*addresses).domains_among(DOMAINS) == domains


@pytest.mark.parametrize("address", ["ceo@evilexample.com", "a@example.net", "*@*.example.net"])
def test_an_address_of_no_domain_of_the_environment_is_refused(address: str) -> None:
    with refuses("from-address-outside-identity", "senders: billing: from_addresses"):
        environment(domains=(domain(),), senders=(sender(address),))


def test_a_sender_may_send_in_the_regions_of_its_domain() -> None:
    both = environment(domains=(domain(regions=("us-east-1", "eu-west-1")),), senders=(sender(),))
    assert both.regions_of_sender(both.senders[0]) == ("us-east-1", "eu-west-1")
    one = environment(senders=(sender(),), delegates=(delegate(domain="EXAMPLE.com"),))
    assert one.regions_of_sender(one.senders[0]) == ("eu-west-1",)
    assert one.regions_of_delegate(one.delegates[0]) == ("eu-west-1",)


def test_access_belongs_to_the_first_region_for_a_policy_and_to_each_for_smtp_and_delegates() -> None:
    domains = (domain(regions=("eu-west-1", "us-east-1")),)
    for options, regions in (
        ({}, []),
        ({"senders": (sender(),)}, ["eu-west-1"]),
        ({"senders": (sender(smtp=True),)}, ["eu-west-1", "us-east-1"]),
        ({"delegates": (delegate(),)}, ["eu-west-1", "us-east-1"]),
    ):
        made = environment(domains=domains, **options)
        assert [region for region in made.regions if made.has_access(region)] == regions


@pytest.mark.parametrize("name", ["", "Billing", "1st", "a b", "a" * 33, "a_b", "a\n"])
def test_refuses_a_name(name: str) -> None:
    with refuses("environment-invalid", "senders: name"):
        sender(name=name)
    with refuses("environment-invalid", "delegates: name"):
        delegate(name=name)


def test_refuses_what_no_permission_could_be_made_of() -> None:
    with refuses("environment-invalid", "senders: billing: conditions"):
        sender(conditions=SendConditions(recipients=("*@example.org",)))
    with refuses("environment-invalid", "senders: billing: templates"):
        sender(smtp=True, templates=("Invoice",))


def test_refuses_what_does_not_fit_the_environment() -> None:
    with refuses("environment-invalid", "test: senders: each name once"):
        environment(senders=(sender(), sender("news@example.com")))
    with refuses("environment-invalid", "test: delegates: each name once"):
        environment(delegates=(delegate(), delegate()))
    with refuses("environment-invalid", "delegates: agency: domain"):
        environment(delegates=(delegate(domain="example.org"),))
    with refuses("domain-malformed", "delegates: domain"):
        environment(delegates=(delegate(domain="https://example.com"),))
    elsewhere = domain("news.example.com", regions=("us-east-1",))
    with refuses("environment-invalid", "senders: billing"):
        environment(domains=(domain(), elsewhere), senders=(sender("a@example.com", "b@news.example.com"),))

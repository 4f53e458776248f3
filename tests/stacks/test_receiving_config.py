from typing import Any

import pytest

from constructs_lib.identity.dns import ExternalDns
from constructs_lib.receiving.bounce_reply import MAILBOX_FULL
from constructs_lib.receiving.mail_function import MailFunction
from constructs_lib.receiving.mail_processor import Forwarding, MailProcessor
from constructs_lib.receiving.receipt_actions import Bounce, Stop, StoreInS3
from constructs_lib.receiving.receipt_rules import ReceiptRule
from stacks.config import MailEnvironment
from stacks.receiving_config import Inbox, MailReceiving, dead_letters_output
from tests.stacks.test_config import domain, environment
from tests.support import refuses


def rule(name: str = "support", **overrides: Any) -> ReceiptRule:  # noqa: ANN401 - any option
    options: dict[str, Any] = {
        "name": name,
        "recipients": (f"{name}@example.com",),
        "actions": (StoreInS3(prefix=f"{name}/"),),
    }
    return ReceiptRule(**(options | overrides))


def forwarding(**overrides: Any) -> MailProcessor:  # noqa: ANN401 - any option
    options: dict[str, Any] = {
        "sender": "forwarder@example.com",
        "mapping": {"support@example.com": ("team@example.net",)},
        "configuration_set": "forwarding",
    }
    return MailProcessor(forwarding=Forwarding(**(options | overrides)))


def receiving(**overrides: Any) -> MailReceiving:  # noqa: ANN401 - any option
    options: dict[str, Any] = {
        "rule_set_name": "inbound",
        "rules": (rule(),),
        "inboxes": (Inbox(name="support"),),
    }
    return MailReceiving(**(options | overrides))


def receives(**overrides: Any) -> MailEnvironment:  # noqa: ANN401 - of the receiving
    return environment(receiving=receiving(**overrides))


def test_defaults() -> None:
    assert environment().receiving_regions == ()
    made = receives()
    assert made.receiving_regions == ("eu-west-1",)
    assert made.active_rule_sets() == ()
    assert made.receiving is not None
    (inbox,) = made.receiving.inboxes
    assert (inbox.prefix, inbox.processor) == ("support/", MailProcessor())
    assert made.receiving.prefixes == ("support/",)
    assert made.receiving.drop_spam


def test_an_inbox_has_the_built_in_function_or_yours() -> None:
    yours = MailFunction(folder="functions/orders", handler="orders.handle")
    inbox = Inbox(name="support", function=yours)
    assert (inbox.processor, inbox.forwarding) == (None, None)
    with refuses("environment-invalid", "either the built-in processor or a function of yours"):
        Inbox(name="support", function=yours, processor=MailProcessor())


def test_an_active_set_is_named_for_each_of_its_regions() -> None:
    made = environment(
        domains=(domain(regions=("eu-west-1", "us-east-1")),),
        receiving=receiving(active=True, regions=("us-east-1", "eu-west-1")),
    )
    assert made.active_rule_sets() == (("us-east-1", "inbound"), ("eu-west-1", "inbound"))


def test_subdomains_and_whole_domains_are_recipients() -> None:
    receives(rules=(rule(recipients=("example.com", ".example.com", "a@eu.example.com")),))


def test_mail_may_be_stored_and_no_more() -> None:
    assert receives(inboxes=()).receiving == receiving(inboxes=())


@pytest.mark.parametrize(
    "overrides, fragment",
    [
        (
            {"inboxes": (Inbox(name="support", processor=forwarding(sender="f@example.org")),)},
            "forwarding: sender",
        ),
        (
            {"inboxes": (Inbox(name="support", processor=forwarding(configuration_set="transactional")),)},
            "one of its own",
        ),
        ({"take_over": True}, "take_over"),
        ({"regions": ("eu-west-2",)}, "Regions of the environment"),
        ({"inboxes": (Inbox(name="other"),)}, "a prefix that a rule stores mail under: support/"),
        ({"inboxes": (Inbox(name="support"), Inbox(name="support"))}, "each name once"),
        ({"inboxes": (Inbox(name="a", prefix="support/"), Inbox(name="support"))}, "each prefix once"),
        (
            {"rules": (rule(actions=(StoreInS3(prefix="support/", topic=object()),)),)},  # type: ignore[arg-type]
            "alone",
        ),
    ],
)
def test_refuses(overrides: dict[str, Any], fragment: str) -> None:
    with refuses("environment-invalid", fragment):
        receives(**overrides)


@pytest.mark.parametrize(
    "overrides",
    [
        {"rules": (rule(recipients=("support@evilexample.com",)),)},
        {"rules": (rule(recipients=(".evilexample.com",)),)},
        {"rules": (rule(actions=(Bounce(reply=MAILBOX_FULL, sender="p@example.org"),)),), "inboxes": ()},
        # The identity is in the first Region only.
        {"regions": ("us-east-1",)},
    ],
)
def test_mail_is_for_domains_whose_identity_is_there(overrides: dict[str, Any]) -> None:
    with refuses("receipt-domain-unknown", "test: receiving: support"):
        receives(**overrides)


def test_a_region_that_does_not_receive_is_refused() -> None:
    with refuses("region-without-receiving", "us-gov-east-1"):
        receiving(regions=("us-gov-east-1",))
    with refuses("region-without-receiving", "receiving: regions"):
        environment(
            regions=("us-gov-east-1",),
            domains=(domain(dns=ExternalDns()),),
            receiving=receiving(),
        )


@pytest.mark.parametrize("name", ["", "Support", "1st", "a--b", "a-1", "-a", "a-", "a_b", "a" * 33, "a\n"])
def test_an_inbox_has_a_name_that_queues_can_have(name: str) -> None:
    with refuses("environment-invalid", "inboxes: name"):
        Inbox(name=name)


def test_inboxes_have_outputs_of_their_own() -> None:
    names = ("a-b", "ab", "a", "b", "a-b-c", "abc")
    assert len({dead_letters_output(name) for name in names}) == len(names)


def mx(**overrides: Any) -> MailEnvironment:  # noqa: ANN401 - of the domain
    return environment(domains=(domain(receives_mail=True, **overrides),), receiving=receiving(active=True))


def test_the_mx_record_leads_to_the_first_receiving_region() -> None:
    made = mx()
    (only,) = made.domains
    assert made.has_inbound_mx(only, "eu-west-1")
    assert not made.has_inbound_mx(only, "us-east-1")
    assert not environment().has_inbound_mx(domain(), "eu-west-1")


def test_an_mx_record_is_refused_where_ses_takes_no_mail() -> None:
    with refuses("environment-invalid", "no rule set is active"):
        environment(domains=(domain(receives_mail=True),))
    with refuses("environment-invalid", "no rule set is active"):
        environment(domains=(domain(receives_mail=True),), receiving=receiving())


def test_an_mx_record_is_refused_beside_another_one() -> None:
    assert mx(known_mx=("10 inbound-smtp.eu-west-1.amazonaws.com.",))
    with refuses("inbound-mx-taken", "test: example.com: known_mx"):
        mx(known_mx=("1 aspmx.l.google.com",))


def test_an_mx_record_is_refused_for_a_domain_of_another_region() -> None:
    with refuses("environment-invalid", "whose identity is in eu-west-1"):
        environment(
            domains=(
                domain(),
                domain("us.example.com", regions=("us-east-1",), receives_mail=True),
            ),
            receiving=receiving(active=True),
        )


def test_stop_ends_the_last_rule_only() -> None:
    with refuses("receipt-rules-invalid", "nothing comes after"):
        receiving(
            rules=(
                rule("all", recipients=(), catch_all=True, actions=(StoreInS3(prefix="support/"), Stop())),
                rule(),
            )
        )

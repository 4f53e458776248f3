from typing import Any

import pytest

from constructs_lib.receiving.mail_processor import DmarcPolicy, Forwarding, MailProcessor, VerdictPolicy
from constructs_lib.runtimes.inbound_mail.verdicts import Verdict
from tests.support import TOKEN, refuses


def forwarding(**overrides: Any) -> Forwarding:  # noqa: ANN401 - any option
    options: dict[str, Any] = {
        "sender": "forwarder@example.com",
        "mapping": {"info@example.com": ("team@example.net",)},
        "configuration_set": "forwarding",
    }
    return Forwarding(**(options | overrides))


def test_defaults() -> None:
    processor = MailProcessor()
    assert processor == MailProcessor(
        policy=VerdictPolicy(),
        forwarding=None,
        attachments=True,
        memory_mb=512,
        timeout_seconds=120,
        reserved_concurrency=None,
    )
    found = forwarding()
    assert (found.identity, found.automatic, found.bulk, found.max_hops) == ("example.com", False, True, 100)


def test_what_is_compared_is_in_lower_case() -> None:
    found = forwarding(
        sender="Forwarder@Example.com",
        mapping={
            "Info@Example.com": ["Team@Example.net"],
            "@EXAMPLE.org": ["a@x.example"],
            "*": ["b@x.example"],
        },
        identity="example.com",
    )
    assert found.sender == "Forwarder@example.com"
    assert found.mapping == {
        "info@example.com": ("Team@example.net",),
        "@example.org": ("a@x.example",),
        "*": ("b@x.example",),
    }


def test_the_permission_is_for_this_sender_and_configuration_set() -> None:
    permission = forwarding().permission()
    assert permission.identities == ("example.com",)
    assert permission.configuration_set == "forwarding"
    assert permission.conditions.from_addresses == ("forwarder@example.com",)


@pytest.mark.parametrize(
    "option, value, fragment",
    [
        ("sender", TOKEN, "part of every message"),
        ("mapping", {}, "add an entry"),
        ("mapping", {"Info@example.com": ("a@x.net",), "info@EXAMPLE.com": ("b@x.net",)}, "each entry once"),
        ("mapping", {"info@example.com": ()}, "sequence of addresses"),
        ("mapping", {"info@example.com": "team@example.net"}, "sequence of addresses"),
        ("mapping", {TOKEN: ("team@example.net",)}, "write it out"),
        ("mapping", {"info@example.com": ("info@example.com",)}, "not again"),
        ("mapping", {"info@example.com": ("INFO+x@example.com",)}, "not again"),
        ("mapping", {"a@example.com": ("b@example.com",), "@example.com": ("c@x.net",)}, "not again"),
        ("mapping", {"*": ("x@example.com",), "@example.com": ("c@x.net",)}, "not again"),
        ("max_hops", 9, "10 to 1000"),
        ("max_hops", 1001, "10 to 1000"),
    ],
)
def test_forwarding_that_is_refused(option: str, value: Any, fragment: str) -> None:  # noqa: ANN401
    with refuses("forwarding-invalid", fragment):
        forwarding(**{option: value})


@pytest.mark.parametrize(
    "option, value, code, fragment",
    [
        ("sender", "Forwarder <f@example.com>", "email-address-invalid", "RFC 5321"),
        ("identity", "evilexample.com", "from-address-outside-identity", "an identity covers"),
        ("configuration_set", "two words", "configuration-set-name-invalid", "1 to 64"),
        ("mapping", {"info": ("a@x.net",)}, "email-address-invalid", "RFC 5321"),
        ("mapping", {"@localhost": ("a@x.net",)}, "domain-single-label", "mapping"),
        ("mapping", {"info@example.com": ("nobody",)}, "email-address-invalid", "RFC 5321"),
    ],
)
def test_values_of_other_modules(option: str, value: Any, code: str, fragment: str) -> None:  # noqa: ANN401
    with refuses(code, fragment):
        forwarding(**{option: value})


@pytest.mark.parametrize(
    "mapping",
    [
        {"*": ("x@example.com",)},
        {"info@example.com": ("info@sub.example.com",), "@example.com": ("a@x.net",)},
        {"info@example.com": ("info@evilexample.com",), "@example.com": ("a@x.net",)},
        {"info@example.com": (TOKEN,)},
    ],
)
def test_near_misses_that_pass(mapping: dict[str, Any]) -> None:
    forwarding(mapping=mapping)


@pytest.mark.parametrize(
    "option, value, fragment",
    [
        ("spam", (Verdict.GRAY,), "keep Verdict.FAIL"),
        ("virus", (), "keep Verdict.FAIL"),
        ("spf", ("FAIL",), "members of Verdict"),
        ("dkim", (Verdict.PASS,), "members of Verdict"),
        ("dmarc_policies", ("reject",), "members of DmarcPolicy"),
    ],
)
def test_policies_that_are_refused(option: str, value: Any, fragment: str) -> None:  # noqa: ANN401
    with refuses("verdict-policy-invalid", fragment):
        VerdictPolicy(**{option: value})


def test_a_policy_may_be_as_strict_as_wanted() -> None:
    every = tuple(verdict for verdict in Verdict if verdict is not Verdict.PASS)
    VerdictPolicy(
        spam=every, virus=every, spf=every, dkim=every, dmarc=every, dmarc_policies=tuple(DmarcPolicy)
    )


@pytest.mark.parametrize(
    "option, value, fragment",
    [
        ("memory_mb", 255, "256 to 10240"),
        ("memory_mb", 10_241, "256 to 10240"),
        ("timeout_seconds", 89, "90 to 900"),
        ("timeout_seconds", 901, "90 to 900"),
        ("reserved_concurrency", 0, "1 or more"),
        (
            "forwarding",
            forwarding(mapping={f"a{n}@example.com": ("b@x.net",) for n in range(200)}),
            "3500 bytes",
        ),
    ],
)
def test_processors_that_are_refused(option: str, value: Any, fragment: str) -> None:  # noqa: ANN401
    with refuses("mail-processor-invalid", fragment):
        MailProcessor(**{option: value})

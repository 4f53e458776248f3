"""SPF text is judged by pyspf, with the DNS replaced by a dictionary."""

import ipaddress
from collections.abc import Iterator
from itertools import repeat

import pytest
import spf
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.errors import ConfigurationError
from constructs_lib.identity.spf import MAX_LOOKUPS, SpfAll, SpfPolicy
from tests.support import refuses

SES_HOST = "199.255.192.1"
OTHER_HOST = "192.0.2.200"


def _lookup(name: str, kind: str, *_: object) -> list[tuple[tuple[str, str], object]]:
    """Every name has an SPF record, an MX and addresses; only the SPF record of SES lists SES_HOST."""
    listed = b"v=spf1 ip4:199.255.192.0/22 -all" if name == "amazonses.com" else b"v=spf1 -all"
    answers: dict[str, object] = {
        "TXT": (listed,),
        "A": "198.51.100.9",
        "AAAA": ipaddress.ip_address("2001:db8::9"),
        "MX": (10, "mx.example"),
    }
    return [((name, kind), answers[kind])] if kind in answers else []


def evaluate(text: str, host: str = OTHER_HOST) -> str:
    """The result that an independent receiver comes to."""
    query = spf.query(i=host, s="news@sender.example", h="mta.example")
    result: str = query.check(spf=text)[0]
    return result


@pytest.fixture(autouse=True, scope="module")
def _no_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spf, "DNSLookup", _lookup)
        yield


def test_default_lets_ses_send_and_marks_everyone_else() -> None:
    assert SpfPolicy().text() == "v=spf1 include:amazonses.com ~all"
    assert evaluate(SpfPolicy().text(), SES_HOST) == "pass"
    assert evaluate(SpfPolicy().text(), OTHER_HOST) == "softfail"


@pytest.mark.parametrize(
    "last, result", [(SpfAll.FAIL, "fail"), (SpfAll.SOFT_FAIL, "softfail"), (SpfAll.NEUTRAL, "neutral")]
)
def test_all_decides_for_every_other_host(last: SpfAll, result: str) -> None:
    assert evaluate(SpfPolicy(all=last).text()) == result


def test_nobody_may_allow_everyone() -> None:
    assert "+all" not in set(SpfAll)


def test_other_senders_come_after_ses() -> None:
    policy = SpfPolicy(includes=("_spf.google.com",), mechanisms=("ip4:192.0.2.0/24",))
    assert policy.text() == "v=spf1 include:amazonses.com include:_spf.google.com ip4:192.0.2.0/24 ~all"
    assert evaluate(policy.text(), OTHER_HOST) == "pass"


@pytest.mark.parametrize(
    "mechanism",
    [
        "a",
        "mx",
        "ptr",
        "+a:mail.example.com/24",
        "mx/24//64",
        "-exists:%{i}._spf.example.com",
        "ip4:192.0.2.1",
        "ip4:192.0.2.0/24",
        "ip6:2001:db8::/32",
        "IP4:192.0.2.0/24",
        "?include:_spf.example.net",
    ],
)
def test_accepts_mechanisms_that_a_receiver_accepts(mechanism: str) -> None:
    text = SpfPolicy(mechanisms=(mechanism,)).text()
    assert mechanism in text.split()
    assert evaluate(text) != "permerror"


@pytest.mark.parametrize(
    "mechanism",
    [
        "",
        "ip4",
        "ip4:example.com",
        "ip4:192.0.2",
        "ip4:999.0.2.1",
        "ip4:192.0.2.1/33",
        "ip4:192.0.2.01",
        "ip6:192.0.2.0/24",
        "ip6:2001:db8::/129",
        "ip6:::::",
        "a/33",
        "mx//129",
        "include:",
        "include:localhost",
        "a:192.0.2.1",
        "include:example.com/24",
        "include:a b.example",
        "include:bücher.example",
        "exists",
        "all",
        "-all",
        "redirect=_spf.example.com",
        "exp=why.example.com",
        "v=spf1",
        "ip4:192.0.2.1,ip4:192.0.2.2",
        "*a",
    ],
)
def test_refuses_malformed_mechanisms(mechanism: str) -> None:
    with refuses("spf-invalid", repr(mechanism)):
        SpfPolicy(mechanisms=(mechanism,))


def test_refuses_a_malformed_include() -> None:
    with refuses("spf-invalid", "RFC 7208 5"):
        SpfPolicy(includes=("spf.example.com ~all",))


def test_ten_look_ups_pass_and_eleven_are_refused() -> None:
    others = tuple(f"s{number}.example.net" for number in range(MAX_LOOKUPS))
    assert SpfPolicy(includes=others[:-1]).lookups() == 10
    assert evaluate(SpfPolicy(includes=others[:-1]).text()) == "softfail"
    with refuses("spf-invalid", "at most 10 terms"):
        SpfPolicy(includes=others)
    receiver = " ".join(f"include:{name}" for name in ("amazonses.com", *others))
    assert evaluate(f"v=spf1 {receiver} ~all") == "permerror"


@pytest.mark.parametrize("term", ["a", "+a", "mx/24", "ptr", "MX:mail.example.com", "exists:x.example.com"])
def test_every_kind_of_look_up_counts(term: str) -> None:
    assert SpfPolicy(mechanisms=(term,)).lookups() == 2


def test_addresses_need_no_look_up() -> None:
    assert SpfPolicy(mechanisms=("ip4:192.0.2.1", "ip6:2001:db8::1")).lookups() == 1


def test_255_octets_pass_and_256_are_refused() -> None:
    # "v=spf1 include:amazonses.com" and " ~all" take 33; fourteen addresses and one include fill the rest.
    addresses = tuple(repeat("ip4:192.0.2.1", 14))
    include = "a" * (255 - 33 - 14 * 14 - len(" include:.example")) + ".example"
    assert len(SpfPolicy(includes=(include,), mechanisms=addresses).text()) == 255
    with refuses("spf-invalid", "256 octets"):
        SpfPolicy(includes=(f"a{include}",), mechanisms=addresses)


_TERMS = st.one_of(
    st.sampled_from(["a", "mx", "ptr", "a/24", "mx//64"]),
    st.ip_addresses(v=4).map(lambda ip: f"ip4:{ip}"),
    st.ip_addresses(v=6).map(lambda ip: f"ip6:{ip}"),
    st.from_regex(r"\A(ip4:\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(/\d{1,2})?|(a|mx)/\d{1,2}(//\d{1,3})?)\Z"),
    st.from_regex(r"\A(include|a|exists):[a-z0-9.-]{1,20}\Z"),
    st.from_regex(r"\Aip6:[0-9a-f:]{2,20}(/\d{1,3})?\Z"),
)


@given(mechanisms=st.lists(_TERMS, max_size=6).map(tuple), last=st.sampled_from(SpfAll))
def test_what_is_accepted_is_never_a_permanent_error(mechanisms: tuple[str, ...], last: SpfAll) -> None:
    try:
        policy = SpfPolicy(mechanisms=mechanisms, all=last)
    except ConfigurationError:
        return
    assert evaluate(policy.text()) != "permerror"

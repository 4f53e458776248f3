"""DMARC text is judged by checkdmarc, without its network checks."""

import string
from collections.abc import Iterator
from typing import Any

import pytest
from checkdmarc import dmarc as checkdmarc
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.identity.dmarc import Alignment, Disposition, DmarcPolicy, FailureOption
from tests.support import refuses

RUA = ("mailto:dmarc@example.com",)


@pytest.fixture(autouse=True, scope="module")
def _no_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkdmarc, "verify_dmarc_report_destination", lambda *_, **__: None)
        patch.setattr(checkdmarc, "get_mx_records", lambda *_, **__: ["mx.example"])
        yield


def parse(policy: DmarcPolicy) -> dict[str, Any]:
    """Tags as an independent receiver reads them; URIs as ``(address, size limit)``."""
    tags = checkdmarc.parse_dmarc_record(policy.text(), "example.com")["tags"]
    values = {name: tag["value"] for name, tag in tags.items() if tag["explicit"]}
    for name in values.keys() & {"rua", "ruf"}:
        values[name] = [(uri["address"], uri["size_limit"]) for uri in tags[name]["value"]]
    return values


def test_default_only_observes() -> None:
    assert DmarcPolicy().text() == "v=DMARC1; p=none"
    assert parse(DmarcPolicy()) == {"v": "DMARC1", "p": "none"}


@pytest.mark.parametrize(
    "option, value, tag",
    [
        ("p", Disposition.REJECT, "p=reject"),
        ("p", Disposition.QUARANTINE, "p=quarantine"),
        ("sp", Disposition.NONE, "sp=none"),
        ("sp", Disposition.REJECT, "sp=reject"),
        ("adkim", Alignment.STRICT, "adkim=s"),
        ("aspf", Alignment.STRICT, "aspf=s"),
        ("pct", 0, "pct=0"),
        ("pct", 99, "pct=99"),
        ("ri", 1, "ri=1"),
        ("ri", 2**32 - 1, "ri=4294967295"),
        ("rua", RUA, "rua=mailto:dmarc@example.com"),
        ("rua", ("mailto:a@x.example!10m", *RUA), "rua=mailto:a@x.example!10m,mailto:dmarc@example.com"),
        ("rua", ("MAILTO:Dmarc@Example.COM",), "rua=MAILTO:Dmarc@Example.COM"),
        ("rua", ("mailto:a%2Cb@example.com!5",), "rua=mailto:a%2Cb@example.com!5"),
        ("ruf", RUA, "ruf=mailto:dmarc@example.com"),
    ],
)
def test_each_option_is_one_tag(option: str, value: object, tag: str) -> None:
    policy = DmarcPolicy(**{option: value})  # type: ignore[arg-type] # one option at a time
    assert tag in policy.text().split("; ")
    parse(policy)


def test_p_follows_v_and_a_receiver_reads_what_was_meant() -> None:
    policy = DmarcPolicy(
        p=Disposition.REJECT,
        sp=Disposition.QUARANTINE,
        adkim=Alignment.STRICT,
        aspf=Alignment.STRICT,
        rua=("mailto:agg@example.com!10m",),
        ruf=("mailto:fail@example.com",),
        fo=(FailureOption.ANY_FAIL, FailureOption.DKIM_FAIL),
    )
    assert policy.text().startswith("v=DMARC1; p=reject; ")
    assert parse(policy) == {
        "v": "DMARC1",
        "p": "reject",
        "sp": "quarantine",
        "adkim": "s",
        "aspf": "s",
        "fo": "1:d",
        "rua": [("agg@example.com", "10m")],
        "ruf": [("fail@example.com", None)],
    }


@pytest.mark.parametrize(
    "option, value, fragment",
    [
        ("pct", -1, "dmarc.pct"),
        ("pct", 101, "dmarc.pct"),
        ("ri", 0, "dmarc.ri"),
        ("ri", -86400, "dmarc.ri"),
        ("ri", 2**32, "dmarc.ri"),
        ("fo", (FailureOption.ANY_FAIL,), "ignore fo without ruf"),
        ("rua", ("dmarc@example.com",), "write mailto:dmarc@example.com"),
        ("rua", ("https://example.com/dmarc",), "dmarc.rua"),
        ("rua", ("mailto:",), "dmarc.rua"),
        ("rua", ("mailto:example.com",), "dmarc.rua"),
        ("rua", ("mailto:a@example.com,mailto:b@example.com",), "percent-encoded"),
        ("rua", ("mailto:a;b@example.com",), "percent-encoded"),
        ("rua", ("mailto:a!b@example.com",), "percent-encoded"),
        ("rua", ("mailto:a b@example.com",), "percent-encoded"),
        ("rua", ("mailto:a@b@example.com",), "dmarc.rua"),
        ("rua", ("mailto:a@example.com!10x",), "dmarc.rua"),
        ("rua", ("mailto:a@example.com!m",), "dmarc.rua"),
        ("rua", ("mailto:a@bücher.example",), "dmarc.rua"),
        ("rua", (*RUA, ""), "dmarc.rua"),
        ("ruf", ("dmarc@example.com",), "dmarc.ruf"),
    ],
)
def test_refuses(option: str, value: object, fragment: str) -> None:
    with refuses("dmarc-invalid", fragment):
        DmarcPolicy(**{option: value})  # type: ignore[arg-type] # the bad value is the point


@pytest.mark.parametrize(
    "fo",
    [
        (FailureOption.ALL_FAIL, FailureOption.ANY_FAIL),
        (FailureOption.DKIM_FAIL, FailureOption.DKIM_FAIL),
    ],
)
def test_refuses_failure_options_that_a_receiver_discards(fo: tuple[FailureOption, ...]) -> None:
    with refuses("dmarc-invalid", "dmarc.fo"):
        DmarcPolicy(ruf=RUA, fo=fo)


@pytest.mark.parametrize(
    "uri, code",
    [
        ("mailto:a@localhost", "domain-single-label"),
        ("mailto:a@ex_ample.com", "domain-malformed"),
        ("mailto:a@example.com?subject=x", "domain-malformed"),
    ],
)
def test_refuses_an_address_in_a_domain_that_cannot_be(uri: str, code: str) -> None:
    with refuses(code, "rua"):
        DmarcPolicy(rua=(uri,))


@pytest.mark.parametrize(
    "domain, rua, ruf, expected",
    [
        ("example.com", ("mailto:d@example.com",), (), ()),
        ("example.com", ("mailto:d@reports.example.com",), (), ()),
        ("news.example.com", ("mailto:d@example.com",), (), ()),
        ("news.example.com", ("mailto:d@EXAMPLE.com!10m",), (), ()),
        ("example.com", ("mailto:d@evilexample.com",), (), ("evilexample.com",)),
        ("example.co.uk", ("mailto:d@reports.example.co.uk",), (), ()),
        ("example.co.uk", ("mailto:d@other.co.uk",), (), ("other.co.uk",)),
        ("a.example.org", ("mailto:d@b.example.net!10m",), (), ("b.example.net",)),
        ("example.com", ("mailto:d@z.test", "mailto:e@a.test"), ("mailto:f@z.test",), ("a.test", "z.test")),
        ("example.com", (), (), ()),
    ],
)
def test_another_organization_must_authorize_reports(
    domain: str, rua: tuple[str, ...], ruf: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert DmarcPolicy(rua=rua, ruf=ruf).external_report_domains(domain) == expected


_URI = st.builds(
    "mailto:{}@{}.example{}".format,
    st.text(string.ascii_letters + string.digits + ".-+_", min_size=1, max_size=20).filter(
        lambda text: text[0].isalnum() and text[-1].isalnum()
    ),
    st.from_regex(r"\A[a-z][a-z0-9]{0,20}\Z"),
    st.sampled_from(["", "!10m", "!5", "!2G"]),
)
_URIS = st.lists(_URI, max_size=3).map(tuple)


@given(
    p=st.sampled_from(Disposition),
    sp=st.none() | st.sampled_from(Disposition),
    adkim=st.sampled_from(Alignment),
    aspf=st.sampled_from(Alignment),
    pct=st.integers(0, 100),
    ri=st.none() | st.integers(1, 2**32 - 1),
    rua=_URIS,
    ruf=_URIS,
)
def test_every_policy_parses_to_what_was_meant(
    *,
    p: Disposition,
    sp: Disposition | None,
    adkim: Alignment,
    aspf: Alignment,
    pct: int,
    ri: int | None,
    rua: tuple[str, ...],
    ruf: tuple[str, ...],
) -> None:
    tags = parse(DmarcPolicy(p=p, sp=sp, adkim=adkim, aspf=aspf, pct=pct, ri=ri, rua=rua, ruf=ruf))
    assert tags["p"] == p
    assert tags.get("sp") == sp
    assert tags.get("adkim", "r") == adkim
    assert tags.get("aspf", "r") == aspf
    for name, uris in (("rua", rua), ("ruf", ruf)):
        expected = [tuple(uri.removeprefix("mailto:").partition("!")[::2]) for uri in uris]
        assert [(address, limit or "") for address, limit in tags.get(name, [])] == expected

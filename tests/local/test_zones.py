import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.dns_names import normal_name, txt_text
from local.zones import PublicDns, RecordSet, Zone


def zone(name: str, *records: tuple[str, str, str], private: bool = False) -> Zone:
    return Zone(
        name=name,
        private=private,
        records=tuple(
            RecordSet(name=owner, type=kind, values=(value,) if value else ())
            for owner, kind, value in records
        ),
    )


def test_the_longest_zone_answers_alone() -> None:
    dns = PublicDns(
        [
            zone(
                "example.com.",
                ("a.news.example.com.", "CNAME", "parent.example."),
                ("b.example.com", "MX", "10 m"),
                ("news.example.com.", "NS", "ns.example."),
            ),
            zone("news.example.com.", ("c.news.example.com.", "CNAME", "child.example.")),
        ]
    )
    assert dns("a.news.example.com", "CNAME") == ()
    assert dns("c.news.example.com", "CNAME") == ("child.example",)
    assert dns("b.example.com", "MX") == ("10 m",)


def test_a_zone_is_seen_where_the_zone_above_delegates_it() -> None:
    child = zone("news.example.com.", ("c.news.example.com.", "CNAME", "child.example."))
    parent = zone("example.com.", ("c.news.example.com.", "CNAME", "parent.example."))
    delegating = zone("example.com.", ("news.example.com", "NS", "ns.example."))
    assert PublicDns([child])("c.news.example.com", "CNAME") == ("child.example",)
    assert PublicDns([child, parent])("c.news.example.com", "CNAME") == ("parent.example",)
    assert PublicDns([child, delegating])("c.news.example.com", "CNAME") == ("child.example",)


@pytest.mark.parametrize(
    "asked,kind",
    [
        ("a.evilexample.com", "CNAME"),
        ("b.example.com", "CNAME"),
        ("a.example.com", "MX"),
        ("example.com", "CNAME"),
        ("com", "CNAME"),
    ],
)
def test_near_misses_are_not_found(asked: str, kind: str) -> None:
    assert PublicDns([zone("example.com.", ("a.example.com.", "CNAME", "x."))])(asked, kind) == ()


def test_names_compare_without_case_dots_and_escapes() -> None:
    dns = PublicDns([zone("Example.COM.", ("A_b.example.com.", "CNAME", "Target.Example."))])
    assert dns("a\\137B.EXAMPLE.com.", "CNAME") == ("target.example",)


def test_private_zones_are_invisible() -> None:
    private = zone("news.example.com.", ("a.news.example.com", "CNAME", "private."), private=True)
    public = zone("example.com.", ("a.news.example.com", "CNAME", "public."))
    assert PublicDns([private])("a.news.example.com", "CNAME") == ()
    assert PublicDns([private, public])("a.news.example.com", "CNAME") == ("public",)


def test_zones_of_one_name_must_agree() -> None:
    one = zone("example.com.", ("a.example.com", "CNAME", "x."), ("b.example.com", "CNAME", "y."))
    other = zone("example.com.", ("a.example.com", "CNAME", "x."))
    assert PublicDns([one, other])("a.example.com", "CNAME") == ("x",)
    assert PublicDns([one, other])("b.example.com", "CNAME") == ()


def test_a_wildcard_answers_only_below_what_exists() -> None:
    dns = PublicDns(
        [zone("example.com.", ("\\052.example.com.", "MX", "10 any."), ("a.b.example.com.", "TXT", '"t"'))]
    )
    assert dns("new.example.com", "MX") == ("10 any",)
    assert dns("b.example.com", "MX") == ()
    assert dns("c.b.example.com", "MX") == ()


def test_an_alias_has_no_values() -> None:
    assert PublicDns([zone("example.com.", ("a.example.com.", "CNAME", ""))])("a.example.com", "CNAME") == ()


@pytest.mark.parametrize(
    "value,text",
    [
        ('"v=spf1 -all"', "v=spf1 -all"),
        ('"v=spf1 " "include:x -all"', "v=spf1 include:x -all"),
        (r'"a\"b"', 'a"b'),
        (r'"\101"', "A"),
        ("bare", "bare"),
    ],
)
def test_txt_is_its_strings_joined(value: str, text: str) -> None:
    assert txt_text(value) == text


@given(st.text(alphabet="abcABC-_.*", min_size=1, max_size=20))
def test_a_normal_name_stays_normal(name: str) -> None:
    assert normal_name(normal_name(name) + ".") == normal_name(name)

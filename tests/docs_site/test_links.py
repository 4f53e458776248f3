import pytest

from docs_site.links import LinkError, links, relative, relinked, resolved


def test_links_outside_of_code_are_replaced() -> None:
    code = "`[b](y.md)`\n\n```text\n[c](z.md)\n```\n\n[d](https://example.com) [e](#here)"
    text = f"[a](x.md), {code} ![f](w.svg)\n"
    assert links(text) == ["x.md", "w.svg"]
    assert relinked(text, lambda target: f"../{target}") == f"[a](../x.md), {code} ![f](../w.svg)\n"


@pytest.mark.parametrize(
    "target, expected",
    [
        ("dns.md", ("docs/reference/dns.md", "")),
        ("../errors.md#zone-mismatch", ("docs/errors.md", "zone-mismatch")),
        ("../../examples/", ("examples", "")),
        ("#here", ("docs/reference/x.md", "here")),
    ],
)
def test_a_link_leads_to_a_place_of_the_repository(target: str, expected: tuple[str, str]) -> None:
    assert resolved(target, page="docs/reference/x.md") == expected


def test_a_link_out_of_the_repository_is_refused() -> None:
    with pytest.raises(LinkError, match=r"docs/x\.md: \.\./\.\./y leads out"):
        resolved("../../y", page="docs/x.md")


def test_a_place_of_the_site_from_a_page_of_it() -> None:
    assert relative("errors/a.md", page="index.md") == "errors/a.md"
    assert relative("errors/a.md", page="errors/b.md") == "a.md"
    assert relative("source/x/y.py.md", page="reference/b.md") == "../source/x/y.py.md"

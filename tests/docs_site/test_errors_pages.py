from constructs_lib.errors import CODES as CONFIGURATION_CODES
from docs_site.docstrings import escaped
from docs_site.errors_pages import areas, error_index, error_pages, raising_places
from ops.errors import CODES as OPERATOR_CODES
from tests.support import ROOT

CODES = {**CONFIGURATION_CODES, **OPERATOR_CODES}


def test_there_is_a_page_for_each_code() -> None:
    pages = error_pages(ROOT)
    assert set(pages) == {f"errors/{code}.md" for code in CODES}
    for code, title in CODES.items():
        assert pages[f"errors/{code}.md"].startswith(f"# {code}\n\n*{escaped(title)}.*\n")


def test_a_page_has_the_section_and_where_it_comes_from() -> None:
    page = error_pages(ROOT)["errors/zone-mismatch.md"]
    assert "**Why** A record is found only in the zone" in page
    assert (
        "- `dns.zone_name`: the zone is … or a parent of it, in "
        "[`require_zone_covers`](../constructs_lib/identity/dns.py)\n"
    ) in page


def test_a_page_of_an_operators_error_has_the_row_of_its_table() -> None:
    page = error_pages(ROOT)["errors/claim-in-use.md"]
    assert "A function may still be sending" in page
    assert "[operator's commands](reference/operator.md)" in page


def test_every_code_has_a_place_that_raises_it() -> None:
    found = raising_places(ROOT)
    assert [code for code in CONFIGURATION_CODES if code not in found] == []
    assert {place.path for place in found["zone-mismatch"]} == {"constructs_lib/identity/dns.py"}


def test_the_index_has_each_code_once_by_area() -> None:
    found = areas(ROOT)
    assert sorted(code for codes in found.values() for code in codes) == sorted(CODES)
    assert "zone-mismatch" in found["Identities and DNS"]
    assert "claim-in-use" in found["The operator's commands"]
    index = error_index(ROOT)
    assert index.startswith("# Errors\n")
    assert all(index.count(f"(errors.md#{code}): {escaped(title)}\n") == 1 for code, title in CODES.items())

"""The site as a reader gets it."""

import re
from pathlib import Path
from typing import Any

import pytest

from docs_site.build import build
from docs_site.links import links, resolved
from docs_site.navigation import navigation, subjects_of
from docs_site.tree import Tree
from tests.support import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    assert build(folder) == 0, "mkdocs told what is wrong above"
    return folder


@pytest.fixture(scope="module")
def tree() -> Tree:
    found = Tree(ROOT)
    found.fill()
    return found


def test_every_link_to_what_is_not_there_is_named() -> None:
    tree = Tree(ROOT)
    tree._add(
        "index.md", "[a](a.md) [b](../b.py#c) [errors](errors.md) [d](../README.md)\n", origin="docs/index.md"
    )
    assert tree.missing == [
        "docs/index.md links to docs/a.md, which is not there",
        "docs/index.md links to b.py, which is not there",
    ]
    assert "source/README.md.md" in tree.pages


def test_it_builds_without_a_warning_and_fetches_nothing(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert {"index.html", "404.html", "changelog.html"} <= {path.name for path in pages}
    for path in pages:
        fetched = re.findall(
            r'<(?:script|img|iframe)[^>]* src="(http[^"]+)|<link[^>]*href="(http[^"]+)',
            path.read_text("utf-8"),
        )
        assert fetched == [], path


def test_the_search_works_from_files(site: Path) -> None:
    assert "zone-mismatch" in (site / "search" / "search_index.js").read_text("utf-8")
    assert (site / "assets" / "iframe-worker.js").is_file()
    assert 'src="assets/iframe-worker.js"' in (site / "index.html").read_text("utf-8")


def test_a_page_has_the_signatures_of_its_modules(site: Path) -> None:
    page = (site / "reference" / "domain_identity.html").read_text("utf-8")
    assert 'id="domain_identity.DomainIdentity"' in page
    assert "Signatures, defaults and docstrings" not in page


def test_links_to_files_of_the_repository_lead_to_pages_that_show_them(site: Path, tree: Tree) -> None:
    package = (site / "reference" / "package.html").read_text("utf-8")
    assert 'href="../source/tests/public_api.txt.html"' in package
    assert 'href="../changelog.html"' in package
    assert "source/examples.md" in tree.pages
    assert "WholeLibrary" not in tree.pages["source/examples.md"]
    assert tree.pages["source/constructs_lib/identity/dns.py.md"].count("\n````python\n") == 1


def test_every_page_is_in_the_navigation_once(tree: Tree) -> None:
    def listed(node: Any) -> list[str]:  # noqa: ANN401 - nested lists and dictionaries
        if isinstance(node, str):
            return [node]
        return [page for each in (node.values() if isinstance(node, dict) else node) for page in listed(each)]

    pages = sorted(page for page in tree.pages if not page.startswith("source/"))
    assert sorted(listed(navigation(ROOT, list(tree.pages)))) == pages


def test_the_home_page_leads_to_every_guide() -> None:
    home = {
        resolved(link, page="docs/index.md")[0] for link in links((ROOT / "docs/index.md").read_text("utf-8"))
    }
    guides = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "guides").glob("*.md")}
    assert sorted(guides - home) == []


def test_the_map_in_the_readme_names_every_reference_page() -> None:
    pages = {f"reference/{path.name}" for path in (ROOT / "docs" / "reference").glob("*.md")}
    assert sorted(pages - set(subjects_of(ROOT))) == []


def test_the_code_of_an_error_leads_to_its_page(site: Path) -> None:
    page = (site / "reference" / "audit_trail.html").read_text("utf-8")
    assert '<a href="../errors/audit-trail-invalid.html"><code>audit-trail-invalid</code></a>' in page


def test_a_page_has_its_drawings_in_it(site: Path) -> None:
    page = (site / "architecture" / "index.html").read_text("utf-8")
    assert [page.count(f'<desc id="{name}-text">') for name in ("sending", "receiving", "watching")] == [
        1,
        1,
        1,
    ]


def test_decisions_are_numbered_without_a_gap() -> None:
    found = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    for number, path in enumerate(found, start=1):
        assert path.name.startswith(f"{number:04}-"), path.name
        assert path.read_text("utf-8").startswith(f"# {number}. "), path.name

"""The navigation of the site, from the folders of ``docs/`` and the map in the README."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from docs_site.errors_pages import areas
from docs_site.links import links, resolved

_SUBJECTS: Final = {
    "identity": "Identity and DNS",
    "verification": "Verification",
    "sending": "Sending",
    "events": "Feedback",
    "smtp": "SMTP",
    "ec2": "EC2",
    "receiving": "Incoming mail",
    "monitoring": "Monitoring",
    "audit": "Audit",
    "constructs_lib": "Common parts",
    "stacks": "Environments",
    "ops": "Operating",
    "": "Package and rehearsal",
}
"""Sections of the reference, by the folder of a page's first module, in order."""

Nav = list[object]
_FOLDERS: Final = ("guides", "reference", "decisions", "architecture")


def navigation(root: Path, pages: Sequence[str]) -> Nav:
    """What MkDocs is given as ``nav``.

    Args:
        root: The repository.
        pages: The pages of the site, by their path; those of ``source/`` are found from pages that link to
            them.
    """
    of = {folder: [page for page in pages if page.startswith(f"{folder}/")] for folder in _FOLDERS}
    return [
        {"Guides": ["index.md", *_guides(root, of["guides"])]},
        {"Reference": _reference(root, of["reference"])},
        {
            "Errors": [
                "errors/index.md",
                *({area: [f"errors/{code}.md" for code in codes]} for area, codes in areas(root).items()),
            ]
        },
        {"Decisions": sorted(of["decisions"], key=_index_first)},
        {"Architecture": sorted(of["architecture"], key=_index_first)},
        {"Changelog": ["changelog.md"]},
    ]


def _index_first(page: str) -> tuple[bool, str]:
    return not page.endswith("index.md"), page


def _guides(root: Path, pages: Sequence[str]) -> list[str]:
    """The guides in the order in which the home page first leads to them, then any other."""
    home = (root / "docs" / "index.md").read_text(encoding="utf-8")
    order = [resolved(link, page="docs/index.md")[0].removeprefix("docs/") for link in links(home)]
    return sorted(pages, key=lambda page: (order.index(page) if page in order else len(order), page))


def _reference(root: Path, pages: Sequence[str]) -> Nav:
    subjects = subjects_of(root)
    sections: dict[str, list[str]] = {title: [] for title in _SUBJECTS.values()}
    for page in [
        *(page for page in subjects if page in pages),
        *(page for page in pages if page not in subjects),
    ]:
        sections[_SUBJECTS[subjects.get(page, "")]].append(page)
    return [{title: inside} for title, inside in sections.items() if inside]


def subjects_of(root: Path) -> Mapping[str, str]:
    """The subject of each reference page, by the folder of its first module, in the order of the map."""
    found = {}
    for module, page in re.findall(
        r"\]\(([\w/.]+)\).*\| \[page\]\(docs/(.+\.md)\) \|", (root / "README.md").read_text("utf-8")
    ):
        parts = PurePosixPath(module).parts
        subject = parts[1] if parts[0] == "constructs_lib" and parts[1] in _SUBJECTS else parts[0]
        found[page] = subject if subject in _SUBJECTS else ""
    return found

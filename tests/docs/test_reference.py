"""Reference pages say nothing of the API that its signatures do not say."""

import re
from collections import Counter
from typing import Final

import griffe

from docs_site.api import library, parameters
from docs_site.tree import API, Reference
from tests.docs.pages import Page, pages
from tests.support import ROOT

LIBRARY = library(ROOT)
ELSEWHERE: Final = frozenset(
    (
        "constructs_lib",  # the package itself
        "user_data_causes_replacement",  # an option of an EC2 instance in the CDK
        *("event_id", "who_account", "who_kind"),  # fields of an alert
    )
)
"""Names on reference pages that are no option, attribute or module here."""


def test_every_public_module_is_explained_by_one_page() -> None:
    explained = Counter(path for paths in Reference.read(ROOT).modules.values() for path in paths)
    assert [path for path, count in explained.items() if count > 1] == []
    assert sorted(set(explained) - set(LIBRARY.modules)) == []
    missing = [
        path
        for path in LIBRARY.modules
        if path not in explained and (path.startswith("constructs_lib/") or path.endswith("config.py"))
    ]
    assert missing == [], f"name them in the section `{API}` at the end of a page of docs/reference"


def test_every_option_that_a_page_names_is_in_the_signature() -> None:
    wrong = [f"{page.name}: {fault}" for page in _reference() for fault in _faults(page.text)]
    assert wrong == []


def test_an_option_that_is_not_there_is_found() -> None:
    assert list(_faults("`DomainIdentity(domain=, zone=)`")) == ["DomainIdentity has no zone"]
    assert list(_faults("`no_such_option`, `no_such=True`")) == ["no_such_option", "no_such"]
    assert list(_faults("| `MailDomain` | |\n|---|---|\n| `domain`, `zone_id` | its name |\n")) == [
        "MailDomain has no zone_id"
    ]
    assert list(_faults("```python\nno_such_option\n```\n\n`domain_identity`, `dmarc=None`")) == []


def _reference() -> list[Page]:
    return [page for page in pages() if page.name.startswith("docs/reference/")]


def _faults(text: str) -> list[str]:
    text = re.sub(r"(?ms)^```.*?^```$", "", text).partition(f"\n{API}\n")[0]
    found = []
    for code in re.findall(r"`([^`\n]+)`", text):
        for name, given in re.findall(r"\b([A-Z]\w+)\(([^()]*)", code):
            found += _unknown(name, re.findall(r"\b(\w+)=", given))
        word = re.fullmatch(r"([a-z]+(?:_[a-z0-9]+)+)|([a-z_]+)=.*", code)
        if word and (word[1] or word[2]) not in _NAMES | ELSEWHERE:
            found.append(word[1] or word[2])
    for name, rows in re.findall(r"^\| `(\w+)` \|.*\n\|[-|]+\n((?:\|.*\n)+)", text, re.MULTILINE):
        for row in rows.splitlines():
            found += _unknown(name, re.findall(r"`([a-z_]+)`", row.split(" | ")[0]))
    return found


def _unknown(name: str, options: list[str]) -> list[str]:
    owners = LIBRARY.classes_named(name)
    known = {each.name for owner in owners for each in parameters(owner)} if owners else set(options)
    return [f"{name} has no {option}" for option in options if option not in known]


def _names(owner: griffe.Module | griffe.Class) -> set[str]:
    found = {owner.name}
    for name, member in owner.members.items():
        found.add(name)
        if isinstance(member, griffe.Class | griffe.Function):
            found |= {each.name for each in parameters(member)}
        if isinstance(member, griffe.Class):
            found |= _names(member)
    return found


_NAMES: Final = {name for module in LIBRARY.modules.values() for name in _names(module)} | {
    path.stem for path in (ROOT / "ops").rglob("*.py")
}

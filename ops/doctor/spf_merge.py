"""SPF records as terms: what counts in one, and two put together (RFC 7208)."""

import re
from typing import Final

SPF: Final = re.compile(r"v=spf1(?: .*)?", re.IGNORECASE)
_ALL: Final = "all"


def terms(text: str) -> list[str]:
    """The terms that receivers get to: nothing after ``all`` is tested (RFC 7208 5.1)."""
    found = []
    for term in text.split()[1:]:
        found.append(term)
        if is_all(term):
            break
    return found


def is_all(term: str) -> bool:
    """Whether a term decides for every host."""
    return term.lstrip("+-~?").lower() == _ALL


def merged(existing: str, ours: str) -> str:
    """One record with the terms of both; the existing one keeps its order and its ``all``."""
    there = terms(existing)
    known = {_plain(term) for term in there}
    new = [term for term in terms(ours) if _plain(term) not in known and not is_all(term)]
    # A modifier may stand anywhere, and redirect counts only without all (RFC 7208 6.1).
    end = next((index for index, term in enumerate(there) if is_all(term) or "=" in term), len(there))
    return " ".join(["v=spf1", *there[:end], *new, *there[end:]])


def _plain(term: str) -> str:
    return term.removeprefix("+").lower()

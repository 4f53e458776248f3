"""A row of the table of pairs, and edits that several rows make."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ops.review.rating import Rating
from stacks.config import MailEnvironment
from tests.ops.review.environments import Edited, resource

NONE, ROUTINE, CAUTION, DANGER, BLOCK = Rating

Side = MailEnvironment | Edited


@dataclass(frozen=True)
class Pair:
    """One row: what changes, how it is rated, what the reviewer reads; empty for nothing to say."""

    what: str
    before: Side
    after: Side
    rating: Rating
    sentence: str


def without(kind: str, fragment: str = "") -> Callable[[dict[str, dict[str, Any]]], None]:
    def edit(templates: dict[str, dict[str, Any]]) -> None:
        gone = resource(templates, kind, fragment)
        for template in templates.values():
            template["Resources"] = {k: v for k, v in template["Resources"].items() if v is not gone}

    return edit

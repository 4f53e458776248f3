"""What the content of a custom verification e-mail may be.

Source: SES Developer Guide, custom verification email frequently asked questions, Q5: 10 MB, a list of tags
with a list of attributes each, no comments. Links (``a``) are not among the tags.
"""

from html.parser import HTMLParser
from typing import Final

MAX_BYTES: Final = 10 * 1024 * 1024

_EVERYWHERE: Final = frozenset({"class", "id", "style", "title"})
_TAGS: Final = frozenset(
    """
    abbr acronym address area b bdo big blockquote body br button caption center cite code col colgroup dd del
    dfn dir div dl dt em fieldset font form h1 h2 h3 h4 h5 h6 head hr html i img input ins kbd label legend li
    map menu ol optgroup option p pre q s samp select small span strike strong sub sup table tbody td textarea
    tfoot th thead tr tt u ul var
    """.split()  # noqa: SIM905 - ninety quotes would not help a reader
)
_ALSO: Final = {
    "blockquote": {"cite"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "img": {"align", "alt", "height", "src", "width"},
    "ol": {"start", "type"},
    "q": {"cite"},
    "table": {"summary", "width"},
    "td": {"abbr", "axis", "colspan", "rowspan", "width"},
    "th": {"abbr", "axis", "colspan", "rowspan", "scope", "width"},
    "ul": {"type"},
}


def content_problem(content: str) -> str | None:
    """Why SES refuses a content; None when it takes it."""
    if len(content.encode()) > MAX_BYTES:
        return "The content is larger than 10 MB."
    reader = _Reader()
    reader.feed(content)
    reader.close()
    return reader.problem


class _Reader(HTMLParser):
    """Remembers the first thing that is not allowed."""

    def __init__(self) -> None:
        super().__init__()
        self.problem: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            self._found(f"The tag <{tag}> is not allowed.")
        for name, _ in attrs:
            if name not in _EVERYWHERE and name not in _ALSO.get(tag, ()):
                self._found(f"The attribute {name} of <{tag}> is not allowed.")

    def handle_comment(self, data: str) -> None:
        del data
        self._found("Comments are not allowed.")

    def _found(self, problem: str) -> None:
        self.problem = self.problem or problem

"""The HTML that SES takes in a custom verification template, and what becomes of characters beyond ASCII.

SES takes the tags and attributes listed below and no others; it adds the verification link and a note of its
own at the end (SES Developer Guide, custom verification email FAQ, Q2, Q5, Q10). There is no ``a`` and no
``style`` tag among them. The guide says nothing of comments and declarations, so they are refused too.

CloudFormation gives characters beyond ASCII back as ``?`` (aws-cloudformation/cloudformation-coverage-roadmap
814 and 1220), so that no tool can compare them. In HTML a character reference says the same in ASCII.
"""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from constructs_lib.errors import ConfigurationError
from constructs_lib.verification.json_faults import CURLY_QUOTES

MAX_CONTENT: Final = 10_000_000
"""Bytes of a template: SES takes less than 10 MB (SES API v2, CreateCustomVerificationEmailTemplate)."""

_COMMON: Final = frozenset({"class", "id", "style", "title"})
_PLAIN: Final = (
    "abbr acronym address area b bdo big body br button caption center cite code dd del dfn dir div dl dt em"
    " fieldset font form h1 h2 h3 h4 h5 h6 head hr html i input ins kbd label legend li map menu optgroup"
    " option p pre s samp select small span strike strong sub sup tbody textarea tfoot thead tr tt u var"
)
ALLOWED: Final = dict.fromkeys(_PLAIN.split(), _COMMON) | {
    "blockquote": _COMMON | {"cite"},
    "col": _COMMON | {"span", "width"},
    "colgroup": _COMMON | {"span", "width"},
    "img": _COMMON | {"align", "alt", "height", "src", "width"},
    "ol": _COMMON | {"start", "type"},
    "q": _COMMON | {"cite"},
    "table": _COMMON | {"summary", "width"},
    "td": _COMMON | {"abbr", "axis", "colspan", "rowspan", "width"},
    "th": _COMMON | {"abbr", "axis", "colspan", "rowspan", "scope", "width"},
    "ul": _COMMON | {"type"},
}
"""Each tag with its attributes, as the FAQ lists them (Q5)."""

_INSTEAD: Final = {
    "a": "write addresses as text: SES adds the verification link itself, at the end",
    "link": "put the styles into style attributes",
    "style": "put the styles into style attributes",
    "script": "take it out: no mail program runs it",
    "title": "take it out: the subject is TemplateSubject",
}
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class HtmlFault:
    """Something that SES would refuse.

    Attributes:
        line: Its line in the HTML, from 1.
        column: Its column, from 1.
        what: What it is.
        fix: What to do instead.
    """

    line: int
    column: int
    what: str
    fix: str


def html_faults(content: str) -> tuple[HtmlFault, ...]:
    """Every tag, attribute and declaration that SES does not list, in the order of the text."""
    return tuple(_parsed(content).faults)


def require_content(content: str, *, option: str) -> None:
    """Refuse a body that SES would refuse, or that would not arrive as it is written.

    Raises:
        ConfigurationError: ``template-content-invalid``, ``template-too-large``.
    """
    if not content.strip():
        raise _invalid(option, "a template has a body.", content, "write the text of the mail, as HTML")
    control = _CONTROL.search(content)
    if control:
        before = content[: control.start()]
        raise _invalid(
            f"{option}, line {before.count(chr(10)) + 1}",
            "HTML holds no control characters but tabs and line breaks, and no half of a surrogate pair.",
            control.group(),
            "take it out",
        )
    size = len(content.encode())
    if size >= MAX_CONTENT:
        raise ConfigurationError(
            "template-too-large",
            option=option,
            rule="SES takes less than 10 MB of it.",
            got=f"{size} bytes",
            fix='use smaller images, or images that stand on the web: <img src="https://...">',
        )
    markup = _parsed(content)
    if markup.faults:
        first, more = markup.faults[0], len(markup.faults) - 1
        others = f", and {more} more" if more else ""
        raise _invalid(
            f"{option}, line {first.line}, column {first.column} of the HTML",
            "SES takes the tags and attributes of its custom verification email FAQ (Q5) and no others.",
            first.what + others,
            first.fix,
        )
    if not markup.has_tags and not content.isascii():
        raise _invalid(
            option,
            "characters beyond ASCII become character references, which only HTML has.",
            content[:40],
            "make it HTML: put the text into <p>...</p>",
        )


def as_ascii(content: str) -> str:
    """The same HTML with a numeric character reference for each character beyond ASCII."""
    return content.encode("ascii", "xmlcharrefreplace").decode("ascii")


class _Markup(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[HtmlFault] = []
        self.has_tags = False
        self._refused: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.has_tags = True
        allowed = ALLOWED.get(tag)
        if allowed is None:
            self._refused.add(tag)
            self._fault(f"<{tag}>", _INSTEAD.get(tag, "take it out, or use a tag of the list"))
            return
        for name, value in attrs:
            if value and value[0] in CURLY_QUOTES:
                self._fault(f"{name}={value[0]} in <{tag}>", f"write {name} with plain double quotes")
            elif name not in allowed:
                self._fault(
                    f"{name} in <{tag}>", "take it out; style attributes do what colours and sizes need"
                )

    def handle_endtag(self, tag: str) -> None:
        if tag not in ALLOWED and tag not in self._refused:
            self._fault(f"</{tag}>", _INSTEAD.get(tag, "take it out, or use a tag of the list"))

    def handle_comment(self, data: str) -> None:
        self._fault(f"<!--{data[:20]}", "take it out: SES does not say that it takes comments")

    def handle_decl(self, decl: str) -> None:
        self._fault(f"<!{decl[:20]}>", "take it out: SES does not say that it takes declarations")

    def handle_pi(self, data: str) -> None:
        self._fault(f"<?{data[:20]}", "take it out: it is no HTML")

    def unknown_decl(self, data: str) -> None:
        self._fault(f"<![{data[:20]}", "take it out: SES does not say that it takes declarations")

    def end(self) -> None:
        """Say what a tag is missing that the text ends in."""
        if self.rawdata.startswith("<"):
            self._fault(self.rawdata[:20], "close the tag with >, or write a lone < as &lt;")

    def _fault(self, what: str, fix: str) -> None:
        line, offset = self.getpos()
        self.faults.append(HtmlFault(line=line, column=offset + 1, what=what, fix=fix))


def _parsed(content: str) -> _Markup:
    markup = _Markup()
    markup.feed(content)
    markup.end()
    return markup


def _invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("template-content-invalid", option=option, rule=rule, got=got, fix=fix)

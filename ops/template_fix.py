"""Repairing a template file that is no JSON: the HTML goes to a file of its own, the rest becomes JSON.

The keys are known, so a value reaches from its key to the last quote before the next one. Everything between
must then be punctuation: what would be lost, or could be read in two ways, is refused with its place. Pure
functions; `ops.templates_cli` reads and writes the files.
"""

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from constructs_lib.verification.json_faults import CURLY_QUOTES, position
from constructs_lib.verification.template_json import CONTENT_KEY, KEYS
from ops.errors import TemplateAmbiguousError

_QUOTES: Final = f"\"'{CURLY_QUOTES}"
_CLOSERS: Final = {'"': '"', "'": "'"} | dict.fromkeys(CURLY_QUOTES, CURLY_QUOTES)
"""Which quotes may end what a quote has opened."""

_KEY: Final = re.compile(rf"[{_QUOTES}]?\b({'|'.join(KEYS)})\b[{_QUOTES}]?\s*:")
_COMMENT: Final = r"(?://[^\n]*(?:\n|\Z)|\#[^\n]*(?:\n|\Z)|/\*.*?\*/)"
_GAP: Final = rf"(?:\s|{_COMMENT})*+"  # possessive: neighbours share nothing, so no text is slow
_START: Final = re.compile(rf"\ufeff?{_GAP}\{{{_GAP}", re.DOTALL)
_BETWEEN: Final = re.compile(rf"{_GAP}(?P<comma>,?){_GAP}", re.DOTALL)
_END: Final = re.compile(rf"{_GAP}(?P<comma>,?){_GAP}(?P<brace>\}}?){_GAP};?\s*", re.DOTALL)
_ANY_COMMENT: Final = re.compile(_COMMENT, re.DOTALL)
_NEXT_ENTRY: Final = re.compile(rf"[{_QUOTES}]\s*,\s*(?:[{_QUOTES}]\w+[{_QUOTES}]\s*:|\w+\s*:\s*[{_QUOTES}])")
_ESCAPE: Final = re.compile(r"(?:\\u[0-9A-Fa-f]{4})+|\\[\"\\/bfnrt']")


@dataclass(frozen=True, kw_only=True)
class Repair:
    """What a broken file says.

    Attributes:
        fields: The fields that it has, by key, in the order of `KEYS`.
        notes: What was wrong, a line each.
    """

    fields: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def html(self) -> str | None:
        """The HTML, None where the file has none."""
        return self.fields.get(CONTENT_KEY)

    @property
    def json_text(self) -> str:
        """Everything but the HTML, as the text of a JSON file."""
        rest = {key: value for key, value in self.fields.items() if key != CONTENT_KEY}
        return json.dumps(rest, indent=2, ensure_ascii=False) + "\n"


@dataclass(frozen=True, kw_only=True)
class _Value:
    """Where a value stands: from its first character to its closing quote."""

    key: str
    start: int
    end: int


def repair(data: bytes) -> Repair:
    """Recover the fields of a file.

    Args:
        data: The file.

    Raises:
        TemplateAmbiguousError: Something can be read in two ways, or would be lost.
    """
    notes = Counter[str]()
    text = _decode(data, notes)
    keys = _keys(text, notes)
    found = {value.key: _read(text, value, notes) for value in _values(text, keys, notes)}
    return Repair(
        fields={key: found[key] for key in KEYS if key in found},
        notes=tuple(f"{note}: {count}" if count > 1 else note for note, count in notes.items()),
    )


def _decode(data: bytes, notes: Counter[str]) -> str:
    encoding = "utf-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
        notes["UTF-16 instead of UTF-8"] += 1
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding, "replace")
        raise _ambiguous(
            before, len(before), f"The bytes here are not {encoding}.", "save the file as UTF-8 first"
        ) from error
    if text.startswith("\ufeff"):
        notes["byte order mark"] += 1
    return text


def _keys(text: str, notes: Counter[str]) -> list[re.Match[str]]:
    """The known keys where a key can stand: at the start of a line, or behind punctuation."""
    found = []
    for match in _KEY.finditer(text):
        before = text[: match.start()].rstrip()
        starts_line = not text[text.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
        if before[-1:] in {"{", ","} or (starts_line and before) or before[-1:] in _QUOTES:
            found.append(match)
    if not found:
        raise _ambiguous(
            text, 0, "None of the keys of a template is here.", "check that it is the right file"
        )
    for match in found:
        twice = [other for other in found if other[1] == match[1]]
        if len(twice) > 1:
            raise _ambiguous(
                text,
                twice[1].start(),
                f"{match[1]} stands here a second time.",
                "take one out, or the text out of the HTML that looks like it",
            )
        if match[0][: match[0].index(match[1])] != '"':
            notes["keys without plain double quotes"] += 1
    if not _START.fullmatch(text[: found[0].start()]):
        raise _ambiguous(
            text,
            0,
            f"Before {found[0][1]} there is more than an opening brace.",
            "begin the file with { and the first key",
        )
    _note_gap(text[: found[0].start()], notes)
    return found


def _values(text: str, keys: list[re.Match[str]], notes: Counter[str]) -> Iterator[_Value]:
    """Where each value stands, once everything between them is known to be punctuation."""
    ends = [key.start() for key in keys[1:]] + [len(text)]
    for key, end in zip(keys, ends, strict=True):
        start = key.end() + len(text[key.end() : end]) - len(text[key.end() : end].lstrip())
        closers = _CLOSERS.get(text[start : start + 1])
        close = max((text.rfind(quote, start + 1, end) for quote in closers or ""), default=-1)
        behind = (_END if end == len(text) else _BETWEEN).fullmatch(text[close + 1 : end])
        # HTML behind the last quote is HTML that would be lost, even where it looks like a comment.
        if closers is None or close <= start or behind is None or "<" in behind[0]:
            raise _ambiguous(
                text,
                start,
                f"{key[1]} does not end with a quote and a comma.",
                "put its value into quotes, and nothing between it and the next key but a comma",
            )
        last = end == len(text)
        if text[start] != '"':
            notes["values without plain double quotes"] += 1
        if bool(behind["comma"]) == last:
            notes["comma after the last entry" if last else "missing commas"] += 1
        if last and not behind["brace"]:
            notes["missing closing brace"] += 1
        _note_gap(behind[0], notes)
        yield _Value(key=key[1], start=start + 1, end=close)


def _read(text: str, value: _Value, notes: Counter[str]) -> str:
    """A value with its escapes resolved and everything else as it stands."""
    raw = text[value.start : value.end]
    closers = _CLOSERS[text[value.start - 1]]
    entry = _NEXT_ENTRY.search(raw)
    if entry:
        raise _ambiguous(
            text,
            value.start + entry.start(),
            f"{value.key} seems to end here, before a key that a template does not have.",
            f"take that key out, or write the quote in the HTML as &quot; (keys: {', '.join(KEYS)})",
        )
    if value.key != CONTENT_KEY and re.search(r"[\r\n]", raw):
        raise _ambiguous(text, value.start, f"{value.key} has a line break.", "write it in one line")
    parts = []
    at = 0
    while at < len(raw):
        if raw[at] == "\\":
            escape = _ESCAPE.match(raw, at)
            if escape is None:
                raise _ambiguous(
                    text,
                    value.start + at,
                    "This backslash escapes nothing that JSON knows.",
                    "write it twice if it is meant, or take it out",
                )
            if escape[0] == r"\'":
                notes["escaped single quotes"] += 1
            parts.append("'" if escape[0] == r"\'" else json.loads(f'"{escape[0]}"'))
            at = escape.end()
            continue
        char = raw[at]
        if char in closers:
            notes[f"unescaped quotes in {value.key}"] += 1
        elif char < " " and raw[at : at + 2] != "\r\n":
            kind = "raw line breaks" if char in "\r\n" else "raw tabs or control characters"
            notes[f"{kind} in {value.key}"] += 1
        parts.append(char)
        at += 1
    whole = "".join(parts)
    half = re.search(r"[\ud800-\udfff]", whole)
    if half:
        raise _ambiguous(
            text, value.start, f"{value.key} has half of a surrogate pair.", "write the character itself"
        )
    return whole


def _note_gap(text: str, notes: Counter[str]) -> None:
    """What is lost between two values, other than punctuation."""
    for comment in _ANY_COMMENT.findall(text):
        notes[f"comment left out, {' '.join(comment.split())}"] += 1
    strange = sum(char.isspace() and char not in " \t\r\n" for char in _ANY_COMMENT.sub("", text))
    if strange:
        notes["white space that JSON does not know"] += strange


def _ambiguous(text: str, offset: int, message: str, fix: str) -> TemplateAmbiguousError:
    line, column = position(text, offset)
    return TemplateAmbiguousError(f"Line {line}, column {column}: {message}", fix=fix)

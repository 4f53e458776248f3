"""What the value of a record means: is it ours, and does it say what is expected?

Sources: RFC 7208 4.5 (one SPF record a name), RFC 7489 6.6.3 (one DMARC record) and 7.1 (report
authorization), RFC 4343 (names ignore case), SES Developer Guide (exactly one MX at a MAIL FROM domain).
"""

import re
from typing import Final

from constructs_lib.identity.dmarc import AUTHORIZATION_TEXT
from constructs_lib.identity.dns_records import DnsRecord, Purpose

_SPF: Final = re.compile(r"v=spf1(?: .*)?", re.IGNORECASE)
_DMARC: Final = re.compile(r"v\s*=\s*DMARC1\s*(?:;.*)?", re.IGNORECASE)
_OWN_TEXT: Final = {
    Purpose.MAIL_FROM_SPF: _SPF,
    Purpose.APEX_SPF: _SPF,
    Purpose.DMARC: _DMARC,
    Purpose.DMARC_REPORT_AUTHORIZATION: _DMARC,
}
"""How a TXT value says what it is (RFC 7208 4.5, RFC 7489 6.4); other values are somebody else's."""


def is_ours(record: DnsRecord, value: str) -> bool:
    """Whether a value is of the record's kind; at a TXT name other people's values are not."""
    if record.purpose is Purpose.LEGACY_VERIFICATION:
        return value == record.values[0]  # any other token is of another account or Region
    own_text = _OWN_TEXT.get(record.purpose)
    return own_text is None or own_text.fullmatch(value) is not None


def why_only_one(record: DnsRecord, count: int) -> str:
    """What several values of the record's kind at one name lead to, and what to do."""
    own_text = _OWN_TEXT.get(record.purpose)
    if own_text is _SPF:
        return f"{count} SPF records at one name: receivers answer permerror (RFC 7208 4.5). Keep one."
    if own_text is _DMARC:
        return f"{count} DMARC records at one name: receivers apply none (RFC 7489 6.6.3). Keep one."
    return f"{count} {record.type} values at one name: SES accepts exactly one. Keep the expected one."


def says_the_same(record: DnsRecord, value: str) -> bool:
    """Whether a value does what the record is for."""
    expected = record.values[0]
    if record.purpose is Purpose.DMARC_REPORT_AUTHORIZATION:
        # The version is all that counts; the receiver may add a rua of its own (RFC 7489 7.1).
        return ("v", AUTHORIZATION_TEXT.removeprefix("v=")) in _dmarc_tags(value)
    if record.purpose is Purpose.LEGACY_VERIFICATION:
        return value == expected
    if record.merge:
        # Others' mechanisms may stand between ours, and `all` is for the domain's owner to choose.
        return set(_before_all(expected)) <= set(_before_all(value))
    if record.purpose is Purpose.MAIL_FROM_SPF:
        return _terms(value) == _terms(expected)
    if record.purpose is Purpose.DMARC:
        return _dmarc_tags(value) == _dmarc_tags(expected)
    return value.lower().removesuffix(".").split() == expected.lower().split()


def _terms(spf: str) -> list[str]:
    return spf.lower().split()


def _before_all(spf: str) -> list[str]:
    """The terms that receivers get to: nothing after ``all`` is tested (RFC 7208 5.1)."""
    terms = [term.removeprefix("+") for term in _terms(spf)]
    ends = [index for index, term in enumerate(terms) if term.lstrip("-~?") == "all"]
    return terms[: ends[0]] if ends else terms


def _dmarc_tags(text: str) -> list[tuple[str, str]]:
    """Tags and values; white space, order after ``v`` and a last semicolon do not count (RFC 7489 6.4)."""
    pairs = [part.partition("=") for part in text.split(";") if part.strip()]
    return sorted((tag.strip().lower(), value.strip()) for tag, _, value in pairs)

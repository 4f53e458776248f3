"""The rules of a custom verification template's short fields: its name, its subject, its URLs.

Sources: CloudFormation, AWS::SES::CustomVerificationEmailTemplate; SES API v2, Message; RFC 5322, RFC 2047.
"""

import re
from email.header import Header
from typing import Final
from urllib.parse import urlsplit

from constructs_lib.domain_name import is_token
from constructs_lib.errors import ConfigurationError

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
MAX_SUBJECT: Final = 989
"""Characters of a subject in ASCII: a header line has 998, "Subject: " included (RFC 5322, 2.1.1)."""

_ENCODED_WORD: Final = 75
"""Characters of an encoded word (RFC 2047, 2)."""


def require_name(name: str) -> None:
    if not is_token(name) and _NAME.fullmatch(name):
        return
    raise ConfigurationError(
        "template-name-invalid",
        option="TemplateName",
        rule="1 to 64 ASCII letters, digits, hyphens and underscores, known now (CloudFormation,"
        " AWS::SES::CustomVerificationEmailTemplate).",
        got=name,
        fix="choose such a name; applications send with it",
    )


def require_subject(subject: str, *, option: str) -> None:
    why = None
    if not subject.strip():
        why = "write what the mail is about"
    elif re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", subject):
        why = "write it in one line, without tabs and control characters"
    elif re.search(r"[\ud800-\udfff]", subject):
        why = "write both halves of the surrogate pair, or the character itself"
    elif len(as_encoded_words(subject)) > MAX_SUBJECT:
        why = "shorten it"
    if why:
        raise ConfigurationError(
            "template-subject-invalid",
            option=option,
            rule=f"one line of 1 to {MAX_SUBJECT} characters, once written as encoded words where it has"
            " more than ASCII (RFC 5322, RFC 2047).",
            got=subject,
            fix=why,
        )


def require_url(url: str, *, option: str) -> None:
    if is_token(url):
        return
    why = None
    if re.search(r"[^\x21-\x7e]", url):
        why = "write it percent-encoded, without white space"
    else:
        try:
            parts = urlsplit(url)
            parts.port  # noqa: B018 - raises when it is none
            host = parts.hostname
        except ValueError:
            host = None
        if not host:
            why = "write the whole URL, such as https://www.example.com/verified"
        elif parts.scheme.lower() != "https":
            why = "serve the page over TLS and write https://"
        elif "@" in parts.netloc:
            why = "take user name and password out: everybody who verifies an address sees them"
    if why:
        raise ConfigurationError(
            "template-url-invalid",
            option=option,
            rule="an absolute https:// URL with a host, without credentials and white space.",
            # A password is in no error message either.
            got=re.sub(r"//.*@", "//***@", url, flags=re.DOTALL),
            fix=why,
        )


def as_encoded_words(subject: str) -> str:
    """The subject in ASCII: SES takes no other, and encoded words for the rest (SES API v2, Message)."""
    if subject.isascii():
        return subject
    return Header(subject, "utf-8", maxlinelen=_ENCODED_WORD).encode(linesep="")

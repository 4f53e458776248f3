"""The rules of a custom verification template's short fields, and what none of its texts may hold.

Sources: CloudFormation, AWS::SES::CustomVerificationEmailTemplate; SES API v2, Message; RFC 5322, RFC 2047.
"""

import re
from email.header import Header
from typing import Final

from constructs_lib.domain_name import is_token
from constructs_lib.errors import ConfigurationError
from constructs_lib.https_url import UrlFault, split_https_url, without_password

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HOST: Final = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
)
_URL_FIXES: Final = {
    UrlFault.CHARACTERS: "write other characters percent-encoded, and no white space",
    UrlFault.HOST: "write a host name that people can reach, such as www.example.com, and a port number"
    " only if need be",
    UrlFault.SCHEME: "serve the page over TLS and write the whole URL, such as"
    " https://www.example.com/verified",
    UrlFault.CREDENTIALS: "take user name and password out: everybody who verifies an address sees them",
}
_REFERENCE: Final = re.compile(r"\{\{resolve:[^\s{}]{0,40}")
MAX_SUBJECT: Final = 989
"""Characters of a subject in ASCII: a header line has 998, "Subject: " included (RFC 5322, 2.1.1)."""

_ENCODED_WORD: Final = 75
"""Characters of an encoded word (RFC 2047, 2)."""


def require_name(name: str) -> None:
    """Refuse a name that CloudFormation, an ARN or the path of SES's API cannot hold as it is.

    Raises:
        ConfigurationError: ``template-name-invalid``.
    """
    if not is_token(name) and _NAME.fullmatch(name):
        return
    raise ConfigurationError(
        "template-name-invalid",
        option="TemplateName",
        rule="at most 64 characters (CloudFormation), here ASCII letters, digits, hyphens and underscores:"
        " the name is part of an ARN and of a URL.",
        got=name,
        fix="choose such a name; applications send with it",
    )


def require_subject(subject: str, *, option: str) -> None:
    """Refuse a subject that is no single header line.

    Raises:
        ConfigurationError: ``template-subject-invalid``.
    """
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
    """Refuse what is no web page that anybody can open over TLS; a CDK token passes.

    Raises:
        ConfigurationError: ``template-url-invalid``.
    """
    why = None if is_token(url) else _url_refusal(url)
    if why:
        raise ConfigurationError(
            "template-url-invalid",
            option=option,
            rule="an absolute https:// URL with a public host name (RFC 3986) and without a password.",
            # A password is in no error message either.
            got=without_password(url),
            fix=why,
        )


def require_literal(text: str, *, option: str) -> None:
    """Refuse a dynamic reference: CloudFormation would send what it names to everybody who gets the mail.

    It reads one anywhere in a string, and none after a space: ``{{ resolve:`` (CloudFormation User Guide,
    dynamic references; aws-cloudformation/cfn-lint 4412).

    Raises:
        ConfigurationError: ``template-dynamic-reference``.
    """
    found = _REFERENCE.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        raise ConfigurationError(
            "template-dynamic-reference",
            option=f"{option}, line {line}",
            rule="no {{resolve:...}}: CloudFormation puts a parameter or a secret in its place.",
            got=found.group(),
            fix="write {{ resolve: with a space, or in HTML &#123;&#123;resolve: where it is meant as text",
        )


def as_encoded_words(subject: str) -> str:
    """The subject in ASCII: SES takes no other, and encoded words for the rest (SES API v2, Message)."""
    if subject.isascii():
        return subject
    return Header(subject, "utf-8", maxlinelen=_ENCODED_WORD).encode(linesep="")


def _url_refusal(url: str) -> str | None:
    """What to change in a URL, or nothing."""
    parts = split_https_url(url)
    if isinstance(parts, UrlFault):
        return _URL_FIXES[parts]
    return None if _HOST.fullmatch(parts.hostname or "") else _URL_FIXES[UrlFault.HOST]

"""Domain names as SES and the DNS see them: lower case, A-labels, no trailing dot.

Sources: RFC 1035 2.3.4 (63 octets a label, 255 a name, which is 253 characters),
RFC 952 and RFC 1123 2.1 (letters, digits and hyphens), RFC 5890 (A-labels), and the
Mozilla public suffix list for organizational domains (RFC 7489 3.2).
"""

import re
from functools import cache
from typing import Final

import idna
from publicsuffixlist import PublicSuffixList

from constructs_lib.errors import ConfigurationError

MAX_NAME_LENGTH: Final = 253
MAX_LABEL_LENGTH: Final = 63
_LDH_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")


def is_token(value: str) -> bool:
    """Whether the CDK fills this value in at deploy time, so that it cannot be checked now."""
    return "${Token[" in value


def normalize_domain(value: str, *, option: str) -> str:
    """Return a domain name in the one form that this library stores.

    Unicode becomes A-labels (UTS 46), upper case becomes lower case, one trailing dot is
    dropped. CDK tokens pass unchanged.

    Args:
        value: A domain name, for example ``Example.COM.`` or ``bücher.example``.
        option: The option's name, for the error.

    Raises:
        ConfigurationError: ``domain-malformed``, ``domain-too-long``, ``domain-single-label``.
    """
    if is_token(value):
        return value
    name = _to_ascii(value, option=option)
    labels = name.split(".")
    too_long = next((label for label in labels if len(label) > MAX_LABEL_LENGTH), None)
    if too_long or len(name) > MAX_NAME_LENGTH:
        raise ConfigurationError(
            "domain-too-long",
            option=option,
            rule=f"a label has at most {MAX_LABEL_LENGTH} characters, a name {MAX_NAME_LENGTH} (RFC 1035).",
            got=value,
            fix=f"shorten the label {too_long!r}" if too_long else "use a shorter name",
        )
    bad = next((label for label in labels if not _LDH_LABEL.fullmatch(label)), None)
    if bad is not None:
        raise _malformed(value, option, f"the label {bad!r} is not letters, digits and inner hyphens")
    if len(labels) < 2:  # noqa: PLR2004 - a name and its parent
        raise ConfigurationError(
            "domain-single-label",
            option=option,
            rule="SES verifies fully qualified domains: two labels or more.",
            got=value,
            fix=f"write the whole name, such as {name}.example.com",
        )
    if labels[-1].isdigit():
        raise _malformed(value, option, "an IP address is not a domain name")
    return name


def is_within(name: str, parent: str) -> bool:
    """Whether `name` is `parent` or below it, compared label by label.

    ``evilexample.com`` is not within ``example.com``. Names with tokens count as within,
    because only the deployment knows them.
    """
    if is_token(name) or is_token(parent):
        return True
    return name == parent or name.endswith("." + parent)


def organizational_domain(name: str) -> str:
    """Return the organizational domain (RFC 7489 3.2), or the name itself for a public suffix."""
    return _suffixes().privatesuffix(name) or name


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _to_ascii(value: str, *, option: str) -> str:
    hints = {
        "://": "that is a URL: keep only its host name",
        "/": "that is a path: keep only the host name",
        "@": "that is an e-mail address: keep only what follows the @",
        "*": "SES covers subdomains without a wildcard: write the parent domain",
    }
    for mark, hint in hints.items():
        if mark in value:
            raise _malformed(value, option, hint)
    lowered = value.removesuffix(".").lower()
    if not lowered or re.search(r"\s|\.\.|^\.|\.$", lowered):
        raise _malformed(value, option, "it has an empty label or white space")
    if lowered.isascii() and "xn--" not in lowered:
        return lowered
    try:
        return idna.encode(lowered, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        if "too long" in str(error):
            raise ConfigurationError(
                "domain-too-long",
                option=option,
                rule=f"a label has at most {MAX_LABEL_LENGTH} characters once written as an A-label.",
                got=value,
                fix="use a shorter name",
            ) from error
        raise _malformed(value, option, f"not a valid internationalized name: {error}") from error


def _malformed(value: str, option: str, why: str) -> ConfigurationError:
    return ConfigurationError(
        "domain-malformed",
        option=option,
        rule="a domain name is labels of letters, digits and hyphens, joined by dots (RFC 1035, RFC 5890).",
        got=value,
        fix=why,
    )

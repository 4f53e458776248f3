"""E-mail addresses as SES and SNS take them: ASCII, unquoted, with a domain of two labels or more.

Sources: RFC 5321 4.5.3.1 (64 octets before the @) and its erratum 1690 (254 in all), RFC 5322 3.2.3
(dot-atom), SES Developer Guide, verified identities (the part before the @ is 7-bit ASCII).
"""

import re
from collections.abc import Sequence
from typing import Final

from constructs_lib.domain_name import is_token, normalize_domain
from constructs_lib.errors import ConfigurationError

MAX_ADDRESS_LENGTH: Final = 254
MAX_LOCAL_LENGTH: Final = 64
_QUOTED: Final = re.compile(r'"([\x21\x23-\x5b\x5d-\x7e]|\\[\x21-\x7e])+"')
"""A quoted string without white space (RFC 5321 4.1.2), which SES takes as an identity."""

_LOCAL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


def normalize_address(value: str, *, option: str, quoted: bool = False) -> str:
    """Return an address with its domain in lower case and A-labels.

    What stands before the @ is kept as it is: only its receiver knows whether case counts. CDK tokens
    pass unchanged.

    Args:
        value: An address without a display name, for example ``Ops@Example.com``.
        option: The option's name, for the error.
        quoted: Whether what stands before the @ may be a quoted string. Default: no, as SNS and IAM want it.

    Raises:
        ConfigurationError: ``email-address-invalid``, or a code of `normalize_domain` for its domain.
    """
    if is_token(value):
        return value
    local, at, domain = value.rpartition("@")
    fits = _LOCAL.fullmatch(local) or (quoted and _QUOTED.fullmatch(local))
    if not at or not fits or len(local) > MAX_LOCAL_LENGTH:
        raise _invalid(
            option,
            f"1 to {MAX_LOCAL_LENGTH} ASCII letters, digits and !#$%&'*+/=?^_`{{|}}~-, with single dots"
            " inside, stand before one @ (RFC 5321, RFC 5322).",
            value,
            "write the bare address, such as ops@example.com, without a display name or quotes",
        )
    address = f"{local}@{normalize_domain(domain, option=option)}"
    if len(address) > MAX_ADDRESS_LENGTH:
        raise _invalid(
            option,
            f"an address has at most {MAX_ADDRESS_LENGTH} characters (RFC 5321, erratum 1690).",
            value,
            "use a shorter one",
        )
    return address


def require_addresses(values: Sequence[str], *, option: str) -> tuple[str, ...]:
    """Normalize addresses and refuse one that is there twice.

    Raises:
        ConfigurationError: ``address-duplicate``, and the codes of `normalize_address`.
    """
    names: list[str] = []
    for value in values:
        name = normalize_address(value, option=option, quoted=True)
        if name in names:
            raise ConfigurationError(
                "address-duplicate",
                option=option,
                rule="each address once, whatever the spelling of its domain.",
                got=value,
                fix="drop the repeated one",
            )
        names.append(name)
    return tuple(names)


def _invalid(option: str, rule: str, got: str, fix: str) -> ConfigurationError:
    return ConfigurationError("email-address-invalid", option=option, rule=rule, got=got, fix=fix)

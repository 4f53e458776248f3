"""Prefixes of a mail store: the folders that rules write to and readers read. Part of `mail_store`."""

from collections.abc import Sequence
from itertools import permutations

from constructs_lib.errors import ConfigurationError
from constructs_lib.receiving.receipt_actions import require_prefix


def require_store_prefixes(prefixes: Sequence[str]) -> tuple[str, ...]:
    """Refuse what is no folder, or is inside another one.

    Raises:
        ConfigurationError: ``mail-prefix-invalid``.
    """
    for prefix in prefixes:
        require_prefix(prefix, option="prefixes")
    inside = [one for one, other in permutations(prefixes, 2) if one.startswith(other)]
    if inside or not prefixes:
        raise prefix_invalid(
            "prefixes",
            "one or more, none the same as another or inside it: who reads one would read both.",
            inside or prefixes,
            'write folders beside each other, such as ["support/", "billing/"]',
        )
    return tuple(prefixes)


def require_client_side_prefixes(
    prefixes: Sequence[str], *, of: Sequence[str], encrypts: bool
) -> tuple[str, ...]:
    """Refuse prefixes of mail that SES encrypts without its key, the key without them, and unknown ones.

    Args:
        prefixes: Where rules with ``client_side_encryption`` store.
        of: All prefixes of the store.
        encrypts: Whether the store has the key.

    Raises:
        ConfigurationError: ``mail-prefix-invalid``.
    """
    if bool(prefixes) != encrypts:
        raise prefix_invalid(
            "client_side_prefixes",
            "the prefixes whose mail SES encrypts, together with client_side.",
            prefixes,
            'write client_side=ClientSideEncryption(...), client_side_prefixes=["legal/"], or neither',
        )
    unknown = [prefix for prefix in prefixes if prefix not in of]
    if unknown:
        raise prefix_invalid(
            "client_side_prefixes",
            f"prefixes of the store: {', '.join(of)}.",
            unknown,
            "correct them, or add them to prefixes",
        )
    return tuple(prefixes)


def prefix_invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    """The error of a prefix that a store cannot have."""
    return ConfigurationError("mail-prefix-invalid", option=option, rule=rule, got=got, fix=fix)

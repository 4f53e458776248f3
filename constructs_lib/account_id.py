"""AWS account ids: 12 digits, as text (AWS Account Management Reference Guide)."""

import re
from typing import Final

from constructs_lib.domain_name import is_token
from constructs_lib.errors import ConfigurationError

_ACCOUNT: Final = re.compile(r"[0-9]{12}")


def require_account_id(account: str, *, option: str) -> str:
    """Refuse what is no account id; tokens pass. A number is refused: it has lost its leading zeros.

    Raises:
        ConfigurationError: ``account-invalid``.
    """
    if isinstance(account, str) and (is_token(account) or _ACCOUNT.fullmatch(account)):
        return account
    raise ConfigurationError(
        "account-invalid",
        option=option,
        rule="an AWS account id is 12 digits.",
        got=account,
        fix="copy it from `aws sts get-caller-identity` of that account, in quotes, with its leading zeros",
    )

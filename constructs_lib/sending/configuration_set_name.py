"""What a configuration set may be called. Loads no CDK, so that environment files can ask."""

import re
from typing import Final

from constructs_lib.domain_name import is_token
from constructs_lib.errors import ConfigurationError

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


def require_configuration_set_name(name: str, *, option: str = "configuration_set_name") -> str:
    """Refuse a name that SES would refuse (SES API v2, CreateConfigurationSet); tokens pass.

    Raises:
        ConfigurationError: ``configuration-set-name-invalid``.
    """
    if is_token(name) or _NAME.fullmatch(name):
        return name
    raise ConfigurationError(
        "configuration-set-name-invalid",
        option=option,
        rule="1 to 64 ASCII letters, digits, hyphens and underscores.",
        got=name,
        fix="choose such a name and keep it: applications send with it",
    )

"""The ports of SES's SMTP interface that this library uses; port 25 is none, because EC2 throttles it.

Source: SES Developer Guide, connecting to an SMTP endpoint.
"""

from collections.abc import Sequence
from typing import Final

from constructs_lib.errors import ConfigurationError
from constructs_lib.runtimes.smtp_credentials.model import STARTTLS_PORTS, TLS_WRAPPER_PORTS

SMTP_PORTS: Final = (*STARTTLS_PORTS, *TLS_WRAPPER_PORTS)
"""587 and 2587 begin TLS with STARTTLS; 465 and 2465 begin with TLS."""


def require_smtp_ports(ports: Sequence[int], *, option: str) -> tuple[int, ...]:
    """Refuse a port that SES does not listen on, port 25, none at all, and one that is named twice.

    Raises:
        ConfigurationError: ``smtp-port-invalid``.
    """
    if ports and set(ports) <= set(SMTP_PORTS) and len(set(ports)) == len(ports):
        return tuple(ports)
    raise ConfigurationError(
        "smtp-port-invalid",
        option=option,
        rule=f"of {', '.join(map(str, SMTP_PORTS))}, each once (SES Developer Guide, SMTP endpoint). "
        "SES listens on 25 too, which EC2 throttles.",
        got=list(ports),
        fix="write 587",
    )

"""Names that both sides of the embedded SES use: the server, and who sends to it or reads from it."""

from typing import Final

RECEIVED_PATH: Final = "/_ministack/ses/received"
"""Where the list of received mail is."""

RAW_PATH: Final = "/_ministack/ses/raw"
"""Where a sent message is, byte for byte; its id is the parameter ``id``."""


def inbound_host(region: str) -> str:
    """The MX target of a domain whose mail a Region receives (SES Developer Guide, publishing an MX record).

    Said again here, on purpose, rather than shared with `constructs_lib`: this side checks that side.
    """
    return f"inbound-smtp.{region}.amazonaws.com"

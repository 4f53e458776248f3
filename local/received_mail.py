"""A message that SES has accepted from another mail server, and the headers that SES puts on it. Pure.

Headers: SES Developer Guide, "Email receiving authentication and malware scanning" and the sample events of
the Lambda action; Return-Path and Received: RFC 5321 4.4.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final

from local.inbound_names import inbound_host
from local.mail_verdicts import Verdict, Verdicts

_RESULTS: Final = {
    Verdict.PASS: "pass",
    Verdict.FAIL: "fail",
    Verdict.GRAY: "none",
    Verdict.PROCESSING_FAILED: "temperror",
}
"""Verdicts in the words of Authentication-Results (RFC 8601)."""


@dataclass(frozen=True, kw_only=True)
class ReceivedMail:
    """A message as it came, and how it came.

    Attributes:
        message_id: The id that SES gives it.
        region: The Region that received it.
        arrived: When.
        source: MAIL FROM, empty for a bounce.
        recipients: RCPT TO, as far as SES accepted them.
        client_ip: The address of the other server.
        helo: Its name, as it says.
        content: The message, byte for byte.
        verdicts: What SES thinks of it.
    """

    message_id: str
    region: str
    arrived: datetime
    source: str
    recipients: tuple[str, ...]
    client_ip: str
    helo: str
    content: bytes
    verdicts: Verdicts

    def raw(self, *, scanned: bool, added: bytes = b"") -> bytes:
        """The message as SES hands it on.

        Args:
            scanned: Whether the rule asks for spam and virus scanning.
            added: Lines that Add header actions have put on it.
        """
        return self.trace(scanned=scanned) + added + self.content

    def trace(self, *, scanned: bool) -> bytes:
        """SES's own headers, with their line ends."""
        verdicts, origin = self.verdicts, self.source.rpartition("@")[2] or self.helo
        about = f"client-ip={self.client_ip}; envelope-from={self.source}; helo={self.helo};"
        spf = f"{_RESULTS[verdicts.spf]} (spfCheck: domain of {origin})"
        signature = f"a=rsa-sha256; q=dns/txt; c=relaxed/simple; d=amazonses.com; v=1; b={self._opaque(64)}"
        lines = [
            f"Return-Path: <{self.source}>",
            f"Received: from {self.helo} ({self.helo} [{self.client_ip}])",
            f" by {inbound_host(self.region)} with SMTP id {self.message_id}",
            f" for {self.recipients[0]};",
            f" {format_datetime(self.arrived.astimezone(UTC))} (UTC)",
            *([f"X-SES-Spam-Verdict: {verdicts.spam}"] if scanned else []),
            *([f"X-SES-Virus-Verdict: {verdicts.virus}"] if scanned else []),
            f"Received-SPF: {spf} {about}",
            "Authentication-Results: amazonses.com;",
            f" spf={spf} {about}",
            f" dkim={_RESULTS[verdicts.dkim]};",
            f" dmarc={_RESULTS[verdicts.dmarc]} header.from={verdicts.from_domain};",
            f"X-SES-RECEIPT: {self._opaque(128)}",
            f"X-SES-DKIM-SIGNATURE: {signature};",
        ]
        return "".join(f"{line}\r\n" for line in lines).encode()

    def _opaque(self, length: int) -> str:
        """Text that only SES could read, always the same for one message."""
        return base64.b64encode(hashlib.shake_256(self.message_id.encode()).digest(length)).decode()

"""Whether SES takes mail for a recipient, and what happens to a message that it has taken.

Source: SES Developer Guide, "Email receiving process": first the IP address filters, then the active rule
set, both before the message is sent; the rest when it has come. SES's words where people report them, those
of RFC 5321 and RFC 3207 elsewhere.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from local import emulator
from local.dns_names import ancestors
from local.inbound_names import inbound_host
from local.mail_verdicts import InvalidVerdictsError, judge
from local.receipt_actions import ReceiptActions
from local.receipt_rule import Rule, matching
from local.receipt_state import ReceiptState
from local.received_mail import ReceivedMail
from local.ses_store import IdentityStore

ACCEPTED: Final = "250 Ok"
BLOCKED: Final = "550 5.7.1 Requested action not taken: the IP address is blocked"
UNKNOWN: Final = "550 5.1.1 Requested action not taken: mailbox unavailable"
TLS_NEEDED: Final = "530 5.7.0 Must issue a STARTTLS command first"

_HOST: Final = re.compile(re.escape(inbound_host("REGION")).replace("REGION", r"([a-z0-9-]+)"))
_ID_ALPHABET: Final = "0123456789abcdefghijklmnopqrstuv"
_ID_LENGTH: Final = 40


@dataclass(frozen=True, kw_only=True)
class Client:
    """The other mail server.

    Attributes:
        ip: Its address.
        helo: Its name, as it says.
        tls: Whether the connection is encrypted.
        asked_for: The host that it asked for when it started TLS; empty when it did not say.
    """

    ip: str
    helo: str
    tls: bool
    asked_for: str


@dataclass(frozen=True, kw_only=True)
class Receiving:
    """SES's receiving side in every Region.

    Attributes:
        account: The account that mail comes in for.
        state: Rule sets and filters.
        identities: The identities.
        actions: Applies rules.
    """

    account: str
    state: ReceiptState
    identities: IdentityStore
    actions: ReceiptActions

    def region_of(self, client: Client, recipient: str) -> str:
        """The Region that a client has reached: all of them answer at one address here.

        The host that it asked for says it; otherwise the MX record of the domain, by which a mail server
        finds SES; otherwise the emulator's own Region.
        """
        emulator.set_account_id(self.account)
        mail_exchangers = self.identities.public_dns()(recipient.rpartition("@")[2], "MX")
        hosts = [client.asked_for, *(value.split()[-1] for value in mail_exchangers)]
        regions = (_HOST.fullmatch(host) for host in hosts)
        return next((found[1] for found in regions if found), emulator.region())

    def reply(self, client: Client, recipient: str, *, region: str) -> str:
        """SMTP's reply to a recipient."""
        self._enter(region)
        own = self.state.own()
        if own.filters.block(client.ip):
            return BLOCKED
        rules = [rule for rule in self._active_rules() if matching(rule, (recipient,))]
        if not rules or not self._is_verified(recipient):
            return UNKNOWN
        if not client.tls and any(rule["TlsPolicy"] == "Require" for rule in rules):
            return TLS_NEEDED
        return ACCEPTED

    def take(
        self, client: Client, source: str, recipients: Sequence[str], content: bytes, *, region: str
    ) -> str:
        """Do what the active rule set says with a message, and reply when that is done."""
        self._enter(region)
        rule_set = self.state.own().rule_sets.active
        if rule_set is None:  # deactivated since the recipients were accepted
            return UNKNOWN
        try:
            verdicts = judge(content, source=source, look_up=self.identities.public_dns())
        except InvalidVerdictsError as error:
            return f"554 5.6.0 {error}"
        mail = ReceivedMail(
            message_id="".join(secrets.choice(_ID_ALPHABET) for _ in range(_ID_LENGTH)),
            region=region,
            arrived=datetime.now(UTC),
            source=source,
            recipients=tuple(recipients),
            client_ip=client.ip,
            helo=client.helo,
            content=content,
            verdicts=verdicts,
        )
        self.state.own().received.append(self.actions.apply(rule_set, mail))
        return f"{ACCEPTED} {mail.message_id}"

    def _active_rules(self) -> Sequence[Rule]:
        active = self.state.own().rule_sets.active
        return active.rules if active else ()

    def _is_verified(self, recipient: str) -> bool:
        """Whether the recipient's domain, or one above it, is a verified identity."""
        self.identities.refresh()
        found = (self.identities.find(name) for name in ancestors(recipient.rpartition("@")[2]))
        return any(identity is not None and identity.verification.may_send for identity in found)

    def _enter(self, region: str) -> None:
        emulator.set_account_id(self.account)
        emulator.set_region(region)

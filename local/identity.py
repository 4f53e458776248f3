"""An SES email identity as data: what is configured, what is known, what the API v2 says about it.

Pure, like `local.verification`: the emulator appears only in `local.ses_store`.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from local.own_dkim import OwnKey
from local.verification import (
    Cname,
    LookUp,
    Progress,
    Status,
    advance,
    check_dkim,
    check_mail_from,
    expire,
)

SIGNING_HOSTED_ZONE: Final = "dkim.amazonses.com"
"""Where SES publishes Easy DKIM keys (SES Developer Guide, Easy DKIM)."""

_TOKENS: Final = 3
_TOKEN_LENGTH: Final = 32


class MxFailure(StrEnum):
    """What happens to mail while the MAIL FROM domain is not ready (SES API v2)."""

    USE_DEFAULT_VALUE = "USE_DEFAULT_VALUE"
    REJECT_MESSAGE = "REJECT_MESSAGE"


class KeyLength(StrEnum):
    """Length of the Easy DKIM key (SES API v2)."""

    RSA_1024_BIT = "RSA_1024_BIT"
    RSA_2048_BIT = "RSA_2048_BIT"


@dataclass(frozen=True, kw_only=True)
class MailFrom:
    """A custom MAIL FROM domain and how far its verification is."""

    domain: str
    progress: Progress


@dataclass(frozen=True, kw_only=True)
class Identity:
    """One email identity in one account and Region.

    Attributes:
        name: The domain, in lower case, or the address.
        account: AWS account id.
        region: Region of the identity; verification in one says nothing about another.
        verification: How far the identity's verification is. For a domain this is its DKIM; for an address
            it stays pending until the link in its mail is followed, or expires.
        own_key: A DKIM key of one's own (BYODKIM); None means Easy DKIM.
        key_length: Length of the Easy DKIM key.
        signing_enabled: Whether messages are signed.
        mail_from: The custom MAIL FROM domain; None means a domain of SES.
        mx_failure: What happens while the MAIL FROM domain is not ready.
        configuration_set_name: Default configuration set of sends that name none.
        feedback_forwarding: Whether bounces and complaints are forwarded by mail.
        policies: Sending authorization policies, as JSON by name.
    """

    name: str
    account: str
    region: str
    verification: Progress
    own_key: OwnKey | None = None
    key_length: KeyLength = KeyLength.RSA_2048_BIT
    signing_enabled: bool = True
    mail_from: MailFrom | None = None
    mx_failure: MxFailure = MxFailure.USE_DEFAULT_VALUE
    configuration_set_name: str | None = None
    feedback_forwarding: bool = True
    policies: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_domain(self) -> bool:
        """A domain, rather than one address."""
        return "@" not in self.name

    @property
    def tokens(self) -> tuple[str, ...]:
        """DKIM tokens, or the selector of a key of one's own; none for an address."""
        if not self.is_domain:
            return ()
        if self.own_key is not None:
            return (self.own_key.selector,)
        return dkim_tokens(account=self.account, region=self.region, domain=self.name)

    @property
    def legacy_token(self) -> str | None:
        """Value of the legacy verification record; none for an address.

        Shaped like those of SES (32 octets in base 64), and as deterministic as `dkim_tokens`.
        """
        if not self.is_domain:
            return None
        seed = f"{self.account}/{self.region}/{self.name}/legacy"
        return base64.b64encode(hashlib.sha256(seed.encode()).digest()).decode()

    @property
    def dkim_records(self) -> tuple[Cname, ...]:
        """The CNAMEs that verify the domain; none unless it uses Easy DKIM."""
        if self.own_key is not None:
            return ()
        return tuple(
            Cname(name=f"{token}._domainkey.{self.name}", target=f"{token}.{SIGNING_HOSTED_ZONE}")
            for token in self.tokens
        )


def canonical_name(name: str) -> str:
    """An identity's name as SES keeps it: domains without case, addresses as they are, domain included."""
    return name if "@" in name else name.lower()


def dkim_tokens(*, account: str, region: str, domain: str) -> tuple[str, ...]:
    """Easy DKIM tokens: always the same for one identity, different in every account and Region.

    Shaped like those of SES (32 characters, base 32). Deterministic, so that deploying again gives the same
    records and output that can be compared.
    """
    seeds = (f"{account}/{region}/{domain}/{number}".encode() for number in range(_TOKENS))
    digests = (base64.b32encode(hashlib.sha256(seed).digest()).decode().lower() for seed in seeds)
    return tuple(digest[:_TOKEN_LENGTH] for digest in digests)


def feedback_host(region: str) -> str:
    """The MX target of a MAIL FROM domain (SES Developer Guide, custom MAIL FROM).

    Said again here, on purpose, rather than shared with `constructs_lib`: this side checks that side.
    """
    return f"feedback-smtp.{region}.amazonses.com"


def checked(
    identity: Identity, look_up: LookUp, *, now: datetime, window: timedelta, link_window: timedelta
) -> Identity:
    """The identity after SES looked for its records once more, or at the clock where it is an address."""
    if not identity.is_domain:
        progress = expire(identity.verification, now=now, window=link_window)
        identity = replace(identity, verification=progress)
    if identity.is_domain:
        own = identity.own_key
        error = own.check(identity.name, look_up) if own else check_dkim(identity.dkim_records, look_up)
        progress = advance(identity.verification, error, now=now, window=window)
        identity = replace(identity, verification=progress)
    if identity.mail_from is not None:
        error = check_mail_from(identity.mail_from.domain, feedback_host(identity.region), look_up)
        progress = advance(identity.mail_from.progress, error, now=now, window=window)
        identity = replace(identity, mail_from=replace(identity.mail_from, progress=progress))
    return identity


def envelope_domain(identity: Identity) -> str:
    """The domain of the envelope sender: the custom one when it is ready, otherwise one of SES."""
    mail_from = identity.mail_from
    if mail_from is not None and mail_from.progress.status is Status.SUCCESS:
        return mail_from.domain
    # SES Developer Guide, custom MAIL FROM: us-east-1 has the bare domain, every other Region its own.
    return "amazonses.com" if identity.region == "us-east-1" else f"{identity.region}.amazonses.com"

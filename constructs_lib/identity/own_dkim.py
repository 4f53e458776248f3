"""DKIM with a key of one's own (BYODKIM): its selector, what is published, where the private key is.

The private key is in Secrets Manager and nowhere else; templates hold a reference to it. SES reads it when
the identity is created or its selector changes, so another key always comes with another selector.

Sources: SES Developer Guide, BYODKIM; SES API v2, DkimSigningAttributes; RFC 6376 3.6.1.

Example::

    OwnDkimKey(
        selector="s2026", public_key="MIIBIjANBgkq...", private_key_secret="prod/dkim/example.com/s2026"
    )
"""

import re
from dataclasses import dataclass
from typing import Final

from constructs_lib.domain_name import is_token
from constructs_lib.errors import ConfigurationError
from constructs_lib.identity.dns_records import DnsRecord, Purpose, RecordType
from constructs_lib.secret_name import SECRET_NAME

PRIVATE_KEY_FIELD: Final = "private_key"
"""The field of the secret's JSON: the private key in base64, without the lines around it."""

_SELECTOR: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SECRET_ARN: Final = re.compile(r"arn:aws[a-z0-9-]*:secretsmanager:[A-Za-z0-9/_+=.@:-]{1,600}")
_SHAPES: Final = (
    re.compile(r"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ[A-Za-z0-9+/]{172}IDAQAB"),
    re.compile(r"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA[A-Za-z0-9+/]{342}IDAQAB"),
)
"""SubjectPublicKeyInfo (RFC 5280) of RSA keys of 1024 and 2048 bit with the usual exponent."""


@dataclass(frozen=True, kw_only=True)
class PublishedDkimKey:
    """A public key in DNS.

    Attributes:
        selector: 1 to 63 lower case letters, digits and hyphens; never used for another key.
        public_key: RSA of 1024 or 2048 bit as base64, without the lines around it: what
            ``openssl rsa -pubout`` prints between them.

    Raises:
        ConfigurationError: ``dkim-key-invalid``.
    """

    selector: str
    public_key: str

    def __post_init__(self) -> None:
        if not is_token(self.selector) and not _SELECTOR.fullmatch(self.selector):
            raise _invalid(
                "selector",
                "1 to 63 lower case letters, digits and hyphens inside (SES API v2, DkimSigningAttributes).",
                self.selector,
                'name it after the time it is made, such as "s2026"',
            )
        if not is_token(self.public_key) and not any(shape.fullmatch(self.public_key) for shape in _SHAPES):
            raise _invalid(
                "public_key",
                "an RSA public key of 1024 or 2048 bit in base64, one line (SES API v2).",
                f"{len(self.public_key)} characters",
                "take what `python -m ops dkim create` prints, never the private key",
            )

    def record(self, domain: str) -> DnsRecord:
        """The TXT record that receivers check signatures with (RFC 6376 3.6.1)."""
        return DnsRecord(
            name=f"{self.selector}._domainkey.{domain}",
            type=RecordType.TXT,
            values=(f"v=DKIM1; k=rsa; p={self.public_key}",),
            purpose=Purpose.DKIM,
        )


@dataclass(frozen=True, kw_only=True)
class OwnDkimKey(PublishedDkimKey):
    """The key that SES signs with, and those that signed before.

    Attributes:
        private_key_secret: Name or ARN of the secret in the identity's Region whose JSON has the private key
            as `PRIVATE_KEY_FIELD`.
        retiring: Keys that signed before: they stay published until mail that they signed has arrived,
            which a week covers. Default: none.

    Raises:
        ConfigurationError: ``dkim-key-invalid``.
    """

    private_key_secret: str
    retiring: tuple[PublishedDkimKey, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (
            is_token(self.private_key_secret)
            or SECRET_NAME.fullmatch(self.private_key_secret)
            or _SECRET_ARN.fullmatch(self.private_key_secret)
        ):
            raise _invalid(
                "private_key_secret",
                "the name or ARN of a secret (Secrets Manager API, CreateSecret).",
                # It may be the key itself that somebody wrote here.
                f"{len(self.private_key_secret)} characters",
                "store the key with `python -m ops dkim create` and name its secret",
            )
        selectors = [self.selector, *(key.selector for key in self.retiring)]
        if len(set(selectors)) != len(selectors):
            raise _invalid(
                "retiring", "each selector once: one name holds one key.", selectors, "drop the repeated one"
            )

    def records(self, domain: str) -> tuple[DnsRecord, ...]:
        """Every key's record, the one in use first."""
        return tuple(key.record(domain) for key in (self, *self.retiring))


def _invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("dkim-key-invalid", option=option, rule=rule, got=got, fix=fix)

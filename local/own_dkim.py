"""A DKIM key of one's own as SES takes it (BYODKIM): the private half comes in, the public one is looked for.

SES API v2, DkimSigningAttributes: RSA of 1024 or 2048 bit, base64 without the lines around it. SES Developer
Guide, BYODKIM: the TXT record ``<selector>._domainkey.<domain>`` with the public key verifies the domain.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

from local.verification import ErrorType, LookUp

_BITS: Final = (1024, 2048)


@dataclass(frozen=True, kw_only=True)
class OwnKey:
    """What SES keeps of a key; nothing here can sign.

    Attributes:
        selector: Its name in DNS.
        public_key: Base64 of its public half, as in a DKIM record.
    """

    selector: str
    public_key: str

    @classmethod
    def of(cls, attributes: dict[str, Any]) -> "OwnKey | None":
        """The key in DkimSigningAttributes; None where they mean Easy DKIM.

        Raises:
            ValueError: selector or key is missing, or the key is not one that SES takes. It is not quoted.
        """
        selector, text = attributes.get("DomainSigningSelector"), attributes.get("DomainSigningPrivateKey")
        if not selector and not text:
            return None
        if not selector or not text:
            raise ValueError("DomainSigningSelector and DomainSigningPrivateKey go together.")
        try:
            key = load_der_private_key(base64.b64decode(text, validate=True), password=None)
        except (ValueError, TypeError, binascii.Error):
            raise ValueError("DomainSigningPrivateKey is not a private key in base64.") from None
        if not isinstance(key, rsa.RSAPrivateKey) or key.key_size not in _BITS:
            raise ValueError("DomainSigningPrivateKey must be an RSA key of 1024 or 2048 bit.")
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return cls(selector=selector, public_key=base64.b64encode(public).decode("ascii"))

    def check(self, domain: str, look_up: LookUp) -> ErrorType | None:
        """Look for the record; None means that it is there, alone and right."""
        found = look_up(f"{self.selector}._domainkey.{domain}", "TXT")
        if not found:
            return ErrorType.HOST_NOT_FOUND
        keys = [_tags(value).get("p") for value in found]
        return None if keys == [self.public_key] else ErrorType.INVALID_VALUE


def _tags(record: str) -> dict[str, str]:
    """The tags of a DKIM record (RFC 6376 3.2)."""
    pairs = (pair.partition("=") for pair in record.split(";"))
    return {name.strip(): "".join(value.split()) for name, _, value in pairs}

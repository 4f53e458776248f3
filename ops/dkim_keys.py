"""New DKIM keys of one's own: made here, stored in Secrets Manager, and never anywhere else."""

import base64
import json
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from constructs_lib.identity.own_dkim import PRIVATE_KEY_FIELD, OwnDkimKey
from ops.errors import SecretExistsError
from ops.ports import SecretsGateway
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain

_BITS: Final = 2048
_EXPONENT: Final = 65537


@dataclass(frozen=True, kw_only=True)
class CreatedKey:
    """A key that is stored.

    Attributes:
        key: What the environment file says about it.
        regions: Where its secret is.
    """

    key: OwnDkimKey
    regions: tuple[str, ...]


def create_dkim_key(
    environment: MailEnvironment, domain: MailDomain, selector: str, gateway: SecretsGateway
) -> CreatedKey:
    """Make a key and store its private half in each Region of a domain.

    Raises:
        ConfigurationError: ``dkim-key-invalid``: the selector cannot be one.
        SecretExistsError: The selector was used before; nothing was made.
        AccessError: Secrets Manager could not be asked.
    """
    private = rsa.generate_private_key(public_exponent=_EXPONENT, key_size=_BITS)
    key = OwnDkimKey(
        selector=selector,
        public_key=_base64(
            private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        ),
        private_key_secret=f"{environment.name}/dkim/{domain.domain}/{selector}",
    )
    regions = environment.regions_of(domain)
    for region in regions:
        if gateway.has_secret(key.private_key_secret, region=region):
            raise SecretExistsError(
                f"The secret {key.private_key_secret} exists in {region}: selector {selector} has a key.",
                fix="choose a selector that was never used for this domain",
            )
    value = json.dumps(
        {PRIVATE_KEY_FIELD: _base64(private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))}
    )
    for region in regions:
        gateway.create_secret(
            key.private_key_secret,
            value,
            region=region,
            description=f"DKIM private key of {domain.domain}, selector {selector}",
        )
    return CreatedKey(key=key, regions=regions)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")

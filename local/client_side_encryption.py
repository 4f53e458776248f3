"""How SES encrypts a message before it puts it into a bucket (``KmsKeyArn`` of an S3 action): pure.

Sources: KMS Developer Guide, "How Amazon SES uses AWS KMS" (the encryption context); Amazon S3 Encryption
Client, message format V2 (AES-GCM with the tag behind the ciphertext, names of the metadata); and an object
that SES wrote, in a test of aws/amazon-s3-encryption-client-dotnet (pull request 40): the data key is wrapped
by the older algorithm ``kms``, whose description of the material names the KMS key and is the whole context.
"""

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_IV_BYTES: Final = 12


@dataclass(frozen=True, kw_only=True)
class DataKey:
    """What KMS generates for one message.

    Attributes:
        plaintext: The key itself.
        encrypted: The same, as only KMS reads it.
    """

    plaintext: bytes
    encrypted: bytes


def encryption_context(*, account: str, rule: str, message_id: str, key_arn: str) -> dict[str, str]:
    """What SES binds the data key of a message to."""
    return {
        "aws:ses:message-id": message_id,
        "aws:ses:rule-name": rule,
        "aws:ses:source-account": account,
        "kms_cmk_id": key_arn,
    }


def encrypt(raw: bytes, data_key: DataKey, context: Mapping[str, str]) -> tuple[bytes, dict[str, str]]:
    """The ciphertext of a message, and the metadata of its object."""
    iv = os.urandom(_IV_BYTES)
    ciphertext = AESGCM(data_key.plaintext).encrypt(iv, raw, None)
    return ciphertext, {
        "x-amz-cek-alg": "AES/GCM/NoPadding",
        "x-amz-iv": base64.b64encode(iv).decode(),
        "x-amz-key-v2": base64.b64encode(data_key.encrypted).decode(),
        "x-amz-matdesc": json.dumps(context, separators=(",", ":")),
        "x-amz-tag-len": "128",
        "x-amz-unencrypted-content-length": str(len(raw)),
        "x-amz-wrap-alg": "kms",
    }

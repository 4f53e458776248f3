"""Mail that SES encrypted before it came to S3 (``KmsKeyArn`` of an S3 action), read by AWS's own client.

SES writes an older format of the Amazon S3 encryption client: AES-GCM, an envelope in the object's metadata
(``x-amz-key-v2``), and the data key wrapped in the way called ``kms``, which binds it to account, rule and
message id (KMS Developer Guide, how Amazon SES uses AWS KMS). The client reads that only when it is told to.
In Lambda it comes in a layer, which only such functions have.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

_ENVELOPE: Final = ("x-amz-key-v2", "x-amz-key", "x-amz-3")
"""Metadata of an object that was encrypted before it came to S3, by format of the encryption client."""

_CONTEXT: Final = "x-amz-matdesc"
_KEY: Final = "kms_cmk_id"


def is_encrypted(metadata: Mapping[str, str]) -> bool:
    """Whether an object of this metadata was encrypted before it came to S3."""
    return any(name in metadata for name in _ENVELOPE)


def key_arn_of(metadata: Mapping[str, str]) -> str | None:
    """The KMS key that SES encrypted with, as the envelope says it; None where it does not."""
    try:
        found = json.loads(metadata.get(_CONTEXT, "null"))
    except ValueError:
        return None
    arn = found.get(_KEY) if isinstance(found, dict) else None
    return arn if isinstance(arn, str) else None


class ClientSideReader:
    """Reads encrypted objects. What was changed since SES wrote it is refused before a byte is returned.

    Args:
        s3: A boto3 client that nothing else uses: the encryption client takes it over.
        kms: A boto3 client.
        key_arn: The key that the data keys must be of.

    Raises:
        ImportError: The encryption client is not installed.
    """

    # Any: no stubs of S3 and KMS are installed in Lambda.
    def __init__(self, *, s3: Any, kms: Any, key_arn: str) -> None:  # noqa: ANN401
        # Here and not above: functions without the layer load this module too.
        from s3_encryption import (  # noqa: PLC0415
            S3EncryptionClient,
            S3EncryptionClientConfig,
        )
        from s3_encryption.instruction_file_config import InstructionFileConfig  # noqa: PLC0415
        from s3_encryption.materials.kms_keyring import KmsKeyring  # noqa: PLC0415
        from s3_encryption.materials.materials import CommitmentPolicy  # noqa: PLC0415

        self._client: Any = S3EncryptionClient(
            s3,
            S3EncryptionClientConfig(
                keyring=KmsKeyring(kms, key_arn, enable_legacy_wrapping_algorithms=True),
                # SES's format binds no content to its key.
                commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT,
                # SES keeps the envelope in the metadata: nothing else may take its place.
                instruction_file_config=InstructionFileConfig(disable_get_object=True),
            ),
        )

    def read(self, bucket: str, key: str) -> bytes:
        """An object as it was before it was encrypted.

        Raises:
            BotoCoreError: It cannot be decrypted, or S3 or KMS were not reached.
            ClientError: S3 or KMS refused.
        """
        try:
            return bytes(self._client.get_object(Bucket=bucket, Key=key)["Body"].read())
        except Exception as error:
            # The client puts its own error around those of the SDK, which say more.
            cause = error.__cause__
            if cause is not None and type(cause).__module__.startswith("botocore."):
                raise cause from None
            raise

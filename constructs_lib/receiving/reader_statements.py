"""What a role of another account needs to read stored mail, as policy statements. Plain values.

The owner's policies have the same statements for this role alone (`MailReader.owner_statement`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

_READ: Final = "s3:GetObject"
_LIST: Final = "s3:ListBucket"
_DECRYPT: Final = "kms:Decrypt"
_CONTEXT: Final = "kms:EncryptionContext:aws:s3:arn"

Statement = dict[str, Any]


def reader_policy(
    *,
    bucket_arn: str,
    key_arn: str,
    prefixes: Sequence[str],
    through: str,
    client_side: Statement | None = None,
) -> dict[str, Any]:
    """What the reading role needs in its own account, as a policy document.

    Args:
        bucket_arn: The bucket.
        key_arn: Its key.
        prefixes: What may be read.
        through: The service name that S3 of the store's Region uses keys by, ``s3.<region>.<suffix>``.
        client_side: What decrypts mail that SES encrypted before it came to S3. Default: nothing.
    """
    statements = [
        *bucket_statements(bucket_arn, prefixes),
        key_statement(key_arn, bucket_arn, prefixes, through),
    ]
    if client_side is not None:
        statements.append(client_side)
    return {"Version": "2012-10-17", "Statement": statements}


def bucket_statements(bucket_arn: str, prefixes: Sequence[str]) -> list[Statement]:
    """Reading objects and listing them, under the prefixes only."""
    return [
        {
            "Sid": "ReadMail",
            "Effect": "Allow",
            "Action": _READ,
            "Resource": [f"{bucket_arn}/{prefix}*" for prefix in prefixes],
        },
        {
            "Sid": "ListMail",
            "Effect": "Allow",
            "Action": _LIST,
            "Resource": bucket_arn,
            "Condition": {"StringLike": {"s3:prefix": [f"{prefix}*" for prefix in prefixes]}},
        },
    ]


def key_statement(key_arn: str, bucket_arn: str | None, prefixes: Sequence[str], through: str) -> Statement:
    """Decrypting through S3; where the bucket is known, of this bucket's mail only.

    With a bucket key the encryption context is the bucket's ARN, without one the object's (S3 User Guide,
    changes to note before enabling an S3 Bucket Key).
    """
    condition: dict[str, Mapping[str, Any]] = {"StringEquals": {"kms:ViaService": through}}
    if bucket_arn is not None:
        condition["StringLike"] = {
            _CONTEXT: [bucket_arn, *(f"{bucket_arn}/{prefix}*" for prefix in prefixes)]
        }
    return {
        "Sid": "DecryptMail",
        "Effect": "Allow",
        "Action": _DECRYPT,
        "Resource": key_arn,
        "Condition": condition,
    }

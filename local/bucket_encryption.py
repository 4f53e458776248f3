"""Default encryption of buckets that CloudFormation makes, which the emulator leaves out.

Template reference, ``AWS::S3::Bucket`` BucketEncryption; S3 User Guide, "Setting default server-side
encryption behavior": a bucket that says nothing encrypts with S3's own keys. The answers of S3 say how an
object is encrypted; nothing really is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape

from local import emulator

RESOURCE_TYPE: Final = "AWS::S3::Bucket"

Properties = Mapping[str, Any]
Made = tuple[str, dict[str, str]]


@dataclass(frozen=True, kw_only=True)
class EncryptedBuckets:
    """The resource type's handlers; parameter names and order are the emulator's.

    Attributes:
        create_inner: The emulator's own.
        update_inner: As above.
    """

    create_inner: Callable[[str, Properties, str], Made]
    update_inner: Callable[[str, Properties, Properties, str], Made]

    def create(self, logical_id: str, props: Properties, stack_name: str) -> Made:
        """Create the bucket.

        Raises:
            ValueError: S3 does not take its encryption; the stack then fails with this text.
        """
        made = self.create_inner(logical_id, props, stack_name)
        _encrypt(made[0], props)
        return made

    def update(self, physical_id: str, old_props: Properties, new_props: Properties, stack_name: str) -> Made:
        """Update the bucket.

        Raises:
            ValueError: as `create`.
        """
        made = self.update_inner(physical_id, old_props, new_props, stack_name)
        _encrypt(made[0], new_props)
        return made


def _encrypt(bucket: str, props: Properties) -> None:
    given = (props.get("BucketEncryption") or {}).get("ServerSideEncryptionConfiguration") or [{}]
    default = given[0].get("ServerSideEncryptionByDefault") or {"SSEAlgorithm": "AES256"}
    if default["SSEAlgorithm"] == "aws:kms":
        # Without a key it is S3's own in KMS. The emulator wants one to be named.
        own = f"arn:aws:kms:{emulator.region()}:{emulator.account_id()}:alias/aws/s3"
        default = {"KMSMasterKeyID": own, **default}
    parts = "".join(
        f"<{name}>{escape(str(default[name]))}</{name}>"
        for name in ("SSEAlgorithm", "KMSMasterKeyID")
        if default.get(name)
    )
    applied = f"<ApplyServerSideEncryptionByDefault>{parts}</ApplyServerSideEncryptionByDefault>"
    key = f"<BucketKeyEnabled>{str(given[0].get('BucketKeyEnabled', False)).lower()}</BucketKeyEnabled>"
    configuration = (
        '<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Rule>{applied}{key}</Rule></ServerSideEncryptionConfiguration>"
    )
    status, _, body = emulator.put_bucket_encryption(bucket, configuration.encode())
    if status >= 400:  # noqa: PLR2004 - HTTP: refused
        raise ValueError(body.decode())

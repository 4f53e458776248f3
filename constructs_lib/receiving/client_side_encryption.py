"""Mail that SES encrypts before it comes to S3 (``KmsKeyArn`` of an S3 action), together with what reads it.

To S3, and to everybody who may read the bucket, such a message is ciphertext; who may use the key as well
reads it with an Amazon S3 encryption client. A user gets a KMS key that is rotated every year
(`AWS::KMS::Key`) and a layer with AWS's own client for functions (`AWS::Lambda::LayerVersion`). The key stays
when the stack is deleted, because without it no message is ever read again; the layer goes.

SES uses the key by the role that writes to the bucket and by nothing else, so the key's policy names no
service (SES API, S3Action: IamRoleArn). What is granted here is granted for what SES binds to each message:
account, rule and message id (KMS Developer Guide, how Amazon SES uses AWS KMS: encryption context).

What a person must still do: ``make reader`` before the first synthesis, which fills the layer.

Example::

    encryption = ClientSideEncryption(
        stack, "ClientSide", reader=Path(".reader"), requirements=Path("requirements-reader.txt")
    )
    store = MailStore(..., client_side=encryption, client_side_prefixes=["legal/"])
"""

import hashlib
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.encryption_key import encryption_key, let_account_use
from constructs_lib.errors import ConfigurationError
from constructs_lib.events.feedback import require_key_arn

_CONTEXT: Final = "kms:EncryptionContext:aws:ses"


class ClientSideEncryption(Construct):
    """A key for SES's client-side encryption, and the layer by which functions read.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        reader: The folder that ``make reader`` made: the layer's files, and a copy of `requirements`.
        requirements: The pinned packages of the layer. Their hash is all that the template says of it: the
            same pins are the same template, wherever and whenever they were installed.
        existing_key_arn: A customer managed key in this Region that exists already. Default: one is made.
        removal_policy: Of the key. Default: it is kept; a failed creation is cleaned up.

    Attributes:
        key: What SES encrypts with.
        layer: For functions with Python 3.14 on Arm.

    Raises:
        ConfigurationError: ``mail-reader-missing``, ``encryption-key-unusable``; before anything is built.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        reader: Path,
        requirements: Path,
        existing_key_arn: str | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        pins = _require_reader(reader, requirements)
        if existing_key_arn is not None:
            require_key_arn(existing_key_arn, region=cdk.Stack.of(scope).region)
        super().__init__(scope, construct_id)
        self.key = encryption_key(
            self,
            "Key",
            description="Amazon SES: client-side encryption of received mail",
            existing_key_arn=existing_key_arn,
            removal_policy=removal_policy,
        )
        let_account_use(
            self,
            self.key,
            iam.PolicyStatement(
                sid="ClientSideEncryptionOfMail",
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],
                conditions=self._conditions(),
            ),
        )
        self.layer = lambda_.LayerVersion(
            self,
            "Reader",
            description="Amazon S3 encryption client: reads mail that SES encrypted",
            code=lambda_.Code.from_asset(
                str(reader),
                # Of the pins, not of the files: two installations differ in bytes that mean nothing.
                asset_hash=hashlib.sha256(pins).hexdigest(),
                asset_hash_type=cdk.AssetHashType.CUSTOM,
                exclude=["__pycache__"],
            ),
            # As `RuntimeFunction` has them.
            compatible_runtimes=[lambda_.Runtime.PYTHON_3_14],
            compatible_architectures=[lambda_.Architecture.ARM_64],
        )

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let somebody in this account decrypt what SES encrypted; the bucket is another permission."""
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["kms:Decrypt"],
            resource_arns=[self.key.key_arn],
            conditions=self._conditions(),
        )

    def read_statement(self) -> iam.PolicyStatement:
        """The same as a statement."""
        return self._statement("kms:Decrypt")

    def write_statement(self) -> iam.PolicyStatement:
        """What the role needs by which SES writes (SES Developer Guide, permissions for email receiving)."""
        return self._statement("kms:GenerateDataKey")

    def _statement(self, action: str) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            actions=[action], resources=[self.key.key_arn], conditions=self._conditions()
        )

    def _conditions(self) -> dict[str, Any]:
        return _conditions(cdk.Stack.of(self).account)


def client_side_statement(key_arn: str, *, owner: str) -> dict[str, Any]:
    """What reads mail that SES encrypted, as data, for readers in other accounts.

    Args:
        key_arn: The key; ``*`` in its own policy.
        owner: The account that receives the mail.
    """
    return {
        "Sid": "DecryptWhatSesEncrypted",
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": key_arn,
        "Condition": _conditions(owner),
    }


def _conditions(account: str) -> dict[str, Any]:
    # Not the rule's name: mail of a rule that was renamed since must still be read.
    return {
        "StringEquals": {f"{_CONTEXT}:source-account": account},
        "Null": {f"{_CONTEXT}:rule-name": "false", f"{_CONTEXT}:message-id": "false"},
    }


def _require_reader(reader: Path, requirements: Path) -> bytes:
    """The pins of the layer, once it is sure that the folder holds just these."""
    pins = requirements.read_bytes()
    copy = reader / requirements.name
    installed = copy.read_bytes() if copy.is_file() else None
    if installed != pins:
        raise ConfigurationError(
            "mail-reader-missing",
            option="reader",
            rule=f"the packages of {requirements.name}, installed for Lambda: they read what SES encrypts.",
            got="no packages" if installed is None else "packages of other pins",
            fix="run make reader",
        )
    return pins

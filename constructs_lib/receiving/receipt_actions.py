"""What a receipt rule does with a message, in order. Plain values for environment files.

There is no SNS action: it publishes the whole message, and a message above 150 KB bounces (SES Developer
Guide, publish to SNS topic action). `StoreInS3` announces the stored message to a topic instead, whatever its
size.

Example::

    (StoreInS3(prefix="support/"), Bounce(reply=MAILBOX_FULL, sender="postmaster@example.com"), Stop())
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.arns import arn_form
from constructs_lib.domain_name import is_token
from constructs_lib.email_address import normalize_address
from constructs_lib.errors import ConfigurationError
from constructs_lib.receiving.bounce_reply import BounceReply

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_s3 as s3
    from aws_cdk import aws_sns as sns

MAX_ACTIONS: Final = 10
"""Actions of a rule (SES Developer Guide, service quotas)."""

MAX_HEADER_VALUE: Final = 2047
"""Below 2048 characters (SES Developer Guide, add header action)."""

_PREFIX: Final = re.compile(r"[A-Za-z0-9!_.'()=@+-][A-Za-z0-9!_.'()/=@+-]{0,198}/")
_TEXT: Final = re.compile(r"[\t\x20-\x7e]+")
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,50}")
_FUNCTION: Final = arn_form("lambda", "function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9$_-]{1,128})?")
_ORGANIZATION: Final = arn_form("workmail", "organization/m-[A-Za-z0-9]{1,64}")


@dataclass(frozen=True, kw_only=True)
class StoreInS3:
    """Put the message, up to 40 MB, into a bucket as ``<prefix><message id>``, and announce it.

    SES writes by a role (``IamRoleArn``), and publishes by it too. On creation of the rule it writes
    ``<prefix>AMAZON_SES_SETUP_NOTIFICATION``, which is no message.

    Attributes:
        prefix: Where in the bucket: letters, digits and ``!_.'()=@+-``, ends in ``/``, 200 at most. No
            character is a wildcard of IAM, because the writer's permission is made of it.
        topic: What the stored message is announced to, without its body; in the rule set's Region. Default:
            the topic that the rule set has for this prefix, else none.
        bucket: Default: the rule set's store. Never one with a default retention of object lock.
        writer_role: Writes to `bucket`; given with it.
        client_side_encryption: Whether SES encrypts the message before it comes to S3, with the key of the
            rule set's store (``KmsKeyArn``): only an Amazon S3 encryption client reads it then. Default: no;
            S3 encrypts it on the server.

    Raises:
        ConfigurationError: ``mail-prefix-invalid``, ``receipt-action-invalid``.
    """

    prefix: str
    topic: "sns.ITopic | None" = None
    bucket: "s3.IBucket | None" = None
    writer_role: "iam.IRole | None" = None
    client_side_encryption: bool = False

    def __post_init__(self) -> None:
        require_prefix(self.prefix)
        if (self.bucket is None) != (self.writer_role is None):
            raise _invalid(
                "writer_role",
                "a bucket comes with the role that writes to it (SES Developer Guide, permissions for email"
                " receiving).",
                self.writer_role,
                "give both, or neither for the rule set's store",
            )


@dataclass(frozen=True, kw_only=True)
class InvokeFunction:
    """Call a Lambda function of this account and Region with headers and verdicts, never with the body.

    Attributes:
        function_arn: The function, its version or alias. The rule set lets SES, for this rule, call it.
        synchronous: Whether SES waits up to 30 s for a ``disposition``: ``STOP_RULE``, ``STOP_RULE_SET`` or
            ``CONTINUE``. Default: no; SES recommends it for mail flow decisions only.

    Raises:
        ConfigurationError: ``receipt-action-invalid``.
    """

    function_arn: str
    synchronous: bool = False

    def __post_init__(self) -> None:
        _require_arn(self.function_arn, _FUNCTION, "function_arn", "a Lambda function", "function:<name>")


@dataclass(frozen=True, kw_only=True)
class Bounce:
    """Send a bounce to whoever sent the message. It is mail of its own: backscatter, where that was forged.

    Attributes:
        reply: What it says.
        sender: From whom: an address of a verified identity (SES Developer Guide, return bounce response
            action).

    Raises:
        ConfigurationError: the codes of `normalize_address`.
    """

    reply: BounceReply
    sender: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "sender", normalize_address(self.sender, option="sender"))


@dataclass(frozen=True, kw_only=True)
class AddHeader:
    """Add a header, which the actions after it see.

    Attributes:
        name: 1 to 50 letters, digits and hyphens.
        value: Printable ASCII on one line, fewer than 2048 characters.

    Raises:
        ConfigurationError: ``receipt-action-invalid`` (SES Developer Guide, add header action; RFC 5322 2.2).
    """

    name: str
    value: str

    def __post_init__(self) -> None:
        if not _HEADER_NAME.fullmatch(self.name):
            raise _invalid(
                "name",
                "1 to 50 ASCII letters, digits and hyphens (SES Developer Guide, add header action).",
                self.name,
                'write "X-Received-For", for example',
            )
        fits = _TEXT.fullmatch(self.value) and len(self.value) <= MAX_HEADER_VALUE
        if not is_token(self.value) and not fits:
            raise _invalid(
                "value",
                f"1 to {MAX_HEADER_VALUE} printable ASCII characters on one line (SES Developer Guide, add"
                " header action; RFC 5322 2.2).",
                self.value if len(self.value) <= MAX_HEADER_VALUE else f"{len(self.value)} characters",
                "shorten it, and write other characters as encoded words (RFC 2047)",
            )


@dataclass(frozen=True, kw_only=True)
class Stop:
    """End the rule set for this message: no later action, no later rule."""


@dataclass(frozen=True, kw_only=True)
class DeliverToWorkMail:
    """Hand the message to Amazon WorkMail.

    Attributes:
        organization_arn: ``arn:<partition>:workmail:<region>:<account>:organization/m-...``.

    Raises:
        ConfigurationError: ``receipt-action-invalid``.
    """

    organization_arn: str

    def __post_init__(self) -> None:
        _require_arn(
            self.organization_arn,
            _ORGANIZATION,
            "organization_arn",
            "an Amazon WorkMail organization",
            "organization/m-<id>",
        )


ReceiptAction = StoreInS3 | InvokeFunction | Bounce | AddHeader | Stop | DeliverToWorkMail


def require_actions(actions: Sequence[ReceiptAction], *, option: str) -> None:
    """Refuse actions that SES would refuse, or that could never run.

    Raises:
        ConfigurationError: ``receipt-action-invalid``.
    """
    if not 1 <= len(actions) <= MAX_ACTIONS:
        raise _invalid(
            option,
            f"1 to {MAX_ACTIONS} actions (SES Developer Guide, service quotas).",
            f"{len(actions)} actions",
            "put the others into a rule for the same recipients that comes next",
        )
    stops = [isinstance(action, Stop) for action in actions]
    if any(stops[:-1]):
        raise _invalid(
            option,
            "nothing comes after Stop(), which ends the rule set (SES Developer Guide, stop action).",
            actions[stops.index(True) + 1],
            "move Stop() to the end",
        )


def require_prefix(prefix: str, *, option: str = "prefix") -> str:
    """Refuse a prefix that is no folder, or that IAM would read as a pattern.

    Raises:
        ConfigurationError: ``mail-prefix-invalid``.
    """
    if _PREFIX.fullmatch(prefix) and "//" not in prefix:
        return prefix
    raise ConfigurationError(
        "mail-prefix-invalid",
        option=option,
        rule="2 to 200 letters, digits and !_.'()=@+- in folders, with / at the end and not at the start.",
        got=prefix,
        fix='name what is received, such as "support/"',
    )


def _require_arn(value: str, pattern: re.Pattern[str], option: str, what: str, resource: str) -> None:
    if not is_token(value) and not pattern.fullmatch(value):
        raise _invalid(option, f"the ARN of {what}.", value, f"write the whole ARN, which ends in {resource}")


def _invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("receipt-action-invalid", option=option, rule=rule, got=got, fix=fix)

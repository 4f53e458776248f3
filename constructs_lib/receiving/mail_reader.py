"""Roles of other accounts that read stored mail. Plain values; what each needs is in `reader_statements`.

Another account's role needs the bucket's policy and the key's, and a policy of its own (S3 User Guide, bucket
owner granting cross-account permissions; KMS Developer Guide, users in other accounts). The owner's policies
name the account and, as a condition, the role's ARN: the role need not exist yet, and one that is made again
under its name may go on reading.

Example::

    MailReader(account="222222222222", role="role/Support", prefixes=("support/",))
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from constructs_lib.account_id import require_account_id
from constructs_lib.domain_name import is_token
from constructs_lib.errors import ConfigurationError
from constructs_lib.policy_size import BUCKET_POLICY, policy_size
from constructs_lib.receiving.reader_statements import Statement, bucket_statements
from constructs_lib.receiving.receipt_actions import require_prefix

_ROLE: Final = re.compile(r"role/([\w+=,.@-]+/)*[\w+=,.@-]{1,64}", re.ASCII)

_ROOM_OF_READERS: Final = BUCKET_POLICY - 1_024
"""Characters of a bucket's policy that are for readers; the rest is for what it says without them."""

_LONGEST_PARTITION: Final = "aws-us-gov"
_LONGEST_BUCKET: Final = f"arn:{_LONGEST_PARTITION}:s3:::{'b' * 63}"
"""A bucket that is made has no name yet (S3 User Guide, bucket naming rules: 63 characters)."""


@dataclass(frozen=True, kw_only=True)
class MailReader:
    """A role of another account that lists and reads the mail under some prefixes.

    Attributes:
        account: The other account's id: 12 digits, as text, known now.
        role: Its role as ``role/Support``, with its path if it has one.
        prefixes: Prefixes of the store, each once.

    Raises:
        ConfigurationError: ``account-invalid``, ``mail-access-invalid``, ``mail-prefix-invalid``.
    """

    account: str
    role: str
    prefixes: tuple[str, ...]

    def __post_init__(self) -> None:
        require_account_id(self.account, option="readers: account")
        if is_token(self.account):
            raise access_invalid(
                "readers: account",
                "an account that is known now: statements and outputs are named after it.",
                self.account,
                "write its 12 digits",
            )
        if not _ROLE.fullmatch(self.role):
            raise access_invalid(
                "readers: role",
                "one role, without wildcards.",
                self.role,
                "write role/<name>, with its path if it has one, and no ARN",
            )
        object.__setattr__(self, "prefixes", require_read_prefixes(self.prefixes, option="readers: prefixes"))

    @property
    def label(self) -> str:
        """Letters and digits that tell the role from others, for ids."""
        return f"{self.account}{re.sub('[^A-Za-z0-9]', '', self.role.removeprefix('role/'))}"

    def role_arn(self, partition: str) -> str:
        """The role's ARN, path included, as IAM passes it (IAM User Guide, aws:PrincipalArn)."""
        return f"arn:{partition}:iam::{self.account}:{self.role}"

    def owner_statement(self, statement: Statement, *, partition: str) -> Statement:
        """A statement as the owner's policies have it: for this role of the other account only."""
        return statement | {
            "Sid": f"{statement['Sid']}{self.label}",
            "Principal": {"AWS": f"arn:{partition}:iam::{self.account}:root"},
            "Condition": statement.get("Condition", {})
            | {"ArnEquals": {"aws:PrincipalArn": self.role_arn(partition)}},
        }


def require_readers(
    readers: Sequence[MailReader], *, prefixes: Sequence[str], account: str, option: str
) -> None:
    """Refuse readers of what a store does not have, a role twice, roles of the store's own account, too many.

    How many there may be is what fits into the bucket's policy. Their outputs are fewer than the 200 that
    CloudFormation takes then (CloudFormation User Guide, outputs): five for each where bucket and keys exist
    already, otherwise one or two.

    Raises:
        ConfigurationError: ``mail-access-invalid``.
    """
    labels = [reader.label for reader in readers]
    for reader in readers:
        if labels.count(reader.label) > 1:
            raise access_invalid(
                option,
                "each role once, told apart by letters and digits.",
                reader.role,
                "name all its prefixes in one",
            )
        unknown = [prefix for prefix in reader.prefixes if prefix not in prefixes]
        if unknown:
            raise access_invalid(
                f"{option}: {reader.role}: prefixes",
                f"prefixes of the store: {', '.join(prefixes) or 'none'}.",
                unknown,
                "correct them, or store mail there",
            )
        if reader.account == account:
            raise access_invalid(
                f"{option}: {reader.role}: account",
                "another account: within its own one, a permission belongs to the role.",
                reader.account,
                "use MailStore.grant_read for a role of this account",
            )
    _require_room(readers, option=option)


def _require_room(readers: Sequence[MailReader], *, option: str) -> None:
    """Refuse more readers than one policy of a bucket takes."""
    none = policy_size([])
    sizes = [
        policy_size(
            [
                reader.owner_statement(statement, partition=_LONGEST_PARTITION)
                for statement in bucket_statements(_LONGEST_BUCKET, reader.prefixes)
            ]
        )
        - none
        + len(",")
        for reader in readers
    ]
    fit = sum(size <= _ROOM_OF_READERS for size in accumulate(sizes))
    if fit < len(readers):
        raise access_invalid(
            option,
            f"the first {fit} of them fit into a bucket's policy of 20 KB (S3 User Guide, bucket policies).",
            f"{len(readers)} readers, {sum(sizes)} characters",
            "name fewer of them or fewer prefixes; people and programs of an account may share one role",
        )


def require_read_prefixes(prefixes: Sequence[str], *, option: str) -> tuple[str, ...]:
    """Refuse what is no folder of stored mail, or nothing.

    Raises:
        ConfigurationError: ``mail-access-invalid``, ``mail-prefix-invalid``.
    """
    if isinstance(prefixes, str) or not prefixes or len(set(prefixes)) != len(prefixes):
        raise access_invalid(option, "one or more prefixes, each once.", prefixes, 'write ("support/",)')
    for prefix in prefixes:
        require_prefix(prefix, option=option)
    return tuple(prefixes)


def access_invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    """The error of access to stored mail that cannot be given."""
    return ConfigurationError("mail-access-invalid", option=option, rule=rule, got=got, fix=fix)

"""Whether the owners of things that exist have merged what the deploy needs into their policies: pure.

A statement is there when one of the policy allows at least as much (`policy_statements`). What other
statements deny is not looked at. Sources: IAM User Guide, policy evaluation logic, cross-account access; KMS
Developer Guide, default key policy; KMS API, GetKeyPolicy.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from ops.errors import AccessError
from ops.policy_statements import Statement, account_named, conditions, covers, listed

_OTHER_OWNER: Final = "its owner reads it: KMS gives the policy of a key to the key's own account only"


class Merged(StrEnum):
    """Whether a statement is in the policy of its owner."""

    THERE = "there"
    LEFT_TO_IAM = "there: the key's policy leaves permissions to IAM"
    NOT_NEEDED = "not needed: IAM allows it, and the bucket's policy denies nothing but requests without TLS"
    MISSING = "missing"
    NOTHING_THERE = "the thing itself is not there"
    AFTER_DEPLOY = "known after the deploy"
    NOT_KNOWN = "not known"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an owner is asked to merge.

    Attributes:
        stack: The stack that asks, as the CDK selects it.
        region: Its Region.
        policy_of: ARN of the thing; empty where only the deploy knows it.
        sid: The statement's name.
        statement: The statement; None where only the deploy knows it.
        unread: Why the deployed stack, which may know it, could not be read; empty where it was.
    """

    stack: str
    region: str
    policy_of: str
    sid: str
    statement: Statement | None
    unread: str = ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is known of one.

    Attributes:
        asked: The statement.
        merged: Whether it is there.
        why: Why that is not known; empty where it is.
    """

    asked: Asked
    merged: Merged
    why: str = ""


class PolicyGateway(Protocol):
    """Policies of things."""

    def policy(self, arn: str, *, region: str) -> list[Statement] | None:
        """The statements of a policy, empty where there is none; None where the thing is not there.

        Raises:
            AccessError: It could not be read.
        """


def read_answers(asked: Iterable[Asked], gateway: PolicyGateway, *, account: str) -> Iterator[Answer]:
    """What is known of each; a policy that cannot be read ends nothing.

    Args:
        asked: The statements.
        gateway: Reads the policies.
        account: The account of the credentials, whose the buckets are.
    """
    policies: dict[str, list[Statement] | AccessError | None] = {}
    for each in asked:
        if each.unread:
            yield Answer(asked=each, merged=Merged.NOT_KNOWN, why=each.unread)
            continue
        if each.statement is None:
            yield Answer(asked=each, merged=Merged.AFTER_DEPLOY)
            continue
        _, _, service, _, owner, _ = each.policy_of.split(":", 5)
        if service == "kms" and owner != account:
            yield Answer(asked=each, merged=Merged.NOT_KNOWN, why=_OTHER_OWNER)
            continue
        if each.policy_of not in policies:
            try:
                policies[each.policy_of] = gateway.policy(each.policy_of, region=each.region)
            except AccessError as error:
                policies[each.policy_of] = error
        policy = policies[each.policy_of]
        if isinstance(policy, AccessError):
            yield Answer(asked=each, merged=Merged.NOT_KNOWN, why=policy.sentence)
        elif policy is None:
            yield Answer(asked=each, merged=Merged.NOTHING_THERE)
        else:
            yield Answer(asked=each, merged=judge(each.policy_of, each.statement, policy, account=account))


def judge(policy_of: str, wanted: Statement, policy: Iterable[Statement], *, account: str) -> Merged:
    """Whether a policy has a statement, or needs none.

    Args:
        policy_of: ARN of the thing.
        wanted: The statement.
        policy: The statements of its policy.
        account: The account of a bucket, which its ARN does not tell. Across accounts the bucket's policy has
            to allow, whatever IAM does (IAM User Guide, cross-account policy evaluation).
    """
    statements = list(policy)
    service = policy_of.split(":")[2]
    if any(covers(there, wanted) for there in statements):
        return Merged.THERE
    of_ours = _of_an_account(wanted)
    if service == "kms" and of_ours and any(_leaves_to_iam(there, of_ours) for there in statements):
        return Merged.LEFT_TO_IAM
    if service == "s3" and of_ours == account and not any(_denies(there) for there in statements):
        return Merged.NOT_NEEDED
    return Merged.MISSING


def _of_an_account(statement: Statement) -> str:
    """The account of a statement for a role or for an account; empty for one of a service."""
    principal = statement.get("Principal")
    if not isinstance(principal, Mapping) or set(principal) != {"AWS"}:
        return ""
    accounts = {arn.split(":")[4] for arn in listed(principal["AWS"]) if arn.startswith("arn:")}
    return accounts.pop() if len(accounts) == 1 else ""


def _leaves_to_iam(there: Statement, account: str) -> bool:
    """Whether it lets the account itself use the key, as the default key policy: then IAM decides."""
    principal = there.get("Principal")
    named = listed(principal.get("AWS")) if isinstance(principal, Mapping) else []
    roots = [name for name in named if account_named(name) == account]
    needed = {"Principal": {"AWS": roots}, "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "*"}
    return bool(roots) and covers(there, needed)


def _denies(there: Statement) -> bool:
    tls = {("bool", "aws:securetransport"): frozenset({"false"})}
    return there.get("Effect") == "Deny" and conditions(there) != tls

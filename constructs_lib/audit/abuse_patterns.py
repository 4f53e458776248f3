"""The calls that abuse of an Amazon SES account looks like, and the EventBridge patterns that match them.

CloudTrail hands a call to EventBridge's default bus where a trail records it: management events that write,
and data events; calls of both versions of the SES API have ``ses.amazonaws.com`` as their source (EventBridge
User Guide, events via CloudTrail). Calls of the deployment itself do not match. Plain values.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from constructs_lib.domain_name import is_within
from constructs_lib.errors import ConfigurationError

MAX_PATTERN: Final = 4096
"""Characters of an event pattern (EventBridge User Guide, quotas)."""

DETAIL_TYPE: Final = "AWS API Call via CloudTrail"


class Abuse(StrEnum):
    """A kind of call; the value is the id of its rule."""

    ACCOUNT = "Account"
    IDENTITY = "Identity"
    IDENTITY_POLICY = "IdentityPolicy"
    RULE_SET = "RuleSet"
    SUPPRESSION = "Suppression"
    SEND = "Send"
    TRAIL = "Trail"


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What is watched for one kind.

    Attributes:
        title: What an alert says happened.
        calls: Names of the calls, of both versions of the API.
        subjects: What in ``requestParameters`` names what a call was about; each call has some of these.
        service: Whose calls they are.
    """

    title: str
    calls: tuple[str, ...]
    subjects: tuple[str, ...]
    service: str = "ses"


WATCHED: Final[Mapping[Abuse, Watch]] = {
    Abuse.ACCOUNT: Watch(
        title="sending by the account was switched, or production access asked for",
        calls=("UpdateAccountSendingEnabled", "PutAccountSendingAttributes", "PutAccountDetails"),
        subjects=("enabled", "sendingEnabled", "productionAccessEnabled"),
    ),
    Abuse.IDENTITY: Watch(
        title="an identity was created, verified or deleted",
        calls=(
            "CreateEmailIdentity",
            "DeleteEmailIdentity",
            "DeleteIdentity",
            "DeleteVerifiedEmailAddress",
            "SendCustomVerificationEmail",
            "VerifyDomainDkim",
            "VerifyDomainIdentity",
            "VerifyEmailAddress",
            "VerifyEmailIdentity",
        ),
        subjects=("identity", "emailIdentity", "emailAddress", "domain"),
    ),
    Abuse.IDENTITY_POLICY: Watch(
        title="somebody was allowed to send with an identity",
        calls=("PutIdentityPolicy", "CreateEmailIdentityPolicy", "UpdateEmailIdentityPolicy"),
        subjects=("identity", "emailIdentity"),
    ),
    Abuse.RULE_SET: Watch(
        title="what happens to incoming mail was changed",
        calls=("SetActiveReceiptRuleSet", "CreateReceiptRule", "UpdateReceiptRule"),
        subjects=("ruleSetName",),
    ),
    Abuse.SUPPRESSION: Watch(
        title="an address or a reason was taken off the suppression list",
        calls=(
            "DeleteSuppressedDestination",
            "PutAccountSuppressionAttributes",
            "PutConfigurationSetSuppressionOptions",
        ),
        subjects=("emailAddress", "configurationSetName", "suppressedReasons"),
    ),
    Abuse.SEND: Watch(
        title="mail was sent by somebody, or from an address, that the environment does not know",
        calls=("SendEmail", "SendRawEmail", "SendTemplatedEmail", "SendBulkTemplatedEmail", "SendBulkEmail"),
        subjects=("source", "fromEmailAddress"),
    ),
    Abuse.TRAIL: Watch(
        title="the audit trail was stopped, changed or deleted",
        calls=("StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"),
        subjects=("name", "trailName"),
        service="cloudtrail",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Known:
    """Whom and what an environment knows. Callers are patterns of `known_principals.caller_patterns`.

    Attributes:
        deployers: Callers whose changes are the deployment's.
        senders: Callers that send. Default: unknown ones are not told.
        sender_accounts: Other accounts that may send; their callers have no ARN in our records.
        from_domains: Domains of From addresses. Default: unknown addresses are not told.
        from_addresses: Single From addresses besides.
        trail: Name of the trail and its ARN, either of which a call may use. Default: no trail is watched.
    """

    deployers: tuple[str, ...]
    senders: tuple[str, ...] = ()
    sender_accounts: tuple[str, ...] = ()
    from_domains: tuple[str, ...] = ()
    from_addresses: tuple[str, ...] = ()
    trail: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[Abuse, ...]:
        """What can be told with this."""
        without = set()
        if not (self.senders or self.from_domains or self.from_addresses):
            without.add(Abuse.SEND)
        if not self.trail:
            without.add(Abuse.TRAIL)
        return tuple(kind for kind in Abuse if kind not in without)

    def pattern(self, kind: Abuse) -> dict[str, Any]:
        """The event pattern of a kind.

        Raises:
            ConfigurationError: ``event-pattern-too-long``.
        """
        watch = WATCHED[kind]
        detail: dict[str, Any] = {
            "eventSource": [f"{watch.service}.amazonaws.com"],
            "eventName": list(watch.calls),
        }
        match kind:
            case Abuse.SEND:
                detail |= _any_of(self._unknown_sends())
            case Abuse.TRAIL:
                detail["userIdentity"] = {"arn": _none_of(self.deployers)}
                names = list(self.trail)
                detail |= _any_of([{"requestParameters": {key: names}} for key in watch.subjects])
            case _:
                detail["userIdentity"] = {"arn": _none_of(self.deployers)}
        pattern = {"source": [f"aws.{watch.service}"], "detail-type": [DETAIL_TYPE], "detail": detail}
        _require_length(kind, pattern)
        return pattern

    def _unknown_sends(self) -> list[dict[str, Any]]:
        unknown: list[dict[str, Any]] = []
        if self.senders:
            who: dict[str, Any] = {"arn": _none_of(self.senders)}
            if self.sender_accounts:
                who["accountId"] = [{"anything-but": list(self.sender_accounts)}]
            unknown.append({"userIdentity": who})
        if ends := _address_ends(self.from_domains, self.from_addresses):
            unknown += [
                {"requestParameters": {key: [{"anything-but": {"suffix": ends}}]}}
                for key in WATCHED[Abuse.SEND].subjects
            ]
        return unknown


def _any_of(alternatives: Sequence[dict[str, Any]]) -> Mapping[str, Any]:
    """A pattern that one of these is enough for. EventBridge refuses ``$or`` with one alternative."""
    return {"$or": list(alternatives)} if len(alternatives) > 1 else alternatives[0]


def _none_of(callers: Sequence[str]) -> list[dict[str, Any]]:
    """A caller that is none of these, or has no ARN: an AWS service, or another account."""
    return [{"exists": False}, {"anything-but": {"wildcard": list(callers)}}]


def _address_ends(domains: Sequence[str], addresses: Sequence[str]) -> list[str]:
    """How a From address of ours ends, bare or behind a display name; subdomains are ours too.

    A longer address that ends like a single one passes; somebody must verify it first, which is told.
    """
    outermost = [
        name for name in domains if not any(is_within(name, other) for other in domains if other != name)
    ]
    names = [f"{mark}{name}" for name in outermost for mark in "@."]
    names += [address for address in addresses if not _covered(address, outermost)]
    return [f"{name}{end}" for name in names for end in ("", ">")]


def _covered(address: str, domains: Sequence[str]) -> bool:
    return any(is_within(address.rpartition("@")[2], domain) for domain in domains)


def _require_length(kind: Abuse, pattern: Mapping[str, Any]) -> None:
    length = len(json.dumps(pattern, separators=(",", ":"), ensure_ascii=False))
    if length > MAX_PATTERN:
        raise ConfigurationError(
            "event-pattern-too-long",
            option=f"event pattern of {kind}",
            rule=f"at most {MAX_PATTERN} characters (EventBridge User Guide, quotas).",
            got=f"{length} characters",
            fix="name fewer senders: roles that begin alike by one name with * at the end",
        )

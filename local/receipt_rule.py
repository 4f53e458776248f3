"""A receipt rule: what SES takes as one, and which recipients it is for. Pure.

A rule is the structure that API v1 and CloudFormation share: Name, Enabled, TlsPolicy, Recipients, Actions,
ScanEnabled. Sources: SES API reference, ReceiptRule and its actions; SES Developer Guide, "Creating receipt
rules", quotas of email receiving; the words of refusals: what people who called AWS report.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from local.addresses import unlabelled
from local.dns_names import ancestors
from local.ses_errors import Fault, SesError

Rule = dict[str, Any]

MAX_ACTIONS: Final = 10
MAX_RECIPIENTS: Final = 100
_MAX_NAME: Final = 64
_MAX_HEADER_VALUE: Final = 2048
_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]+")
_HEADER_NAME: Final = re.compile(r"[a-zA-Z0-9-]{1,50}")
_LABEL: Final = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_RECIPIENT: Final = re.compile(rf"(?:[^@\s]+@|\.)?{_LABEL}(?:\.{_LABEL})+")
_NO_CONTROLS: Final = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")


@dataclass(frozen=True, kw_only=True)
class _Members:
    """The members of an action that SES checks."""

    required: Sequence[str]
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)


_ACTIONS: Final[Mapping[str, _Members]] = {
    "AddHeaderAction": _Members(required=("HeaderName", "HeaderValue")),
    "BounceAction": _Members(required=("SmtpReplyCode", "Sender", "Message")),
    "ConnectAction": _Members(required=("InstanceARN", "IAMRoleARN")),
    "LambdaAction": _Members(
        required=("FunctionArn",), values={"InvocationType": ("RequestResponse", "Event")}
    ),
    "S3Action": _Members(required=("BucketName",)),
    "SNSAction": _Members(required=("TopicArn",), values={"Encoding": ("Base64", "UTF-8")}),
    "StopAction": _Members(required=("Scope",), values={"Scope": ("RuleSet",)}),
    "WorkmailAction": _Members(required=("OrganizationArn",)),
}


def checked_rule(given: Mapping[str, Any]) -> Rule:
    """The rule as SES stores it: defaults filled in, recipients in lower case, each once, sorted.

    Raises:
        SesError: SES refuses it.
    """
    require_name(given.get("Name"), path="rule.name", word="ruleName")
    policy = given.get("TlsPolicy") or "Optional"
    _require_value(policy, ("Optional", "Require"), "rule.tlsPolicy")
    rule: Rule = {
        "Name": given["Name"],
        "Enabled": _is_true(given.get("Enabled")),
        "TlsPolicy": policy,
        "Actions": _checked_actions(given.get("Actions") or ()),
        "ScanEnabled": _is_true(given.get("ScanEnabled")),
    }
    recipients = given.get("Recipients") or ()
    for recipient in recipients:
        if not _RECIPIENT.fullmatch(recipient):
            raise SesError(Fault.INVALID_PARAMETER, f"Invalid recipient: {recipient}")
    if len(recipients) > MAX_RECIPIENTS:
        raise SesError(Fault.LIMIT, "Too many recipients")
    return {**rule, "Recipients": sorted({recipient.lower() for recipient in recipients})}


def require_name(name: str | None, *, path: str, word: str) -> None:
    """Refuse what cannot be the name of a rule set, rule or filter.

    Args:
        name: The name, None when the request has none.
        path: Where it is in the request, as SES's validation says it.
        word: What it is, as SES's own check says it.

    Raises:
        SesError: it cannot.
    """
    if name is None:
        raise invalid(path, "Member must not be null")
    if not _NAME.fullmatch(name):
        raise invalid(path, "Member must satisfy regular expression pattern: ^[a-zA-Z0-9_.-]+$")
    if len(name) > _MAX_NAME or not (name[0].isalnum() and name[-1].isalnum()):
        raise SesError(Fault.INVALID_PARAMETER, f"Not a valid {word}: {name}")


def invalid(path: str, constraint: str) -> SesError:
    """The error about a request that does not fit the model of the API."""
    message = f"1 validation error detected: Value at '{path}' failed to satisfy constraint: {constraint}"
    return SesError(Fault.VALIDATION, message)


def kind_of(action: Mapping[str, Any]) -> tuple[str, Mapping[str, str]]:
    """The type of an action, such as ``S3Action``, and its members."""
    ((kind, members),) = action.items()
    return kind, members


def object_key(action: Mapping[str, str], name: str) -> str:
    """The key of an object of an S3 action: its prefix is a folder, with or without the slash."""
    prefix = action.get("ObjectKeyPrefix", "")
    return f"{prefix}{'' if not prefix or prefix.endswith('/') else '/'}{name}"


def matching(rule: Rule, recipients: Sequence[str]) -> tuple[str, ...]:
    """The recipients of a message that an enabled rule is for.

    A condition is an address (labels of it included), a domain (its subdomains not included), or a domain
    with a leading dot: its subdomains, without itself. A rule without conditions is for everybody.
    """
    if not rule["Enabled"]:
        return ()
    conditions = set(rule["Recipients"])
    return tuple(
        recipient
        for recipient in recipients
        if not conditions or not conditions.isdisjoint(_conditions_for(recipient.lower()))
    )


def _conditions_for(recipient: str) -> Iterator[str]:
    yield recipient
    yield from unlabelled(recipient)
    domain, *parents = ancestors(recipient.rpartition("@")[2])
    yield domain
    yield from (f".{parent}" for parent in parents)


def _checked_actions(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    if len(given) > MAX_ACTIONS:
        raise SesError(Fault.LIMIT, "Too many actions")
    actions = [
        _checked_action(action, f"rule.actions.{number}.member") for number, action in enumerate(given, 1)
    ]
    if any("StopAction" in action for action in actions[:-1]):
        message = "Stop action, if any, must be placed at the end of the actions list"
        raise SesError(Fault.INVALID_PARAMETER, message)
    return actions


def _checked_action(given: Mapping[str, Any], path: str) -> dict[str, Any]:
    if len(given) != 1 or not given.keys() <= _ACTIONS.keys():
        message = "Exactly one action type must be specified for each ReceiptAction"
        raise SesError(Fault.INVALID_PARAMETER, message)
    kind, members = kind_of(given)
    expected, at = _ACTIONS[kind], f"{path}.{kind[0].lower()}{kind[1:]}"
    for name in expected.required:
        if name not in members:
            raise invalid(f"{at}.{name[0].lower()}{name[1:]}", "Member must not be null")
    for name, values in expected.values.items():
        if name in members:
            _require_value(members[name], values, f"{at}.{name[0].lower()}{name[1:]}")
    if kind == "AddHeaderAction":
        _require_header(members["HeaderName"], members["HeaderValue"])
    defaults = {"Encoding": "UTF-8"} if kind == "SNSAction" else {}
    return {kind: {**defaults, **{name: str(value) for name, value in members.items()}}}


def _require_header(name: str, value: str) -> None:
    if not _HEADER_NAME.fullmatch(name):
        raise SesError(Fault.INVALID_PARAMETER, f"Invalid header name: {name}")
    if len(value) > _MAX_HEADER_VALUE or not _NO_CONTROLS.fullmatch(value):
        raise SesError(
            Fault.INVALID_PARAMETER, "Invalid header value: it is too long or has control characters"
        )


def _require_value(value: str, allowed: Sequence[str], path: str) -> None:
    if value not in allowed:
        raise invalid(path, f"Member must satisfy enum value set: [{', '.join(allowed)}]")


def _is_true(value: object) -> bool:
    """A boolean of a template or a request: both may carry it as text."""
    return str(value).lower() == "true"

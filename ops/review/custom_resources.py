"""Custom resources that run at the next deploy: code that changes what CloudFormation does not know."""

from collections.abc import Iterator
from typing import Final

from ops.review.changes import EnvironmentChange, Fate, Place, end_of
from ops.review.finding import Finding, Subject
from ops.review.rating import Rating
from ops.review.sentence import Sentence, say

_STANDARD: Final = "AWS::CloudFormation::CustomResource"
_DOES: Final = {
    "Custom::CrossAccountRecord": ("writes {} into a zone of another account", "Name"),
    "Custom::LegacyVerification": ("adds the value of SES at {}", "RecordName"),
    "Custom::ReceiptRuleOrder": ("puts the rules of {} in order", "RuleSetName"),
    "Custom::ReceiptRuleSetActivation": ("makes {} the active rule set", "RuleSetName"),
    "Custom::SendingAuthorization": ("writes the sending policy on identity {}", "Identity"),
    "Custom::SmtpUserKeys": ("lets SMTP users go with their keys: {}", "Users"),
    "Custom::VerifiedIdentity": ("waits until {} is verified", "Domain"),
}
_UNDOES: Final = {
    "Custom::CrossAccountRecord": ("takes {} out of a zone of another account", "Name"),
    "Custom::LegacyVerification": ("takes the value at {} away", "RecordName"),
    "Custom::ReceiptRuleSetActivation": ("makes the set before {} active again", "RuleSetName"),
    "Custom::SendingAuthorization": ("takes the sending policy off identity {}", "Identity"),
    "Custom::SmtpUserKeys": ("deletes the access keys of {}", "Users"),
}


def custom_resource_findings(environment: EnvironmentChange) -> Iterator[Finding]:
    """What runs."""
    for change in environment.changes:
        if not (change.type.startswith("Custom::") or change.type == _STANDARD):
            continue
        before, after = change.before, change.after
        if after and (before is None or change.moved):
            yield _found(after, "is created", runs=True)
        elif after and change.properties:
            yield _found(after, "is updated", runs=True)
        elif after is None and before and end_of(before, environment.after) is Fate.DESTROYED:
            yield _found(before, "is deleted", runs=False)


def _found(place: Place, event: str, *, runs: bool) -> Finding:
    return Finding(
        rating=Rating.ROUTINE,
        subject=Subject.CUSTOM_RESOURCE,
        sentence=_sentence(place, event, runs=runs),
        stacks=(place.stack.id,),
    )


def _sentence(place: Place, event: str, *, runs: bool) -> Sentence:
    words, path = (_DOES if runs else _UNDOES).get(place.type, ("", ""))
    kind = place.type.removeprefix("Custom::")
    if not words:
        return say(f"{{}} {event} and runs.", kind)
    return say(f"{{}} {event}: it {words}.", kind, place.text(path).replace("<", "").replace(">", ""))

"""Stacks that come and go, and what nobody needs to read one by one: tags, rebuilt code."""

from collections.abc import Iterator
from typing import Final

from ops.review.changes import Change, EnvironmentChange, Fate
from ops.review.finding import Finding, Subject
from ops.review.rating import Rating
from ops.review.sentence import count, say

_TOLD_ELSEWHERE: Final = (
    "AWS::SES::",
    "AWS::Route53::",
    "AWS::IAM::",
    "AWS::CloudWatch::",
    "AWS::KMS::",
    "Custom::",
)
_TOLD: Final = frozenset(
    {
        "AWS::DynamoDB::Table",
        "AWS::Lambda::Permission",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::SNS::Subscription",
        "AWS::SQS::Queue",
        "AWS::SecretsManager::Secret",
    }
)


def other_findings(environment: EnvironmentChange) -> Iterator[Finding]:
    """The rest."""
    for stack in environment.stacks_gone:
        yield Finding(
            rating=Rating.CAUTION,
            subject=Subject.STACK,
            sentence=say(
                f"Stack {{}} is declared no more. cdk deploy deletes no stack: its "
                f"{count(len(stack.resources), 'resource')} "
                "stay, and cost, until somebody deletes it in CloudFormation.",
                stack.name,
            ),
            stacks=(stack.id,),
        )
    for stack in environment.stacks_new:
        yield Finding(
            rating=Rating.ROUTINE,
            subject=Subject.STACK,
            sentence=say(f"Stack {{}} is new, with {count(len(stack.resources), 'resource')}.", stack.name),
            stacks=(stack.id,),
        )
    yield from _replaced(environment)
    yield from _in_one_line(environment)


def _replaced(environment: EnvironmentChange) -> Iterator[Finding]:
    for change in environment.changes:
        if change.type in _TOLD or change.type.startswith(_TOLD_ELSEWHERE) or change.moved:
            continue
        if change.fate in {Fate.REPLACED, Fate.MAYBE_REPLACED}:
            yield Finding(
                rating=Rating.CAUTION,
                subject=Subject.OTHER,
                sentence=say(
                    f"{{}} {{}} {'is' if change.fate is Fate.REPLACED else 'may be'} replaced.",
                    change.type,
                    change.place.name,
                ),
                stacks=(change.stack,),
            )


def _in_one_line(environment: EnvironmentChange) -> Iterator[Finding]:
    changes = environment.changes
    for text, found in (
        ("Only tags change on {}.", [change for change in changes if change.tags_only]),
        ("Only the order of deployment changes for {}.", [change for change in changes if change.order_only]),
        ("Rebuilt assets, and nothing else, on {}.", [change for change in changes if change.rebuilt]),
    ):
        if found:
            yield Finding(
                rating=Rating.ROUTINE,
                subject=Subject.OTHER,
                sentence=say(text.format(count(len(found), "resource"))),
                stacks=_stacks(found),
            )


def _stacks(changes: list[Change]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(change.stack for change in changes))

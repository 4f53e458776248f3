"""Rules of cdk-nag's packs that do not apply to something, each with the reason, beside the cause.

Example::

    acknowledge(queue, {"SQS3": "It is the dead-letter queue itself."}, packs=["AwsSolutions"])
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import aws_cdk as cdk
from constructs import IConstruct

COMPLIANCE: Final = ("HIPAA.Security", "NIST.800.53.R5", "PCI.DSS.321")
"""The packs that have a rule of the same name for the same cause."""


def acknowledge(construct: IConstruct, reasons: Mapping[str, str], *, packs: Sequence[str]) -> None:
    """Acknowledge rules, with what is below the construct.

    Args:
        construct: What a pack reports.
        reasons: The reason by rule, without the pack's name: the compensating control.
        packs: The packs that have these rules.
    """
    # One call: each one is a message to the CDK's process.
    cdk.Validations.of(construct).acknowledge(
        *(
            cdk.Acknowledgment(id=f"{pack}-{rule}", reason=reason)
            for rule, reason in reasons.items()
            for pack in packs
        )
    )


def acknowledge_wildcards(construct: IConstruct, arns: Sequence[str], *, reason: str) -> None:
    """Acknowledge wildcards in the resources of policies below the construct, ARN by ARN.

    Args:
        construct: What AwsSolutions reports.
        arns: The resources as the policies have them; other wildcards are still reported.
        reason: The compensating control.
    """
    stack = cdk.Stack.of(construct)
    reasons = {f"IAM5[Resource::{_shown(stack.resolve(arn))}]": reason for arn in arns}
    acknowledge(construct, reasons, packs=["AwsSolutions"])


def _shown(resolved: Any) -> str:  # noqa: ANN401 - any part of a template
    """How cdk-nag writes a resource: references in angle brackets."""
    match resolved:
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(_shown(part) for part in parts)
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
    return str(resolved)

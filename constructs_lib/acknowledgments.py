"""Rules of cdk-nag's packs that do not apply to something, each with the reason, beside the cause.

Example::

    acknowledge(queue, {"SQS3": "It is the dead-letter queue itself."}, packs=["AwsSolutions"])
"""

from collections.abc import Mapping, Sequence
from typing import Final

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

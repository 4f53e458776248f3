"""The key of feedback topics and their queues, and what its policy says.

One key for everything of one configuration set: whoever may read one kind of feedback may be given all.
"""

from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

SES: Final = "ses.amazonaws.com"
SNS: Final = "sns.amazonaws.com"
USE: Final = ("kms:Decrypt", "kms:GenerateDataKey*")
"""What a service needs to put something into an encrypted topic or queue (SNS and SQS, key management)."""


def from_configuration_set(scope: Construct, configuration_set_arn: str) -> dict[str, dict[str, str]]:
    """The conditions that hold SES to this account and one configuration set (SES, event publishing)."""
    account = cdk.Stack.of(scope).account
    return {"StringEquals": {"aws:SourceAccount": account, "aws:SourceArn": configuration_set_arn}}


def service_statements(
    scope: Construct, *, configuration_set_arn: str, topic_arns: Sequence[str]
) -> tuple[iam.PolicyStatement, ...]:
    """What the key's policy must allow: SES to publish to the topics, SNS to fill their queues.

    SES is held to this account and configuration set. SNS is held to the topics' ARNs, which include the
    account; that SNS passes ``aws:SourceAccount`` as well is not documented, so it is not asked for.

    Args:
        scope: Any construct of the stack.
        configuration_set_arn: Whose events are published.
        topic_arns: The topics that have queues; none leaves SNS out.
    """
    ses = iam.PolicyStatement(
        sid="SesPublishesEvents",
        principals=[iam.ServicePrincipal(SES)],
        actions=list(USE),
        resources=["*"],
        conditions=from_configuration_set(scope, configuration_set_arn),
    )
    if not topic_arns:
        return (ses,)
    return (ses, sns_fills_queues(topic_arns))


def sns_fills_queues(topic_arns: Sequence[str]) -> iam.PolicyStatement:
    """What a key's policy must allow for topics that have queues (SNS Developer Guide, key management)."""
    return iam.PolicyStatement(
        sid="SnsFillsQueues",
        principals=[iam.ServicePrincipal(SNS)],
        actions=list(USE),
        resources=["*"],
        conditions={"ArnEquals": {"aws:SourceArn": list(topic_arns)}},
    )

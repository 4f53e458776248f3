"""Subscriptions of a topic, each with a dead-letter queue for what its subscriber did not take."""

import json
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib.events.subscribers import EmailSubscriber, HttpsSubscriber, Subscriber

HTTPS_RETRIES: Final = {
    "numRetries": 20,
    "minDelayTarget": 5,
    "maxDelayTarget": 600,
    "backoffFunction": "exponential",
}
"""About 45 minutes; SNS allows an hour in all (SNS Developer Guide, message delivery retries)."""


def subscribe(
    scope: Construct,
    construct_id: str,
    subscriber: Subscriber,
    *,
    topic_arn: str,
    dead_letter_queue_arn: str,
) -> sns.CfnSubscription:
    """Subscribe somebody; SNS moves what it cannot deliver to the dead-letter queue."""
    protocol, endpoint, options = _terms(subscriber)
    return sns.CfnSubscription(
        scope,
        construct_id,
        topic_arn=topic_arn,
        protocol=protocol,
        endpoint=endpoint,
        redrive_policy={"deadLetterTargetArn": dead_letter_queue_arn},
        **options,
    )


def subscription_id(scope: Construct, subscriber: Subscriber) -> str:
    """A construct id that holds the endpoint, so that a further subscriber renames nothing."""
    protocol, endpoint, _ = _terms(subscriber)
    resolved = cdk.Stack.of(scope).resolve(endpoint)
    text = resolved if isinstance(resolved, str) else json.dumps(resolved, sort_keys=True)
    # Without braces: CloudFormation would look for a secret in the path that the CDK writes beside it.
    return f"{protocol.capitalize()} {text.strip('{}')}".replace("/", "|")


def _terms(subscriber: Subscriber) -> tuple[str, str, dict[str, Any]]:
    """Protocol, endpoint and options of a subscription."""
    if isinstance(subscriber, EmailSubscriber):
        return "email", subscriber.address, {}
    if isinstance(subscriber, HttpsSubscriber):
        return "https", subscriber.url, {"delivery_policy": {"healthyRetryPolicy": HTTPS_RETRIES}}
    return "sqs", subscriber.queue_arn, {"raw_message_delivery": subscriber.raw}

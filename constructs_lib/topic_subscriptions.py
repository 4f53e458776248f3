"""Subscriptions of a topic, each with a dead-letter queue for what its subscriber did not take."""

import json
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib.subscribers import EmailSubscriber, HttpsSubscriber, Subscriber

HTTPS_RETRIES: Final = {
    "numRetries": 20,
    "minDelayTarget": 5,
    "maxDelayTarget": 600,
    "backoffFunction": "exponential",
}
"""About 45 minutes; SNS allows an hour in all (SNS Developer Guide, message delivery retries)."""


def subscribe_queue(  # noqa: D103 - its name and arguments say it
    scope: Construct,
    construct_id: str,
    *,
    topic_arn: str,
    queue_arn: str,
    raw: bool,
    dead_letter_queue_arn: str,
) -> sns.CfnSubscription:
    return _subscription(
        scope, construct_id, "sqs", queue_arn, topic_arn, dead_letter_queue_arn, raw_message_delivery=raw
    )


def subscribe(
    scope: Construct, subscriber: Subscriber, *, topic_arn: str, dead_letter_queue_arn: str
) -> sns.CfnSubscription:
    """Subscribe somebody. The endpoint is part of the construct id: a further subscriber renames nothing."""
    if isinstance(subscriber, EmailSubscriber):
        endpoint = subscriber.address
        return _subscription(
            scope, _id_of(scope, "Email", endpoint), "email", endpoint, topic_arn, dead_letter_queue_arn
        )
    if isinstance(subscriber, HttpsSubscriber):
        endpoint = subscriber.url
        return _subscription(
            scope,
            _id_of(scope, "Https", endpoint),
            "https",
            endpoint,
            topic_arn,
            dead_letter_queue_arn,
            delivery_policy={"healthyRetryPolicy": HTTPS_RETRIES},
        )
    return subscribe_queue(
        scope,
        _id_of(scope, "Sqs", subscriber.queue_arn),
        topic_arn=topic_arn,
        queue_arn=subscriber.queue_arn,
        raw=subscriber.raw,
        dead_letter_queue_arn=dead_letter_queue_arn,
    )

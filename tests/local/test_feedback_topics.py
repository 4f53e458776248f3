import json
from collections.abc import Iterator
from typing import Any

import pytest

from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from constructs_lib.events.subscribers import EmailSubscriber, HttpsSubscriber
from local.embedded import ACCOUNT, REGION
from tests.local.conftest import Aws
from tests.local.feedback import Deployed, deployed, template
from tests.local.test_cloudformation_identity import update
from tests.local.test_ses_identities import refused

SUCCESS, BOUNCE, COMPLAINT = (
    f"{name}@simulator.amazonses.com" for name in ("success", "bounce", "complaint")
)
HOOK = "https://hooks.example.com/ses"
TOPICS = (
    FeedbackTopic(
        kind=Feedback.BOUNCE,
        queue=FeedbackQueue(raw=True),
        subscribers=(EmailSubscriber(address="ops@example.com"), HttpsSubscriber(url=HOOK)),
    ),
    FeedbackTopic(kind=Feedback.COMPLAINT, queue=FeedbackQueue()),
    FeedbackTopic(kind=Feedback.DELIVERY, queue=FeedbackQueue(raw=True)),
    FeedbackTopic(kind=Feedback.FAILURE, queue=FeedbackQueue(raw=True)),
)


@pytest.fixture
def feedback(aws: Aws, domain: str) -> Iterator[Deployed]:
    with deployed(aws, domain, *TOPICS) as stack:
        yield stack


def events(feedback: Deployed, kind: Feedback) -> list[tuple[str, str]]:
    """Type and message of what a queue holds, raw or wrapped."""
    found = []
    for body in feedback.bodies(kind):
        event = json.loads(body)
        if event.get("Type") == "Notification":
            assert event["TopicArn"] == feedback.topic_arn(kind)
            event = json.loads(event["Message"])
        found.append((event["eventType"], event["mail"]["messageId"]))
    return found


def test_each_event_arrives_once_at_the_topic_of_its_kind(feedback: Deployed) -> None:
    sent = {to: feedback.send(to) for to in (SUCCESS, BOUNCE, COMPLAINT)}
    assert events(feedback, Feedback.BOUNCE) == [("Bounce", sent[BOUNCE])]
    assert events(feedback, Feedback.COMPLAINT) == [("Complaint", sent[COMPLAINT])]
    assert sorted(events(feedback, Feedback.DELIVERY)) == sorted(
        [("Delivery", sent[SUCCESS]), ("Delivery", sent[COMPLAINT])]
    )
    assert events(feedback, Feedback.FAILURE) == []


def test_a_message_that_cannot_be_rendered_is_told_as_a_failure(feedback: Deployed) -> None:
    name = feedback.name
    feedback.aws.ses_v1.create_template(
        Template={"TemplateName": name, "SubjectPart": "{{a}}", "TextPart": "t"}
    )
    message_id = feedback.send(SUCCESS, {"Template": {"TemplateName": name, "TemplateData": "{}"}})
    assert events(feedback, Feedback.FAILURE) == [("Rendering Failure", message_id)]
    assert events(feedback, Feedback.DELIVERY) == []


def test_a_queue_has_the_event_alone_or_in_the_notification_as_it_asked(feedback: Deployed) -> None:
    feedback.send(BOUNCE)
    feedback.send(COMPLAINT)
    (alone,) = feedback.bodies(Feedback.BOUNCE)
    (wrapped,) = feedback.bodies(Feedback.COMPLAINT)
    assert json.loads(alone)["eventType"] == "Bounce"
    assert json.loads(wrapped)["Type"] == "Notification"


def test_everything_is_encrypted_with_the_one_rotated_key(feedback: Deployed) -> None:
    key, kms = feedback.resource("AWS::KMS::Key"), feedback.client("kms")
    arn = kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is True
    policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    assert [statement["Principal"] for statement in policy["Statement"]] == [
        {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        {"Service": "ses.amazonaws.com"},
        {"Service": "sns.amazonaws.com"},
    ]
    # Of topics the emulator's CloudFormation keeps no key; the construct's own test looks at them.
    for topic in TOPICS:
        for suffix in ("", "-dlq"):
            url = feedback.queue_url(topic.kind, suffix)
            queue = feedback.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
            assert queue["Attributes"]["KmsMasterKeyId"] == arn


def test_an_inbox_and_a_web_hook_are_pending_until_they_confirm(feedback: Deployed) -> None:
    topic = feedback.topic_arn(Feedback.BOUNCE)
    listed = feedback.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    arns = {each["Protocol"]: each["SubscriptionArn"] for each in listed}
    assert arns.pop("sqs").startswith(f"{topic}:")
    assert arns == {"email": "PendingConfirmation", "https": "PendingConfirmation"}


def test_subscriptions_are_as_written(feedback: Deployed) -> None:
    sns, found = feedback.client("sns"), {}
    for arn in feedback.resources("AWS::SNS::Subscription"):
        if arn.startswith(f"{feedback.topic_arn(Feedback.BOUNCE)}:"):
            attributes = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
            dead_letters = json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"]
            assert dead_letters == f"arn:aws:sqs:{REGION}:{ACCOUNT}:{feedback.name}-bounce-dlq"
            found[attributes["Protocol"], attributes["Endpoint"]] = attributes
    queue = ("sqs", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{feedback.name}-bounce")
    assert found.keys() == {queue, ("email", "ops@example.com"), ("https", HOOK)}
    assert found[queue]["RawMessageDelivery"] == "true"
    retries = json.loads(found["https", HOOK]["DeliveryPolicy"])["healthyRetryPolicy"]
    assert {name: int(retries[name]) for name in ("numRetries", "minDelayTarget", "maxDelayTarget")} == {
        "numRetries": 20,
        "minDelayTarget": 5,
        "maxDelayTarget": 600,
    }


def test_an_update_keeps_the_key_and_a_delete_schedules_its_deletion(aws: Aws, domain: str) -> None:
    with deployed(aws, domain, TOPICS[0]) as feedback:
        key = feedback.resource("AWS::KMS::Key")
        update(aws, feedback.name, template(feedback.name, TOPICS[1], FeedbackTopic(kind=Feedback.BOUNCE)))
        assert feedback.resource("AWS::KMS::Key") == key
        message_id = feedback.send(COMPLAINT)
        assert events(feedback, Feedback.COMPLAINT) == [("Complaint", message_id)]
        gone = {"QueueName": f"{feedback.name}-bounce"}
        refused("AWS.SimpleQueueService.NonExistentQueue", feedback.client("sqs").get_queue_url, **gone)
    state: Any = feedback.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
    assert state == "PendingDeletion"
    refused(
        "NotFound",
        feedback.client("sns").get_topic_attributes,
        TopicArn=feedback.topic_arn(Feedback.COMPLAINT),
    )

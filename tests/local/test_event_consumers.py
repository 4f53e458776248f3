"""What a topic delivers is what a web hook in wide use reads: that of django-anymail."""

import json
from collections.abc import Iterator
from typing import Any

import django
import pytest
from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, tracking
from anymail.webhooks.amazon_ses import AmazonSESTrackingWebhookView
from django.conf import settings
from django.test import RequestFactory

from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from tests.local.conftest import Aws
from tests.local.feedback import Deployed, deployed

BOUNCE, COMPLAINT, SUCCESS = (
    f"{name}@simulator.amazonses.com" for name in ("bounce", "complaint", "success")
)


@pytest.fixture(scope="module", autouse=True)
def configured_django() -> None:
    # The user name and password that the web hook asks SNS for.
    settings.configure(ANYMAIL={"WEBHOOK_SECRET": "user:password"}, ALLOWED_HOSTS=["*"])
    django.setup()


@pytest.fixture
def feedback(aws: Aws, domain: str) -> Iterator[Deployed]:
    topics = (FeedbackTopic(kind=kind, queue=FeedbackQueue()) for kind in Feedback)
    with deployed(aws, domain, *topics) as stack:
        yield stack


def post(body: str, *, message_type: str = "Notification", message_id: str) -> list[AnymailTrackingEvent]:
    """Give a body to the web hook as SNS does; return the events that an application sees."""
    seen = []

    def receive(event: AnymailTrackingEvent, **_: Any) -> None:  # noqa: ANN401 - Django's own arguments
        seen.append(event)

    request = RequestFactory().post(
        "/ses/",
        data=body,
        content_type="text/plain; charset=UTF-8",
        headers={
            "x-amz-sns-message-type": message_type,
            "x-amz-sns-message-id": message_id,
            "authorization": "Basic dXNlcjpwYXNzd29yZA==",
        },
    )
    tracking.connect(receive)
    try:
        assert AmazonSESTrackingWebhookView.as_view()(request).status_code == 200
    finally:
        tracking.disconnect(receive)
    return seen


def delivered(feedback: Deployed, kind: Feedback) -> AnymailTrackingEvent:
    """The one event that the web hook sees of what is in a queue."""
    (body,) = feedback.bodies(kind)
    sns_id = json.loads(body)["MessageId"]
    (event,) = post(body, message_id=sns_id)
    assert event.event_id == sns_id
    return event


@pytest.mark.parametrize(
    "to, kind, expected",
    [
        (BOUNCE, Feedback.BOUNCE, ("bounced", "bounced")),
        (COMPLAINT, Feedback.COMPLAINT, ("complained", "spam")),
        (SUCCESS, Feedback.DELIVERY, ("delivered", None)),
    ],
)
def test_the_web_hook_sees_what_happened_to_which_message(
    feedback: Deployed, to: str, kind: Feedback, expected: tuple[str, str | None]
) -> None:
    message_id = feedback.send(to)
    event = delivered(feedback, kind)
    assert (event.event_type, event.reject_reason) == expected
    assert (event.message_id, event.recipient) == (message_id, to)
    assert event.timestamp is not None


def test_the_web_hook_sees_what_could_not_be_rendered(feedback: Deployed) -> None:
    name = feedback.name
    feedback.aws.ses_v1.create_template(
        Template={"TemplateName": name, "SubjectPart": "{{a}}", "TextPart": "t"}
    )
    message_id = feedback.send(SUCCESS, {"Template": {"TemplateName": name, "TemplateData": "{}"}})
    event = delivered(feedback, Feedback.FAILURE)
    assert (event.event_type, event.message_id) == ("failed", message_id)
    assert "'a'" in event.description


def test_the_web_hook_cannot_read_raw_delivery_which_is_why_it_is_off(feedback: Deployed) -> None:
    feedback.send(BOUNCE)
    (body,) = feedback.bodies(Feedback.BOUNCE)
    notification = json.loads(body)
    with pytest.raises(AnymailWebhookValidationFailure):
        post(notification["Message"], message_id=notification["MessageId"])

"""Stacks with feedback topics, for several test files."""

from typing import Any

import aws_cdk as cdk

from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from constructs_lib.events.feedback_topics import FeedbackTopics
from constructs_lib.events.subscribers import EmailSubscriber
from constructs_lib.sending.sending_profile import SendingProfile
from tests.synthesis import ACCOUNT, REGION, new_stack, only, resources, template_of

NAME = "transactional"
SET_ARN = f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{NAME}"
FROM_SET = {"StringEquals": {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": SET_ARN}}
SILENT = tuple(FeedbackTopic(kind=kind) for kind in Feedback)
QUEUED = (
    FeedbackTopic(kind=Feedback.BOUNCE, queue=FeedbackQueue()),
    FeedbackTopic(kind=Feedback.COMPLAINT, subscribers=(EmailSubscriber(address="ops@example.com"),)),
    FeedbackTopic(kind=Feedback.DELIVERY),
)
DESTINATION = "AWS::SES::ConfigurationSetEventDestination"


def build(stack: cdk.Stack, **overrides: Any) -> FeedbackTopics:  # noqa: ANN401 - any option
    options: dict[str, Any] = {"topics": SILENT} | overrides
    if "configuration_set" not in options:
        options["configuration_set"] = SendingProfile(
            stack, "Sending", configuration_set_name=NAME, removal_policy=cdk.RemovalPolicy.DESTROY
        )
    return FeedbackTopics(stack, "Feedback", **options)


def synth(**overrides: Any) -> dict[str, Any]:  # noqa: ANN401
    stack = new_stack()
    build(stack, **overrides)
    return template_of(stack)


def destinations(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The event destinations by name, checked to be on and to come after the configuration set."""
    found = {}
    profile, _ = only(template, "AWS::SES::ConfigurationSet")
    for resource in resources(template, DESTINATION).values():
        assert resource["Properties"]["ConfigurationSetName"] == NAME
        assert profile in resource["DependsOn"]
        destination = dict(resource["Properties"]["EventDestination"])
        assert destination.pop("Enabled") is True
        found[destination.pop("Name")] = destination
    return found

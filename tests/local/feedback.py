"""A sending profile with feedback topics, deployed to the embedded AWS by its CloudFormation."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk

from constructs_lib.events.feedback import Feedback, FeedbackTopic
from constructs_lib.events.feedback_topics import FeedbackTopics
from constructs_lib.sending.sending_profile import SendingProfile
from local.embedded import ACCOUNT, REGION
from tests.local.conftest import Aws
from tests.local.test_cloudformation_identity import FAST
from tests.synthesis import new_app, template_of


def template(name: str, *topics: FeedbackTopic, **options: Any) -> str:  # noqa: ANN401 - of the construct
    stack = cdk.Stack(
        new_app(),
        "Stack",
        env=cdk.Environment(account=ACCOUNT, region=REGION),
        # Templates go to CloudFormation as they are: nothing is bootstrapped here.
        synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
    )
    FeedbackTopics(
        stack,
        "Feedback",
        configuration_set=SendingProfile(stack, "Sending", configuration_set_name=name),
        topics=topics,
        removal_policy=cdk.RemovalPolicy.DESTROY,
        **options,
    )
    return json.dumps(template_of(stack))


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """What one such stack made, seen through the service's own calls."""

    aws: Aws
    name: str
    sender: str

    def client(self, service: str) -> Any:  # noqa: ANN401 - no stubs for it
        return self.aws._client(service)

    def topic_arn(self, kind: Feedback) -> str:
        return f"arn:aws:sns:{REGION}:{ACCOUNT}:{self.name}-{kind}"

    def queue_url(self, kind: Feedback, suffix: str = "") -> str:
        url: str = self.client("sqs").get_queue_url(QueueName=f"{self.name}-{kind}{suffix}")["QueueUrl"]
        return url

    def resources(self, kind: str) -> list[str]:
        """The physical ids of the resources of a type."""
        found = self.aws.cloudformation.describe_stack_resources(StackName=self.name)["StackResources"]
        return [each["PhysicalResourceId"] for each in found if each["ResourceType"] == kind]

    def resource(self, kind: str) -> str:
        """The physical id of the one resource of a type."""
        (only,) = self.resources(kind)
        return only

    def bodies(self, kind: Feedback) -> list[str]:
        """What is in a queue now, taken out of it."""
        sqs, url, found = self.client("sqs"), self.queue_url(kind), []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append(message["Body"])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def send(self, to: str, content: Any = None) -> str:  # noqa: ANN401 - boto3's own shape
        simple: Any = {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}}
        return self.aws.ses.send_email(
            FromEmailAddress=self.sender,
            Destination={"ToAddresses": [to]},
            Content=content or simple,
            ConfigurationSetName=self.name,
        )["MessageId"]


@contextmanager
def deployed(aws: Aws, domain: str, *topics: FeedbackTopic) -> Iterator[Deployed]:
    """Deploy, and take everything away again."""
    aws.verified_domain(domain)
    name = domain.removesuffix(".example")
    stacks = aws.cloudformation
    stacks.create_stack(StackName=name, TemplateBody=template(name, *topics))
    stacks.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=FAST)
    yield Deployed(aws=aws, name=name, sender=f"me@{domain}")
    stacks.delete_stack(StackName=name)
    stacks.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig=FAST)

"""Stacks with a function on incoming mail, for several test files."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3

from constructs_lib.receiving.inbound_mail import InboundMail
from constructs_lib.receiving.mail_processor import Forwarding, MailProcessor
from tests.synthesis import ACCOUNT, REGION, new_stack, template_of

NAME = "inbound"
RULE_SET = "mail"
BUCKET_ARN = "arn:aws:s3:::mail-bucket"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
WRITER_ARN = f"arn:aws:iam::{ACCOUNT}:role/writer"
TOPIC_ARN = f"arn:aws:sns:{REGION}:{ACCOUNT}:{NAME}"
QUEUE_ARN = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{NAME}"
FORWARDING = Forwarding(
    sender="forwarder@example.com",
    mapping={"info@example.com": ("team@example.net",)},
    configuration_set="forwarding",
)
FORWARDS = MailProcessor(forwarding=FORWARDING)


def build(stack: cdk.Stack, **overrides: Any) -> InboundMail:  # noqa: ANN401 - any option
    key = kms.Key.from_key_arn(stack, "MailKey", KEY_ARN)
    options: dict[str, Any] = {
        "name": NAME,
        "bucket": s3.Bucket.from_bucket_attributes(
            stack, "MailBucket", bucket_arn=BUCKET_ARN, encryption_key=key
        ),
        "encryption_key": key,
        "prefix": "in/",
        "rule_set_name": RULE_SET,
    }
    return InboundMail(stack, "Inbound", **(options | overrides))


def synth(**overrides: Any) -> dict[str, Any]:  # noqa: ANN401
    stack = new_stack()
    build(stack, **overrides)
    return template_of(stack)


def writer(stack: cdk.Stack) -> iam.IRole:
    return iam.Role.from_role_arn(stack, "Writer", WRITER_ARN)


def your_function(stack: cdk.Stack, **options: Any) -> lambda_.Function:  # noqa: ANN401
    return lambda_.Function(
        stack,
        "Yours",
        code=lambda_.Code.from_inline("pass"),
        handler="index.handle",
        runtime=lambda_.Runtime.PYTHON_3_14,
        **options,
    )

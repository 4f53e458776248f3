import subprocess
import sys
from typing import Any

import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from constructs_lib.receiving.bounce_reply import MAILBOX_FULL
from constructs_lib.receiving.receipt_actions import (
    AddHeader,
    Bounce,
    DeliverToWorkMail,
    InvokeFunction,
    ReceiptAction,
    Stop,
    StoreInS3,
    require_actions,
)
from tests.support import ROOT, TOKEN, refuses
from tests.synthesis import new_stack

ORGANIZATION = "arn:aws:workmail:eu-west-1:111111111111:organization/m-0123456789abcdef0123456789abcdef"


def test_defaults() -> None:
    stored = StoreInS3(prefix="support/")
    assert (stored.topic, stored.bucket, stored.writer_role) == (None, None, None)
    assert not InvokeFunction(function_arn=TOKEN).synchronous


@pytest.mark.parametrize("prefix", ["a/", "support/", "a/b/c/", "20.x_y-z'(1)=@+!/", f"{'a' * 199}/"])
def test_prefixes_are_folders(prefix: str) -> None:
    assert StoreInS3(prefix=prefix).prefix == prefix


@pytest.mark.parametrize(
    "prefix",
    ["", "/", "support", "/support/", "a//b/", "a*/", "a?/", "${aws:userid}/", "ü/", "a b/", f"{'a' * 200}/"],
)
def test_refuses_prefixes_that_are_none_or_patterns(prefix: str) -> None:
    with refuses("mail-prefix-invalid", repr(prefix)):
        StoreInS3(prefix=prefix)


def test_a_bucket_comes_with_its_writer() -> None:
    stack = new_stack()
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "theirs")
    role = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::111111111111:role/writer")
    assert StoreInS3(prefix="a/", bucket=bucket, writer_role=role).bucket is bucket
    with refuses("receipt-action-invalid", "writer_role: "):
        StoreInS3(prefix="a/", bucket=bucket)
    with refuses("receipt-action-invalid", "writer_role: "):
        StoreInS3(prefix="a/", writer_role=role)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:lambda:eu-west-1:111111111111:function:tickets",
        "arn:aws-us-gov:lambda:us-gov-west-1:111111111111:function:tickets:live",
        "arn:aws:lambda:eu-west-1:111111111111:function:tickets:$LATEST",
        TOKEN,
    ],
)
def test_functions_are_named_by_arn(arn: str) -> None:
    assert InvokeFunction(function_arn=arn, synchronous=True).synchronous


@pytest.mark.parametrize(
    "make, value, option",
    [
        (lambda value: InvokeFunction(function_arn=value), "tickets", "function_arn"),
        (
            lambda value: InvokeFunction(function_arn=value),
            "arn:aws:lambda:eu-west-1:111111111111:layer:tickets",
            "function_arn",
        ),
        (
            lambda value: InvokeFunction(function_arn=value),
            "arn:aws:lambda:eu-west-1:11111111111:function:tickets",
            "function_arn",
        ),
        (lambda value: DeliverToWorkMail(organization_arn=value), "m-0123", "organization_arn"),
        (lambda value: DeliverToWorkMail(organization_arn=value), f"{ORGANIZATION}/x", "organization_arn"),
        (lambda value: AddHeader(name=value, value="x"), "", "name"),
        (lambda value: AddHeader(name=value, value="x"), "X Header", "name"),
        (lambda value: AddHeader(name=value, value="x"), "X_Header", "name"),
        (lambda value: AddHeader(name=value, value="x"), "X-Header:", "name"),
        (lambda value: AddHeader(name=value, value="x"), "x" * 51, "name"),
        (lambda value: AddHeader(name="X-A", value=value), "", "value"),
        (lambda value: AddHeader(name="X-A", value=value), "a\nBcc: b@example.com", "value"),
        (lambda value: AddHeader(name="X-A", value=value), "a\r", "value"),
        (lambda value: AddHeader(name="X-A", value=value), "é", "value"),
    ],
)
def test_refuses_what_ses_would_refuse(make: Any, value: str, option: str) -> None:  # noqa: ANN401
    with refuses("receipt-action-invalid", f"{option}: "):
        make(value)


def test_headers_as_long_as_ses_takes_them() -> None:
    assert AddHeader(name="x" * 50, value="v" * 2047)
    with refuses("receipt-action-invalid", "2048 characters"):
        AddHeader(name="X-A", value="v" * 2048)
    assert AddHeader(name="X-A", value=TOKEN)
    assert DeliverToWorkMail(organization_arn=ORGANIZATION)
    assert DeliverToWorkMail(organization_arn=TOKEN)


@pytest.mark.parametrize(
    "sender, expected",
    [("Postmaster@EXAMPLE.com.", "Postmaster@example.com"), ("p@bücher.example", "p@xn--bcher-kva.example")],
)
def test_the_sender_of_a_bounce_is_normalized(sender: str, expected: str) -> None:
    assert Bounce(reply=MAILBOX_FULL, sender=sender).sender == expected
    assert Bounce(reply=MAILBOX_FULL, sender=TOKEN).sender == TOKEN
    with refuses("email-address-invalid", "sender: "):
        Bounce(reply=MAILBOX_FULL, sender="<p@example.com>")


@pytest.mark.parametrize(
    "actions, fragment",
    [
        ((), "0 actions"),
        ((Stop(),) * 11, "11 actions"),
        ((Stop(), StoreInS3(prefix="a/")), "nothing comes after Stop()"),
        ((Stop(), Stop()), "nothing comes after Stop()"),
    ],
)
def test_refuses_actions_that_cannot_be_or_never_run(
    actions: tuple[ReceiptAction, ...], fragment: str
) -> None:
    with refuses("receipt-action-invalid", fragment):
        require_actions(actions, option="support: actions")


def test_ten_actions_that_end_with_stop_are_fine() -> None:
    require_actions((StoreInS3(prefix="a/"),) * 9 + (Stop(),), option="support: actions")


def test_operators_commands_load_these_values_without_the_cdk() -> None:
    source = "import sys, constructs_lib.receiving.receipt_rules; sys.exit('aws_cdk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", source], cwd=ROOT, check=False).returncode == 0

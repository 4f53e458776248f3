import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3

from constructs_lib.receiving.mail_processor import MailProcessor
from constructs_lib.runtimes.inbound_mail.settings import Settings
from tests.constructs_lib.receiving.inbound_stacks import (
    BUCKET_ARN,
    FORWARDS,
    KEY_ARN,
    NAME,
    build,
    synth,
    writer,
    your_function,
)
from tests.lint_templates import findings as lint
from tests.support import refuses
from tests.synthesis import ACCOUNT, REGION, new_app, new_stack, only, resources, template_of
from tests.test_nag import PACKS, findings

QUEUE = "AWS::SQS::Queue"
FUNCTION = "AWS::Lambda::Function"
SOURCE = "AWS::Lambda::EventSourceMapping"


def queues(template: dict[str, Any]) -> tuple[tuple[str, Any], tuple[str, Any]]:
    """Queue and dead-letter queue, each with its logical id."""
    found = {
        queue["Properties"]["QueueName"]: (key, queue) for key, queue in resources(template, QUEUE).items()
    }
    return found[NAME], found[f"{NAME}-dlq"]


def test_what_there_is() -> None:
    kinds = [resource["Type"] for resource in synth()["Resources"].values()]
    assert sorted(kinds) == [
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::Alarm",
        "AWS::IAM::Role",
        "AWS::KMS::Key",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::Queue",
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
        "AWS::SQS::QueuePolicy",
    ]


def test_the_function_reads_the_queue() -> None:
    template = synth()
    (queue_id, _), _ = queues(template)
    function_id, function = only(template, FUNCTION)
    _, source = only(template, SOURCE)
    assert source["Properties"] == {
        "BatchSize": 1,
        "EventSourceArn": {"Fn::GetAtt": [queue_id, "Arn"]},
        "FunctionName": {"Ref": function_id},
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": 5},
    }
    assert function["Properties"]["Handler"] == "runtimes.inbound_mail.handler.handle"
    assert function["Properties"]["MemorySize"] == 512
    assert "ReservedConcurrentExecutions" not in function["Properties"]
    assert "AWS::Lambda::Permission" not in {item["Type"] for item in template["Resources"].values()}


def told(template: dict[str, Any]) -> Settings:
    _, function = only(template, FUNCTION)
    return Settings.from_json(function["Properties"]["Environment"]["Variables"]["INBOUND_MAIL"])


def test_what_the_function_is_told() -> None:
    settings = told(synth(processor=FORWARDS))
    assert (settings.bucket, settings.prefix, settings.key_arn) == ("mail-bucket", "in/", KEY_ARN)
    assert settings.stops["virus"] == ["FAIL", "GRAY", "PROCESSING_FAILED", "DISABLED"]
    assert settings.forward is not None
    assert settings.forward.mapping == {"info@example.com": ["team@example.net"]}
    assert told(synth()).forward is None


def test_the_options_of_the_processor() -> None:
    processor = MailProcessor(attachments=False, memory_mb=1024, timeout_seconds=100, reserved_concurrency=3)
    template = synth(processor=processor, max_concurrency=2, max_receive_count=3)
    _, function = only(template, FUNCTION)
    (_, queue), _ = queues(template)
    assert function["Properties"]["MemorySize"] == 1024
    assert function["Properties"]["Timeout"] == 100
    assert function["Properties"]["ReservedConcurrentExecutions"] == 3
    assert queue["Properties"]["VisibilityTimeout"] == 600
    assert queue["Properties"]["RedrivePolicy"]["maxReceiveCount"] == 3
    assert only(template, SOURCE)[1]["Properties"]["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert told(template).attachments is False


def test_your_own_function_reads_queue_and_mail_and_writes_nothing() -> None:
    stack = new_stack()
    function = your_function(stack, timeout=cdk.Duration.seconds(20))
    build(stack, function=function, batch_size=10)
    template = template_of(stack)
    (_, queue), _ = queues(template)
    assert queue["Properties"]["VisibilityTimeout"] == 120
    policy_id, policy = only(template, "AWS::IAM::Policy")
    allowed = [
        action
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    ]
    assert sorted(allowed) == [
        "kms:Decrypt",
        "kms:Decrypt",
        "s3:GetObject",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
    ]
    _, source = only(template, SOURCE)
    assert source["Properties"]["BatchSize"] == 10
    assert policy_id in source["DependsOn"]
    assert len(resources(template, FUNCTION)) == 1


def test_an_imported_function_needs_its_role_and_its_timeout() -> None:
    stack = new_stack()
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:yours"
    imported = lambda_.Function.from_function_arn(stack, "NoRole", arn)
    with refuses("inbound-mail-invalid", "function_timeout"):
        build(new_stack(), function=imported)
    with refuses("inbound-mail-invalid", "whose role is known"):
        build(stack, function=imported, function_timeout=cdk.Duration.minutes(1))


def test_a_function_without_a_timeout_has_three_seconds() -> None:
    stack = new_stack()
    build(stack, function=your_function(stack))
    (_, queue), _ = queues(template_of(stack))
    assert queue["Properties"]["VisibilityTimeout"] == 18


@pytest.mark.parametrize(
    "option, value, fragment",
    [
        ("name", "", "1 to 76"),
        ("name", "in.bound", "1 to 76"),
        ("name", "n" * 77, "1 to 76"),
        ("rule_set_name", "two words", "name of a rule set"),
        ("prefix", "in/*", "no wildcard"),
        ("prefix", "in/?", "no wildcard"),
        ("prefix", "${aws:userid}/", "no wildcard"),
        ("max_concurrency", 1, "2 to 1000"),
        ("max_concurrency", 1001, "2 to 1000"),
        ("max_receive_count", 1, "2 to 1000"),
        ("batch_size", 11, "1 to 10"),
        ("batch_size", 2, "gets one"),
        ("function_timeout", cdk.Duration.minutes(1), "of your own function"),
    ],
)
def test_what_is_refused(option: str, value: Any, fragment: str) -> None:  # noqa: ANN401
    stack = new_stack()
    with refuses("inbound-mail-invalid", fragment):
        build(stack, **{option: value})
    assert not [child for child in stack.node.children if child.node.id == "Inbound"]


def test_one_function_only() -> None:
    stack = new_stack()
    with refuses("inbound-mail-invalid", "either"):
        build(stack, function=your_function(stack), processor=MailProcessor())


@pytest.mark.parametrize(
    "option, value",
    [("name", "n" * 76), ("prefix", ""), ("prefix", "a/b-")],
)
def test_near_misses_that_pass(option: str, value: str) -> None:
    synth(**{option: value})


def test_a_token_passes() -> None:
    synth(rule_set_name=cdk.Aws.STACK_NAME)


def test_bucket_and_key_of_another_stack() -> None:
    app = new_app()
    stack = new_stack(scope=app)
    store = cdk.Stack(app, "Store", env=cdk.Environment(account=ACCOUNT, region=REGION))
    key = kms.Key(store, "Key")
    build(stack, bucket=s3.Bucket(store, "Bucket", encryption_key=key), encryption_key=key)
    for pack in PACKS:
        assert findings(pack, stack) == set()
    template_of(store)  # no cycle


def test_the_rule_packs_and_cfn_lint_are_clean(tmp_path: Path) -> None:
    stack = new_stack()
    build(stack, processor=FORWARDS)
    own = new_stack()
    imported = lambda_.Function.from_function_attributes(
        own,
        "Yours",
        function_arn=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:yours",
        role=writer(own),
    )
    build(own, function=imported, function_timeout=cdk.Duration.minutes(1))
    for pack in PACKS:
        assert findings(pack, stack) == set()
        assert findings(pack, own) == set()
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template_of(stack)), encoding="utf-8")
    assert lint("Stack", REGION, path) == []
    assert BUCKET_ARN in path.read_text("utf-8")

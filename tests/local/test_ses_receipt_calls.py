from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from local.embedded import ACCOUNT, EmbeddedAws
from local.receipt_targets import SETUP_ID
from tests.local.conftest import Aws
from tests.local.receiving import Receiver, new_receiver, rule
from tests.local.test_ses_identities import refused

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient

REGION = "eu-west-1"


@pytest.fixture(scope="module")
def receiver(embedded_aws: EmbeddedAws, aws: Aws) -> Receiver:
    return new_receiver(embedded_aws, aws.in_region(REGION))


@pytest.fixture
def ses(receiver: Receiver) -> Iterator["SESClient"]:
    calls = receiver.aws.ses_v1
    calls.create_receipt_rule_set(RuleSetName="set")
    yield calls
    calls.set_active_receipt_rule_set()
    for found in calls.list_receipt_rule_sets()["RuleSets"]:
        calls.delete_receipt_rule_set(RuleSetName=found["Name"])
    for ip_filter in calls.list_receipt_filters()["Filters"]:
        calls.delete_receipt_filter(FilterName=ip_filter["Name"])


def names(ses: "SESClient") -> list[str]:
    return [found["Name"] for found in ses.describe_receipt_rule_set(RuleSetName="set")["Rules"]]


def add(ses: "SESClient", found: Any, **options: str) -> None:  # noqa: ANN401 - the shape of boto3
    ses.create_receipt_rule(RuleSetName="set", Rule=found, **options)


def test_a_rule_comes_back_as_it_was_given(ses: "SESClient", receiver: Receiver) -> None:
    given = rule(
        "all",
        {"AddHeaderAction": {"HeaderName": "X-A", "HeaderValue": "<b> & c"}},
        receiver.store(
            ObjectKeyPrefix="in/", TopicArn=receiver.topic, IamRoleArn=f"arn:aws:iam::{ACCOUNT}:role/r"
        ),
        {"SNSAction": {"TopicArn": receiver.topic, "Encoding": "Base64"}},
        {"WorkmailAction": {"OrganizationArn": f"arn:aws:workmail:{REGION}:{ACCOUNT}:organization/m-1"}},
        {"StopAction": {"Scope": "RuleSet"}},
        TlsPolicy="Require",
        Recipients=["a@example.com", "example.org"],
        ScanEnabled=True,
    )
    add(ses, given)
    assert ses.describe_receipt_rule(RuleSetName="set", RuleName="all")["Rule"] == given
    shown = ses.describe_receipt_rule_set(RuleSetName="set")
    assert shown["Rules"] == [given]
    assert shown["Metadata"]["Name"] == "set"
    assert shown["Metadata"]["CreatedTimestamp"].tzinfo is not None
    ses.update_receipt_rule(RuleSetName="set", Rule={"Name": "all"})
    assert ses.describe_receipt_rule(RuleSetName="set", RuleName="all")["Rule"] == {
        **rule("all", Recipients=[], TlsPolicy="Optional", ScanEnabled=False),
        "Enabled": False,
    }


def test_order(ses: "SESClient") -> None:
    add(ses, rule("b"))
    add(ses, rule("a"))
    add(ses, rule("c"), After="b")
    assert names(ses) == ["a", "b", "c"]
    ses.set_receipt_rule_position(RuleSetName="set", RuleName="a", After="c")
    assert names(ses) == ["b", "c", "a"]
    ses.set_receipt_rule_position(RuleSetName="set", RuleName="a")
    assert names(ses) == ["a", "b", "c"]
    ses.reorder_receipt_rule_set(RuleSetName="set", RuleNames=["c", "b", "a"])
    assert names(ses) == ["c", "b", "a"]
    ses.delete_receipt_rule(RuleSetName="set", RuleName="b")
    assert names(ses) == ["c", "a"]
    ses.clone_receipt_rule_set(RuleSetName="copy", OriginalRuleSetName="set")
    copied = ses.describe_receipt_rule_set(RuleSetName="copy")["Rules"]
    assert [found["Name"] for found in copied] == ["c", "a"]


def test_the_active_set_of_a_region(ses: "SESClient", receiver: Receiver) -> None:
    nothing = ses.describe_active_receipt_rule_set()
    assert nothing.keys() == {"ResponseMetadata"}
    ses.set_active_receipt_rule_set(RuleSetName="set")
    assert ses.describe_active_receipt_rule_set()["Metadata"]["Name"] == "set"
    elsewhere = receiver.aws.in_region("eu-central-1").ses_v1
    assert "Metadata" not in elsewhere.describe_active_receipt_rule_set()
    assert "set" not in {each["Name"] for each in elsewhere.list_receipt_rule_sets()["RuleSets"]}
    assert "active rule set: set" in refused("CannotDelete", ses.delete_receipt_rule_set, RuleSetName="set")
    for deactivate in ({"RuleSetName": ""}, {}):
        ses.set_active_receipt_rule_set(RuleSetName="set")
        ses.set_active_receipt_rule_set(**deactivate)
        assert "Metadata" not in ses.describe_active_receipt_rule_set()


def test_filters(ses: "SESClient") -> None:
    blocked: Any = {"Name": "b", "IpFilter": {"Policy": "Block", "Cidr": "192.0.2.0/24"}}
    allowed: Any = {"Name": "a", "IpFilter": {"Policy": "Allow", "Cidr": "192.0.2.1"}}
    for each in (blocked, allowed):
        ses.create_receipt_filter(Filter=each)
    assert ses.list_receipt_filters()["Filters"] == [allowed, blocked]
    refused("AlreadyExists", ses.create_receipt_filter, Filter=blocked)
    ses.delete_receipt_filter(FilterName="a")
    ses.delete_receipt_filter(FilterName="a")
    assert ses.list_receipt_filters()["Filters"] == [blocked]


def test_making_a_rule_tries_what_it_names(ses: "SESClient", receiver: Receiver) -> None:
    receiver.messages()
    add(ses, rule("r", receiver.store(ObjectKeyPrefix="tried", TopicArn=receiver.topic)))
    assert f"tried/{SETUP_ID}" in receiver.objects()
    (told,) = receiver.messages()
    assert (told["notificationType"], told["mail"]["messageId"]) == ("Received", SETUP_ID)
    assert told["receipt"]["action"] == {
        "type": "S3",
        "topicArn": receiver.topic,
        "bucketName": receiver.bucket,
        "objectKeyPrefix": "tried",
        "objectKey": f"tried/{SETUP_ID}",
    }


NO_TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:missing"
NO_FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:missing"


@pytest.mark.parametrize(
    "action,code,message",
    [
        ({"S3Action": {"BucketName": "missing"}}, "InvalidS3Configuration", "No such bucket: missing"),
        (
            {"SNSAction": {"TopicArn": NO_TOPIC}},
            "InvalidSnsTopic",
            f"Could not publish to SNS topic: {NO_TOPIC}",
        ),
        ({"SNSAction": {"TopicArn": "topic"}}, "InvalidSnsTopic", "Invalid SNS topic: topic"),
        ({"StopAction": {"Scope": "RuleSet", "TopicArn": NO_TOPIC}}, "InvalidSnsTopic", "Could not publish"),
        ({"LambdaAction": {"FunctionArn": NO_FUNCTION}}, "InvalidLambdaFunction", f"function: {NO_FUNCTION}"),
        (
            {"LambdaAction": {"FunctionArn": "missing"}},
            "InvalidLambdaFunction",
            "Invalid Lambda function: missing",
        ),
        (
            {"BounceAction": {"Sender": "a@unverified.example", "SmtpReplyCode": "550", "Message": "m"}},
            "InvalidParameterValue",
            "Identity is not verified: a@unverified.example",
        ),
    ],
)
def test_targets_that_do_not_exist(ses: "SESClient", action: dict[str, Any], code: str, message: str) -> None:
    add(ses, rule("kept"))
    found: Callable[..., Any] = ses.create_receipt_rule
    assert message in refused(code, found, RuleSetName="set", Rule=rule("new", action))
    assert message in refused(code, ses.update_receipt_rule, RuleSetName="set", Rule=rule("kept", action))
    assert ses.describe_receipt_rule_set(RuleSetName="set")["Rules"][0]["Actions"] == []
    assert names(ses) == ["kept"]


@pytest.mark.parametrize(
    "call,arguments,code",
    [
        ("create_receipt_rule_set", {"RuleSetName": "set"}, "AlreadyExists"),
        ("create_receipt_rule_set", {"RuleSetName": "a b"}, "ValidationError"),
        ("create_receipt_rule_set", {"RuleSetName": "a-"}, "InvalidParameterValue"),
        ("clone_receipt_rule_set", {"RuleSetName": "c", "OriginalRuleSetName": "x"}, "RuleSetDoesNotExist"),
        ("describe_receipt_rule_set", {"RuleSetName": "x"}, "RuleSetDoesNotExist"),
        ("set_active_receipt_rule_set", {"RuleSetName": "x"}, "RuleSetDoesNotExist"),
        ("reorder_receipt_rule_set", {"RuleSetName": "set", "RuleNames": ["x"]}, "RuleDoesNotExist"),
        ("create_receipt_rule", {"RuleSetName": "x", "Rule": {"Name": "r"}}, "RuleSetDoesNotExist"),
        (
            "create_receipt_rule",
            {"RuleSetName": "set", "Rule": {"Name": "r"}, "After": "x"},
            "RuleDoesNotExist",
        ),
        ("update_receipt_rule", {"RuleSetName": "set", "Rule": {"Name": "x"}}, "RuleDoesNotExist"),
        ("describe_receipt_rule", {"RuleSetName": "set", "RuleName": "x"}, "RuleDoesNotExist"),
        ("set_receipt_rule_position", {"RuleSetName": "set", "RuleName": "x"}, "RuleDoesNotExist"),
        ("delete_receipt_rule", {"RuleSetName": "x", "RuleName": "r"}, "RuleSetDoesNotExist"),
        ("list_receipt_rule_sets", {"NextToken": "x"}, "InvalidParameterValue"),
    ],
)
def test_refusals(ses: "SESClient", call: str, arguments: dict[str, Any], code: str) -> None:
    refused(code, getattr(ses, call), **arguments)

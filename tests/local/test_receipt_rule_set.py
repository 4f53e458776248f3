"""`ReceiptRuleSet` and `MailStore`, deployed: mail is stored, spam is not, and the order holds."""

from collections.abc import Iterator

import aws_cdk as cdk
import pytest

from constructs_lib.receiving.ip_filters import FilterPolicy, IpFilter
from constructs_lib.receiving.mail_store import MailStore
from constructs_lib.receiving.receipt_actions import AddHeader, ReceiptAction, Stop, StoreInS3
from constructs_lib.receiving.receipt_rule_set import ReceiptRuleSet
from constructs_lib.receiving.receipt_rules import ReceiptRule
from local.embedded import EmbeddedAws
from tests.local.conftest import Aws
from tests.local.deployable import Deployable, delete_stack, new_deployable_stack

REGION = "eu-south-1"
STACK = "ReceiptRules"
SET = "inbound-rules"
DOMAIN = "rules.example"
SPAM = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


def deploy(aws: Aws, names: str) -> None:
    stack = new_deployable_stack(STACK, region=REGION)
    store = MailStore(
        stack, "Mail", rule_set_name=SET, prefixes=["in/"], removal_policy=cdk.RemovalPolicy.DESTROY
    )
    rules = []
    for name in names:
        actions: tuple[ReceiptAction, ...] = (AddHeader(name="X-Rule", value=name),)
        if name == "a":
            actions = (StoreInS3(prefix="in/"), Stop())
        rules.append(
            ReceiptRule(name=name, recipients=(f"{name}@{DOMAIN}",), actions=actions, tls_required=False)
        )
    ReceiptRuleSet(
        stack,
        "Receiving",
        rule_set_name=SET,
        rules=rules,
        store=store,
        filters=[IpFilter(cidr="192.0.2.0/24", policy=FilterPolicy.BLOCK)],
    )
    Deployable.of(stack).deploy(aws)


def order(aws: Aws) -> str:
    rules = aws.ses_v1.describe_receipt_rule_set(RuleSetName=SET)["Rules"]
    assert rules[0]["Name"] == "drop-spam"
    return "".join(rule["Name"] for rule in rules[1:])


@pytest.fixture(scope="module")
def region(aws: Aws) -> Iterator[Aws]:
    found = aws.in_region(REGION)
    found.verified_domain(DOMAIN)
    deploy(found, "da")  # an order that no test deploys first: nothing to update is an error
    found.ses_v1.set_active_receipt_rule_set(RuleSetName=SET)
    yield found
    found.ses_v1.set_active_receipt_rule_set()
    delete_stack(found, STACK)
    assert found.ses_v1.list_receipt_rule_sets()["RuleSets"] == []


def test_mail_is_stored_and_spam_is_not(region: Aws, embedded_aws: EmbeddedAws) -> None:
    def deliver(content: bytes) -> str:
        return embedded_aws.inbound_server.deliver(
            content, sender="you@other.example", recipients=[f"a@{DOMAIN}"], region=REGION
        )

    ham = deliver(b"Subject: hello\r\n\r\nbody\r\n")
    deliver(b"Subject: won\r\n\r\n" + SPAM + b"\r\n")
    s3 = region._client("s3")
    (bucket,) = (
        each["PhysicalResourceId"]
        for each in region.cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
        if each["LogicalResourceId"].startswith("MailBucket") and each["ResourceType"] == "AWS::S3::Bucket"
    )
    keys = {found["Key"] for found in s3.list_objects_v2(Bucket=bucket)["Contents"]}
    assert keys == {"in/AMAZON_SES_SETUP_NOTIFICATION", f"in/{ham}"}


@pytest.mark.parametrize("names", ["cdab", "adxbc", "ba", "abcd"])
def test_the_order_holds_whatever_moves(region: Aws, names: str) -> None:
    deploy(region, names)
    assert order(region) == names


def test_a_rule_made_by_hand_comes_last(region: Aws) -> None:
    region.ses_v1.create_receipt_rule(RuleSetName=SET, Rule={"Name": "z", "Recipients": [f"z@{DOMAIN}"]})
    deploy(region, "abc")
    assert order(region) == "abcz"

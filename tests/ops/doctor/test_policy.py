"""The permissions that the doctor asks for: those that its page lists, each on what it is used on."""

import json
import re

import pytest

from ops.doctor.policy import actions, policy
from stacks.environments import ENVIRONMENTS, environment
from tests.iam import Request, evaluate
from tests.own_environment import DEV
from tests.support import ROOT

ROLE = "arn:aws:iam::222222222222:role/doctor"
EXECUTION = "arn:aws:iam::222222222222:role/cdk-hnb659fds-cfn-exec-role-222222222222-eu-west-1"
READS = re.compile(r"[a-z0-9]+:(Get|List|Describe|Simulate)[A-Za-z0-9]+")


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_it_only_reads(name: str) -> None:
    assert [action for action in actions(environment(name)) if not READS.fullmatch(action)] == []


def test_the_page_lists_every_action() -> None:
    page = (ROOT / "docs" / "reference" / "doctor.md").read_text(encoding="utf-8")
    (listed,) = re.findall(r"^\*\*Permissions\.\*\* (.*?)\n\n", page, re.MULTILINE | re.DOTALL)
    every = {action for config in ENVIRONMENTS.values() for action in actions(config)}
    assert set(re.findall(r"`([a-z0-9]+:[A-Z][A-Za-z0-9]+)`", listed)) == every | {"sts:GetCallerIdentity"}


def test_it_fits_a_managed_policy() -> None:
    for config in ENVIRONMENTS.values():
        assert len(json.dumps(policy(config), separators=(",", ":"))) <= 6144


@pytest.mark.parametrize(
    "action, resource",
    [
        ("ses:GetAccount", "*"),
        ("ses:GetEmailIdentity", "arn:aws:ses:us-east-1:222222222222:identity/example.com"),
        ("ses:GetConfigurationSet", "arn:aws:ses:eu-west-1:222222222222:configuration-set/forwarding"),
        ("ses:DescribeReceiptRuleSet", "*"),
        ("ses:DescribeActiveReceiptRuleSet", "*"),
        ("ses:GetSuppressedDestination", "*"),
        ("sns:GetTopicAttributes", "arn:aws:sns:eu-west-1:222222222222:transactional-bounce"),
        ("sqs:GetQueueUrl", "arn:aws:sqs:eu-west-1:222222222222:prod-inbox-support-dlq"),
        (
            "secretsmanager:DescribeSecret",
            "arn:aws:secretsmanager:us-east-1:222222222222:secret:prod/smtp/us-east-1/scanner-AbCdEf",
        ),
        (
            "secretsmanager:DescribeSecret",
            "arn:aws:secretsmanager:eu-west-1:222222222222:secret:prod/dkim/receipts.example.com/s2026-AbCdEf",
        ),
        ("events:DescribeRule", "arn:aws:events:eu-west-1:222222222222:rule/transactional-analytics"),
        ("iam:GetPolicy", "arn:aws:iam::222222222222:policy/prod-send-billing"),
        ("iam:GetRole", "arn:aws:iam::222222222222:role/path/Deployer"),
        ("iam:SimulatePrincipalPolicy", EXECUTION),
        ("iam:SimulatePrincipalPolicy", "arn:aws:iam::222222222222:user/deployer"),
        ("route53:GetHostedZone", "arn:aws:route53:::hostedzone/Z0PRODEXAMPLE0000001"),
        ("route53:ListResourceRecordSets", "arn:aws:route53:::hostedzone/Z0PRODEXAMPLE0000001"),
        (
            "cloudformation:ListStackResources",
            "arn:aws:cloudformation:eu-west-1:222222222222:stack/prod-Sending-eu-west-1/1a2b",
        ),
        (
            "cloudformation:DescribeStackResources",
            "arn:aws:cloudformation:eu-west-1:222222222222:stack/other/1a2b",
        ),
        ("ssm:GetParameter", "arn:aws:ssm:eu-west-1:222222222222:parameter/cdk-bootstrap/hnb659fds/version"),
    ],
)
def test_iam_lets_it_ask_what_it_asks(action: str, resource: str) -> None:
    (decision,) = evaluate(
        [
            Request(
                principal=ROLE,
                action=action,
                resources=[resource],
                resource_account="222222222222",
                identity_policies=[policy(environment("prod"))],
            )
        ]
    )
    assert decision.allowed


@pytest.mark.parametrize(
    "action, resource",
    [
        ("ses:GetEmailIdentity", "arn:aws:ses:eu-west-1:222222222222:identity/evilexample.com"),
        (
            "secretsmanager:DescribeSecret",
            "arn:aws:secretsmanager:eu-west-1:222222222222:secret:prod/other-AbCdEf",
        ),
        (
            "secretsmanager:GetSecretValue",
            "arn:aws:secretsmanager:us-east-1:222222222222:secret:prod/smtp/us-east-1/scanner-AbCdEf",
        ),
        ("route53:ListResourceRecordSets", "arn:aws:route53:::hostedzone/Z0OTHER"),
        (
            "cloudformation:ListStackResources",
            "arn:aws:cloudformation:eu-west-1:222222222222:stack/dev-Sending-eu-west-1/1a2b",
        ),
        ("ssm:GetParameter", "arn:aws:ssm:eu-west-1:222222222222:parameter/secret"),
    ],
)
def test_and_nothing_else(action: str, resource: str) -> None:
    (decision,) = evaluate(
        [
            Request(
                principal=ROLE,
                action=action,
                resources=[resource],
                resource_account="222222222222",
                identity_policies=[policy(environment("prod"))],
            )
        ]
    )
    assert not decision.allowed


def test_what_needs_no_permission_gets_none() -> None:
    """`dev` receives nothing, makes no zone, and sends to nobody itself."""
    assert not {
        "ses:DescribeReceiptRuleSet",
        "ses:DescribeActiveReceiptRuleSet",
        "ses:GetSuppressedDestination",
        "route53:ListHostedZonesByName",
        "secretsmanager:DescribeSecret",
    } & set(actions(DEV))


def test_whatever_can_be_named_is_named() -> None:
    statements = policy(environment("prod"))["Statement"]
    assert isinstance(statements, list)
    (anything,) = [each for each in statements if each["Resource"] == ["*"]]
    assert anything["Action"] == [
        "cloudformation:DescribeStackResources",
        "ses:DescribeActiveReceiptRuleSet",
        "ses:DescribeReceiptRuleSet",
        "ses:GetAccount",
        "ses:GetSuppressedDestination",
    ]

"""A key that is made has its statements; the owner of one that exists is asked for them."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib.audit.abuse_alerts import AbuseAlerts
from constructs_lib.audit.alert_receivers import AlertReceivers
from constructs_lib.audit.audit_trail import AuditTrail
from constructs_lib.encryption_key import encryption_key, let_account_use, let_use
from constructs_lib.monitoring.alarm_topic import AlarmTopic
from constructs_lib.owner_statements import OUTPUT
from constructs_lib.smtp.smtp_credentials import SmtpCredentials
from constructs_lib.smtp.smtp_user import SmtpUser
from tests.support import refuses
from tests.synthesis import ACCOUNT, REGION, new_stack, only, outputs, resources, template_of

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def statement() -> iam.PolicyStatement:
    return iam.PolicyStatement(sid="A", actions=["kms:Decrypt"], resources=["*"])


def synth(existing_key_arn: str | None) -> dict[str, Any]:
    stack = new_stack()
    key = encryption_key(
        stack,
        "Key",
        description="Of a test",
        existing_key_arn=existing_key_arn,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    used = statement()
    used.add_service_principal("ses.amazonaws.com")
    let_use(stack, key, used)
    of_account = statement()
    of_account.sid = "B"
    let_account_use(stack, key, of_account)
    cdk.CfnOutput(stack, "Arn", value=key.key_arn, description="key")
    return template_of(stack)


def test_a_key_that_is_made() -> None:
    template = synth(None)
    _, key = only(template, "AWS::KMS::Key")
    assert key["Properties"]["EnableKeyRotation"] is True
    assert [each.get("Sid") for each in key["Properties"]["KeyPolicy"]["Statement"]] == [None, "A"]
    assert set(outputs(template)) == {"key"}


def test_a_key_that_exists() -> None:
    told = outputs(synth(KEY))
    assert told.pop("key") == KEY
    found = {description: json.loads(value) for description, value in told.items()}
    assert {each["PolicyOf"] for each in found.values()} == {KEY}
    assert found[f"{OUTPUT}A"]["Statement"]["Principal"] == {"Service": "ses.amazonaws.com"}
    (account,) = found[f"{OUTPUT}B, unless it leaves permissions to IAM"]["Statement"]["Principal"].values()
    assert account.endswith(f"::{ACCOUNT}:root")


SEND = iam.PolicyStatement(
    actions=["ses:SendRawEmail"], resources=[f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.com"]
)


def alarm_topic(scope: cdk.Stack, **options: Any) -> object:  # noqa: ANN401 - any option
    return AlarmTopic(scope, "Made", topic_name="alarms", for_budgets=True, **options)


def trail(scope: cdk.Stack, **options: Any) -> object:  # noqa: ANN401 - any option
    return AuditTrail(scope, "Made", trail_name="mail", **options)


def alerts(scope: cdk.Stack, **options: Any) -> object:  # noqa: ANN401 - any option
    return AbuseAlerts(scope, "Made", name="abuse", receivers=AlertReceivers(queue=True), **options)


def smtp(scope: cdk.Stack, **options: Any) -> object:  # noqa: ANN401 - any option
    user = SmtpUser(name="scanner", region=REGION, statements=[SEND])
    return SmtpCredentials(scope, "Made", name_prefix="test", users=[user], **options)


@pytest.mark.parametrize(
    "make, asked",
    [
        (alarm_topic, ["Budgets", "CloudWatchAlarms"]),
        (trail, ["CloudTrailEncryptsLogFiles", "CloudTrailLooksAtTheKey"]),
        (alerts, ["SnsFillsQueues"]),
        (smtp, ["SecretsOfSmtpSenders"]),
    ],
)
def test_whatever_encrypts_takes_a_key_that_exists(make: Any, asked: list[str]) -> None:  # noqa: ANN401 - as above
    stack = new_stack()
    make(stack, existing_key_arn=KEY)
    template = template_of(stack)
    assert not resources(template, "AWS::KMS::Key")
    sids = [
        description.removeprefix(OUTPUT).partition(",")[0]
        for description in outputs(template)
        if description.startswith(OUTPUT)
    ]
    assert sorted(sids) == asked
    refused = new_stack()
    with refuses("encryption-key-unusable", "existing_key_arn: "):
        make(refused, existing_key_arn=KEY.replace(REGION, "eu-west-2"))
    assert not refused.node.children

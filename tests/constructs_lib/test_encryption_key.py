"""A key that is made has its statements; the owner of one that exists is asked for them."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from constructs_lib.audit.abuse_alerts import AbuseAlerts
from constructs_lib.audit.alert_receivers import AlertReceivers
from constructs_lib.audit.audit_trail import AuditTrail
from constructs_lib.encryption_key import (
    TOPICS_AND_QUEUES,
    encryption_key,
    let_account_use,
    let_account_use_through,
    let_use,
)
from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from constructs_lib.events.feedback_topics import FeedbackTopics
from constructs_lib.events.subscribers import HttpsSubscriber
from constructs_lib.monitoring.alarm_topic import AlarmTopic
from constructs_lib.owner_statements import OUTPUT
from constructs_lib.receiving.mail_store import MailStore
from constructs_lib.smtp.smtp_credentials import SmtpCredentials
from constructs_lib.smtp.smtp_user import SmtpUser
from tests.constructs_lib.receiving.inbound_stacks import build as build_inbound
from tests.iam import Request, evaluate, resolve
from tests.support import refuses
from tests.synthesis import ACCOUNT, REGION, new_stack, only, outputs, resources, template_of

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OF_ANOTHER_ACCOUNT = KEY.replace(ACCOUNT, "222222222222")


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
    (account,) = found[f"{OUTPUT}B, unless it leaves permissions to IAM of this account"]["Statement"][
        "Principal"
    ].values()
    assert account.endswith(f"::{ACCOUNT}:root")


def asked_through(template: dict[str, Any]) -> list[dict[str, Any]]:
    """What owners are asked for the account itself, which is all literal."""
    return [
        json.loads(value)
        for description, value in outputs(template).items()
        if description.startswith(f"{OUTPUT}AccountThrough")
    ]


def test_what_the_account_does_through_services_is_asked_once_for_each_key_and_stack() -> None:
    stack = new_stack()
    theirs = kms.Key.from_key_arn(stack, "Theirs", KEY)
    again = kms.Key.from_key_arn(stack, "Again", KEY)
    other = kms.Key.from_key_arn(stack, "Other", cdk.CfnParameter(stack, "KeyArn").value_as_string)
    for key in (theirs, again, other, other, kms.Key(stack, "Made")):
        let_account_use_through(stack, key, *TOPICS_AND_QUEUES)
    let_account_use_through(stack, theirs, "s3")
    told = [json.dumps(each["Value"]) for each in template_of(stack)["Outputs"].values()]
    assert len(told) == 3
    assert sorted((KEY in each, '{"Ref": "KeyArn"}' in each, "s3.eu-west-1" in each) for each in told) == [
        (False, True, False),
        (True, False, False),
        (True, False, True),
    ]


def test_without_a_region_the_services_are_known_at_deployment() -> None:
    stack = new_stack(None)
    let_account_use_through(stack, kms.Key.from_key_arn(stack, "Theirs", KEY), "s3")
    (value,) = outputs(template_of(stack)).values()
    assert "AWS::URLSuffix" in json.dumps(value)
    statement = json.loads(resolve(value, {}))["Statement"]
    assert statement["Condition"] == {"StringEquals": {"kms:ViaService": [f"s3.{REGION}.amazonaws.com"]}}


def mail_store(scope: cdk.Stack) -> None:
    MailStore(scope, "Made", rule_set_name="in", prefixes=["in/"], existing_key_arn=OF_ANOTHER_ACCOUNT)


def feedback(scope: cdk.Stack) -> None:
    topics = (FeedbackTopic(kind=Feedback.BOUNCE, queue=FeedbackQueue()),)
    FeedbackTopics(
        scope,
        "Made",
        configuration_set="transactional",
        topics=topics,
        existing_key_arn=OF_ANOTHER_ACCOUNT,
    )


def incoming(scope: cdk.Stack) -> None:
    build_inbound(scope, existing_key_arn=OF_ANOTHER_ACCOUNT)


def told_alarms(scope: cdk.Stack) -> None:
    hook = HttpsSubscriber(url="https://example.com/alarms")
    AlarmTopic(scope, "Made", topic_name="alarms", subscribers=[hook], existing_key_arn=OF_ANOTHER_ACCOUNT)


def published_alerts(scope: cdk.Stack) -> None:
    alerts(scope, existing_key_arn=OF_ANOTHER_ACCOUNT)


def log_files(scope: cdk.Stack) -> None:
    trail(scope, existing_key_arn=OF_ANOTHER_ACCOUNT)


def smtp_passwords(scope: cdk.Stack) -> None:
    smtp(scope, existing_key_arn=OF_ANOTHER_ACCOUNT)


@pytest.mark.parametrize(
    "make, services",
    [
        (mail_store, ["s3"]),
        (incoming, ["sns", "sqs"]),
        (feedback, ["sns", "sqs"]),
        (told_alarms, ["sns", "sqs"]),
        (published_alerts, ["sns", "sqs"]),
        (log_files, ["s3"]),
        (smtp_passwords, ["secretsmanager"]),
    ],
)
def test_roles_of_this_account_may_use_the_key_of_another_one(make: Any, services: list[str]) -> None:  # noqa: ANN401 - as below
    stack = new_stack()
    make(stack)
    (told,) = asked_through(template_of(stack))
    assert told["PolicyOf"] == OF_ANOTHER_ACCOUNT
    policy = {"Version": "2012-10-17", "Statement": [told["Statement"]]}
    by_iam = {"Effect": "Allow", "Action": "kms:*", "Resource": OF_ANOTHER_ACCOUNT}

    def uses(service: str, *, action: str = "kms:Decrypt", account: str = ACCOUNT) -> Request:
        return Request(
            principal=f"arn:aws:iam::{account}:role/reader",
            action=action,
            resources=[OF_ANOTHER_ACCOUNT],
            context={"kms:ViaService": f"{service}.{REGION}.amazonaws.com"},
            identity_policies=[{"Version": "2012-10-17", "Statement": [by_iam]}],
            resource_policy=policy,
        )

    may = [
        uses(service, action=action)
        for service in services
        for action in ("kms:Decrypt", "kms:GenerateDataKey")
    ]
    may_not = [
        uses("ec2"),
        uses(services[0], action="kms:PutKeyPolicy"),
        uses(services[0], account="333333333333"),
    ]
    decisions = [decision.allowed for decision in evaluate([*may, *may_not])]
    assert decisions == [True] * len(may) + [False] * len(may_not)


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
        (trail, ["AccountThroughS3", "CloudTrailEncryptsLogFiles", "CloudTrailLooksAtTheKey"]),
        (alerts, ["AccountThroughSnsAndSqs", "SnsFillsQueues"]),
        (smtp, ["AccountThroughSecretsmanager"]),
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

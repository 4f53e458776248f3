"""Trail and alerts, deployed: what is told when somebody calls SES, and what the history has."""

import gzip
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aws_cdk as cdk
import boto3
import pytest
from botocore.exceptions import ClientError

from constructs_lib.audit.abuse_alerts import AbuseAlerts
from constructs_lib.audit.alert_receivers import AlertReceivers
from constructs_lib.audit.audit_trail import AuditTrail
from constructs_lib.receiving.receipt_actions import Stop
from constructs_lib.receiving.receipt_rule_set import ReceiptRuleSet
from constructs_lib.receiving.receipt_rules import ReceiptRule
from constructs_lib.receiving.rule_set_activation import RuleSetActivation
from local.embedded import ACCOUNT
from ops.audit_gateway import AwsAudit
from ops.audit_history import read_history
from ops.audit_record import calls_in
from ops.aws_clients import AwsClients
from ops.trail_place import TrailPlace
from ops.trail_selectors import missing, wanted_selectors
from stacks.audit_config import MailAudit
from tests.cloudtrail import documented
from tests.local.conftest import Aws
from tests.local.deployable import Deployable, delete_stack, new_deployable_stack
from tests.ops.audit_fakes import at
from tests.stacks.test_config import environment

REGION = "eu-central-1"
STACK = "alerted"
RULE = ReceiptRule(name="all", recipients=("ours.example",), actions=(Stop(),))
DESTROY = cdk.RemovalPolicy.DESTROY


@dataclass(frozen=True, kw_only=True)
class Alerted:
    """A Region with a trail and alerts, and somebody whom it does not know."""

    aws: Aws
    intruder: boto3.Session

    def ses(self, version: str = "sesv2") -> Any:  # noqa: ANN401 - no stubs for it
        name: Any = version
        return self.intruder.client(name, region_name=REGION, endpoint_url=self.aws.endpoint_url)

    def told(self, *, wait: int = 3) -> list[dict[str, str]]:
        """What is in the queue; it is empty afterwards."""
        sqs = self.aws._client("sqs")
        url = sqs.get_queue_url(QueueName="alerted-abuse")["QueueUrl"]
        found: list[dict[str, str]] = []
        for _ in range(wait):
            for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            if found:
                break
            time.sleep(0.05)
        return found


def stack(*own_roles: str) -> Deployable:
    made = new_deployable_stack(STACK, region=REGION)
    AuditTrail(made, "Trail", trail_name="alerted-mail", removal_policy=DESTROY)
    AbuseAlerts(
        made,
        "Alerts",
        name="alerted-abuse",
        own_roles=own_roles,
        from_domains=["ours.example"],
        trail_name="alerted-mail",
        receivers=AlertReceivers(queue=True),
        removal_policy=DESTROY,
    )
    return Deployable.of(made)


@pytest.fixture(scope="module")
def alerted(aws: Aws) -> Iterator[Alerted]:
    there = aws.in_region(REGION)
    stack().deploy(there)
    iam = there._client("iam")
    iam.create_user(UserName="intruder")
    key = iam.create_access_key(UserName="intruder")["AccessKey"]
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"])
    yield Alerted(aws=there, intruder=session)
    delete_stack(there, STACK)
    assert there._client("cloudtrail").describe_trails()["trailList"] == []
    iam.delete_access_key(UserName="intruder", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="intruder")


def test_an_alert_says_who_called_what_about_what_where_and_when(alerted: Alerted) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    alerted.ses().create_email_identity(EmailIdentity="lookalike.example")
    (alert,) = alerted.told()
    when = datetime.fromisoformat(alert.pop("when"))
    assert before <= when <= datetime.now(UTC)
    assert alert.pop("event_id")
    assert alert == {
        "alert": "Amazon SES: an identity was created, verified or deleted",
        "what": "CreateEmailIdentity",
        "about": "lookalike.example",
        "who": f"arn:aws:iam::{ACCOUNT}:user/intruder",
        "who_kind": "IAMUser",
        "who_account": ACCOUNT,
        "through": "",
        "where": REGION,
        "account": ACCOUNT,
        "from": "127.0.0.1",
        "refused": "",
    }


@pytest.mark.parametrize(
    "version, call, parameters, about",
    [
        ("ses", "verify_email_identity", {"EmailAddress": "a@evil.example"}, "a@evil.example"),
        ("ses", "delete_identity", {"Identity": "a@evil.example"}, "a@evil.example"),
        ("sesv2", "put_account_sending_attributes", {"SendingEnabled": True}, "true"),
        ("sesv2", "delete_suppressed_destination", {"EmailAddress": "b@c.example"}, "b@c.example"),
        ("ses", "set_active_receipt_rule_set", {"RuleSetName": "other"}, "other"),
        (
            "sesv2",
            "create_email_identity_policy",
            {"EmailIdentity": "none.example", "PolicyName": "p", "Policy": "{}"},
            "none.example",
        ),
    ],
)
def test_calls_of_both_versions_refused_or_not(
    alerted: Alerted, version: str, call: str, parameters: dict[str, Any], about: str
) -> None:
    refused = ""
    try:
        getattr(alerted.ses(version), call)(**parameters)
    except ClientError as error:
        refused = error.response["Error"]["Code"]
    (alert,) = alerted.told()
    assert alert["what"] == "".join(word.capitalize() for word in call.split("_"))
    assert (alert["about"], alert["refused"]) == (about, refused)


@pytest.mark.parametrize("address, told", [("x@evil.example", True), ("x@ours.example", False)])
def test_a_send_from_an_address_that_is_not_ours(alerted: Alerted, address: str, told: bool) -> None:  # noqa: FBT001
    with suppress(ClientError):  # its identity is not verified
        alerted.ses().send_email(
            FromEmailAddress=address,
            Destination={"ToAddresses": ["success@simulator.amazonses.com"]},
            Content={"Simple": {"Subject": {"Data": "secret"}, "Body": {"Text": {"Data": "secret"}}}},
        )
    alerts = alerted.told()
    assert [each["about"] for each in alerts] == ([address] if told else [])
    assert "secret" not in str(alerts)


def test_ordinary_calls_are_not_told(alerted: Alerted) -> None:
    alerted.ses().get_account()
    alerted.ses().list_email_identities()
    alerted.ses("ses").get_send_quota()
    alerted.ses().create_configuration_set(ConfigurationSetName="alerted")
    assert alerted.told() == []


def audit(alerted: Alerted) -> AwsAudit:
    clients = AwsClients(region=REGION)
    for service in ("cloudtrail", "s3"):
        clients._clients[service, REGION] = alerted.aws._client(service)
    return AwsAudit(clients)


def test_the_trails_log_files_are_where_the_operators_command_looks(alerted: Alerted) -> None:
    gateway = audit(alerted)
    trail = gateway.trail(TrailPlace(name="alerted-mail", region=REGION, ours=True))
    assert trail is not None
    assert (trail.every_region, trail.validated, gateway.is_logging(trail)) == (True, True, True)
    config = environment(account=ACCOUNT, regions=(REGION,))
    config = replace(config, name="alerted", audit=MailAudit())
    assert missing(gateway.selectors(trail), wanted_selectors(config, partition="aws")) == ()
    now = datetime.now(UTC)
    record = at(documented("send_email"), now)
    alerted.aws._client("s3").put_object(
        Bucket=trail.bucket,
        Key=f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/{now:%Y/%m/%d}/file.json.gz",
        Body=gzip.compress(json.dumps({"Records": [record]}).encode()),
    )
    history = read_history(
        config,
        gateway,
        regions=config.regions,
        since=now - timedelta(hours=1),
        now=now + timedelta(seconds=5),
        reads=False,
        sends=True,
        limit=100,
    )
    assert [call.event_id for call in history.calls if call.name == "SendEmail"] == [record["eventID"]]


def test_the_history_has_calls_by_anybody(alerted: Alerted) -> None:
    alerted.ses("ses").verify_domain_identity(Domain="history.example")
    assert alerted.told()
    now = datetime.now(UTC)
    records = audit(alerted).events(REGION, start=now - timedelta(hours=1), end=now + timedelta(seconds=1))
    newest = next(iter(calls_in(records)))
    assert (newest.name, newest.subject) == ("VerifyDomainIdentity", "history.example")
    assert newest.who == f"arn:aws:iam::{ACCOUNT}:user/intruder"


def test_a_trail_that_is_stopped_tells_nothing(alerted: Alerted) -> None:
    cloudtrail = alerted.aws._client("cloudtrail")
    cloudtrail.stop_logging(Name="alerted-mail")
    alerted.ses().create_email_identity(EmailIdentity="unseen.example")
    assert alerted.told() == []
    cloudtrail.start_logging(Name="alerted-mail")
    alerted.ses().delete_email_identity(EmailIdentity="unseen.example")
    assert [each["what"] for each in alerted.told()] == ["DeleteEmailIdentity"]


def test_what_a_function_of_the_deployment_does_is_told_unless_it_is_known(alerted: Alerted) -> None:
    def activate(name: str) -> None:
        made = new_deployable_stack("activated", region=REGION)
        rules = ReceiptRuleSet(made, "Rules", rule_set_name=name, rules=[RULE])
        RuleSetActivation(made, "Activation", rule_set_name=name, take_over=True, rules=[rules])
        Deployable.of(made).deploy(alerted.aws)

    activate("first")
    (alert,) = alerted.told()
    assert (alert["what"], alert["about"]) == ("SetActiveReceiptRuleSet", "first")
    assert alert["who"].startswith(f"arn:aws:sts::{ACCOUNT}:assumed-role/activated-")
    delete_stack(alerted.aws, "activated")
    alerted.told()
    stack("role/activated-*").deploy(alerted.aws)
    activate("second")
    assert alerted.told() == []
    delete_stack(alerted.aws, "activated")
    assert alerted.told() == []
    alerted.ses("ses").set_active_receipt_rule_set()
    assert [each["what"] for each in alerted.told()] == ["SetActiveReceiptRuleSet"]

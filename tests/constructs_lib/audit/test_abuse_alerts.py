import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns

from constructs_lib.audit.abuse_alerts import AbuseAlerts
from constructs_lib.audit.abuse_patterns import Abuse
from constructs_lib.audit.alert_receivers import AlertReceivers
from constructs_lib.events.subscribers import EmailSubscriber
from tests.cloudtrail import by_role, documented, matches, record_of
from tests.support import refuses
from tests.synthesis import ACCOUNT, REGION, new_app, new_stack, only, resources, template_of
from tests.test_nag import PACKS, findings

RULE = "AWS::Events::Rule"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:prod-abuse"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SECURITY = EmailSubscriber(address="security@example.net")
OWN_TOPIC = AlertReceivers(existing_topic_arn=TOPIC, existing_topic_key_arn=KEY)


def build(stack: cdk.Stack, **options: Any) -> AbuseAlerts:  # noqa: ANN401 - any option
    return AbuseAlerts(stack, "Alerts", **{"name": "prod-abuse", "from_domains": ["example.com"], **options})


def synth(**options: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    stack = new_stack()
    build(stack, **options)
    return template_of(stack)


def rule(template: dict[str, Any], kind: Abuse) -> dict[str, Any]:
    (found,) = (
        each["Properties"]
        for key, each in resources(template, RULE).items()
        if key.startswith(f"Alerts{kind}")
        and key[len(f"Alerts{kind}") :].isalnum()
        and len(key) == len(f"Alerts{kind}") + 8
    )
    properties: dict[str, Any] = found
    return properties


def test_a_rule_for_each_kind_publishes_with_a_dead_letter_queue() -> None:
    template = synth(trail_name="prod-mail")
    topic, _ = only(template, "AWS::SNS::Topic")
    role, _ = only(template, "AWS::IAM::Role")
    queue, _ = only(template, "AWS::SQS::Queue")
    rules = resources(template, RULE)
    assert len(rules) == len(Abuse)
    for each in rules.values():
        (target,) = each["Properties"]["Targets"]
        assert target["Arn"] == {"Ref": topic}
        assert target["RoleArn"] == {"Fn::GetAtt": [role, "Arn"]}
        assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": [queue, "Arn"]}}
        assert "State" not in each["Properties"]  # enabled, and read-only calls are not asked for


def test_without_anything_else_known_sends_and_trail_are_not_told() -> None:
    assert len(resources(synth(from_domains=[]), RULE)) == len(Abuse) - 2


def test_by_default_the_cdk_deploys() -> None:
    pattern = rule(synth(), Abuse.IDENTITY)["EventPattern"]
    deploy = by_role(f"cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-{REGION}")
    assert not matches(pattern, record_of("DeleteIdentity", who=deploy))
    assert matches(pattern, record_of("DeleteIdentity"))


def test_another_qualifier_of_the_bootstrap_is_followed() -> None:
    stack = new_stack(scope=new_app(**{"@aws-cdk/core:bootstrapQualifier": "mail"}))
    build(stack)
    pattern = rule(template_of(stack), Abuse.IDENTITY)["EventPattern"]
    deploy = by_role(f"cdk-mail-cfn-exec-role-{ACCOUNT}-{REGION}")
    assert not matches(pattern, record_of("DeleteIdentity", who=deploy))


def test_deployers_and_roles_of_ones_own() -> None:
    template = synth(deployers=["role/Deploy"], own_roles=["role/prod-Receiving-*"], senders=["role/Billing"])
    pattern = rule(template, Abuse.RULE_SET)["EventPattern"]
    for name, told in (("Deploy", False), ("prod-Receiving-x", False), ("Support", True)):
        assert matches(pattern, record_of("SetActiveReceiptRuleSet", who=by_role(name))) is told
    sends = rule(template, Abuse.SEND)["EventPattern"]
    for name, told in (("Deploy", True), ("prod-Receiving-x", False), ("Billing", False)):
        assert matches(sends, documented("send_email") | {"userIdentity": by_role(name)}) is told


@pytest.mark.parametrize("kind", list(Abuse))
def test_an_alert_names_who_what_where_and_when(kind: Abuse) -> None:
    (target,) = rule(synth(trail_name="prod-mail"), kind)["Targets"]
    transformer = target["InputTransformer"]
    message = json.loads(transformer["InputTemplate"])
    paths = transformer["InputPathsMap"]
    shown = {
        key: [paths[name] for name in value.strip("<>").split("><")]
        for key, value in message.items()
        if "<" in value
    }
    assert shown["who"] == ["$.detail.userIdentity.arn"]
    assert shown["what"] == ["$.detail.eventName"]
    assert shown["where"] == ["$.detail.awsRegion"]
    assert shown["when"] == ["$.detail.eventTime"]
    assert shown["from"] == ["$.detail.sourceIPAddress"]
    assert all(path.startswith("$.detail.requestParameters.") for path in shown["about"])
    # Every path is used, and nothing that a caller writes freely is among them.
    assert {path for found in shown.values() for path in found} == set(paths.values())
    assert not any(word in str(paths) for word in ("userAgent", "errorMessage", "message", "destination"))


def test_a_queue_and_subscribers() -> None:
    template = synth(receivers=AlertReceivers(queue=True, subscribers=(SECURITY,)))
    queues = resources(template, "AWS::SQS::Queue")
    (name,) = (key for key, each in queues.items() if each["Properties"].get("QueueName") == "prod-abuse")
    (dead,) = queues.keys() - {name}
    subscriptions = [each["Properties"] for each in resources(template, "AWS::SNS::Subscription").values()]
    assert {each["Protocol"] for each in subscriptions} == {"sqs", "email"}
    for each in subscriptions:
        assert each["RedrivePolicy"] == {"deadLetterTargetArn": {"Fn::GetAtt": [dead, "Arn"]}}
    assert queues[name]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": [dead, "Arn"]}
    # Its encryption must not depend on the key whose failure it would tell of.
    assert queues[dead]["Properties"]["SqsManagedSseEnabled"] is True
    assert "KmsMasterKeyId" not in queues[dead]["Properties"]


def test_a_topic_of_ones_own() -> None:
    template = synth(receivers=OWN_TOPIC)
    for kind in ("AWS::SNS::Topic", "AWS::KMS::Key", "AWS::SNS::Subscription"):
        assert resources(template, kind) == {}
    (target,) = rule(template, Abuse.IDENTITY)["Targets"]
    assert target["Arn"] == TOPIC


def test_the_alarm_about_lost_alerts() -> None:
    template = synth()
    queue, _ = only(template, "AWS::SQS::Queue")
    _, alarm = only(template, "AWS::CloudWatch::Alarm")
    (dimension,) = alarm["Properties"]["Dimensions"]
    assert dimension == {"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}
    assert alarm["Properties"]["Threshold"] == 1
    assert "AlarmActions" not in alarm["Properties"]
    stack = new_stack()
    topic = sns.Topic.from_topic_arn(stack, "Pager", f"{TOPIC}-pager")
    build(stack, alarm_actions=[actions.SnsAction(topic)])
    _, alarm = only(template_of(stack), "AWS::CloudWatch::Alarm")
    assert alarm["Properties"]["AlarmActions"] == [f"{TOPIC}-pager"]


def test_what_holds_alerts_stays() -> None:
    template = synth(receivers=AlertReceivers(queue=True))
    for kind, resource in template["Resources"].items():
        holds = resource["Type"] in {"AWS::SQS::Queue", "AWS::KMS::Key"}
        assert (resource.get("DeletionPolicy") == "RetainExceptOnCreate") is holds, kind
    gone = synth(removal_policy=cdk.RemovalPolicy.DESTROY)
    assert {each.get("DeletionPolicy") for each in gone["Resources"].values()} <= {None, "Delete"}


@pytest.mark.parametrize(
    "options, code, fragment",
    [
        ({"name": "a b"}, "abuse-alerts-invalid", "name"),
        ({"deployers": ["Deploy"]}, "known-principal-invalid", "deployers"),
        ({"own_roles": ["role/*"]}, "known-principal-invalid", "own_roles"),
        ({"senders": "role/Billing"}, "known-principal-invalid", "senders"),
        (
            {"receivers": AlertReceivers(existing_topic_arn=TOPIC.replace(REGION, "us-east-1"))},
            "abuse-alerts-invalid",
            "topic_arn",
        ),
        ({"senders": [f"role/{'a' * 60}{n}" for n in range(60)]}, "event-pattern-too-long", "Send"),
    ],
)
def test_bad_input_builds_nothing(options: dict[str, Any], code: str, fragment: str) -> None:
    stack = new_stack()
    with refuses(code, fragment):
        build(stack, **options)
    assert stack.node.children == []


@pytest.mark.parametrize("pack", PACKS)
def test_the_packs_are_clean(pack: Any) -> None:  # noqa: ANN401 - a class of cdk-nag
    stack = new_stack()
    build(stack, receivers=AlertReceivers(queue=True, subscribers=(SECURITY,)), trail_name="prod-mail")
    assert findings(pack, stack) == set()

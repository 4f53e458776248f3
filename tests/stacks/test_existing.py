"""An environment of things that somebody else made: only what is missing is made, and nothing of theirs."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.audit.alert_receivers import AlertReceivers
from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from constructs_lib.events.subscribers import EmailSubscriber
from constructs_lib.identity.dns import CreatedZone, ExternalDns, Route53Zone
from constructs_lib.identity.dns_records import Purpose
from constructs_lib.owner_statements import OUTPUT
from constructs_lib.receiving.receipt_actions import Stop, StoreInS3
from constructs_lib.receiving.receipt_rules import ReceiptRule
from constructs_lib.sending.send_conditions import SendConditions
from ops.doctor.deploy_actions import deploy_actions
from ops.doctor.expected import expected_names
from ops.doctor.ports import Kind
from stacks.audit_config import MailAudit
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.environments import ENVIRONMENTS
from stacks.feedback_config import MailFeedback
from stacks.monitoring_config import MailMonitoring
from stacks.receiving_config import Inbox, MailReceiving
from stacks.senders_config import Sender
from stacks.verification_config import MailAddress
from tests.support import refuses
from tests.synthesis import REGION, only, resources, stage_templates

ZONE = Route53Zone(zone_id="Z0123456789", zone_name="example.com")
BOUNCES = MailFeedback(topics=(FeedbackTopic(kind=Feedback.BOUNCE, queue=FeedbackQueue()),))
RULES = (ReceiptRule(name="closed", recipients=("example.com",), actions=(Stop(),)),)
THEIRS = MailReceiving(rule_set_name="theirs", rules=RULES, existing_rule_set=True, after_rule="archive")

OPS = EmailSubscriber(address="ops@example.com")
CONDITIONS = SendConditions(from_addresses=("a@example.com",))


def environment(*domains: MailDomain, **options: Any) -> MailEnvironment:  # noqa: ANN401 - any option
    return MailEnvironment(
        name="test",
        account="111111111111",
        regions=(REGION,),
        configuration_set_name="shared",
        domains=domains or (domain(),),
        existing_configuration_set=True,
        **options,
    )


def domain(dns: Any = ZONE, **options: Any) -> MailDomain:  # noqa: ANN401 - any option
    return MailDomain(domain="example.com", dns=dns, **({"existing_identity": True} | options))


EVERYTHING = environment(
    feedback=BOUNCES,
    receiving=THEIRS,
    addresses=(MailAddress(address="a@example.net", existing_identity=True),),
)
OF_OTHERS = ("AWS::SES::EmailIdentity", "AWS::SES::ConfigurationSet", "AWS::SES::ReceiptRuleSet")


def test_nothing_of_others_is_made() -> None:
    for template in stage_templates(EVERYTHING).values():
        assert not {each["Type"] for each in template["Resources"].values()} & set(OF_OTHERS)


def test_what_is_missing_is_made() -> None:
    made = stage_templates(EVERYTHING)
    assert made.keys() == {f"Sending-{REGION}", f"example-com-{REGION}", f"Receiving-{REGION}"}
    _, destination = only(made[f"Sending-{REGION}"], "AWS::SES::ConfigurationSetEventDestination")
    assert destination["Properties"]["ConfigurationSetName"] == "shared"
    records = resources(made[f"example-com-{REGION}"], "AWS::Route53::RecordSet").values()
    assert sorted(each["Properties"]["Name"] for each in records) == [
        "_dmarc.example.com",
        "bounce.example.com",
        "bounce.example.com",
    ]
    rules = resources(made[f"Receiving-{REGION}"], "AWS::SES::ReceiptRule").values()
    assert {each["Properties"]["RuleSetName"] for each in rules} == {"theirs"}
    assert "archive" in {each["Properties"].get("After") for each in rules}


@pytest.mark.parametrize(
    "where, stacks",
    [
        (domain(), {f"example-com-{REGION}"}),
        (domain(legacy_txt=True, dns=ExternalDns()), {f"example-com-{REGION}"}),
        (domain(dns=CreatedZone(zone_name="example.com")), {f"example-com-{REGION}"}),
        (domain(existing_identity=False), {f"example-com-{REGION}"}),
        # CloudFormation takes no stack without resources.
        (domain(dns=ExternalDns()), set()),
        (domain(existing_records=tuple(Purpose)[:4]), set()),
    ],
)
def test_a_stack_without_resources_is_left_out(where: MailDomain, stacks: set[str]) -> None:
    assert stage_templates(environment(where)).keys() == stacks


def test_an_address_that_exists_needs_no_stack() -> None:
    there = MailAddress(address="a@example.net", existing_identity=True)
    assert f"Addresses-{REGION}" not in stage_templates(environment(addresses=(there,)))
    assert f"Addresses-{REGION}" in stage_templates(
        environment(addresses=(replace(there, existing_identity=False),))
    )


def test_the_doctor_knows_that_they_are_to_be_there() -> None:
    expected = [each.kind for each in expected_names(EVERYTHING, REGION) if each.existing]
    assert expected == [Kind.CONFIGURATION_SET, Kind.IDENTITY, Kind.IDENTITY, Kind.RULE_SET]


def test_the_deploy_needs_no_permission_to_make_them() -> None:
    types = {each.type for each in deploy_actions(EVERYTHING, REGION)}
    assert not types & set(OF_OTHERS)
    assert "AWS::SES::ReceiptRule" in types


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: MailReceiving(rule_set_name="ours", rules=RULES, after_rule="archive"),
        lambda: MailAddress(address="a@example.net", template="Welcome", existing_identity=True),
    ],
)
def test_options_of_what_is_not_made(wrong: Any) -> None:  # noqa: ANN401 - makes it
    with refuses("existing-resource-invalid", "existing_"):
        wrong()


KEY = f"arn:aws:kms:{REGION}:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TOPIC = f"arn:aws:sns:{REGION}:111111111111:bounces"
STORED = MailReceiving(
    rule_set_name="theirs",
    rules=(ReceiptRule(name="in", recipients=("example.com",), actions=(StoreInS3(prefix="in/"),)),),
    inboxes=(Inbox(name="in"),),
    existing_bucket_names={REGION: "their-mail"},
)


def encrypted() -> MailEnvironment:
    """Everything that an environment encrypts."""
    return replace(
        ENVIRONMENTS["prod"],
        regions=(REGION,),
        domains=(domain(),),
        delegates=(),
        senders=(Sender(name="scanner", smtp=True, conditions=CONDITIONS),),
        feedback=BOUNCES,
        receiving=STORED,
        monitoring=MailMonitoring(subscribers=(OPS,)),
        audit=MailAudit(receivers=AlertReceivers(queue=True)),
        existing_key_arns={REGION: KEY},
    )


def test_one_key_that_exists_encrypts_everything() -> None:
    told: list[str] = []
    for template in stage_templates(encrypted()).values():
        assert not resources(template, "AWS::KMS::Key")
        for kind in ("AWS::SNS::Topic", "AWS::SQS::Queue"):
            for each in resources(template, kind).values():
                key = each["Properties"].get("KmsMasterKeyId", KEY)
                assert key == KEY, each
        told += [
            each["Description"].removeprefix(OUTPUT).partition(",")[0]
            for each in template.get("Outputs", {}).values()
            if each["Description"].startswith(OUTPUT)
        ]
    assert sorted(set(told)) == [
        "AccountThroughS3",
        "AccountThroughSecretsmanager",
        "AccountThroughSnsAndSqs",
        "CloudTrailEncryptsLogFiles",
        "CloudTrailLooksAtTheKey",
        "CloudWatchAlarms",
        "SesAnnouncesMail",
        "SesPublishesEvents",
        "SesStoresMail",
        "SnsFillsQueues",
    ]


def test_a_bucket_that_exists_is_not_made() -> None:
    receiving = stage_templates(encrypted())[f"Receiving-{REGION}"]
    assert not resources(receiving, "AWS::S3::Bucket")
    assert not resources(receiving, "AWS::S3::BucketPolicy")
    assert {"Value": "their-mail", "Description": "The bucket of received mail"} in receiving[
        "Outputs"
    ].values()
    types = {each.type for each in deploy_actions(replace(encrypted(), audit=None), REGION)}
    assert not types & {"AWS::S3::Bucket", "AWS::KMS::Key"}


def test_a_topic_that_exists_is_expected_by_its_name() -> None:
    topic = replace(BOUNCES.topics[0], existing_topic_arns={REGION: TOPIC})
    config = environment(feedback=MailFeedback(topics=(topic,)))
    found = [each for each in expected_names(config, REGION) if each.kind is Kind.TOPIC]
    assert [(each.name, each.existing) for each in found] == [("bounces", True)]
    assert not resources(stage_templates(config)[f"Sending-{REGION}"], "AWS::SNS::Topic")


@pytest.mark.parametrize(
    "options, code, fragment",
    [
        (
            {
                "feedback": MailFeedback(
                    topics=(replace(BOUNCES.topics[0], existing_topic_arns={"us-east-1": TOPIC}),)
                )
            },
            "environment-invalid",
            "bounce: existing_topic_arns",
        ),
        (
            {
                "feedback": MailFeedback(
                    topics=(
                        replace(
                            BOUNCES.topics[0],
                            existing_topic_arns={REGION: TOPIC.replace("1111111", "2222222")},
                        ),
                    )
                )
            },
            "existing-resource-invalid",
            "account 111111111111",
        ),
        ({"receiving": STORED}, "existing-resource-invalid", "existing_bucket_names"),
        (
            {"receiving": replace(STORED, existing_bucket_names={"us-east-1": "b-1"})},
            "environment-invalid",
            "existing_bucket_names",
        ),
    ],
)
def test_refuses(options: dict[str, Any], code: str, fragment: str) -> None:
    with refuses(code, fragment):
        environment(**options)

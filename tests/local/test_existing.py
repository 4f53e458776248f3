"""Things of another team are used, and stay as they are, also when our stacks go."""

import json
from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from constructs_lib.identity.dns import Route53Zone
from constructs_lib.identity.dns_records import Purpose
from constructs_lib.receiving.receipt_actions import Stop
from constructs_lib.receiving.receipt_rules import ReceiptRule
from local.embedded import ACCOUNT
from ops.aws_clients import AwsClients
from ops.owner_gateway import AwsOwners
from ops.owner_outputs import asked_of_owners
from ops.owner_policies import Merged, read_answers
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.environments import environment
from stacks.feedback_config import MailFeedback
from stacks.mail_stage import MailStage
from stacks.receiving_config import MailReceiving
from tests.local.conftest import Aws
from tests.local.deployable import Deployable, delete_stack
from tests.local.feedback import Deployed
from tests.ops.test_import_map import Stack
from tests.stubs import session
from tests.synthesis import new_app

THEIR_STATEMENT = {
    "Sid": "Theirs",
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/Pager"},
    "Action": "sns:Subscribe",
    "Resource": "*",
}


def rule(name: str, domain: str) -> Any:  # noqa: ANN401 - boto3's overloads want literals
    return {
        "Name": name,
        "Enabled": True,
        "Recipients": [f"{name}@{domain}"],
        "Actions": [{"StopAction": {"Scope": "RuleSet"}}],
    }


def deploy(aws: Aws, config: MailEnvironment, only: str = "") -> dict[str, Deployable]:
    made = Deployable.of_stage(MailStage(new_app(), config.name, config=config))
    for name, stack in made.items():
        if name.startswith(only):
            stack.deploy(aws)
    return made


def rules(aws: Aws, rule_set: str) -> list[str]:
    return [each["Name"] for each in aws.ses_v1.describe_receipt_rule_set(RuleSetName=rule_set)["Rules"]]


@pytest.fixture
def unique(domain: str) -> str:
    return domain.removesuffix(".example")


def config_of(unique: str, domain: str, zone_id: str, **options: Any) -> MailEnvironment:  # noqa: ANN401 - any
    return MailEnvironment(
        name=unique,
        account=ACCOUNT,
        regions=environment("local").regions,
        configuration_set_name=f"{unique}-theirs",
        existing_configuration_set=True,
        domains=(
            MailDomain(
                domain=domain,
                dns=Route53Zone(zone_id=zone_id.removeprefix("/hostedzone/"), zone_name=domain),
                existing_identity=True,
                existing_records=(Purpose.MAIL_FROM_MX, Purpose.MAIL_FROM_SPF),
            ),
        ),
        **options,
    )


def test_events_go_to_a_topic_of_theirs_and_nothing_else_of_theirs_changes(
    aws: Aws, domain: str, unique: str
) -> None:
    sns = aws._client("sns")
    zone_id = aws.verified_domain(domain)
    aws.ses.create_configuration_set(ConfigurationSetName=f"{unique}-theirs")
    topic = sns.create_topic(Name=f"{unique}-pager")["TopicArn"]
    policy = {"Version": "2012-10-17", "Statement": [THEIR_STATEMENT]}
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy))
    bounces = FeedbackTopic(
        kind=Feedback.BOUNCE, queue=FeedbackQueue(), existing_topic_arns={aws.region: topic}
    )
    config = config_of(unique, domain, zone_id, feedback=MailFeedback(topics=(bounces,)))
    before = aws.ses.get_email_identity(EmailIdentity=domain)

    def merged() -> list[Merged]:
        clients = AwsClients(region=aws.region, session=session())
        clients._clients["sns", aws.region] = sns
        asked = asked_of_owners(
            Stack(made[f"Sending-{aws.region}"].template, region=aws.region), lambda _: None
        )
        return [answer.merged for answer in read_answers(asked, AwsOwners(clients), account=ACCOUNT)]

    made = deploy(aws, config)
    assert merged() == [Merged.MISSING]
    assert json.loads(sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]) == policy
    (told,) = [
        json.loads(output["Value"])["Statement"]
        for output in made[f"Sending-{aws.region}"].template["Outputs"].values()
        if output["Value"].startswith("{")
    ]
    policy["Statement"] = [THEIR_STATEMENT, told]
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy))
    assert merged() == [Merged.THERE]

    seen = Deployed(aws=aws, name=f"{unique}-theirs", sender=f"a@{domain}")
    seen.send("bounce@simulator.amazonses.com")
    (event,) = seen.bodies(Feedback.BOUNCE)
    assert "Bounce" in event

    for stack in reversed(list(made.values())):
        delete_stack(aws, stack.name)
    assert json.loads(sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]) == policy
    assert aws.ses.get_configuration_set(ConfigurationSetName=f"{unique}-theirs")
    after = aws.ses.get_email_identity(EmailIdentity=domain)
    for unchanged in ("VerificationStatus", "DkimAttributes", "MailFromAttributes"):
        assert after[unchanged] == before[unchanged]


def test_rules_go_into_a_set_of_theirs_at_a_stated_place_and_out_again(
    aws: Aws, domain: str, unique: str
) -> None:
    zone_id = aws.verified_domain(domain)
    aws.ses.create_configuration_set(ConfigurationSetName=f"{unique}-theirs")
    aws.ses_v1.create_receipt_rule_set(RuleSetName=unique)
    for name in ("late", "early"):
        aws.ses_v1.create_receipt_rule(RuleSetName=unique, Rule=rule(name, domain))
    theirs = aws.ses_v1.describe_receipt_rule_set(RuleSetName=unique)["Rules"]
    receiving = MailReceiving(
        rule_set_name=unique,
        existing_rule_set=True,
        after_rule="early",
        rules=(ReceiptRule(name="ours", recipients=(f"ours@{domain}",), actions=(Stop(),)),),
    )
    config = config_of(unique, domain, zone_id, receiving=receiving)
    made = deploy(aws, config)
    assert rules(aws, unique) == ["early", "drop-spam", "ours", "late"]
    # Somebody else adds a rule; the next deploy leaves it where it is among theirs.
    aws.ses_v1.create_receipt_rule(RuleSetName=unique, Rule=rule("later", domain), After="late")
    more = ReceiptRule(name="more", recipients=(f"more@{domain}",), actions=(Stop(),))
    changed = replace(config, receiving=replace(receiving, rules=(more, *receiving.rules), after_rule="late"))
    made = deploy(aws, changed, "Receiving")
    assert rules(aws, unique) == ["early", "late", "drop-spam", "more", "ours", "later"]
    delete_stack(aws, made[f"Receiving-{aws.region}"].name)
    assert rules(aws, unique) == ["early", "late", "later"]
    left = aws.ses_v1.describe_receipt_rule_set(RuleSetName=unique)["Rules"]
    assert left[:2] == theirs

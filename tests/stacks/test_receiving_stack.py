"""What an environment that receives mail deploys."""

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.identity.dns import CreatedZone, ExternalDns
from constructs_lib.receiving.bounce_reply import MAILBOX_FULL
from constructs_lib.receiving.mail_function import MailFunction
from constructs_lib.receiving.mail_reader import MailReader
from constructs_lib.receiving.receipt_actions import Bounce, StoreInS3
from stacks import receiving_stack
from stacks.config import MailEnvironment
from stacks.receiving_config import BUCKET_OUTPUT, Inbox, dead_letters_output
from tests.constructs_lib.receiving.client_side_stacks import made_reader
from tests.stacks.test_config import domain, environment
from tests.stacks.test_receiving_config import forwarding, receives, receiving, rule
from tests.support import refuses
from tests.synthesis import only, outputs, resources, stage_stacks, stage_templates

STACK = "Receiving-eu-west-1"
RULE = "AWS::SES::ReceiptRule"
MX = "AWS::Route53::RecordSet"
ACTIVATION = "Custom::ReceiptRuleSetActivation"


def made(config: MailEnvironment) -> dict[str, Any]:
    return stage_templates(config)[STACK]


def test_without_receiving_there_is_no_stack() -> None:
    assert STACK not in stage_templates(environment())


def test_the_store_the_inbox_and_the_rules() -> None:
    template = made(environment(receiving=receiving()))
    rules = [each["Properties"]["Rule"] for each in resources(template, RULE).values()]
    assert [each["Name"] for each in rules] == ["drop-spam", "support"]
    (stored,) = rules[1]["Actions"]
    topic, _ = next(
        (key, each)
        for key, each in resources(template, "AWS::SNS::Topic").items()
        if each["Properties"]["TopicName"] == "test-inbox-support"
    )
    assert stored["S3Action"]["ObjectKeyPrefix"] == "support/"
    assert stored["S3Action"]["TopicArn"] == {"Ref": topic}
    names = {each["Properties"].get("QueueName") for each in resources(template, "AWS::SQS::Queue").values()}
    assert names == {"test-inbox-support", "test-inbox-support-dlq"}
    assert {BUCKET_OUTPUT, dead_letters_output("support")} <= template["Outputs"].keys()
    assert resources(template, ACTIVATION) == {}
    assert resources(template, "AWS::SES::ConfigurationSet") == {}


def test_the_stack_comes_after_the_identities_of_its_region() -> None:
    stack = stage_stacks(environment(receiving=receiving()))[STACK]
    assert stack.dependencies == {"example-com-eu-west-1"}


def test_a_rule_is_made_when_somebody_listens_to_what_it_announces() -> None:
    template = made(environment(receiving=receiving()))
    mapping, _ = only(template, "AWS::Lambda::EventSourceMapping")
    for each in resources(template, RULE).values():
        assert mapping in each["DependsOn"]


def test_forwarded_mail_has_a_configuration_set_of_its_own() -> None:
    inbox = Inbox(name="support", processor=forwarding())
    _, found = only(made(environment(receiving=receiving(inboxes=(inbox,)))), "AWS::SES::ConfigurationSet")
    assert found["Properties"]["Name"] == "forwarding"


def test_an_inbox_of_a_function_of_yours() -> None:
    yours = MailFunction(
        folder="constructs_lib/runtimes/drop_spam",
        handler="handler.handle",
        timeout_seconds=30,
        batch_size=10,
    )
    template = made(environment(receiving=receiving(inboxes=(Inbox(name="support", function=yours),))))
    key, _ = next(
        (key, each)
        for key, each in resources(template, "AWS::Lambda::Function").items()
        if each["Properties"]["Handler"] == "handler.handle"
    )
    _, source = only(template, "AWS::Lambda::EventSourceMapping")
    assert source["Properties"]["BatchSize"] == 10
    assert source["Properties"]["FunctionName"] == {"Ref": key}
    for each in resources(template, RULE).values():
        assert only(template, "AWS::Lambda::EventSourceMapping")[0] in each["DependsOn"]


def test_mail_that_is_only_bounced_needs_no_bucket() -> None:
    bounce = rule(actions=(Bounce(reply=MAILBOX_FULL, sender="postmaster@example.com"),))
    template = made(environment(receiving=receiving(rules=(bounce,), inboxes=())))
    assert resources(template, "AWS::S3::Bucket") == {}
    assert BUCKET_OUTPUT not in template.get("Outputs", {})


def test_rules_that_bounce_wait_for_their_senders_domain() -> None:
    bounce = rule(actions=(Bounce(reply=MAILBOX_FULL, sender="postmaster@example.com"),))
    template = made(environment(receiving=receiving(rules=(bounce,), inboxes=())))
    waits = resources(template, "Custom::VerifiedIdentity")
    assert len(waits) > 0
    for each in resources(template, RULE).values():
        assert set(each["DependsOn"]) & set(waits)


def test_an_active_set_is_activated_last_and_then_the_mx_record_leads_to_it() -> None:
    config = environment(
        domains=(domain(receives_mail=True), domain("example.org", dns=ExternalDns(), receives_mail=True)),
        receiving=receiving(active=True, take_over=True),
    )
    template = made(config)
    key, activation = only(template, ACTIVATION)
    assert activation["Properties"]["RuleSetName"] == "inbound"
    assert activation["Properties"]["TakeOver"] is True
    assert set(resources(template, RULE)) <= set(activation["DependsOn"])
    _, record = only(template, MX)
    assert record["Properties"]["Name"] == "example.com"
    assert record["Properties"]["ResourceRecords"] == ["10 inbound-smtp.eu-west-1.amazonaws.com"]
    assert key in record["DependsOn"]
    assert (
        outputs(template)["Add to DNS by hand, for example.org: incoming mail MX"]
        == "example.org MX 10 inbound-smtp.eu-west-1.amazonaws.com"
    )


def test_the_mx_record_of_a_created_zone_is_made_with_the_zone() -> None:
    config = environment(
        domains=(domain(dns=CreatedZone(zone_name="example.com"), receives_mail=True),),
        receiving=receiving(active=True),
    )
    templates = stage_templates(config)
    assert resources(templates[STACK], MX) == {}
    found = resources(templates["example-com-eu-west-1"], MX)
    assert [
        each["Properties"]["Name"]
        for each in found.values()
        if each["Properties"]["ResourceRecords"] == ["10 inbound-smtp.eu-west-1.amazonaws.com"]
    ] == ["example.com"]


def encrypts(*names: str) -> MailEnvironment:
    """Two inboxes; SES encrypts the mail of these."""
    both = ("secret", "support")
    rules = tuple(
        rule(name, actions=(StoreInS3(prefix=f"{name}/", client_side_encryption=name in names),))
        for name in both
    )
    readers = tuple(
        MailReader(account="444444444444", role=f"role/{name}", prefixes=(f"{name}/",)) for name in both
    )
    inboxes = tuple(Inbox(name=name) for name in both)
    return environment(receiving=receiving(rules=rules, inboxes=inboxes, readers=readers))


def test_mail_that_ses_encrypts_has_a_key_and_a_reader_where_it_is_processed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made_of = made_reader(tmp_path)
    monkeypatch.setattr(receiving_stack, "READER", made_of["reader"])
    monkeypatch.setattr(receiving_stack, "READER_REQUIREMENTS", made_of["requirements"])
    template = made(encrypts("secret"))
    layer, _ = only(template, "AWS::Lambda::LayerVersion")
    actions = {
        each["Properties"]["Rule"]["Name"]: each["Properties"]["Rule"]["Actions"][0].get("S3Action", {})
        for each in resources(template, RULE).values()
    }
    assert {name for name, action in actions.items() if "KmsKeyArn" in action} == {"secret"}
    layers = {
        key.removeprefix("Inbox")[:6]: each["Properties"].get("Layers")
        for key, each in resources(template, "AWS::Lambda::Function").items()
        if key.startswith("Inbox")
    }
    assert layers == {"secret": [{"Ref": layer}], "suppor": None}
    (key,) = (
        each for name, each in resources(template, "AWS::KMS::Key").items() if name.startswith("ClientSide")
    )
    policy = json.dumps(key["Properties"]["KeyPolicy"])
    assert ["role/secret" in policy, "role/support" in policy] == [True, False]


def test_without_it_nothing_is_paid_and_nothing_needs_to_be_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(receiving_stack, "READER", tmp_path / "nowhere")
    monkeypatch.setattr(receiving_stack, "READER_REQUIREMENTS", tmp_path / "nowhere.txt")
    template = made(encrypts())
    assert resources(template, "AWS::Lambda::LayerVersion") == {}
    assert not [key for key in template["Resources"] if key.startswith("ClientSide")]


def test_it_waits_for_make_reader(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(receiving_stack, "READER", tmp_path / "nowhere")
    with refuses("mail-reader-missing", "run make reader"):
        made(encrypts("secret"))


def test_reordering_and_adding_inboxes_changes_no_resource_of_others() -> None:
    def keys(*names: str) -> set[str]:
        config = environment(
            receiving=receiving(
                rules=tuple(rule(name, actions=(StoreInS3(prefix=f"{name}/"),)) for name in names),
                inboxes=tuple(Inbox(name=name) for name in names),
            )
        )
        return set(made(config)["Resources"])

    assert keys("a", "b") == keys("b", "a")
    assert keys("a") < keys("a", "b")


def test_nothing_of_a_rehearsal_stays() -> None:
    template = made(environment(retain=False, receiving=receiving()))
    kept = {
        kind
        for each in template["Resources"].values()
        if each.get("DeletionPolicy", "Delete") != "Delete"
        for kind in [each["Type"]]
    }
    # Nothing is there to delete: it only puts rules in order.
    assert kept == {"Custom::ReceiptRuleOrder"}
    stays = {
        each["Type"]
        for each in made(environment(receiving=receiving()))["Resources"].values()
        if each.get("DeletionPolicy") == "RetainExceptOnCreate"
    }
    assert stays == {"AWS::KMS::Key", "AWS::S3::Bucket", "AWS::SQS::Queue"}


def test_a_role_of_another_account_reads_and_is_told_what_it_needs() -> None:
    reader = MailReader(account="444444444444", role="role/Analysts", prefixes=("support/",))
    template = made(receives(readers=(reader,)))
    (told,) = (each for each in outputs(template) if "444444444444" in each)
    assert told == "For account 444444444444: what role/Analysts needs to read stored mail"
    (bucket,) = (
        each for key, each in resources(template, "AWS::S3::BucketPolicy").items() if key.startswith("MailB")
    )
    assert "role/Analysts" in json.dumps(bucket)


@pytest.mark.parametrize(
    "reader",
    [
        MailReader(account="444444444444", role="role/Analysts", prefixes=("sales/",)),
        MailReader(account="111111111111", role="role/Analysts", prefixes=("support/",)),
    ],
)
def test_readers_of_what_is_not_stored_or_of_this_account_are_refused(reader: MailReader) -> None:
    with refuses("mail-access-invalid", "test: receiving: readers"):
        receives(readers=(reader,))


def test_more_readers_than_the_policy_of_a_bucket_takes_are_refused_before_the_cdk() -> None:
    readers = tuple(
        MailReader(account="444444444444", role=f"role/Analyst{each}", prefixes=("support/",))
        for each in range(10, 50)
    )
    with refuses("mail-access-invalid", "test: receiving: readers"):
        receives(readers=readers)

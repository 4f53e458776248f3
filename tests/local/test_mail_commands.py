"""The commands for stored mail, against a deployed receiving stack: what a person does when nobody knows."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from typer.testing import CliRunner

from constructs_lib.identity.dns import ExternalDns
from constructs_lib.receiving.mail_processor import Forwarding, MailProcessor
from constructs_lib.receiving.receipt_actions import StoreInS3
from constructs_lib.receiving.receipt_rules import ReceiptRule
from local.embedded import ACCOUNT, EmbeddedAws
from local.mailbox import read_raw, sent_messages
from ops import cli, mail_cli
from ops.aws_clients import AwsClients
from ops.errors import ClaimInUseError
from ops.inboxes import Inbox, read_inboxes
from ops.mail_claims import LONGEST_ATTEMPT, settle
from ops.mail_gateway import AwsMailStore
from ops.received_mail import ReceivedMail, find_mail
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.receiving_config import Inbox as DeclaredInbox
from stacks.receiving_config import MailReceiving
from stacks.receiving_stack import ReceivingStack
from stacks.stack_names import receiving_stack_name
from tests.local.conftest import Aws
from tests.local.deployable import Deployable, delete_stack
from tests.support import feature_flags

REGION = "ca-central-1"
DOMAIN = "commands.example"
TEAM = "team@elsewhere.example"
CONTENT = b"From: Ann <ann@other.example>\r\nSubject: Where is it?\r\n\r\nNo. 4711\r\n"
CONFIG = MailEnvironment(
    name="commands",
    account=ACCOUNT,
    regions=(REGION,),
    configuration_set_name="transactional",
    retain=False,
    domains=(MailDomain(domain=DOMAIN, dns=ExternalDns()),),
    receiving=MailReceiving(
        rule_set_name="commands",
        rules=(
            ReceiptRule(
                name="support",
                recipients=(f"support@{DOMAIN}",),
                actions=(StoreInS3(prefix="support/"),),
            ),
        ),
        inboxes=(
            DeclaredInbox(
                name="support",
                processor=MailProcessor(
                    forwarding=Forwarding(
                        sender=f"forwarder@{DOMAIN}",
                        mapping={f"support@{DOMAIN}": (TEAM,)},
                        configuration_set="forwarding",
                    )
                ),
            ),
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Mail:
    """The deployed inbox, and the means to disturb it."""

    embedded: EmbeddedAws
    aws: Aws
    store: AwsMailStore
    inbox: Inbox

    def deliver(self) -> str:
        return self.embedded.inbound_server.deliver(
            CONTENT, sender="ann@other.example", recipients=[f"support@{DOMAIN}"], region=REGION
        )

    def found(self, message_id: str) -> ReceivedMail:
        return find_mail((self.inbox,), self.store, message_id)

    def outcome(self, message_id: str) -> str | None:
        summary = self.found(message_id).summary
        return None if summary is None else str(summary["forwarding"]["outcome"])

    def dead_letters(self) -> int:
        return self.store.dead_letters(str(self.inbox.dead_letters), region=REGION)

    def waiting(self) -> int:
        queue = str(self.inbox.dead_letters).removesuffix("-dlq")
        return self.store.dead_letters(queue, region=REGION)

    def run(self, *arguments: str) -> str:
        result = CliRunner().invoke(cli.app, ["mail", *arguments], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    def forwarded(self) -> list[bytes]:
        url = self.aws.endpoint_url
        return [
            read_raw(url, str(message["MessageId"]))
            for message in sent_messages(url)
            if message.get("Destinations") == [TEAM]
        ]

    def let_function_read(self, *, enabled: bool) -> None:
        functions = self.aws._client("lambda")
        queue = str(self.inbox.dead_letters).removesuffix("-dlq")
        (source,) = functions.list_event_source_mappings(EventSourceArn=queue)["EventSourceMappings"]
        functions.update_event_source_mapping(UUID=source["UUID"], Enabled=enabled)

    def set_queue(self, **attributes: str) -> None:
        sqs = self.aws._client("sqs")
        url = sqs.get_queue_url(QueueName="commands-inbox-support")["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)


def eventually(found: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 20
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture(scope="module")
def mail(embedded_aws: EmbeddedAws, aws: Aws) -> Iterator[Mail]:
    region = aws.in_region(REGION)
    region.verified_domain(DOMAIN)
    app = cdk.App(
        context=feature_flags(),
        analytics_reporting=False,
        default_stack_synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
    )
    assert CONFIG.receiving is not None
    name = receiving_stack_name(CONFIG, REGION)
    stack = ReceivingStack(app, name, config=CONFIG, receiving=CONFIG.receiving, region=REGION)
    Deployable.of(stack).deploy(region)
    region.ses_v1.set_active_receipt_rule_set(RuleSetName="commands")
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in embedded_aws.client_variables().items():
            patch.setenv(variable, value)
        patch.setattr(mail_cli, "environment", lambda _: CONFIG)
        store = AwsMailStore(AwsClients(region=REGION))
        (inbox,) = read_inboxes(CONFIG, store)
        yield Mail(embedded=embedded_aws, aws=region, store=store, inbox=inbox)
    region.ses_v1.set_active_receipt_rule_set()
    delete_stack(region, name)


def test_a_message_is_listed_shown_and_downloaded(mail: Mail, tmp_path: Path) -> None:
    message_id = mail.deliver()
    eventually(lambda: mail.outcome(message_id) == "forwarded")
    (listed,) = json.loads(mail.run("list", "commands", "--json"))
    assert (listed["id"], listed["inbox"]) == (message_id, "support")
    shown = mail.found(message_id)
    assert shown.summary == listed["summary"]
    assert shown.summary is not None
    assert shown.summary["headers"]["subject"] == "Where is it?"
    assert shown.key_arn is not None
    assert f":{REGION}:{ACCOUNT}:key/" in shown.key_arn
    file = tmp_path / "a.eml"
    assert mail.run("download", "commands", message_id, str(file)) == f"{file}: {listed['bytes']} bytes\n"
    # Below what SES writes on top.
    assert file.read_bytes().endswith(b"\r\n" + CONTENT)


def test_what_nobody_knows_waits_for_a_person_and_is_forwarded_once(mail: Mail) -> None:
    before = len(mail.forwarded())
    # Meanwhile a claim is written as by a function that dies before it can say how its send ended.
    mail.let_function_read(enabled=False)
    message_id = mail.deliver()
    key = f"support/{message_id}/claims/0000.json"
    claim = {
        "version": 1,
        "state": "sending",
        "token": "died",
        "destinations": [TEAM],
        "sent_as": "",
        "sent_at": "",
    }
    mail.aws._client("s3").put_object(Bucket=mail.inbox.bucket, Key=key, Body=json.dumps(claim))
    policy = {"deadLetterTargetArn": mail.inbox.dead_letters, "maxReceiveCount": 2}
    mail.set_queue(VisibilityTimeout="1", RedrivePolicy=json.dumps(policy))
    mail.let_function_read(enabled=True)
    eventually(lambda: mail.outcome(message_id) == "failed" and mail.dead_letters() == 1)
    with pytest.raises(ClaimInUseError):
        settle(mail.found(message_id), mail.store, sent=False, now=lambda: datetime.now(UTC))

    def later() -> datetime:
        return datetime.now(UTC) + LONGEST_ATTEMPT

    assert settle(mail.found(message_id), mail.store, sent=False, now=later) == (key,)
    assert len(mail.forwarded()) == before
    assert mail.run("redrive", "commands", "--yes") == f"support in {REGION}: SQS moves them\n"
    eventually(lambda: mail.outcome(message_id) == "forwarded" and mail.waiting() == 0)
    assert mail.dead_letters() == 0
    assert len(mail.forwarded()) == before + 1
    assert mail.run("redrive", "commands").startswith(f"support in {REGION}: no dead letters")
    assert settle(mail.found(message_id), mail.store, sent=False, now=later) == ()

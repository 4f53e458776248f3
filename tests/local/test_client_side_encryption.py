"""Mail that SES encrypts before it comes to S3: deployed, received over SMTP, read by AWS's own client."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from typer.testing import CliRunner, Result

from constructs_lib.identity.dns import ExternalDns
from constructs_lib.receiving.mail_processor import Forwarding, MailProcessor
from constructs_lib.receiving.receipt_actions import StoreInS3
from constructs_lib.receiving.receipt_rules import ReceiptRule
from local.embedded import ACCOUNT, EmbeddedAws
from local.mailbox import read_raw, sent_messages
from ops import cli, mail_cli
from stacks import receiving_stack
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.receiving_config import Inbox
from stacks.receiving_stack import ReceivingStack
from stacks.stack_names import receiving_stack_name
from tests.local.conftest import Aws
from tests.local.deployable import Deployable, delete_stack
from tests.local.receiving import new_receiver, rule
from tests.local.test_mail_commands import CONFIG as PLAIN
from tests.local.test_mail_commands import TEAM, eventually
from tests.support import feature_flags

REGION = "eu-central-1"
DOMAIN = "encrypted.example"
CONTENT = b"From: Ann <ann@other.example>\r\nSubject: Secret\r\n\r\n8 bit: \xe9 no. 4711\r\n"


def config() -> MailEnvironment:
    """Like that of the other commands, with a second prefix whose mail SES encrypts first.

    Its domain is its own: where both share an embedded AWS, neither of two zones of one name is seen.
    """
    assert PLAIN.receiving is not None
    secret = ReceiptRule(
        name="secret",
        recipients=(f"secret@{DOMAIN}",),
        actions=(StoreInS3(prefix="secret/", client_side_encryption=True),),
    )
    forwarding = Forwarding(
        sender=f"forwarder@{DOMAIN}", mapping={"*": (TEAM,)}, configuration_set="forwarding"
    )
    processor = MailProcessor(forwarding=forwarding, attachments=False)
    (support,) = PLAIN.receiving.rules
    return replace(
        PLAIN,
        name="secrets",
        regions=(REGION,),
        domains=(MailDomain(domain=DOMAIN, dns=ExternalDns()),),
        receiving=replace(
            PLAIN.receiving,
            rule_set_name="secrets",
            rules=(replace(support, recipients=(f"support@{DOMAIN}",)), secret),
            inboxes=tuple(Inbox(name=name, processor=processor) for name in ("support", "secret")),
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Mail:
    """What is deployed."""

    embedded: EmbeddedAws
    aws: Aws
    bucket: str

    def deliver(self, recipient: str) -> str:
        return self.embedded.inbound_server.deliver(
            CONTENT, sender="ann@other.example", recipients=[f"{recipient}@{DOMAIN}"], region=REGION
        )

    def stored(self, key: str) -> Any:  # noqa: ANN401 - no stubs for it
        return self.aws._client("s3").get_object(Bucket=self.bucket, Key=key)

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli.app, ["mail", *arguments], catch_exceptions=False)

    def shown(self, message_id: str) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.run("show", "secrets", message_id).stdout)

    def forwarded(self) -> list[bytes]:
        url = self.aws.endpoint_url
        return [
            read_raw(url, str(message["MessageId"]))
            for message in sent_messages(url)
            if message.get("Destinations") == [TEAM]
        ]


@pytest.fixture(scope="module")
def mail(embedded_aws: EmbeddedAws, aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mail]:
    region, environment = aws.in_region(REGION), config()
    region.verified_domain(DOMAIN)
    app = cdk.App(
        context=feature_flags(),
        analytics_reporting=False,
        default_stack_synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
    )
    assert environment.receiving is not None
    name = receiving_stack_name(environment, REGION)
    with pytest.MonkeyPatch.context() as patch:
        # The embedded AWS runs functions with this Python, which has the client: the layer may be empty.
        reader = tmp_path_factory.mktemp("reader")
        pins = receiving_stack.READER_REQUIREMENTS
        (reader / pins.name).write_bytes(pins.read_bytes())
        patch.setattr(receiving_stack, "READER", reader)
        stack = ReceivingStack(app, name, config=environment, receiving=environment.receiving, region=REGION)
        Deployable.of(stack).deploy(region)
        region.ses_v1.set_active_receipt_rule_set(RuleSetName="secrets")
        for variable, value in embedded_aws.client_variables().items():
            patch.setenv(variable, value)
        patch.setattr(mail_cli, "environment", lambda _: environment)
        outputs = region.cloudformation.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
        (bucket,) = (each["OutputValue"] for each in outputs if each["OutputKey"] == "MailBucket")
        yield Mail(embedded=embedded_aws, aws=region, bucket=bucket)
    region.ses_v1.set_active_receipt_rule_set()
    delete_stack(region, name)


def test_a_message_is_ciphertext_in_the_bucket_and_read_by_function_and_operator(
    mail: Mail, tmp_path: Path
) -> None:
    before = len(mail.forwarded())
    message_id = mail.deliver("secret")
    stored = mail.stored(f"secret/{message_id}")
    body, metadata = stored["Body"].read(), stored["Metadata"]
    assert not any(part in body for part in (b"Ann", b"Secret", b"4711"))
    context = json.loads(metadata["x-amz-matdesc"])
    assert (metadata["x-amz-cek-alg"], metadata["x-amz-wrap-alg"]) == ("AES/GCM/NoPadding", "kms")
    assert context.pop("kms_cmk_id").startswith(f"arn:aws:kms:{REGION}:{ACCOUNT}:key/")
    assert context == {
        "aws:ses:message-id": message_id,
        "aws:ses:rule-name": "secret",
        "aws:ses:source-account": ACCOUNT,
    }
    eventually(lambda: len(mail.forwarded()) == before + 1)
    eventually(lambda: mail.shown(message_id)["summary"])
    shown = mail.shown(message_id)
    assert shown["summary"]["headers"]["subject"] == "Secret"
    assert shown["summary"]["forwarding"]["outcome"] == "forwarded"
    assert shown["summary"]["raw"]["bytes"] == len(body) - 16
    assert shown["client_side_key_arn"] not in {None, shown["key_arn"]}
    below = CONTENT.partition(b"\r\n\r\n")[2]
    assert mail.forwarded()[-1].partition(b"\r\n\r\n")[2] == below
    file = tmp_path / "a.eml"
    assert mail.run("download", "secrets", message_id, str(file)).exit_code == 0
    assert file.read_bytes().endswith(b"\r\n" + CONTENT)
    assert f"  secret  {message_id}" in mail.run("list", "secrets", "--inbox", "secret").stdout


def test_mail_of_other_rules_is_encrypted_by_s3_alone(mail: Mail, tmp_path: Path) -> None:
    message_id = mail.deliver("support")
    stored = mail.stored(f"support/{message_id}")
    assert stored["Body"].read().endswith(CONTENT)
    assert stored["Metadata"] == {}
    file = tmp_path / "a.eml"
    assert mail.run("download", "secrets", message_id, str(file)).exit_code == 0
    assert file.read_bytes().endswith(CONTENT)
    assert mail.shown(message_id)["client_side_key_arn"] is None


def test_what_was_changed_since_is_refused(mail: Mail, tmp_path: Path) -> None:
    message_id = mail.deliver("secret")
    key = f"secret/{message_id}"
    stored = mail.stored(key)
    body, metadata = bytearray(stored["Body"].read()), stored["Metadata"]
    body[0] ^= 1
    s3, file = mail.aws._client("s3"), tmp_path / "a.eml"
    s3.put_object(Bucket=mail.bucket, Key=key, Body=bytes(body), Metadata=metadata)
    result = mail.run("download", "secrets", message_id, str(file))
    assert (result.exit_code, file.exists()) == (2, False)
    assert "[mail-unreadable]" in result.stderr
    # As if it were another message: KMS does not give the data key.
    body[0] ^= 1
    other = metadata["x-amz-matdesc"].replace(message_id, mail.deliver("secret"))
    s3.put_object(Bucket=mail.bucket, Key=key, Body=bytes(body), Metadata=metadata | {"x-amz-matdesc": other})
    result = mail.run("download", "secrets", message_id, str(file))
    assert "[mail-unreadable]" in result.stderr


def test_a_rule_with_a_key_that_is_not_there_is_refused(embedded_aws: EmbeddedAws, aws: Aws) -> None:
    receiver = new_receiver(embedded_aws, aws.in_region(REGION))
    ses = receiver.aws.ses_v1
    ses.create_receipt_rule_set(RuleSetName="keyless")
    key_arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    keyless: Any = rule("keyless", receiver.store(KmsKeyArn=key_arn))
    with pytest.raises(ses.exceptions.InvalidS3ConfigurationException, match="Could not write to bucket"):
        ses.create_receipt_rule(RuleSetName="keyless", Rule=keyless)
    assert receiver.objects() == {}

"""``python -m local.mail``; its mail that works is in the rehearsed guides."""

import boto3
import pytest

from constructs_lib.runtimes.smtp_credentials.model import Credentials, NewKey
from local import mail
from local.embedded import REGION, EmbeddedAws
from stacks.environments.local import LOCAL


@pytest.fixture(autouse=True)
def exported(embedded_aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (embedded_aws.client_variables() | embedded_aws.mail_variables()).items():
        monkeypatch.setenv(name, value)


def test_without_the_variables_it_says_where_they_come_from(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("REHEARSAL_SMTP")
    with pytest.raises(SystemExit) as ended:
        mail.main(["send", "a@d.example", "b@d.example"])
    assert ended.value.code == 2
    assert capsys.readouterr().err == "REHEARSAL_SMTP is not set: export what `make local` prints.\n"


@pytest.mark.parametrize(
    "arguments, told",
    [
        (("send", "a@nobody.example", "b@d.example"), "refused: "),
        (("deliver", "a@d.example", "b@nobody.example"), "550 5.1.1"),
        (("events", "no-such-queue"), "there is no queue no-such-queue."),
        (
            ("submit", "a@d.example", "b@d.example", "--sender", "nobody"),
            "there is no secret local/smtp/us-east-1/nobody.",
        ),
    ],
)
def test_what_is_refused_is_told_in_the_services_words(
    arguments: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mail.main(arguments) == 1
    assert told in capsys.readouterr().err


def test_an_empty_queue_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    sqs = boto3.client("sqs", region_name=REGION)
    url = sqs.create_queue(QueueName="by-hand-empty")["QueueUrl"]
    assert mail.main(["events", "by-hand-empty"]) == 0
    assert capsys.readouterr().out == "no event in by-hand-empty\n"
    sqs.delete_queue(QueueUrl=url)


def test_a_submission_from_an_unverified_address_is_told_in_the_words_of_ses(
    capsys: pytest.CaptureFixture[str],
) -> None:
    iam = boto3.client("iam")
    iam.create_user(UserName="by-hand")
    key = iam.create_access_key(UserName="by-hand")["AccessKey"]
    value = Credentials.of(NewKey(id=key["AccessKeyId"], secret=key["SecretAccessKey"]), region=REGION)
    name = f"{LOCAL.name}/smtp/{REGION}/by-hand"
    boto3.client("secretsmanager", region_name=REGION).create_secret(Name=name, SecretString=value.to_json())
    assert mail.main(["submit", "a@nobody.example", "b@d.example", "--sender", "by-hand"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("refused: 554 Message rejected: Email address is not verified.")
    assert "fault" not in told

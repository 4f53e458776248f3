import re

import pytest

from constructs_lib.errors import ConfigurationError
from constructs_lib.events.subscribers import EmailSubscriber, HttpsSubscriber, QueueSubscriber
from tests.support import TOKEN, refuses

QUEUE = "arn:aws:sqs:eu-west-1:222222222222:theirs"


def test_an_address_is_stored_in_its_one_form() -> None:
    assert EmailSubscriber(address="ops@EXAMPLE.com") == EmailSubscriber(address="ops@example.com")
    assert EmailSubscriber(address=TOKEN).address == TOKEN
    with refuses("email-address-invalid", "address: "):
        EmailSubscriber(address="ops")


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com",
        "https://hooks.example.com:8443/a/b?c=d%20e",
        "HTTPS://hooks.example.com/x@y",
        "https://[2001:db8::1]/hook",
        "{{resolve:secretsmanager:hooks/bounces}}",
        "{{resolve:secretsmanager:hooks/bounces:SecretString:url}}",
        TOKEN,
    ],
)
def test_accepts_a_web_hook(url: str) -> None:
    assert HttpsSubscriber(url=url).url == url


@pytest.mark.parametrize(
    "url, fragment",
    [
        ("http://hooks.example.com", "over TLS"),
        ("hooks.example.com/ses", "over TLS"),
        ("httpss://hooks.example.com", "over TLS"),
        ("", "over TLS"),
        ("https://", "host name"),
        ("https:///ses", "host name"),
        ("https://:443/ses", "host name"),
        ("https://hooks.example.com:port", "port number"),
        ("https://hooks.example.com:99999", "port number"),
        ("https://[::1/ses", "host name"),
        ("https://hooks.example.com/#x", "after a #"),
        ("https://hooks.example.com/a b", "percent-encoded"),
        ("https://hooks.example.com/\n", "percent-encoded"),
        ("https://hööks.example.com", "percent-encoded"),
        ("{{resolve:ssm:hooks}}", "over TLS"),
        ("{{resolve:secretsmanager:}}", "over TLS"),
        ("http://{{resolve:secretsmanager:hooks}}", "over TLS"),
    ],
)
def test_refuses_a_web_hook(url: str, fragment: str) -> None:
    with refuses("subscriber-url-invalid", fragment):
        HttpsSubscriber(url=url)


@pytest.mark.parametrize(
    "url",
    [
        "https://user:hunter2@hooks.example.com/ses",
        "http://user:hunter2@hooks.example.com/ses",
        "https://user:hunter2@[::1/ses",
        "https://user:hunter2@hooks.example.com/a b",
        "https://user:hunter/2@hooks.example.com",
    ],
)
def test_a_password_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        HttpsSubscriber(url=url)
    assert caught.value.code == "subscriber-url-invalid"
    assert not re.search("hunter", str(caught.value))


def test_a_queue_gets_the_notification_unless_it_wants_the_event_alone() -> None:
    assert not QueueSubscriber(queue_arn=QUEUE).raw
    assert QueueSubscriber(queue_arn=QUEUE, raw=True).raw


@pytest.mark.parametrize(
    "arn",
    [
        QUEUE,
        "arn:aws-us-gov:sqs:us-gov-west-1:222222222222:A_b-9",
        "arn:aws-cn:sqs:cn-north-1:222222222222:q",
        TOKEN,
    ],
)
def test_accepts_a_queue(arn: str) -> None:
    assert QueueSubscriber(queue_arn=arn).queue_arn == arn


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "theirs",
        "https://sqs.eu-west-1.amazonaws.com/222222222222/theirs",
        f"{QUEUE}.fifo",
        f"{QUEUE}\n",
        f"{QUEUE}:x",
        "arn:aws:sqs:eu-west-1:22222222222:theirs",
        "arn:aws:sqs:eu-west-1:2222222222222:theirs",
        "arn:aws:sns:eu-west-1:222222222222:theirs",
        "arn:aws:sqs::222222222222:theirs",
        "arn:aws:sqs:eu-west-1:222222222222:" + "q" * 81,
    ],
)
def test_refuses_a_queue(arn: str) -> None:
    with refuses("queue-arn-invalid", repr(arn)):
        QueueSubscriber(queue_arn=arn)

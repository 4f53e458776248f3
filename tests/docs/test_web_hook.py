"""The consumer of ``examples/web-hook``, served, and posted to by an SNS of our own."""

import base64
import http.client
import importlib.util
import json
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.support import ROOT

TOPIC = "arn:aws:sns:us-east-1:111111111111:hooked-bounce"
CERTIFICATE = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem"
CONFIRM = "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("consumer", ROOT / "examples" / "web-hook" / "consumer.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["consumer"] = module
    spec.loader.exec_module(module)
    return module


def certificate_of(key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, SHA256())
    )
    return built.public_bytes(Encoding.PEM)


KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = certificate_of(KEY)


def signed(message: dict[str, str], *, version: str = "2", key: rsa.RSAPrivateKey = KEY) -> dict[str, str]:
    """A message as SNS signs it (SNS Developer Guide, verifying the signatures)."""
    names = sorted(name for name in message if name not in ("UnsubscribeURL", "SigningCertURL"))
    text = "".join(f"{name}\n{message[name]}\n" for name in names)
    hashed = SHA1() if version == "1" else SHA256()  # noqa: S303 - what SNS's version 1 is
    signature = key.sign(text.encode(), padding.PKCS1v15(), hashed)
    return {
        "SigningCertURL": CERTIFICATE,
        **message,
        "SignatureVersion": version,
        "Signature": base64.b64encode(signature).decode(),
    }


def notification(event: object, **changed: str) -> dict[str, str]:
    return {
        "Type": "Notification",
        "MessageId": "m1",
        "TopicArn": TOPIC,
        "Message": event if isinstance(event, str) else json.dumps(event),
        "Timestamp": "2026-11-26T02:51:56.000Z",
        **changed,
    }


def bounce(address: str = "a@customer.example", kind: str = "Permanent") -> dict[str, Any]:
    recipients = [{"emailAddress": address}]
    return {"eventType": "Bounce", "bounce": {"bounceType": kind, "bouncedRecipients": recipients}}


@dataclass
class Served:
    consumer: ModuleType
    port: int
    fetched: list[str] = field(default_factory=list)

    def post(self, message: dict[str, str] | bytes) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(
                "POST", "/ses", message if isinstance(message, bytes) else json.dumps(message).encode()
            )
            return connection.getresponse().status
        finally:
            connection.close()

    def stopped(self) -> dict[str, str]:
        found: dict[str, str] = self.consumer.Hook.addresses.stopped()
        return found


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    consumer = load()
    server = ThreadingHTTPServer(("127.0.0.1", 0), consumer.Hook)
    served = Served(consumer=consumer, port=server.server_address[1])

    def fetch(url: str) -> bytes:
        served.fetched.append(url)
        return PEM

    monkeypatch.setattr(consumer.Hook, "topics", (TOPIC,))
    monkeypatch.setattr(
        consumer.Hook, "addresses", consumer.Addresses(str(tmp_path / "a.sqlite")), raising=False
    )
    monkeypatch.setattr(consumer.Hook, "fetch", staticmethod(fetch))
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # a failure is part of a test
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("subject", [{}, {"Subject": "Amazon SES Email Event Notification"}])
def test_what_sns_signed_is_taken_once(served: Served, version: str, subject: dict[str, str]) -> None:
    message = signed(notification(bounce(), **subject), version=version)
    assert served.post(message | {"UnsubscribeURL": "https://x.example"}) == 200
    assert served.post(signed(notification(bounce("other@customer.example")))) == 200  # the same id again
    assert served.stopped() == {"a@customer.example": "bounce"}


def test_who_complains_is_stopped_and_a_full_mailbox_is_not(served: Served) -> None:
    complained = {"complainedRecipients": [{"emailAddress": "b@customer.example"}]}
    for number, event in enumerate(
        (bounce(kind="Transient"), {"eventType": "Complaint", "complaint": complained}, {"eventType": "Send"})
    ):
        assert served.post(signed(notification(event, MessageId=str(number)))) == 200
    assert served.stopped() == {"b@customer.example": "complaint"}


def test_the_line_by_which_ses_tries_a_topic_does_no_harm(served: Served) -> None:
    assert served.post(signed(notification("Successfully validated SNS topic for Amazon SES"))) == 200


@pytest.mark.parametrize(
    "message",
    [
        signed(notification(bounce())) | {"Message": json.dumps(bounce("b@customer.example"))},
        signed(notification(bounce(), TopicArn=TOPIC.replace("1111", "3333"))),
        signed(notification(bounce()), key=rsa.generate_private_key(65537, 2048)),
        signed(
            notification(bounce(), SigningCertURL="https://sns.us-east-1.amazonaws.com.evil.example/c.pem")
        ),
        signed(notification(bounce(), SigningCertURL="http://sns.us-east-1.amazonaws.com/c.pem")),
        signed(
            notification(bounce(), SigningCertURL="https://evil.example/?https://sns.a.amazonaws.com/c.pem")
        ),
        signed(notification(bounce())) | {"SignatureVersion": "3"},
        signed(notification(bounce())) | {"Type": "Other"},
        b"not JSON",
        b"[]",
        b"{}",
    ],
)
def test_what_is_not_ours_is_refused(served: Served, message: dict[str, str] | bytes) -> None:
    assert served.post(message) == 403
    assert served.stopped() == {}
    assert served.fetched in ([], [CERTIFICATE])


def confirmation(**changed: str) -> dict[str, str]:
    about = {"Type": "SubscriptionConfirmation", "Token": "t", "SubscribeURL": CONFIRM}
    return notification("You have chosen to subscribe", **about | changed)


def test_a_subscription_is_confirmed_when_it_is_to_our_topic(served: Served) -> None:
    assert served.post(signed(confirmation(TopicArn=TOPIC.replace("1111", "3333")))) == 403
    assert served.post(signed(confirmation()) | {"SubscribeURL": "https://evil.example/"}) == 403
    assert served.post(signed(confirmation(SubscribeURL="https://evil.example/"))) == 200
    assert CONFIRM not in served.fetched
    assert served.post(signed(confirmation())) == 200
    assert served.fetched[-1] == CONFIRM
    assert "https://evil.example/" not in served.fetched


def test_what_fails_is_left_as_it_was_and_posted_again(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: str) -> list[tuple[str, str]]:
        raise OSError

    message = signed(notification(bounce()))
    with monkeypatch.context() as broken:
        broken.setattr(served.consumer, "_stops", fail)
        assert served.post(message) == 500
    assert served.post(message) == 200
    assert served.stopped() == {"a@customer.example": "bounce"}

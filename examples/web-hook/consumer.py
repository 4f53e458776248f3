"""A web hook that takes what Amazon SNS posts, and remembers which addresses not to write to any more.

It needs the package ``cryptography``, and something in front of it that speaks TLS::

    SNS_TOPICS=arn:aws:sns:us-east-1:111111111111:hooked-bounce python consumer.py
"""

import base64
import json
import os
import re
import sqlite3
import urllib.request
from collections.abc import Callable, Collection
from contextlib import closing
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

MOST_BYTES = 262_144
"""SNS posts up to 256 KB."""

_OF_SNS = re.compile(r"https://sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/\S+")
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        *("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    ),
}
_SIGNED["UnsubscribeConfirmation"] = _SIGNED["SubscriptionConfirmation"]

Fetch = Callable[[str], bytes]


class RefusedError(Exception):
    """A message is not one of SNS about a topic of ours: it is answered with 403 and never looked at."""


@lru_cache(maxsize=64)
def fetch(url: str) -> bytes:
    """Get a signing certificate, each once, or open the link that confirms a subscription."""
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - https, by `_OF_SNS`
        return bytes(answer.read())


def verify(message: dict[str, str], topics: Collection[str], fetch: Fetch) -> None:
    """Refuse what SNS did not sign, and what it signed for somebody else.

    Args:
        message: What was posted.
        topics: ARNs of the topics that may be posted.
        fetch: Gets a certificate by its URL.

    Raises:
        RefusedError: Somebody else's topic, certificate or signature.
    """
    url = message["SigningCertURL"]
    if message["TopicArn"] not in topics or not (_OF_SNS.fullmatch(url) and url.endswith(".pem")):
        raise RefusedError
    signed = "".join(f"{name}\n{message[name]}\n" for name in _SIGNED[message["Type"]] if name in message)
    key = x509.load_pem_x509_certificate(fetch(url)).public_key()
    if not isinstance(key, RSAPublicKey):
        raise RefusedError
    hashed = {"1": SHA1(), "2": SHA256()}[message["SignatureVersion"]]  # noqa: S303 - SNS's version 1
    try:
        key.verify(base64.b64decode(message["Signature"]), signed.encode(), PKCS1v15(), hashed)
    except InvalidSignature:
        raise RefusedError from None


class Addresses:
    """Which addresses not to write to any more, and which messages were seen."""

    def __init__(self, path: str) -> None:
        self._path = path
        with closing(self._open()) as database, database:
            database.execute("CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY)")
            database.execute("CREATE TABLE IF NOT EXISTS stopped (address TEXT PRIMARY KEY, why TEXT)")

    def take(self, message: dict[str, str]) -> None:
        """Do what a message says, once: what fails in between leaves nothing, and SNS posts again."""
        with closing(self._open()) as database, database:
            if not database.execute(
                "INSERT OR IGNORE INTO seen VALUES (?)", (message["MessageId"],)
            ).rowcount:
                return
            for address, why in _stops(message["Message"]):
                database.execute("INSERT OR IGNORE INTO stopped VALUES (?, ?)", (address, why))

    def stopped(self) -> dict[str, str]:
        """Every address, and why."""
        with closing(self._open()) as database:
            return dict(database.execute("SELECT address, why FROM stopped"))

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=10)


def _stops(text: str) -> list[tuple[str, str]]:
    try:
        event = json.loads(text)
    except ValueError:
        return []  # SES tries a new topic with a line of plain text
    match event.get("eventType"):
        case "Bounce" if event["bounce"]["bounceType"] == "Permanent":
            return [(each["emailAddress"], "bounce") for each in event["bounce"]["bouncedRecipients"]]
        case "Complaint":
            return [
                (each["emailAddress"], "complaint") for each in event["complaint"]["complainedRecipients"]
            ]
    return []


class Hook(BaseHTTPRequestHandler):
    """Answers 200 for what is done, 403 for what is not SNS's, 500 for what SNS is to post again."""

    topics: Collection[str] = ()
    addresses: Addresses
    fetch: Fetch = staticmethod(fetch)

    def do_POST(self) -> None:
        """Take what was posted."""
        try:
            self._take(self.rfile.read(min(int(self.headers["Content-Length"]), MOST_BYTES)))
        except (RefusedError, KeyError, ValueError, TypeError):
            self._answer(403)
        except Exception:
            self._answer(500)
            raise
        else:
            self._answer(200)

    def _take(self, body: bytes) -> None:
        message = json.loads(body)
        verify(message, self.topics, self.fetch)
        if message["Type"] == "Notification":
            self.addresses.take(message)
        elif message["Type"] == "SubscriptionConfirmation" and _OF_SNS.fullmatch(message["SubscribeURL"]):
            self.fetch(message["SubscribeURL"])

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Write nothing: bodies and addresses stay out of logs."""


if __name__ == "__main__":
    if not (topics := os.environ.get("SNS_TOPICS")):
        raise SystemExit("SNS_TOPICS is not set: export the ARNs of your topics, joined by commas.")
    Hook.topics = topics.split(",")
    Hook.addresses = Addresses("addresses.sqlite")
    ThreadingHTTPServer(("127.0.0.1", 8080), Hook).serve_forever()

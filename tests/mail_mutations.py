"""Messages changed at random, and what must hold for each whatever it is."""

import json
import random
from collections.abc import Iterable, Sequence

from constructs_lib.runtimes.inbound_mail.header import Raw, read_header, value
from constructs_lib.runtimes.inbound_mail.notification import Received
from constructs_lib.runtimes.inbound_mail.processor import Outcome, process
from constructs_lib.runtimes.inbound_mail.sending import Attempt
from constructs_lib.runtimes.inbound_mail.settings import ForwardSettings, Settings

KEY = "inbound/d6iitobk75ur44p8kdnnp7g2n800"
SENDER = "forwarder@example.com"
SETTINGS = Settings(
    bucket="mail-bucket",
    prefix="inbound/",
    key_arn="arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    stops={"spam": ["FAIL"], "virus": ["FAIL"]},
    dmarc_policies=["reject"],
    forward=ForwardSettings(
        sender=SENDER,
        mapping={"info@example.com": ["team@example.net"]},
        configuration_set="forwarding",
        automatic=True,
    ),
)
RECEIVED = Received(
    message_id="d6iitobk75ur44p8kdnnp7g2n800",
    key=KEY,
    source="ann@example.net",
    recipients=("info@example.com",),
    timestamp="2026-06-01T08:00:01.000Z",
    verdicts=dict.fromkeys(("spam", "virus", "spf", "dkim", "dmarc"), "PASS"),
    dmarc_policy=None,
)
ATTEMPT = Attempt(token="1", now=lambda: "2026-06-01T08:00:02+00:00", time_for_a_send=lambda: True)  # noqa: S106
_LOOPS = {
    "header-too-long",
    "auto-submitted",
    "own-loop-field",
    "null-sender",
    "precedence-junk",
    "too-many-hops",
}
_TOKENS = (
    b"\r\n", b"\n", b"\r", b"\0", b"--", b"=?utf-8?q?=C3?=", b'"', b"(", b"<", b">", b";", b":", b"=",
    b"\x80", b"\r\n\r\n", b"\n\n", b"boundary=", b"Content-Type: multipart/mixed; boundary=x\r\n", b"From: ",
    b" ", b"\t",
    b"Content-Transfer-Encoding: base64\r\n", b"X-SES-CONFIGURATION-SET: x\r\n", b"filename*0*=utf-8''",
    b"Reply-To: ", b"message/rfc822", b"\xff\xfe", b"From x\n", b"References: <", b"a" * 2_000,
)  # fmt: skip


class Memory:
    """S3 and SES in memory, without boto3: fast enough for a hundred thousand messages."""

    def __init__(self, raw: bytes) -> None:
        self.objects: dict[str, bytes] = {KEY: raw}
        self.sent: list[bytes] = []

    def read(self, key: str) -> Raw:
        return self.objects[key]

    def write(self, key: str, body: bytes, *, content_type: str) -> None:
        del content_type
        self.objects[key] = body

    def write_pieces(self, key: str, pieces: Iterable[bytes]) -> int:
        assert key not in self.objects, "two attachments of one name"
        self.objects[key] = b"".join(pieces)
        return len(self.objects[key])

    def write_claim(self, key: str, body: bytes, *, instead_of: str | None) -> str | None:
        del instead_of
        self.objects[key] = body
        return "1"

    def read_claim(self, key: str) -> tuple[bytes, str]:
        return self.objects[key], "1"

    def send(
        self,
        destinations: Sequence[str],
        *,
        sender: str,
        header: bytes,
        raw: Raw,
        body: int,
        configuration_set: str,
    ) -> str:
        assert (list(destinations), sender, configuration_set) == (["team@example.net"], SENDER, "forwarding")
        self.sent.append(header + bytes(raw[body:]))
        return "sent-1"


def check(raw: bytes) -> Outcome:
    """Process a message, whatever it is, and look at everything that came of it."""
    memory = Memory(raw)
    result = process(RECEIVED, settings=SETTINGS, gateway=memory, attempt=ATTEMPT)
    assert memory.objects.pop(KEY) == raw
    summary = json.loads(memory.objects.pop(f"{KEY}/summary.json"))
    assert summary["raw"]["bytes"] == len(raw)
    memory.objects.pop(f"{KEY}/claims/0000.json", None)
    stored = {part["attachment"]["key"] for part in summary["parts"] if "attachment" in part}
    assert set(memory.objects) == stored
    for key in stored:
        name = key.removeprefix(f"{KEY}/attachments/")
        assert name not in {"", ".", ".."}
        assert name.isascii()
        assert not set(name) & set("/\\ \r\n\0")
    if result.outcome is Outcome.FORWARDED:
        (sent,) = memory.sent
        check_forwarded(raw, sent)
    else:
        assert result.outcome is Outcome.STOPPED
        assert set(result.reasons) <= _LOOPS, result.reasons
        assert not memory.sent
    return result.outcome


def check_forwarded(raw: bytes, sent: bytes) -> None:
    """Below the header block equal to the byte; in it, what SES takes."""
    body = raw[read_header(raw).body :]
    header = read_header(sent)
    assert header.separator, "the header block ends with an empty line"
    assert sent[header.body :] == body
    assert header.defects in {(), ("no-body",)}
    names = [field.name for field in header.fields]
    assert names.count(b"from") == 1
    (author,) = (value(sent, field) for field in header.fields if field.name == b"from")
    assert author.endswith((SENDER.encode(), f"<{SENDER}>".encode()))
    assert author.isascii()
    for name in (b"reply-to", b"message-id", b"references", b"subject", b"content-type"):
        assert names.count(name) <= 1
    assert not [name for name in names if name.startswith(b"x-ses-")]
    assert not {b"return-path", b"sender", b"bcc", b"dkim-signature"} & set(names)
    assert value(sent, header.fields[-1]) == SENDER.encode()


def mutate(message: bytes, other: bytes, chance: random.Random) -> bytes:
    """Change a message in one to six places."""
    data = bytearray(message)
    for _ in range(chance.randint(1, 6)):
        size = len(data)
        start = chance.randrange(size + 1) if chance.random() < 0.5 else chance.randrange(min(size, 800) + 1)
        stop = min(size, start + chance.choice((1, 2, 10, 100)))
        match chance.randrange(7):
            case 0:
                data[start:stop] = chance.randbytes(stop - start)
            case 1:
                del data[start:stop]
            case 2:
                data[start:start] = data[start:stop] * chance.randint(1, 4)
            case 3:
                data[start:start] = chance.choice(_TOKENS)
            case 4:
                cut = chance.randrange(len(other) + 1)
                data[start:stop] = other[cut : cut + 400]
            case 5:
                del data[start:]
            case _:
                old, new = chance.sample((b"\r\n", b"\n", b"\r"), 2)
                data = data.replace(old, new)
    return bytes(data)

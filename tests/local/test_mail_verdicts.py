import base64
from collections.abc import Mapping

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from local.mail_verdicts import EICAR, GTUBE, HEADER, InvalidVerdictsError, Verdicts, judge

KEY = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - quick; nothing is protected
PUBLIC = base64.b64encode(
    KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
).decode()
RECORDS = {"s._domainkey.example.com": f"v=DKIM1; k=rsa; p={PUBLIC}"}


def message(*headers: str, body: str = "body", sender: str = "a@example.com") -> bytes:
    return "\r\n".join([f"From: A <{sender}>", "Subject: s", *headers, "", body, ""]).encode()


def signed(content: bytes, domain: str = "example.com") -> bytes:
    private = KEY.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    signature: bytes = dkim.sign(content, b"s", domain.encode(), private)
    return signature + content


def judged(content: bytes, records: Mapping[str, str] = RECORDS, source: str = "a@example.com") -> Verdicts:
    def look_up(name: str, record_type: str) -> tuple[str, ...]:
        assert record_type == "TXT"
        return (records[name],) if name in records else ()

    return judge(content, source=source, look_up=look_up)


def results(verdicts: Verdicts) -> list[str]:
    return [verdicts.spam, verdicts.virus, verdicts.spf, verdicts.dkim, verdicts.dmarc]


def test_an_ordinary_message() -> None:
    assert results(judged(message())) == ["PASS", "PASS", "GRAY", "GRAY", "GRAY"]
    assert results(judged(b"")) == ["PASS", "PASS", "GRAY", "GRAY", "GRAY"]
    assert judged(message(sender="a@Sub.Example.COM")).from_domain == "sub.example.com"


@pytest.mark.parametrize("encoding", ["7bit", "base64"])
@pytest.mark.parametrize("text,verdict", [(GTUBE, "spam"), (EICAR, "virus")])
def test_test_strings_also_in_an_attachment(encoding: str, text: str, verdict: str) -> None:
    part = text if encoding == "7bit" else base64.encodebytes(text.encode()).decode()
    attached = [
        "--b",
        "Content-Type: text/plain",
        f"Content-Transfer-Encoding: {encoding}",
        "",
        part,
        "--b--",
    ]
    content = message('Content-Type: multipart/mixed; boundary="b"', body="\r\n".join(attached))
    assert getattr(judged(content), verdict) == "FAIL"
    other = "virus" if verdict == "spam" else "spam"
    assert getattr(judged(content), other) == "PASS"
    assert getattr(judged(message(body=text[:-1])), verdict) == "PASS"


def test_dkim_is_really_verified() -> None:
    good = signed(message())
    assert judged(good).dkim == "PASS"
    assert judged(good.replace(b"body", b"bodi")).dkim == "FAIL"
    assert judged(good, {}).dkim == "FAIL"
    assert judged(good, {"s._domainkey.example.com": "v=DKIM1; p="}).dkim == "FAIL"
    assert judged(b"DKIM-Signature: nonsense\r\n" + message()).dkim == "FAIL"
    # One that is right is enough.
    assert judged(b"DKIM-Signature: v=1; nonsense\r\n" + good).dkim == "PASS"


@pytest.mark.parametrize(
    "content,policy,dmarc,asked",
    [
        (message(), {}, "GRAY", None),
        (message(), {"_dmarc.example.com": "v=DMARC1; p=reject"}, "FAIL", "reject"),
        (message(), {"_dmarc.example.com": "v=spf1 -all"}, "GRAY", None),
        (signed(message()), {"_dmarc.example.com": "v=DMARC1; p=reject"}, "PASS", None),
        (message(sender="a@sub.example.com"), {"_dmarc.example.com": "v=DMARC1; p=reject"}, "FAIL", "reject"),
        (
            message(sender="a@sub.example.com"),
            {"_dmarc.example.com": "v=DMARC1; p=reject; sp=none"},
            "FAIL",
            "none",
        ),
        # Signed by the parent: aligned unless the policy is strict.
        (
            signed(message(sender="a@sub.example.com")),
            {"_dmarc.example.com": "v=DMARC1; p=reject"},
            "PASS",
            None,
        ),
        (
            signed(message(sender="a@sub.example.com")),
            {"_dmarc.sub.example.com": "v=DMARC1; p=quarantine; adkim=s"},
            "FAIL",
            "quarantine",
        ),
        # A right signature of somebody else.
        (
            signed(message(sender="a@example.org")),
            {"_dmarc.example.org": "v=DMARC1; p=reject"},
            "FAIL",
            "reject",
        ),
        (message(f"{HEADER}: spf=PASS"), {"_dmarc.example.com": "v=DMARC1; p=reject"}, "PASS", None),
    ],
)
def test_dmarc(content: bytes, policy: dict[str, str], dmarc: str, asked: str | None) -> None:
    verdicts = judged(content, {**RECORDS, **policy})
    assert (verdicts.dmarc, verdicts.dmarc_policy) == (dmarc, asked)


def test_a_message_can_say_its_verdicts() -> None:
    said = message(
        f"{HEADER.lower()}: spam=FAIL, virus=GRAY,\r\n spf=PROCESSING_FAILED",
        f"{HEADER}: dkim=PASS, dmarc=FAIL, policy=reject",
    )
    verdicts = judged(said)
    assert results(verdicts) == ["FAIL", "GRAY", "PROCESSING_FAILED", "PASS", "FAIL"]
    assert verdicts.dmarc_policy == "reject"
    # Only in the header section.
    assert judged(message(body=f"{HEADER}: spam=FAIL")).spam == "PASS"


@pytest.mark.parametrize(
    "value", ["spam=BAD", "spam=fail", "spam", "greylist=FAIL", "policy=drop", "spam=FAIL;virus=FAIL"]
)
def test_what_cannot_be_understood_is_not_guessed(value: str) -> None:
    with pytest.raises(InvalidVerdictsError, match=HEADER):
        judged(message(f"{HEADER}: {value}"))

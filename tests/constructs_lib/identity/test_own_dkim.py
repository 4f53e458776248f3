import base64
import re
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.errors import ConfigurationError
from constructs_lib.identity.dns_records import Purpose, RecordType, to_zone_file
from constructs_lib.identity.own_dkim import OwnDkimKey, PublishedDkimKey
from tests.dkim_keys import private_key, public_key
from tests.support import TOKEN, refuses

SECRET_NAME = "prod/dkim/example.com/s2026"  # noqa: S105 - a name
MESSAGE = b"From: billing@example.com\r\nTo: you@example.net\r\nSubject: s\r\n\r\ntext\r\n"


def key(**overrides: Any) -> OwnDkimKey:  # noqa: ANN401 - any option
    options: dict[str, Any] = {
        "selector": "s2026",
        "public_key": public_key(),
        "private_key_secret": SECRET_NAME,
    }
    return OwnDkimKey(**(options | overrides))


@pytest.mark.parametrize("bits", [1024, 2048])
def test_a_signature_of_the_key_verifies_against_the_published_record(bits: int) -> None:
    """By an independent library; SES signs with the same key."""
    (record,) = key(public_key=public_key(bits)).records("example.com")
    pem = private_key(bits).private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    signature = dkim.sign(MESSAGE, b"s2026", b"example.com", pem)

    def look_up(name: bytes, **_: object) -> bytes:
        assert name.decode().rstrip(".") == record.name
        return "".join(record.values).encode()

    assert dkim.verify(signature + MESSAGE, dnsfunc=look_up)
    assert not dkim.verify(signature + MESSAGE.replace(b"text", b"test"), dnsfunc=look_up)


def test_the_record_is_whole_and_split_into_strings_that_dns_takes() -> None:
    (record,) = key().records("example.com")
    assert (record.name, record.type, record.purpose) == (
        "s2026._domainkey.example.com",
        RecordType.TXT,
        Purpose.DKIM,
    )
    (written,) = record.quoted_values()
    strings = re.findall(r'"([^"]*)"', written)
    assert len(strings) == 2
    assert all(len(text) <= 255 for text in strings)
    assert "".join(strings) == f"v=DKIM1; k=rsa; p={public_key()}"
    assert "s2026._domainkey.example.com." in to_zone_file([record])


def test_a_retiring_key_stays_published() -> None:
    former = PublishedDkimKey(selector="s2025", public_key=public_key(number=1))
    names = [record.name for record in key(retiring=(former,)).records("example.com")]
    assert names == ["s2026._domainkey.example.com", "s2025._domainkey.example.com"]
    with refuses("dkim-key-invalid", "retiring: "):
        key(retiring=(former, former))
    with refuses("dkim-key-invalid", "retiring: "):
        key(selector="s2025", retiring=(former,))


@pytest.mark.parametrize("selector", ["s", "2026", "a-b", "x" * 63, TOKEN])
def test_accepts_a_selector(selector: str) -> None:
    assert key(selector=selector).selector == selector


@pytest.mark.parametrize("selector", ["", "-a", "a-", "s_2026", "a.b", "x" * 64, "ä", "A", "a\n", "*"])
def test_refuses_a_selector(selector: str) -> None:
    with refuses("dkim-key-invalid", "selector: "):
        key(selector=selector)


def _not_rsa() -> str:
    made = ed25519.Ed25519PrivateKey.generate().public_key()
    return base64.b64encode(made.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def _private() -> str:
    return base64.b64encode(
        private_key().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    ).decode()


NO_KEYS = {
    "empty": "",
    "the line before": f"-----BEGIN PUBLIC KEY-----{public_key()}",
    "cut": public_key()[:-1],
    "line break behind": public_key() + "\n",
    "line break inside": public_key()[:64] + "\n" + public_key()[64:],
    "too long": public_key(3072),
    "the whole record": f"p={public_key()}",
    "not RSA": _not_rsa(),
    "private": _private(),
}


@pytest.mark.parametrize("text", NO_KEYS.values(), ids=NO_KEYS.keys())
def test_refuses_what_is_no_rsa_public_key_of_1024_or_2048_bit(text: str) -> None:
    with refuses("dkim-key-invalid", "public_key: "):
        key(public_key=text)


def test_an_error_never_quotes_what_may_be_a_private_key() -> None:
    for option in ("public_key", "private_key_secret"):
        with pytest.raises(ConfigurationError) as caught:
            key(**{option: _private() + "!"})
        assert _private()[:40] not in str(caught.value)


@pytest.mark.parametrize("name", ["", "a b", "x" * 513, "key\n", "arn:aws:s3:::bucket/key"])
def test_refuses_a_secret(name: str) -> None:
    with refuses("dkim-key-invalid", "private_key_secret: "):
        key(private_key_secret=name)


def test_accepts_a_secret() -> None:
    arn = "arn:aws-us-gov:secretsmanager:us-gov-west-1:111111111111:secret:prod/dkim-AbCdEf"
    for name in (SECRET_NAME, arn, TOKEN):
        assert key(private_key_secret=name).private_key_secret == name


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=", max_size=400))
def test_no_other_base64_passes(text: str) -> None:
    with refuses("dkim-key-invalid", "public_key: "):
        key(public_key=text)

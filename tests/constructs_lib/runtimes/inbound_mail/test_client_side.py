"""Messages that SES encrypted before they came to S3, read by AWS's own client from real boto3 clients."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from constructs_lib.runtimes.inbound_mail.client_side import is_encrypted, key_arn_of
from constructs_lib.runtimes.inbound_mail.settings import Settings
from tests.constructs_lib.runtimes.inbound_mail.deliveries import (
    MESSAGE,
    RAW_KEY,
    SETTINGS,
    Delivery,
    deliver,
    function,
    notification,
)
from tests.constructs_lib.runtimes.inbound_mail.double import (
    CLIENT_SIDE_KEY_ARN,
    Answer,
    Aws,
    Fault,
    LostAnswer,
)
from tests.support import ROOT

BODY = json.dumps(notification())
SUMMARY = f"{RAW_KEY}/summary.json"


def encrypted() -> Aws:
    aws = Aws()
    aws.put_encrypted(RAW_KEY, MESSAGE)
    return aws


def run(monkeypatch: pytest.MonkeyPatch, aws: Aws, *, decrypts: bool = True) -> Delivery:
    with function(monkeypatch, aws, decrypts=decrypts):
        return deliver(BODY)


def test_it_is_dealt_with_as_if_it_were_not_encrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, secret = Aws(), encrypted()
    plain.put(RAW_KEY, MESSAGE)
    assert MESSAGE not in secret.objects[RAW_KEY]
    lines = [run(monkeypatch, aws).last for aws in (plain, secret)]
    for line in lines:
        line.pop("milliseconds")
    assert lines[0] == lines[1]
    assert [each.message for each in plain.sent] == [each.message for each in secret.sent]
    written = [{key: aws.objects[key] for key in aws.objects if key != RAW_KEY} for aws in (plain, secret)]
    summaries = [json.loads(each.pop(SUMMARY)) for each in written]
    for summary, objects in zip(summaries, written, strict=True):
        # They say when it was sent.
        del summary["forwarding"]["batches"], objects[f"{RAW_KEY}/claims/0000.json"]
    assert summaries[0] == summaries[1]
    assert written[0] == written[1] == {f"{RAW_KEY}/attachments/1-2-a.pdf": b"hello"}


def test_kms_is_asked_once_for_each_message_and_only_for_these(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = encrypted()
    run(monkeypatch, aws)
    assert aws.calls["Decrypt"] == 1
    aws = Aws()
    aws.put(RAW_KEY, MESSAGE)
    assert not run(monkeypatch, aws).dead
    assert aws.calls["Decrypt"] == 0


def test_what_the_function_writes_is_not_encrypted_by_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = encrypted()
    run(monkeypatch, aws)
    assert json.loads(aws.objects[SUMMARY])["headers"]["subject"] == "secret subject"
    for headers in aws.headers.values():
        assert headers["x-amz-server-side-encryption"] == "aws:kms"
        assert not any(name.startswith("x-amz-meta-") for name in headers)


def test_a_function_without_the_key_takes_no_ciphertext_for_a_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    aws = encrypted()
    delivery = run(monkeypatch, aws, decrypts=False)
    assert (delivery.dead, aws.sent, list(aws.objects)) == (True, [], [RAW_KEY])
    (reason,) = delivery.last["reasons"]
    assert reason == "GetObject: encrypted before it came to S3, and this function has no key for it"


@pytest.mark.parametrize(
    "operation, number, fault, reason",
    [
        ("Decrypt", 1, Answer(400, "AccessDeniedException"), "Decrypt: AccessDeniedException"),
        ("Decrypt", 1, Answer(400, "KMSInvalidStateException"), "Decrypt: KMSInvalidStateException"),
        ("GetObject", 2, Answer(403, "AccessDenied"), "GetObject: AccessDenied"),
    ],
)
def test_a_fault_is_told_and_the_next_attempt_succeeds(
    operation: str, number: int, fault: Fault, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws = encrypted()
    aws.fault(operation, number, fault)
    delivery = run(monkeypatch, aws)
    assert not delivery.dead
    assert delivery.lines[0]["reasons"] == [reason]
    assert len(aws.sent) == 1


def test_kms_that_is_not_reached_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = encrypted()
    aws.always["Decrypt"] = LostAnswer()
    delivery = run(monkeypatch, aws)
    assert delivery.dead
    assert delivery.last["reasons"] == ["GetObject: ReadTimeoutError"]


@pytest.mark.parametrize("how", ["content", "tag", "cut", "iv", "context", "cipher", "wrapping", "envelope"])
def test_what_was_changed_is_never_forwarded(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    aws = encrypted()
    body, metadata = bytearray(aws.objects[RAW_KEY]), aws.metadata[RAW_KEY]
    match how:
        case "content":
            body[0] ^= 1
        case "tag":
            body[-1] ^= 1
        case "cut":
            del body[-20:]
        case "iv":
            metadata["x-amz-iv"] = "AAAAAAAAAAAAAAAA"
        case "context":
            metadata["x-amz-matdesc"] = metadata["x-amz-matdesc"].replace('"secret"', '"other"')
        case "cipher":
            metadata["x-amz-cek-alg"] = "AES/CBC/PKCS5Padding"
        case "wrapping":
            metadata["x-amz-wrap-alg"] = "kms+context"
        case "envelope":
            del metadata["x-amz-iv"]
    aws.put(RAW_KEY, bytes(body))
    delivery = run(monkeypatch, aws)
    assert (delivery.dead, aws.sent, list(aws.objects)) == (True, [], [RAW_KEY])
    (reason,) = delivery.last["reasons"]
    assert "secret" not in reason


def test_the_key_is_said_by_the_envelope() -> None:
    metadata = encrypted().metadata[RAW_KEY]
    assert (is_encrypted(metadata), key_arn_of(metadata)) == (True, CLIENT_SIDE_KEY_ARN)
    assert (is_encrypted({}), key_arn_of({})) == (False, None)
    for name in ("x-amz-key", "x-amz-key-v2", "x-amz-3"):
        assert is_encrypted({name: "e"})


@pytest.mark.parametrize("description", ["", "{", "[]", "null", "{}", '{"kms_cmk_id": 1}'])
def test_an_envelope_that_says_no_key(description: str) -> None:
    assert key_arn_of({"x-amz-matdesc": description}) is None


def test_the_settings_are_read_as_they_are_written() -> None:
    told = replace(SETTINGS, client_side_key_arn=CLIENT_SIDE_KEY_ARN)
    assert Settings.from_json(json.dumps(told.to_dict())) == told
    assert "client_side_key_arn" not in SETTINGS.to_dict()


def test_functions_without_the_layer_never_load_the_client() -> None:
    code = "import constructs_lib.runtimes.inbound_mail.handler, sys; print('s3_encryption' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout == "False\n"

"""A message that SES encrypted: what is asked of AWS, and what becomes of each answer."""

import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from local.client_side_encryption import DataKey, encrypt, encryption_context
from ops.aws_clients import AwsClients
from ops.errors import MailUnreadableError, OpsError, PermissionDeniedError, ServiceError, UnreachableError
from ops.mail_gateway import AwsMailStore
from ops.received_mail import StoredObject
from tests.ops.mail_answers import INBOX, NOW, body
from tests.ops.support import REGION
from tests.stubs import session, stubbed

KEY_ARN = "arn:aws:kms:eu-west-1:111111111111:key/5678abcd-12ab-34cd-56ef-1234567890ab"
CONTENT = bytes(range(256)) * 300
DATA_KEY = DataKey(plaintext=b"k" * 32, encrypted=b"only KMS reads this")
CONTEXT = encryption_context(account="111111111111", rule="secret", message_id="a", key_arn=KEY_ARN)
CIPHERTEXT, METADATA = encrypt(CONTENT, DATA_KEY, CONTEXT)
ASKED = {"Bucket": "mail", "Key": "support/a"}


@pytest.fixture
def own(clients: AwsClients, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Stubber]]:
    """The clients that the reader gets for itself."""
    made: Any = {service: session().client(service, region_name=REGION) for service in ("s3", "kms")}
    with ExitStack() as stack:
        stubs = {service: stack.enter_context(stubbed(client)) for service, client in made.items()}
        monkeypatch.setattr(clients, "new_client", lambda service, region: {REGION: made}[region][service])
        yield stubs


@pytest.fixture
def download(
    store: AwsMailStore, s3: Stubber, own: dict[str, Stubber], tmp_path: Path
) -> Callable[..., Path]:
    """Download the message; its object as S3 gives it, and what KMS answers."""

    def run(
        *, ciphertext: bytes = CIPHERTEXT, metadata: dict[str, str] = METADATA, kms_error: str = ""
    ) -> Path:
        for stub in (s3, own["s3"]):
            answer = {"Body": body(ciphertext), "ContentLength": len(ciphertext), "Metadata": metadata}
            stub.add_response("get_object", answer, ASKED)
        if kms_error:
            own["kms"].add_client_error("decrypt", kms_error, http_status_code=400)
        else:
            asked = {
                "KeyId": KEY_ARN,
                "CiphertextBlob": DATA_KEY.encrypted,
                "EncryptionContext": CONTEXT,
            }
            own["kms"].add_response("decrypt", {"Plaintext": DATA_KEY.plaintext, "KeyId": KEY_ARN}, asked)
        file = tmp_path / "a.eml"
        assert store.download(INBOX, "a", file) == len(CONTENT)
        return file

    return run


def test_a_download_is_what_ses_received(download: Callable[..., Path]) -> None:
    file = download()
    assert file.read_bytes() == CONTENT
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "code, kind, fragment",
    [
        ("AccessDeniedException", PermissionDeniedError, f"may not call kms:Decrypt on {KEY_ARN}"),
        ("DisabledException", MailUnreadableError, "enable the key"),
        ("KMSInvalidStateException", MailUnreadableError, "cancel its deletion"),
        ("NotFoundException", MailUnreadableError, "KMS does not use now"),
        ("IncorrectKeyException", MailUnreadableError, "restore the first version"),
        ("InvalidCiphertextException", MailUnreadableError, "not as SES encrypted it"),
        ("KMSInternalException", ServiceError, "KMSInternalException to kms:Decrypt"),
    ],
)
def test_what_kms_refuses_is_told(
    download: Callable[..., Path], tmp_path: Path, code: str, kind: type[OpsError], fragment: str
) -> None:
    with pytest.raises(kind, match=fragment):
        download(kms_error=code)
    assert list(tmp_path.iterdir()) == []


def test_what_was_changed_is_refused_and_no_file_stays(download: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(MailUnreadableError, match="support/a in mail is not as SES encrypted it"):
        download(ciphertext=bytes([CIPHERTEXT[0] ^ 1]) + CIPHERTEXT[1:])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["x-amz-key-v2", "x-amz-key", "x-amz-3"])
def test_an_envelope_without_a_key_is_told(
    store: AwsMailStore, s3: Stubber, tmp_path: Path, name: str
) -> None:
    s3.add_response("get_object", {"Body": body(b"cipher"), "Metadata": {name: "e"}})
    with pytest.raises(MailUnreadableError, match="does not say with which key"):
        store.download(INBOX, "a", tmp_path / "a.eml")
    assert list(tmp_path.iterdir()) == []


def test_kms_that_is_not_reached_is_told(
    store: AwsMailStore, s3: Stubber, clients: AwsClients, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://kms.example")

    made: Any = {service: session().client(service, region_name=REGION) for service in ("s3", "kms")}
    made["kms"].meta.events.register("before-call", fail)
    monkeypatch.setattr(clients, "new_client", lambda service, _: made[service])
    answer = {"Body": body(CIPHERTEXT), "ContentLength": len(CIPHERTEXT), "Metadata": METADATA}
    s3.add_response("get_object", answer)
    with stubbed(made["s3"]) as reads:
        reads.add_response("get_object", {**answer, "Body": body(CIPHERTEXT)})
        with pytest.raises(UnreachableError, match="kms:Decrypt"):
            store.download(INBOX, "a", tmp_path / "a.eml")


def test_without_the_encryption_client_the_way_to_get_it_is_told(
    store: AwsMailStore, s3: Stubber, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    s3.add_response("get_object", {"Body": body(CIPHERTEXT), "Metadata": METADATA})
    monkeypatch.setitem(sys.modules, "s3_encryption", None)
    with pytest.raises(MailUnreadableError, match="make setup"):
        store.download(INBOX, "a", tmp_path / "a.eml")


def test_both_keys_of_a_message_are_shown(store: AwsMailStore, s3: Stubber) -> None:
    answer = {"LastModified": NOW, "ContentLength": 9, "SSEKMSKeyId": "arn:key", "Metadata": METADATA}
    s3.add_response("head_object", answer, ASKED)
    assert store.raw_message(INBOX, "a") == StoredObject(
        key="support/a", stored_at=NOW, size=9, key_arn="arn:key", client_side_key_arn=KEY_ARN
    )

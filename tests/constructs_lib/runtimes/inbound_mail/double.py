"""S3, SES and KMS behind real boto3 clients: what they are sent is answered here and leaves no process.

Signatures, serialization, conditions, retries and errors are the SDK's own; objects and sent mail are kept.
A fault is planned for the n-th call of an operation::

    aws = Aws()
    aws.fault("PutObject", 2, answer(503, "SlowDown"))
    aws.fault("SendEmail", 1, LostAnswer())
"""

import base64
import hashlib
import io
import json
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from constructs_lib.runtimes.inbound_mail.client_side import ClientSideReader
from constructs_lib.runtimes.inbound_mail.gateway import S3_CONFIG, SES_CONFIG, AwsGateway
from local.client_side_encryption import DataKey, encrypt, encryption_context

BUCKET = "mail-bucket"
KEY_ARN = "arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"
CLIENT_SIDE_KEY_ARN = KEY_ARN.replace("1234abcd", "5678abcd")
_DATA_KEY = DataKey(plaintext=b"k" * 32, encrypted=b"only KMS reads this")


class Died(BaseException):
    """The function's process ended here."""


class _Raw(io.BytesIO):
    def stream(self, amount: int = 65_536, **_: object) -> Iterator[bytes]:
        while piece := self.read(amount):
            yield piece


def answer(status: int, code: str) -> "Answer":
    return Answer(status, code)


@dataclass(frozen=True)
class Answer:
    """An error of the service. It did nothing."""

    status: int
    code: str


@dataclass(frozen=True)
class LostAnswer:
    """The service did it, and its answer did not arrive."""


@dataclass(frozen=True)
class NotReached:
    """The service was not reached."""

    error: Exception


@dataclass(frozen=True)
class Death:
    """The process ends: before the service is asked, or after it did what it was asked."""

    after: bool


Fault = Answer | LostAnswer | NotReached | Death


@dataclass
class Sent:
    """A message that SES took."""

    destinations: list[str]
    message: bytes
    request: dict[str, Any] = field(repr=False)


class Aws:
    """One bucket, SES, and a key of KMS."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.etags: dict[str, str] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.metadata: dict[str, dict[str, str]] = {}
        self.contexts: list[dict[str, str]] = []
        self.sent: list[Sent] = []
        self.calls: Counter[str] = Counter()
        self.log: list[str] = []
        self._faults: dict[tuple[str, int], Fault] = {}
        self.always: dict[str, Fault] = {}

    def fault(self, operation: str, number: int, fault: Fault) -> None:
        """Plan a fault for the n-th request of an operation; the SDK's own repetitions count."""
        self._faults[operation, number] = fault

    def gateway(self) -> AwsGateway:
        """The gateway, with clients that ask this double; one double at a time."""
        s3, ses = _clients()
        _asked[:] = [self]
        return AwsGateway(bucket=BUCKET, key_arn=KEY_ARN, s3=s3, ses=ses)

    def decrypting_gateway(self) -> AwsGateway:
        """The gateway of a function that has the key of client-side encryption."""
        s3, ses = _clients()
        _asked[:] = [self]
        return AwsGateway(
            bucket=BUCKET,
            key_arn=KEY_ARN,
            client_side_key_arn=CLIENT_SIDE_KEY_ARN,
            s3=s3,
            ses=ses,
            reader=_reader(),
        )

    def put(self, key: str, body: bytes) -> None:
        """As SES does."""
        self.objects[key] = body
        self.etags[key] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'

    def put_encrypted(self, key: str, body: bytes) -> None:
        """As SES does for a rule with ``KmsKeyArn``."""
        context = encryption_context(
            account="111111111111", rule="secret", message_id=key, key_arn=CLIENT_SIDE_KEY_ARN
        )
        self.contexts.append(context)
        ciphertext, self.metadata[key] = encrypt(body, _DATA_KEY, context)
        self.put(key, ciphertext)

    def answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        operation = "SendEmail" if "/v2/email/" in request.url else f"{request.method.title()}Object"
        if request.url.startswith("https://kms."):
            operation = "Decrypt"
        self.calls[operation] += 1
        key = urllib.parse.unquote(urllib.parse.urlsplit(request.url).path).partition("/")[2]
        self.log.append(f"{operation} {key}".strip() if operation != "SendEmail" else operation)
        fault = self._faults.get((operation, self.calls[operation])) or self.always.get(operation)
        if isinstance(fault, Answer):
            return _error(request, operation, fault.status, fault.code)
        if isinstance(fault, NotReached):
            raise fault.error
        if isinstance(fault, Death) and not fault.after:
            raise Died
        if operation == "Decrypt":
            response = self._decrypt(request)
        else:
            response = self._send(request) if operation == "SendEmail" else self._object(request, key)
        if isinstance(fault, LostAnswer):
            raise ReadTimeoutError(endpoint_url=request.url)
        if isinstance(fault, Death):
            raise Died
        return response

    def _object(self, request: AWSPreparedRequest, key: str) -> AWSResponse:
        if request.method == "GET":
            if key not in self.objects:
                return _error(request, "GetObject", 404, "NoSuchKey")
            metadata = {f"x-amz-meta-{name}": text for name, text in self.metadata.get(key, {}).items()}
            return _response(request, 200, self.objects[key], {"ETag": self.etags[key], **metadata})
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        if headers.get("if-none-match") == "*" and key in self.objects:
            return _error(request, "PutObject", 412, "PreconditionFailed")
        if "if-match" in headers and headers["if-match"] != self.etags.get(key):
            return _error(request, "PutObject", 412, "PreconditionFailed")
        body = _body(request)
        assert headers["x-amz-content-sha256"] == hashlib.sha256(body).hexdigest()
        self.objects[key] = body
        self.headers[key] = headers
        # With SSE-KMS an ETag is no digest of the content: it differs at each write.
        self.etags[key] = f'"{self.calls["PutObject"]:032x}"'
        return _response(request, 200, b"", {"ETag": self.etags[key]})

    def _decrypt(self, request: AWSPreparedRequest) -> AWSResponse:
        asked = json.loads(_body(request))
        assert asked["KeyId"] == CLIENT_SIDE_KEY_ARN
        blob = base64.b64decode(asked["CiphertextBlob"])
        if blob != _DATA_KEY.encrypted or asked["EncryptionContext"] not in self.contexts:
            return _error(request, "Decrypt", 400, "InvalidCiphertextException")
        found = {"KeyId": asked["KeyId"], "Plaintext": base64.b64encode(_DATA_KEY.plaintext).decode()}
        return _response(request, 200, json.dumps(found).encode(), {})

    def _send(self, request: AWSPreparedRequest) -> AWSResponse:
        value = json.loads(_body(request))
        message = base64.b64decode(value["Content"]["Raw"]["Data"], validate=True)
        self.sent.append(Sent(value["Destination"]["ToAddresses"], message, value))
        return _response(request, 200, json.dumps({"MessageId": f"sent-{len(self.sent)}"}).encode(), {})


_asked: list[Aws] = []


@cache
def _clients() -> tuple[Any, Any]:
    """As the gateway makes them, but for credentials; making them costs more than a test."""
    return _client("s3", S3_CONFIG), _client("sesv2", SES_CONFIG)


@cache
def _reader() -> ClientSideReader:
    return ClientSideReader(
        s3=_client("s3", S3_CONFIG), kms=_client("kms", S3_CONFIG), key_arn=CLIENT_SIDE_KEY_ARN
    )


def _client(service: Any, config: Config) -> Any:  # noqa: ANN401 - boto3's overloads cannot be passed on
    client: Any = boto3.client(
        service,
        config=config,
        region_name="eu-west-1",
        aws_access_key_id="AKIAEXAMPLE",
        aws_secret_access_key="example",  # noqa: S106 - no request leaves the process
    )
    client.meta.events.register("before-send", lambda request, **_: _asked[0].answer(request))
    return client


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _body(request: AWSPreparedRequest) -> bytes:
    body: Any = request.body or b""
    return (
        bytes(body) if isinstance(body, bytes | bytearray) else b"".join(iter(lambda: body.read(65_536), b""))
    )


def _error(request: AWSPreparedRequest, operation: str, status: int, code: str) -> AWSResponse:
    if operation == "Decrypt":
        return _response(request, status, json.dumps({"__type": code, "message": "no"}).encode(), {})
    if operation == "SendEmail":
        return _response(request, status, b'{"message": "no"}', {"x-amzn-ErrorType": code})
    return _response(request, status, f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode(), {})


def _response(request: AWSPreparedRequest, status: int, body: bytes, headers: dict[str, str]) -> AWSResponse:
    found: Any = {"Content-Length": str(len(body)), **headers}
    return AWSResponse(request.url, status, found, _Raw(body))

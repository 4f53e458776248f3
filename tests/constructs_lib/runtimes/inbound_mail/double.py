"""S3 and SES behind real boto3 clients: what they are sent is answered here, before it leaves the process.

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
from botocore.exceptions import ReadTimeoutError

from constructs_lib.runtimes.inbound_mail.gateway import S3_CONFIG, SES_CONFIG, AwsGateway

BUCKET = "mail-bucket"
KEY_ARN = "arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"


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
    """One bucket and SES."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.etags: dict[str, str] = {}
        self.headers: dict[str, dict[str, str]] = {}
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

    def put(self, key: str, body: bytes) -> None:
        """As SES does."""
        self.objects[key] = body
        self.etags[key] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'

    def answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        operation = "SendEmail" if "/v2/email/" in request.url else f"{request.method.title()}Object"
        self.calls[operation] += 1
        key = urllib.parse.unquote(urllib.parse.urlsplit(request.url).path).partition("/")[2]
        self.log.append(f"{operation} {key}" if operation != "SendEmail" else operation)
        fault = self._faults.get((operation, self.calls[operation])) or self.always.get(operation)
        if isinstance(fault, Answer):
            return _error(request, operation, fault.status, fault.code)
        if isinstance(fault, NotReached):
            raise fault.error
        if isinstance(fault, Death) and not fault.after:
            raise Died
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
            return _response(request, 200, self.objects[key], {"ETag": self.etags[key]})
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

    def _send(self, request: AWSPreparedRequest) -> AWSResponse:
        value = json.loads(_body(request))
        message = base64.b64decode(value["Content"]["Raw"]["Data"], validate=True)
        self.sent.append(Sent(value["Destination"]["ToAddresses"], message, value))
        return _response(request, 200, json.dumps({"MessageId": f"sent-{len(self.sent)}"}).encode(), {})


_asked: list[Aws] = []


@cache
def _clients() -> tuple[Any, Any]:
    """As the gateway makes them, but for credentials; making them costs more than a test."""
    options: dict[str, Any] = {
        "region_name": "eu-west-1",
        "aws_access_key_id": "AKIAEXAMPLE",
        "aws_secret_access_key": "example",
    }
    s3: Any = boto3.client("s3", config=S3_CONFIG, **options)
    ses: Any = boto3.client("sesv2", config=SES_CONFIG, **options)
    for client in (s3, ses):
        client.meta.events.register("before-send", lambda request, **_: _asked[0].answer(request))
    return s3, ses


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _body(request: AWSPreparedRequest) -> bytes:
    body: Any = request.body or b""
    return (
        bytes(body) if isinstance(body, bytes | bytearray) else b"".join(iter(lambda: body.read(65_536), b""))
    )


def _error(request: AWSPreparedRequest, operation: str, status: int, code: str) -> AWSResponse:
    if operation == "SendEmail":
        return _response(request, status, b'{"message": "no"}', {"x-amzn-ErrorType": code})
    return _response(request, status, f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode(), {})


def _response(request: AWSPreparedRequest, status: int, body: bytes, headers: dict[str, str]) -> AWSResponse:
    found: Any = {"Content-Length": str(len(body)), **headers}
    return AWSResponse(request.url, status, found, _Raw(body))

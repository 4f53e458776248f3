"""S3, SES and KMS by boto3. Errors name the call and the service's code, never anything of a message.

The SDK repeats calls to S3. It never repeats a send: after a lost answer that would send twice.
"""

import tempfile
from collections.abc import Iterable, Sequence
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
)

from .client_side import ClientSideReader, is_encrypted
from .faults import NotSentError, OutcomeUnknownError, StoreError
from .header import Raw
from .request_body import MessageBody

S3_CONFIG: Final = Config(
    connect_timeout=5,
    read_timeout=30,
    retries={"mode": "standard", "total_max_attempts": 4},
    # Without a checksum of its own the SDK signs the SHA-256 of what it writes, and S3 checks that.
    request_checksum_calculation="when_required",
)
SES_CONFIG: Final = Config(
    connect_timeout=5, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 1}
)
_IN_MEMORY: Final = 1 << 20
_PLACE: Final = b"message"
_PLACE_ENCODED: Final = b"bWVzc2FnZQ=="

_NOT_TRUE: Final = 412
_CONFLICT: Final = 409
_SERVER: Final = 500
_TIMEOUT: Final = 408
_CONFLICTS: Final = 3
"""S3 asks to try again after a write at the same moment (S3 API Reference, PutObject, 409)."""


class AwsGateway:
    """One bucket, and SES of the function's Region.

    Args:
        bucket: The bucket.
        key_arn: The key for what is written.
        client_side_key_arn: The key of mail that SES encrypted before it came to S3. Default: there is none.
        s3: A boto3 client. Default: one made now.
        ses: A boto3 client of the API v2, which takes messages of 40 MB. Default: one made when it is needed.
        reader: Reads mail that SES encrypted. Default: one made when it is needed.
    """

    # Any: the stubs of S3 are not installed.
    def __init__(
        self,
        *,
        bucket: str,
        key_arn: str,
        client_side_key_arn: str | None = None,
        s3: Any = None,  # noqa: ANN401
        ses: Any = None,  # noqa: ANN401
        reader: ClientSideReader | None = None,
    ) -> None:
        self._bucket = bucket
        self._encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key_arn}
        self._s3: Any = s3 or boto3.client("s3", config=S3_CONFIG)
        self._ses: Any = ses
        self._client_side_key_arn = client_side_key_arn
        self._reader = reader

    def read(self, key: str) -> bytes:
        """See `model.Gateway`. One buffer: read at once, the SDK makes no second one."""
        try:
            found = self._s3.get_object(Bucket=self._bucket, Key=key)
            if not is_encrypted(found.get("Metadata", {})):
                return bytes(found["Body"].read())
            found["Body"].close()
            return self._decrypting().read(self._bucket, key)
        except ClientError as error:
            # The reader calls KMS too.
            raise StoreError(_told(error.operation_name, error)) from None
        except BotoCoreError as error:
            raise StoreError(_told("GetObject", error)) from None

    def _decrypting(self) -> ClientSideReader:
        if self._client_side_key_arn is None:
            raise StoreError("GetObject: encrypted before it came to S3, and this function has no key for it")
        # With a client of S3 of its own: the reader encrypts and decrypts everything that goes through it.
        self._reader = self._reader or ClientSideReader(
            s3=boto3.client("s3", config=S3_CONFIG),
            kms=boto3.client("kms", config=S3_CONFIG),
            key_arn=self._client_side_key_arn,
        )
        return self._reader

    def write(self, key: str, body: bytes, *, content_type: str) -> None:
        """See `model.Gateway`."""
        self._put(key, body, ContentType=content_type)

    def write_pieces(self, key: str, pieces: Iterable[bytes]) -> int:
        """See `model.Gateway`. What is large waits on disk: S3 wants to know the size first."""
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
            for piece in pieces:
                file.write(piece)
            size = file.tell()
            file.seek(0)
            # As bytes where it is short: for a file the SDK waits until S3 is willing.
            body = file if size > _IN_MEMORY else file.read()
            # Never shown by a browser, whatever its author called it.
            self._put(
                key,
                body,
                ContentLength=size,
                ContentType="application/octet-stream",
                ContentDisposition="attachment",
            )
        return size

    def write_claim(self, key: str, body: bytes, *, instead_of: str | None) -> str | None:
        """See `claims.Objects`."""
        condition = {"IfNoneMatch": "*"} if instead_of is None else {"IfMatch": instead_of}
        for attempt in range(_CONFLICTS):
            try:
                answer = self._s3.put_object(
                    Bucket=self._bucket,
                    Key=key,
                    Body=body,
                    ContentType="application/json",
                    **condition,
                    **self._encryption,
                )
            except ClientError as error:
                status = _status(error)
                if status == _NOT_TRUE:
                    return None
                if status != _CONFLICT or attempt == _CONFLICTS - 1:
                    raise StoreError(_told("PutObject", error)) from None
            except BotoCoreError as error:
                raise StoreError(_told("PutObject", error)) from None
            else:
                return str(answer["ETag"])
        raise AssertionError  # the last attempt returns or raises

    def read_claim(self, key: str) -> tuple[bytes, str]:
        """See `claims.Objects`."""
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=key)
            return answer["Body"].read(), answer["ETag"]
        except (BotoCoreError, ClientError) as error:
            raise StoreError(_told("GetObject", error)) from None

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
        """See `model.Gateway`.

        The call is made with a word in place of the message; the message takes the place of that word in the
        request that the SDK has written, before it is signed.
        """
        self._ses = self._ses or boto3.client("sesv2", config=SES_CONFIG)
        events, name = self._ses.meta.events, "before-call.sesv2.SendEmail"
        made: list[MessageBody] = []

        def put_in(params: dict[str, Any], **_: object) -> None:
            before, found, after = params["body"].partition(_PLACE_ENCODED)
            if not found:
                raise NotSentError("SendEmail: the SDK writes another request than this function knows")
            made.append(MessageBody(before, header, raw, body, after))
            params["body"] = made[0]

        events.register_first(name, put_in)
        try:
            answer = self._ses.send_email(
                FromEmailAddress=sender,
                Destination={"ToAddresses": list(destinations)},
                Content={"Raw": {"Data": _PLACE}},
                ConfigurationSetName=configuration_set,
            )
        except ClientError as error:
            status = _status(error)
            if status >= _SERVER or status == _TIMEOUT:
                raise OutcomeUnknownError(_told("SendEmail", error)) from None
            raise NotSentError(_told("SendEmail", error)) from None
        except (ConnectTimeoutError, EndpointConnectionError) as error:
            raise NotSentError(_told("SendEmail", error)) from None
        except HTTPClientError as error:
            raise OutcomeUnknownError(_told("SendEmail", error)) from None
        except BotoCoreError as error:
            # Credentials, parameters, signature: before anything left this machine, except for the answer.
            unknown = type(error).__name__ == "ResponseParserError"
            raise (OutcomeUnknownError if unknown else NotSentError)(_told("SendEmail", error)) from None
        finally:
            events.unregister(name, put_in)
            for request in made:
                request.close()
        return str(answer["MessageId"])

    def _put(self, key: str, body: Any, **options: Any) -> None:  # noqa: ANN401 - bytes or a file; passed on
        try:
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=body, **options, **self._encryption)
        except (BotoCoreError, ClientError) as error:
            raise StoreError(_told("PutObject", error)) from None


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", _SERVER))


def _told(call: str, error: BotoCoreError | ClientError) -> str:
    if isinstance(error, ClientError):
        return f"{call}: {error.response.get('Error', {}).get('Code', 'unknown')}"
    return f"{call}: {type(error).__name__}"

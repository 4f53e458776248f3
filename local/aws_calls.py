"""What SES does with other services when mail comes in: over HTTP, as any client of the embedded AWS."""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import boto3
from botocore.config import Config

from local.client_side_encryption import DataKey

SYNCHRONOUS_SECONDS: Final = 30
"""How long SES waits for a function that it calls synchronously (SES Developer Guide, Lambda action)."""


class FunctionFailedError(Exception):
    """A function raised; its log says what."""


@dataclass(kw_only=True)
class AwsCalls:
    """Clients of the embedded AWS, one for each service and Region, shared by threads.

    Attributes:
        endpoint_url: Where it answers.
    """

    endpoint_url: str
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)
    _making: threading.Lock = field(default_factory=threading.Lock)

    def put_object(
        self, region: str, *, bucket: str, key: str, body: bytes, metadata: Mapping[str, str] | None = None
    ) -> None:
        """Write an object; the bucket's default encryption applies.

        Raises:
            ClientError: S3 refuses it.
        """
        self._client("s3", region).put_object(Bucket=bucket, Key=key, Body=body, Metadata=metadata or {})

    def generate_data_key(self, region: str, *, key_arn: str, context: Mapping[str, str]) -> DataKey:
        """A new data key of 256 bits, bound to a context.

        Raises:
            ClientError: KMS refuses it.
        """
        found = self._client("kms", region).generate_data_key(
            KeyId=key_arn, KeySpec="AES_256", EncryptionContext=context
        )
        return DataKey(plaintext=found["Plaintext"], encrypted=found["CiphertextBlob"])

    def publish(self, region: str, *, topic: str, subject: str, message: Mapping[str, Any]) -> None:
        """Publish JSON to a topic.

        Raises:
            ClientError: SNS refuses it.
        """
        self._client("sns", region).publish(TopicArn=topic, Subject=subject, Message=json.dumps(message))

    def invoke(self, region: str, *, function: str, event: Mapping[str, Any], wait: bool) -> Any:  # noqa: ANN401 - JSON
        """Call a function; what it returns when it is waited for, otherwise None.

        Raises:
            ClientError: Lambda refuses it.
            BotoCoreError: it takes longer than SES waits.
            FunctionFailedError: it raised.
        """
        answer = self._client("lambda", region).invoke(
            FunctionName=function,
            InvocationType="RequestResponse" if wait else "Event",
            Payload=json.dumps(event),
        )
        if "FunctionError" in answer:
            raise FunctionFailedError
        return json.loads(answer["Payload"].read() or b"null") if wait else None

    def send_raw(self, region: str, *, sender: str, recipients: Sequence[str], message: bytes) -> None:
        """Send a message.

        Raises:
            ClientError: SES refuses it.
        """
        self._client("ses", region).send_raw_email(
            Source=sender, Destinations=list(recipients), RawMessage={"Data": message}
        )

    def _client(self, service: Any, region: str) -> Any:  # noqa: ANN401 - boto3's overloads cannot be passed on
        with self._making:
            if (service, region) not in self._clients:
                self._clients[service, region] = boto3.Session().client(
                    service,
                    region_name=region,
                    endpoint_url=self.endpoint_url,
                    aws_access_key_id="ses",
                    aws_secret_access_key="ses",  # noqa: S106 - the emulator takes anything
                    config=Config(
                        read_timeout=SYNCHRONOUS_SECONDS,
                        retries={"total_max_attempts": 1},
                        s3={"addressing_style": "path"},
                    ),
                )
            return self._clients[service, region]

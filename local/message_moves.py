"""SQS StartMessageMoveTask and ListMessageMoveTasks: dead letters go back to where they came from.

SQS API reference, both calls. The emulator has neither. A task moves everything at once, before it answers,
so it is never running afterwards and cannot be cancelled; FIFO queues are not supported.
"""

import base64
import inspect
import json
import time
import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from local import emulator

Call = Mapping[str, Any]
Answer = dict[str, Any]

_LISTED: Final = 10
"""Tasks that ListMessageMoveTasks shows at most."""

_HIDDEN_SECONDS: Final = 30
"""How long a message that cannot go back is out of sight: so that each is looked at once."""


@dataclass(kw_only=True)
class MessageMoves:
    """The calls; parameter names and order are the emulator's."""

    _tasks: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))

    async def start(self, data: Call, qurl: str) -> Answer:
        """StartMessageMoveTask."""
        del qurl  # Queues are named by ARN here.
        source, to = data.get("SourceArn") or "", data.get("DestinationArn")
        source_url = await _url(source)
        if source_url is None:
            message = "The resource that you specified for the SourceArn parameter doesn't exist."
            raise emulator.sqs_error("ResourceNotFoundException", message, 404)
        if not await _is_dead_letter_queue(source):
            message = "Source queue must be configured as a Dead Letter Queue."
            raise emulator.sqs_error("InvalidParameterValue", message, 400)
        started, moved = int(time.time() * 1000), 0
        while messages := (await _received(source_url)).get("Messages"):
            for message in messages:
                target = await _url(to or message["Attributes"].get("DeadLetterQueueSourceArn", ""))
                if target is None:  # its queue is gone: it stays
                    continue
                moved += 1
                attributes = message.get("MessageAttributes", {})
                await _call(
                    "SendMessage",
                    QueueUrl=target,
                    MessageBody=message["Body"],
                    MessageAttributes=attributes,
                )
                await _call("DeleteMessage", QueueUrl=source_url, ReceiptHandle=message["ReceiptHandle"])
        task: Answer = {
            "Status": "COMPLETED",
            "SourceArn": source,
            "ApproximateNumberOfMessagesMoved": moved,
            "ApproximateNumberOfMessagesToMove": moved,
            "StartedTimestamp": started,
            **({"DestinationArn": to} if to else {}),
        }
        self._tasks[source].insert(0, task)
        handle = json.dumps({"taskId": str(uuid.uuid4()), "sourceArn": source})
        return {"TaskHandle": base64.b64encode(handle.encode()).decode()}

    def list_tasks(self, data: Call, qurl: str) -> Answer:
        """ListMessageMoveTasks: the newest first."""
        del qurl
        wanted = min(int(data.get("MaxResults") or 1), _LISTED)
        return {"Results": self._tasks[data.get("SourceArn") or ""][:wanted]}


async def _call(action: str, **data: Any) -> Answer:  # noqa: ANN401 - of that action
    answer = emulator.sqs_calls[action](data, data.get("QueueUrl", ""))
    found: Answer = await answer if inspect.isawaitable(answer) else answer
    return found


async def _received(url: str) -> Answer:
    return await _call(
        "ReceiveMessage",
        QueueUrl=url,
        MaxNumberOfMessages=10,
        AttributeNames=["All"],
        MessageAttributeNames=["All"],
        VisibilityTimeout=_HIDDEN_SECONDS,
        WaitTimeSeconds=0,
    )


async def _attributes(url: str) -> Mapping[str, str]:
    found: Mapping[str, str] = (await _call("GetQueueAttributes", QueueUrl=url))["Attributes"]
    return found


async def _url(arn: str) -> str | None:
    for url in (await _call("ListQueues"))["QueueUrls"]:
        if (await _attributes(url))["QueueArn"] == arn:
            return str(url)
    return None


async def _is_dead_letter_queue(arn: str) -> bool:
    for url in (await _call("ListQueues"))["QueueUrls"]:
        policy = json.loads((await _attributes(url)).get("RedrivePolicy") or "{}")
        if policy.get("deadLetterTargetArn") == arn:
            return True
    return False

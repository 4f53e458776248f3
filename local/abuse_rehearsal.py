"""Makes a call that looks like abuse, by somebody whom the environment does not know; reads the alert."""

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import boto3

from local.errors import RehearsalError
from stacks.config import MailEnvironment
from stacks.stack_names import alerts_name

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

INTRUDER: Final = "intruder"
LOOKALIKE: Final = "rehearsa1.example"
WAIT_SECONDS: Final = 20.0

_BATCH: Final = 10
_REPORT: Final = "this is a fault of the embedded AWS: report it with the output of make demo."


@dataclass(frozen=True, kw_only=True)
class Alerted:
    """What was told.

    Attributes:
        queue: Where it was read.
        alert: The alert about the call, as it was published.
        others: Alerts about what else was done by hand meanwhile.
    """

    queue: str
    alert: dict[str, str]
    others: int


def rehearse_abuse(config: MailEnvironment) -> Alerted:
    """Create an identity as a new IAM user, and read who is told about it.

    Credentials and endpoint come from the environment of this process.

    Args:
        config: The environment, deployed.

    Raises:
        RehearsalError: Nobody was told, or what the deployment itself did was told too.
    """
    region = config.regions[0]
    iam = boto3.client("iam", region_name=region)
    iam.create_user(UserName=INTRUDER)
    key = iam.create_access_key(UserName=INTRUDER)["AccessKey"]
    boto3.client(
        "sesv2",
        region_name=region,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    ).create_email_identity(EmailIdentity=LOOKALIKE)

    queue = alerts_name(config)
    alerts = _read(boto3.client("sqs", region_name=region), queue)
    ours = [each for each in alerts if "assumed-role/" in each["who"]]
    found = [each for each in alerts if _is_it(each)]
    if len(found) != 1 or ours:
        raise RehearsalError(
            step="read the alert about an intruder",
            cause=f"the queue {queue} should tell of {LOOKALIKE} once and of no call of the deployment; "
            f"it told {json.dumps(found + ours)}.",
            fix=_REPORT,
        )
    return Alerted(queue=queue, alert=found[0], others=len(alerts) - 1)


def _is_it(alert: dict[str, str]) -> bool:
    return alert["about"] == LOOKALIKE and alert["who"].endswith(f":user/{INTRUDER}")


def _read(client: "SQSClient", queue: str) -> list[dict[str, Any]]:
    """Everything in the queue, until the alert is there and no more comes."""
    url = client.get_queue_url(QueueName=queue)["QueueUrl"]
    found: list[dict[str, Any]] = []
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        messages = client.receive_message(QueueUrl=url, MaxNumberOfMessages=_BATCH).get("Messages", [])
        for message in messages:
            found.append(json.loads(message["Body"]))
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        if not messages and any(_is_it(each) for each in found):
            break
    return found

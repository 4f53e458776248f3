"""Raises a critical alarm as CloudWatch does, sees its configuration set stop, and resumes it."""

import time
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.exceptions import ClientError

from constructs_lib.monitoring.alarm_names import AlarmKind
from local.errors import RehearsalError
from ops.reputation_ports import ReputationGateway
from stacks.config import MailEnvironment
from stacks.monitoring_names import set_prefix

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

WAIT_SECONDS: Final = 20.0
_POLL_SECONDS: Final = 0.05


def pause_and_resume(config: MailEnvironment, gateway: ReputationGateway, *, sender: str) -> str:
    """Pause the environment's configuration set and resume it; return SES's words about a send meanwhile.

    Credentials and endpoint come from the environment of this process.

    Args:
        config: An environment whose set may be paused.
        gateway: How the operator's commands resume.
        sender: An address that may send.

    Raises:
        RehearsalError: The set did not stop, or a send was taken meanwhile.
    """
    region, name = config.regions[0], config.configuration_set_name
    alarm = AlarmKind.BOUNCE_CRITICAL.name_below(set_prefix(config, name))
    cloudwatch: Any = boto3.client("cloudwatch", region_name=region)
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="rehearsed")
    deadline = time.monotonic() + WAIT_SECONDS
    while gateway.sending_enabled(name, region=region):
        if time.monotonic() > deadline:
            raise _failed(f"{alarm} was raised, and {name} still sends.")
        time.sleep(_POLL_SECONDS)
    words = _refusal(region, name, sender)
    gateway.resume(name, region=region)
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="rehearsed")
    return words


def _refusal(region: str, configuration_set: str, sender: str) -> str:
    client: SESV2Client = boto3.client("sesv2", region_name=region)
    try:
        client.send_email(
            FromEmailAddress=sender,
            Destination={"ToAddresses": ["success@simulator.amazonses.com"]},
            Content={"Simple": {"Subject": {"Data": "Paused"}, "Body": {"Text": {"Data": "Not sent."}}}},
            ConfigurationSetName=configuration_set,
        )
    except ClientError as error:
        found = error.response.get("Error", {})
        return f"{found.get('Code')}: {found.get('Message')}"
    raise _failed(f"a send with {configuration_set} was taken although it is paused.")


def _failed(cause: str) -> RehearsalError:
    return RehearsalError(
        step="pause at a critical alarm",
        cause=cause,
        fix="this is a fault of the embedded AWS: report it with the output of make demo.",
    )

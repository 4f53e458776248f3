"""What CloudWatch calls when an alarm is raised. It never resumes: a person does, who knows why."""

import logging
import os
from collections.abc import Mapping
from typing import Any, Final

from .gateway import SesSending

_LOG: Final = logging.getLogger(__name__)
_LOG.setLevel(logging.INFO)


def handle(event: Mapping[str, Any], context: object) -> None:
    """Pause the configuration set of the environment, whichever alarm of it was raised.

    A refused call is an error of the function, which Lambda repeats and the failure alarm tells.
    """
    del context
    # CloudWatch User Guide, Invoke a Lambda function from an alarm.
    alarm = event["alarmData"]
    if alarm["state"]["value"] != "ALARM":
        _LOG.info("nothing to pause: %s is %s", alarm["alarmName"], alarm["state"]["value"])
        return
    name = os.environ["CONFIGURATION_SET_NAME"]
    SesSending().pause(name)
    _LOG.warning("paused configuration set %s for %s", name, alarm["alarmName"])

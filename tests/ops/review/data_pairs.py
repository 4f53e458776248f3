"""Pairs: keys and data, alarms, renamed and moved."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.ops.review.environments import (
    RECEIVING,
    SCANNER,
    SENDING,
    Edited,
    deleting,
    setting,
)
from tests.ops.review.pair import CAUTION, DANGER, Pair, without


def _renamed(kind: str) -> Callable[[dict[str, dict[str, Any]]], None]:
    def edit(templates: dict[str, dict[str, Any]]) -> None:
        for template in templates.values():
            template["Resources"] = {
                f"New{key}" if value["Type"] == kind else key: value
                for key, value in template["Resources"].items()
            }

    return edit


def _moved_stack(templates: dict[str, dict[str, Any]]) -> None:
    here, there = templates["example-com-eu-west-1"], templates["Sending-eu-west-1"]
    there["Resources"].update(here["Resources"])
    here["Resources"] = {}


_ALARM = "AWS::CloudWatch::Alarm"
_SMTP = replace(SENDING, senders=(SCANNER,))
_ALARM_ABOUT = "shop-smtp-key-age"

DATA_PAIRS: tuple[Pair, ...] = (
    # Keys and data.
    Pair(
        "key retention dropped",
        RECEIVING,
        deleting(RECEIVING),
        DANGER,
        "Key MailKey does not outlive its deletion or its replacement any more.",
    ),
    Pair(
        "key rotates no more",
        RECEIVING,
        Edited(RECEIVING, setting("AWS::KMS::Key", "EnableKeyRotation", value=False, fragment="MailKey")),
        CAUTION,
        "Key MailKey rotates no more.",
    ),
    # Alarms.
    Pair(
        "alarm loosened",
        _SMTP,
        Edited(_SMTP, setting(_ALARM, "Threshold", 1000, fragment="Age")),
        CAUTION,
        f"The alarm {_ALARM_ABOUT} is loosened: threshold 1000 in place of 67.",
    ),
    Pair(
        "alarm silenced",
        _SMTP,
        Edited(_SMTP, setting(_ALARM, "ActionsEnabled", value=False, fragment="Age")),
        CAUTION,
        f"The alarm {_ALARM_ABOUT} tells nobody any more: its actions are off.",
    ),
    Pair(
        "alarm removed",
        _SMTP,
        Edited(_SMTP, without(_ALARM, "Age")),
        CAUTION,
        f"The alarm {_ALARM_ABOUT} goes.",
    ),
    # Renamed and moved.
    Pair(
        "logical id of an identity",
        SENDING,
        Edited(SENDING, _renamed("AWS::SES::EmailIdentity")),
        DANGER,
        "Renamed in stack example-com-eu-west-1: EmailIdentity example.com. The old ones stay, unmanaged, so "
        "creating them fails because they exist. Keep the construct ids, or let cdk refactor move them.",
    ),
    Pair(
        "identity in another stack",
        SENDING,
        Edited(SENDING, _moved_stack),
        DANGER,
        "Moved from stack example-com-eu-west-1 to Sending-eu-west-1: EmailIdentity example.com, RecordSet "
        "MX bounce.example.com, RecordSet TXT bounce.example.com and RecordSet "
        "TXT _dmarc.example.com. The old ones stay, "
        "unmanaged, so creating them fails because they exist. Let cdk refactor move them.",
    ),
)

"""Alarms on metric math, and alarms that call functions, which the emulator lacks.

A stack makes an alarm on metric math, and SetAlarmState raises it; nothing computes its metrics here.
An alarm whose action is a function calls it, as a copy of its own and after SetAlarmState has answered.
Shapes: CloudWatch User Guide, Invoke a Lambda function from an alarm. Resource policies decide nothing.
"""

import contextvars
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from local import emulator

RESOURCE_TYPE: Final = "AWS::CloudWatch::Alarm"
_MATH: Final = "Metrics"
_STANDS_FOR: Final = {"MetricName": "MetricMath", "Namespace": "MetricMath"}
"""What the emulator wants of every alarm; taken out again where there is no one metric."""

_LOG: Final = logging.getLogger(__name__)

Properties = Mapping[str, Any]
Made = tuple[str, dict[str, str]]


@dataclass(frozen=True, kw_only=True)
class MathAlarms:
    """Makes alarms on metric math like others.

    Attributes:
        create_inner: The emulator's handler of the resource type.
        update_inner: Likewise.
    """

    create_inner: Callable[[str, Properties, str], Made]
    update_inner: Callable[..., Made]

    def create(self, logical_id: str, props: Properties, stack_name: str) -> Made:
        """Make an alarm; parameter names and order are the emulator's."""
        return _with_math(self.create_inner(logical_id, _plain(props), stack_name), props)

    def update(
        self,
        physical_id: str,
        old_props: Properties,
        new_props: Properties,
        stack_name: str,
        logical_id: str | None = None,
    ) -> Made:
        """Change an alarm."""
        made = self.update_inner(
            physical_id, _plain(old_props), _plain(new_props), stack_name, logical_id=logical_id
        )
        return _with_math(made, new_props)


@dataclass(frozen=True, kw_only=True)
class FunctionActions:
    """Calls the functions among an alarm's actions.

    Attributes:
        dispatch_inner: What the emulator does when an alarm changes its state.
    """

    dispatch_inner: Callable[[dict[str, Any], str, str, str], None]

    def dispatch(self, alarm: dict[str, Any], old_state: str, new_state: str, reason: str) -> None:
        """Do what the alarm does in its new state."""
        self.dispatch_inner(alarm, old_state, new_state, reason)
        actions = {"ALARM": "AlarmActions", "OK": "OKActions"}.get(new_state, "InsufficientDataActions")
        if not alarm.get("ActionsEnabled", True):
            return
        for arn in alarm.get(actions) or ():
            if arn.split(":")[2] == "lambda":
                event = _event(alarm, old_state, new_state, reason)
                # Not here: the function calls the emulator back. The context knows account and Region.
                context = contextvars.copy_context()
                threading.Thread(target=context.run, args=(_call, arn, event), daemon=True).start()


def _plain(props: Properties) -> Properties:
    return {**props, _MATH: None, **_STANDS_FOR} if props.get(_MATH) else props


def _with_math(made: Made, props: Properties) -> Made:
    if props.get(_MATH):
        alarm = emulator.alarms[made[0]]
        for name in (
            "MetricName",
            "Namespace",
            "Statistic",
            "ExtendedStatistic",
            "Period",
            "Unit",
            "Dimensions",
        ):
            alarm.pop(name, None)
        alarm[_MATH] = props[_MATH]
    return made


def _event(alarm: Mapping[str, Any], old_state: str, new_state: str, reason: str) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")
    return {
        "source": "aws.cloudwatch",
        "alarmArn": alarm["AlarmArn"],
        "accountId": emulator.account_id(),
        "time": now,
        "region": emulator.region(),
        "alarmData": {
            "alarmName": alarm["AlarmName"],
            "state": {"value": new_state, "reason": reason, "timestamp": now},
            "previousState": {"value": old_state},
            "configuration": {"description": alarm.get("AlarmDescription", "")},
        },
    }


def _call(arn: str, event: dict[str, Any]) -> None:
    function, config, _ = emulator.find_function(arn)
    name = event["alarmData"]["alarmName"]
    if function is None or config is None:
        _LOG.warning("alarm %s: there is no function %s", name, arn)
    elif emulator.run_function(emulator.function_record(function, config), event).get("error"):
        _LOG.warning("alarm %s: function %s failed; see its log", name, arn)

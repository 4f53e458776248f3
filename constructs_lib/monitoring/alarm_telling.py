"""What an alarm does when it is raised, or the reason why it does nothing. Part of other constructs.

Example::

    tell(alarm, alarm_actions)
"""

from collections.abc import Sequence
from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch

from constructs_lib.acknowledgments import acknowledge

_PACKS: Final = ("HIPAA.Security", "NIST.800.53.R5")


def tell(
    alarm: cloudwatch.Alarm, actions: Sequence[cloudwatch.IAlarmAction], *, its_end: bool = False
) -> None:
    """Give an alarm its actions.

    Args:
        alarm: The alarm.
        actions: None leaves the alarm to whoever looks at its state.
        its_end: Whether they are done when the alarm ends, too.
    """
    alarm.add_alarm_action(*actions)
    if its_end:
        alarm.add_ok_action(*actions)
    if not actions:
        acknowledge(
            alarm,
            {"CloudWatchAlarmAction": "None was named; `alarm_actions` adds one."},
            packs=_PACKS,
        )

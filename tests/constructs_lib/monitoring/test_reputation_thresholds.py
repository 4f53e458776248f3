from typing import Any

import pytest

from constructs_lib.monitoring.reputation_thresholds import (
    BOUNCE_PAUSE,
    BOUNCE_REVIEW,
    COMPLAINT_PAUSE,
    COMPLAINT_REVIEW,
    ReputationThresholds,
)
from tests.support import refuses


def test_the_defaults_are_four_fifths_of_the_levels_of_ses() -> None:
    levels = ReputationThresholds()
    assert (BOUNCE_REVIEW, BOUNCE_PAUSE, COMPLAINT_REVIEW, COMPLAINT_PAUSE) == (0.05, 0.10, 0.001, 0.005)
    assert (levels.bounce_warning, levels.bounce_critical) == (0.04, 0.08)
    assert (levels.complaint_warning, levels.complaint_critical) == (0.0008, 0.004)
    assert levels.minimum_sends == 50


@pytest.mark.parametrize(
    "options,fragment",
    [
        ({"bounce_warning": 0.05}, "bounce_warning"),
        ({"bounce_warning": 4}, "write 0.04 for 4 %"),
        ({"bounce_warning": 0}, "bounce_warning"),
        ({"bounce_warning": float("nan")}, "bounce_warning"),
        ({"bounce_critical": 0.1}, "bounce_critical"),
        ({"bounce_critical": 0.04}, "above bounce_warning"),
        ({"bounce_critical": float("nan")}, "bounce_critical"),
        ({"complaint_warning": 0.001}, "complaint_warning"),
        ({"complaint_warning": -0.0001}, "complaint_warning"),
        ({"complaint_critical": 0.005}, "complaint_critical"),
        ({"complaint_critical": 0.0008}, "above complaint_warning"),
        ({"minimum_sends": -1}, "minimum_sends"),
    ],
)
def test_refused(options: dict[str, Any], fragment: str) -> None:
    with refuses("reputation-thresholds-invalid", fragment):
        ReputationThresholds(**options)


@pytest.mark.parametrize(
    "options",
    [
        {"bounce_warning": 0.0499},
        {"bounce_warning": 0.001, "bounce_critical": 0.0011},
        {"bounce_critical": 0.0999},
        {"complaint_warning": 0.000999},
        {"complaint_critical": 0.00499},
        {"minimum_sends": 0},
    ],
)
def test_near_misses_are_taken(options: dict[str, Any]) -> None:
    ReputationThresholds(**options)

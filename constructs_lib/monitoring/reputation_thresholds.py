"""When bounces and complaints become a warning or critical. Plain values for environment files; loads no CDK.

Example::

    ReputationThresholds(bounce_warning=0.02, bounce_critical=0.05, minimum_sends=200)
"""

from dataclasses import dataclass
from typing import Final

from constructs_lib.errors import ConfigurationError

BOUNCE_REVIEW: Final = 0.05
"""Share of hard bounces from which SES may review an account."""
BOUNCE_PAUSE: Final = 0.10
"""Share of hard bounces from which SES may pause an account."""
COMPLAINT_REVIEW: Final = 0.001
"""Share of complaints from which SES may review an account."""
COMPLAINT_PAUSE: Final = 0.005
"""Share of complaints from which SES may pause an account.

All four: SES Developer Guide, Reputation metrics messages; AWS re:Post, account under review or paused.
"""

QUOTA_SHARE: Final = 0.8
"""The share of the daily quota that raises an alarm."""


@dataclass(frozen=True, kw_only=True)
class ReputationThresholds:
    """Rates that raise alarms, as shares: 0.04 is 4 %. The defaults are 80 % of the levels of SES.

    Attributes:
        bounce_warning: Below 0.05, from which SES reviews. Default: 0.04.
        bounce_critical: Above the warning, below 0.1, from which SES pauses. Default: 0.08.
        complaint_warning: Below 0.001, from which SES reviews. Default: 0.0008.
        complaint_critical: Above the warning, below 0.005, from which SES pauses. Default: 0.004.
        minimum_sends: A rate counts only in six hours with that many sends; 0 counts it always. Default: 50.

    Raises:
        ConfigurationError: ``reputation-thresholds-invalid``.
    """

    bounce_warning: float = 0.04
    bounce_critical: float = 0.08
    complaint_warning: float = 0.0008
    complaint_critical: float = 0.004
    minimum_sends: int = 50

    def __post_init__(self) -> None:
        for kind, warning, critical, review, pause in (
            ("bounce", self.bounce_warning, self.bounce_critical, BOUNCE_REVIEW, BOUNCE_PAUSE),
            ("complaint", self.complaint_warning, self.complaint_critical, COMPLAINT_REVIEW, COMPLAINT_PAUSE),
        ):
            if not 0 < warning < review:
                raise _invalid(
                    f"{kind}_warning",
                    f"a share above 0 and below {review}, from which SES reviews an account.",
                    warning,
                    "write 0.04 for 4 %",
                )
            if not warning < critical < pause:
                raise _invalid(
                    f"{kind}_critical",
                    f"a share above {kind}_warning, {warning}, and below {pause}, where SES may pause.",
                    critical,
                    "write 0.08 for 8 %",
                )
        if self.minimum_sends < 0:
            raise _invalid("minimum_sends", "0 sends or more.", self.minimum_sends, "write 0 for no minimum")


def _invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("reputation-thresholds-invalid", option=option, rule=rule, got=got, fix=fix)

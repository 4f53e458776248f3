"""What Amazon SES may cost a month, and when that is told. Plain values for environment files; loads no CDK.

Example::

    SpendLimit(monthly_usd=50, tag="environment")
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from constructs_lib.errors import ConfigurationError

MAX_NOTIFICATIONS: Final = 5
"""Notifications of one budget (CloudFormation, AWS::Budgets::Budget)."""

USD_PER_THOUSAND: Final = 0.10
"""What SES charges for 1,000 messages à la carte (the price table of `ops cost` names the source)."""

_MAX_PERCENT: Final = 1000


@dataclass(frozen=True, kw_only=True)
class SpendLimit:
    """A month's limit.

    Attributes:
        monthly_usd: In USD, without taxes.
        tag: Key of the tag by which the bill tells this environment from others. It must be a cost
            allocation tag, which a person activates in the billing account; costs count from then on.
            None counts all of Amazon SES in the account.
        actual_percents: Shares of the limit whose being spent is told, each once.
        forecast_percents: Shares of the limit whose being forecast for the month is told. AWS forecasts
            after about five weeks of use.
        usd_per_thousand: What 1,000 messages cost, for the estimate on the dashboard. Default: 0.10, SES
            outbound à la carte.

    Raises:
        ConfigurationError: ``spend-limit-invalid``.
    """

    monthly_usd: float
    tag: str | None
    actual_percents: tuple[int, ...] = (80, 100)
    forecast_percents: tuple[int, ...] = (100,)
    usd_per_thousand: float = USD_PER_THOUSAND

    def __post_init__(self) -> None:
        for option, amount in (
            ("monthly_usd", self.monthly_usd),
            ("usd_per_thousand", self.usd_per_thousand),
        ):
            if not (math.isfinite(amount) and amount > 0):
                raise _invalid(option, "an amount of USD above 0.", amount, "write 50 for 50 USD")
        if self.tag is not None and (not self.tag or "$" in self.tag or self.tag.startswith("aws:")):
            raise _invalid(
                "tag",
                "the key of a tag of yours, without a $, which separates key and value in a budget.",
                self.tag,
                "write the key that the environment's tags have, or None for all of SES",
            )
        self._require_percents("actual_percents", self.actual_percents)
        self._require_percents("forecast_percents", self.forecast_percents)
        if not 1 <= len(self.actual_percents) + len(self.forecast_percents) <= MAX_NOTIFICATIONS:
            raise _invalid(
                "actual_percents and forecast_percents",
                f"1 to {MAX_NOTIFICATIONS} together (CloudFormation, AWS::Budgets::Budget).",
                (*self.actual_percents, *self.forecast_percents),
                "drop some",
            )

    def _require_percents(self, option: str, percents: Sequence[int]) -> None:
        if len(set(percents)) != len(percents) or not all(1 <= each <= _MAX_PERCENT for each in percents):
            raise _invalid(option, f"1 to {_MAX_PERCENT} percent, each once.", percents, "write (80, 100)")


def _invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("spend-limit-invalid", option=option, rule=rule, got=got, fix=fix)

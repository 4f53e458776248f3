"""Where Amazon SES is offered, where it receives, and the host names that belong to a Region.

The facts are data, ``data/ses_regions.json``: written by ``python -m ops.refresh_regions``
from the resource schemas that CloudFormation publishes, never typed in by hand. A Region newer than the
data can be used by adding it there.
"""

import json
from functools import cache
from importlib import resources
from typing import TypedDict

from constructs_lib.domain_name import is_token
from constructs_lib.errors import ConfigurationError


class RegionFacts(TypedDict):
    """What the data file holds for one Region."""

    partition: str
    feedback_host: str | None
    smtp_host: str | None
    inbound_host: str | None
    budgets: bool


@cache
def ses_regions() -> dict[str, RegionFacts]:
    """Every Region that offers `AWS::SES::EmailIdentity`, by name."""
    text = resources.files("constructs_lib").joinpath("data/ses_regions.json").read_text(encoding="utf-8")
    regions: dict[str, RegionFacts] = json.loads(text)["regions"]
    return regions


def require_ses_region(region: str, *, option: str) -> None:
    """Refuse a Region without Amazon SES; a CDK token passes.

    Raises:
        ConfigurationError: ``region-without-ses``.
    """
    if is_token(region) or region in ses_regions():
        return
    raise ConfigurationError(
        "region-without-ses",
        option=option,
        rule="Amazon SES sends only from the Regions that offer it.",
        got=region,
        fix="use one of " + ", ".join(sorted(ses_regions())),
    )


def feedback_host(region: str) -> str:
    """The MX target of a custom MAIL FROM domain (SES Developer Guide, custom MAIL FROM).

    Args:
        region: A Region, or the token of a stack that is not bound to one.

    Raises:
        ConfigurationError: ``region-without-ses``, ``mail-from-feedback-host-unknown``.
    """
    if is_token(region):
        return f"feedback-smtp.{region}.amazonses.com"
    require_ses_region(region, option="region")
    host = ses_regions()[region]["feedback_host"]
    if host is None:
        raise ConfigurationError(
            "mail-from-feedback-host-unknown",
            option="region",
            rule="the feedback host of a Region outside the aws and aws-us-gov partitions is not published.",
            got=region,
            fix="read the MX and SPF values in SES's console and state them as mail_from_hosts",
        )
    return host


def smtp_host(region: str, *, option: str = "region") -> str:
    """The host of SES's SMTP interface (AWS General Reference, SES endpoints).

    Args:
        region: A named Region: an SMTP password works in one Region only, so a token is refused.
        option: The option that the caller took the Region from.

    Raises:
        ConfigurationError: ``region-without-ses``, ``smtp-host-unknown``.
    """
    require_ses_region(region, option=option)
    host = None if is_token(region) else ses_regions()[region]["smtp_host"]
    if host is None:
        raise ConfigurationError(
            "smtp-host-unknown",
            option=option,
            rule="a named Region whose SMTP host is published: those of the aws and aws-us-gov partitions.",
            got=region,
            fix="name such a Region (env=cdk.Environment(region=...) for a stack), or send through the API",
        )
    return host


def require_receiving_region(region: str, *, option: str) -> None:
    """Refuse a Region in which SES receives no mail; a CDK token passes.

    Raises:
        ConfigurationError: ``region-without-receiving``.
    """
    if is_token(region) or _receives(region):
        return
    raise ConfigurationError(
        "region-without-receiving",
        option=option,
        rule="SES receives mail in some of its Regions (AWS General Reference, email receiving endpoints).",
        got=region,
        fix="use one of " + ", ".join(name for name in sorted(ses_regions()) if _receives(name)),
    )


def inbound_host(region: str, *, option: str = "region") -> str:
    """The MX target of a domain whose mail SES receives (AWS General Reference, email receiving endpoints).

    It ends in ``amazonaws.com``; `feedback_host`, for the mail that SES sent, ends in ``amazonses.com``.

    Args:
        region: A Region, or the token of a stack that is not bound to one.
        option: The option that the caller took the Region from.

    Raises:
        ConfigurationError: ``region-without-receiving``.
    """
    if is_token(region):
        return f"inbound-smtp.{region}.amazonaws.com"
    require_receiving_region(region, option=option)
    return str(ses_regions()[region]["inbound_host"])


def _receives(region: str) -> bool:
    return region in ses_regions() and ses_regions()[region]["inbound_host"] is not None


def require_budgets_region(region: str, *, option: str) -> None:
    """Refuse a Region whose CloudFormation makes no budgets; a CDK token passes.

    Raises:
        ConfigurationError: ``region-without-budgets``.
    """
    if is_token(region) or has_budgets(region):
        return
    raise ConfigurationError(
        "region-without-budgets",
        option=option,
        rule="AWS Budgets is global, and CloudFormation makes a budget in some Regions only.",
        got=region,
        fix="use one of " + ", ".join(name for name in sorted(ses_regions()) if has_budgets(name)),
    )


def has_budgets(region: str) -> bool:
    """Whether CloudFormation makes budgets there."""
    return region in ses_regions() and ses_regions()[region]["budgets"]

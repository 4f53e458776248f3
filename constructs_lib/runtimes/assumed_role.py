"""A session of a role of another account, for functions that write into its hosted zones."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from .aws_calls import asked

_SESSION_SECONDS: Final = 900
"""The shortest session that STS gives (STS API, AssumeRole)."""

_STS_REGIONS: Final = {"eusc-": "eusc-de-east-1", "us-gov-": "us-gov-west-1"}


def sts_region(region: str) -> str:
    """The Region whose STS is asked for a role of another account.

    That of Route 53 in the partition: the other account need not have enabled the function's own Region, and
    STS of a Region that it has not enabled gives no session of its roles.
    """
    return next((home for start, home in _STS_REGIONS.items() if region.startswith(start)), "us-east-1")


class Sts(Protocol):
    """The call of STS that is needed here; boto3's client is one."""

    def assume_role(self, **parameters: Any) -> Mapping[str, Any]:  # noqa: ANN401 - of any type
        """See STS API, AssumeRole."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """Credentials of a role, for a quarter of an hour."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)


def assumed_role(sts: Sts, role_arn: str) -> Session:
    """Assume a role of another account.

    Raises:
        RefusedError: the role is not there, or does not trust this function.
    """
    credentials = asked(
        f"AssumeRole of {role_arn}",
        lambda: sts.assume_role(
            RoleArn=role_arn,
            # What the other account reads in its trail.
            RoleSessionName=os.environ["AWS_LAMBDA_FUNCTION_NAME"],
            DurationSeconds=_SESSION_SECONDS,
        ),
        fixes={
            "AccessDenied": "the owner of that account makes the role first (`ZoneRecordsRole`, or in an "
            "environment `python -m ops zone-role`); it names this account and this function's path"
        },
    )["Credentials"]
    return Session(
        access_key_id=credentials["AccessKeyId"],
        secret_access_key=credentials["SecretAccessKey"],
        session_token=credentials["SessionToken"],
    )

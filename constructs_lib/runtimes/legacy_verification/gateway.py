"""Talks to SES and Route 53; the only module here that does.

The API v1 of SES, because the API v2 does not tell the token. The token is read: VerifyDomainIdentity tells
it too, but starts a verification, and nothing says what that does to a domain that is verified already.
"""

import os
import random
import time
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from ..assumed_role import assumed_role, sts_region  # noqa: TID252 - Lambda has no constructs_lib
from ..aws_calls import PAUSE_SECONDS, asked  # noqa: TID252 - Lambda has no constructs_lib
from ..custom_resource import RefusedError  # noqa: TID252 - Lambda has no constructs_lib
from .shared_record import TxtRecordSet

if TYPE_CHECKING:
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_ses import SESClient

TOKEN_TRIES: Final = 4
"""How often SES is asked for the token of an identity that was made just now."""

_WAITS: Final = frozenset({"AccessDenied", "PriorRequestNotComplete", "Throttling"})
"""IAM needs some seconds to spread a new permission; SES takes this call once a second, Route 53 five calls a
second and one change of a zone at a time; and CloudFormation asks for all domains at once."""

_CONFIG: Final = Config(
    connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 5}
)


class SesAndRoute53:
    """Tokens of the account and Region that the function runs in, and record sets of zones.

    Args:
        role_arn: The role of another account, whose zone it is. Default: the account's own zone.
        ses: Default: a client with the function's role.
        route53: Default: as above.
    """

    def __init__(
        self,
        ses: "SESClient | None" = None,
        route53: "Route53Client | None" = None,
        *,
        role_arn: str | None = None,
    ) -> None:
        self._ses = ses or boto3.client("ses", config=_CONFIG)
        # Only when it is needed: what was never written goes without the role too.
        self._route53 = cache(lambda: route53 or _route53(role_arn))

    def token(self, domain: str) -> str:
        """Return the verification token of a domain identity."""
        for tries_left in reversed(range(TOKEN_TRIES)):
            found = asked(
                f"GetIdentityVerificationAttributes for {domain}",
                lambda: self._ses.get_identity_verification_attributes(Identities=[domain]),
                waits=_WAITS,
            )
            attributes = found["VerificationAttributes"].get(domain)
            if attributes and (token := attributes.get("VerificationToken")):
                return token
            if tries_left:
                time.sleep(PAUSE_SECONDS)
        raise RefusedError(
            f"[legacy-token-unknown] SES has no verification token for {domain} in "
            f"{self._ses.meta.region_name}. Fix: make the identity in this account and Region first; if it "
            f"is there, `aws ses verify-domain-identity --domain {domain}` gives it a token."
        )

    def find(self, zone_id: str, name: str) -> TxtRecordSet | None:
        """Return the TXT record set at a name, or None."""
        found = asked(
            f"ListResourceRecordSets for {name}",
            lambda: self._route53().list_resource_record_sets(
                HostedZoneId=zone_id, StartRecordName=name, StartRecordType="TXT", MaxItems="1"
            ),
            waits=_WAITS,
        )["ResourceRecordSets"]
        # The list starts with what comes next where the name has nothing.
        if not found or (found[0]["Name"].lower().rstrip("."), found[0]["Type"]) != (name, "TXT"):
            return None
        if "ResourceRecords" not in found[0] or "SetIdentifier" in found[0]:
            raise RefusedError(
                f"[legacy-record-special] {name} TXT is an alias or has a routing policy, and a value cannot "
                "be added to that. Fix: replace it by a simple record set with the same values."
            )
        return TxtRecordSet(
            values=tuple(value["Value"] for value in found[0]["ResourceRecords"]), ttl=found[0]["TTL"]
        )

    def change(
        self, zone_id: str, name: str, *, before: TxtRecordSet | None, after: TxtRecordSet | None
    ) -> str | None:
        """Replace exactly `before` by `after` in one batch; Route 53's reason where that is not possible."""
        # Any: the stubs want literals where this is text.
        changes: Any = [
            {"Action": action, "ResourceRecordSet": _as_data(name, record_set)}
            for action, record_set in (("DELETE", before), ("CREATE", after))
            if record_set is not None
        ]
        try:
            asked(
                f"ChangeResourceRecordSets for {name}",
                lambda: self._route53().change_resource_record_sets(
                    HostedZoneId=zone_id, ChangeBatch={"Changes": changes}
                ),
                waits=_WAITS,
                passed={"InvalidChangeBatch"},
            )
        except ClientError as error:
            return error.response["Error"].get("Message", "")
        return None

    def pause(self, tries: int) -> None:
        """Let others finish: longer each time, and not as long as they do."""
        time.sleep(random.uniform(0.1, min(tries, 5)))  # noqa: S311 - no secret


def _route53(role_arn: str | None) -> "Route53Client":
    if role_arn is None:
        return boto3.client("route53", config=_CONFIG)
    sts = boto3.client("sts", region_name=sts_region(os.environ["AWS_REGION"]), config=_CONFIG)
    session = assumed_role(sts, role_arn)
    return boto3.client(
        "route53",
        config=_CONFIG,
        aws_access_key_id=session.access_key_id,
        aws_secret_access_key=session.secret_access_key,
        aws_session_token=session.session_token,
    )


def _as_data(name: str, record_set: TxtRecordSet) -> dict[str, Any]:
    return {
        "Name": name,
        "Type": "TXT",
        "TTL": record_set.ttl,
        "ResourceRecords": [{"Value": value} for value in record_set.values],
    }

"""Talks to STS, Route 53 and CloudFormation; the only module here that does."""

import logging
import os
import time
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from ..assumed_role import Sts, assumed_role, sts_region  # noqa: TID252 - Lambda has no constructs_lib
from ..aws_calls import DENIED, PATIENT, asked  # noqa: TID252 - Lambda has no constructs_lib
from .logic import Place, RecordSet

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_route53 import Route53Client

IN_SYNC_PAUSES: Final = (0.5, 1.5, 3.0, *(5.0,) * 17)
"""Seconds between the questions whether a change is on all name servers: 90 seconds, where it generally takes
up to 60 (Route 53 API, ChangeResourceRecordSets)."""

_WAITS: Final = DENIED | {"PriorRequestNotComplete", "Throttling"}
"""IAM needs some seconds to spread a new permission; Route 53 takes five calls a second from an account and
one change of a zone at a time, and CloudFormation asks for all records at once."""

_FIXES: Final = {
    "AccessDenied": "the role must permit this name and type: its owner updates it (`ZoneRecordsRole`, or in "
    "an environment `python -m ops zone-role`)",
    "NoSuchHostedZone": "the role's account has no such hosted zone; correct zone_id",
}
_LOG: Final = logging.getLogger(__name__)


class Route53Zones:
    """Hosted zones that other accounts let this function change.

    Args:
        sts: Default: a client with the function's role.
        route53: Default: clients with each zone's role.
    """

    def __init__(self, sts: Sts | None = None, route53: "Route53Client | None" = None) -> None:
        self._sts = sts or boto3.client(
            "sts", region_name=sts_region(os.environ["AWS_REGION"]), config=PATIENT
        )
        self._route53 = route53
        self._of_role = cache(self._assume)

    def find(self, place: Place) -> RecordSet | None:
        """Return the record set at a place, or None."""
        client = self._client(place)
        found = asked(
            f"ListResourceRecordSets for {place}",
            lambda: client.list_resource_record_sets(
                HostedZoneId=place.zone_id,
                StartRecordName=place.name,
                # Any: the stubs want a literal where this is text.
                StartRecordType=_any(place.type),
                MaxItems="1",
            ),
            waits=_WAITS,
            fixes=_FIXES,
        )["ResourceRecordSets"]
        # The list starts with what comes next where the name has nothing.
        if not found or (found[0]["Name"].lower().rstrip("."), found[0]["Type"]) != (place.name, place.type):
            return None
        return RecordSet(
            values=tuple(value["Value"] for value in found[0].get("ResourceRecords", ())),
            ttl=found[0].get("TTL", 0),
            special="ResourceRecords" not in found[0] or "SetIdentifier" in found[0],
        )

    def change(self, place: Place, *, before: RecordSet | None, after: RecordSet | None) -> str | None:
        """Replace exactly `before` by `after`; Route 53's reason where that is not possible."""
        client = self._client(place)
        changes = [
            {"Action": action, "ResourceRecordSet": _as_data(place, record_set)}
            for action, record_set in (("DELETE", before), ("CREATE", after))
            if record_set is not None
        ]
        try:
            answer = asked(
                f"ChangeResourceRecordSets for {place}",
                lambda: client.change_resource_record_sets(
                    HostedZoneId=place.zone_id, ChangeBatch={"Changes": _any(changes)}
                ),
                waits=_WAITS,
                passed={"InvalidChangeBatch"},
                fixes=_FIXES,
            )
        except ClientError as error:
            return error.response["Error"].get("Message", "")
        self._wait(client, place, answer["ChangeInfo"]["Id"])
        return None

    def _wait(self, client: "Route53Client", place: Place, change_id: str) -> None:
        """Wait until all name servers have a change.

        One that takes longer, or of which nobody tells, is done too: a failure would leave a record that
        nobody knows of.
        """
        for pause in IN_SYNC_PAUSES:
            try:
                status = client.get_change(Id=change_id)["ChangeInfo"]["Status"]
            except (BotoCoreError, ClientError) as error:
                _LOG.warning("GetChange for %s: %s", place, type(error).__name__)
                return
            if status == "INSYNC":
                return
            time.sleep(pause)
        _LOG.warning("%s is not on all name servers yet", place)

    def _client(self, place: Place) -> "Route53Client":
        return self._route53 or self._of_role(place.role_arn)

    def _assume(self, role_arn: str) -> "Route53Client":
        session = assumed_role(self._sts, role_arn)
        return boto3.client(
            "route53",
            config=PATIENT,
            aws_access_key_id=session.access_key_id,
            aws_secret_access_key=session.secret_access_key,
            aws_session_token=session.session_token,
        )


class OwnStacks:
    """Stacks of this account and Region.

    Args:
        cloudformation: Default: a client with the function's role, made when it is needed.
    """

    def __init__(self, cloudformation: "CloudFormationClient | None" = None) -> None:
        self._cloudformation = cloudformation

    def is_rolling_back(self, stack_id: str) -> bool:
        """Whether a stack returns to what it was before an update.

        That is its state UPDATE_ROLLBACK_IN_PROGRESS (CloudFormation User Guide, Cancel a stack update).
        """
        client = self._cloudformation or boto3.client("cloudformation", config=PATIENT)
        found = asked("DescribeStacks", lambda: client.describe_stacks(StackName=stack_id))["Stacks"]
        return [stack["StackStatus"] for stack in found] == ["UPDATE_ROLLBACK_IN_PROGRESS"]


def _as_data(place: Place, record_set: RecordSet) -> dict[str, Any]:
    return {
        "Name": place.name,
        "Type": place.type,
        "TTL": record_set.ttl,
        "ResourceRecords": [{"Value": value} for value in record_set.values],
    }


def _any(value: Any) -> Any:  # noqa: ANN401 - for the stubs' literals
    return value

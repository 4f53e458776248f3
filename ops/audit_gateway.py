"""CloudTrail's event history and trails, and the log files of a trail in S3.

Permissions: ``cloudtrail:LookupEvents``; for sends ``cloudtrail:GetTrail``, ``s3:ListBucket`` and
``s3:GetObject`` on the trail's bucket, ``kms:Decrypt`` on its key; for selectors
``cloudtrail:GetTrailStatus``, ``cloudtrail:GetEventSelectors`` and, to add them,
``cloudtrail:PutEventSelectors``.
"""

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from constructs_lib.audit.data_events import Selector
from ops.audit_history import LogFile
from ops.audit_record import SOURCE, records_of
from ops.aws_clients import AwsClients, AwsGateway
from ops.aws_errors import as_ops_errors
from ops.errors import AuditLogUnreadableError
from ops.pace import Pace
from ops.trail_place import Trail, TrailPlace
from ops.trail_selectors import Selectors

LOOKUP_SECONDS: Final = 0.5
"""CloudTrail takes two look-ups a second, for each account and Region (CloudTrail API, LookupEvents)."""

_MAX_BYTES: Final = 256 * 1024 * 1024
"""Of a log file unpacked: CloudTrail ends them far below."""

_MISSING: Final = frozenset({"TrailNotFoundException", "ResourceNotFoundException"})
_READ: Final = "s3:GetObject or kms:Decrypt"


class AwsAudit(AwsGateway):
    """The audit trail of an account.

    Args:
        clients: Access to the account.
        pace: The pause between two look-ups. Default: as CloudTrail wants it.
    """

    def __init__(self, clients: AwsClients, *, pace: Pace | None = None) -> None:
        super().__init__(clients)
        self._pace = pace or Pace(seconds=LOOKUP_SECONDS)

    def events(self, region: str, *, start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
        """See `ops.audit_history.AuditGateway`."""
        client = self._clients.client("cloudtrail", region)
        asked: dict[str, Any] = {
            "LookupAttributes": [{"AttributeKey": "EventSource", "AttributeValue": SOURCE}],
            "StartTime": start,
            "EndTime": end,
        }
        while True:
            with as_ops_errors("cloudtrail:LookupEvents", f"in {region}"), self._pace.turn():
                page = client.lookup_events(**asked)
            for event in page["Events"]:
                yield json.loads(event["CloudTrailEvent"])
            if "NextToken" not in page:
                return
            asked["NextToken"] = page["NextToken"]

    def trail(self, place: TrailPlace) -> Trail | None:
        """See `ops.audit_history.AuditGateway`."""
        client = self._clients.client("cloudtrail", place.region)
        with as_ops_errors("cloudtrail:GetTrail", f"on {place.name} in {place.region}"):
            try:
                found = client.get_trail(Name=place.name)["Trail"]
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") in _MISSING:
                    return None
                raise
        prefix = found.get("S3KeyPrefix", "")
        return Trail(
            arn=found["TrailARN"],
            region=place.region,
            bucket=found["S3BucketName"],
            prefix=f"{prefix}/" if prefix else "",
            every_region=found.get("IsMultiRegionTrail", False),
            validated=found.get("LogFileValidationEnabled", False),
            of_organization=found.get("IsOrganizationTrail", False),
        )

    def is_logging(self, trail: Trail) -> bool:
        """See `ops.trail_report.TrailGateway`."""
        client = self._clients.client("cloudtrail", trail.region)
        with as_ops_errors("cloudtrail:GetTrailStatus", f"on {trail.arn}"):
            return bool(client.get_trail_status(Name=trail.arn)["IsLogging"])

    def selectors(self, trail: Trail) -> Selectors:
        """See `ops.trail_report.TrailGateway`."""
        client = self._clients.client("cloudtrail", trail.region)
        with as_ops_errors("cloudtrail:GetEventSelectors", f"on {trail.arn}"):
            found = client.get_event_selectors(TrailName=trail.arn)
        return Selectors(
            basic=tuple(found.get("EventSelectors") or ()),
            advanced=tuple(found.get("AdvancedEventSelectors") or ()),
        )

    def put_selectors(self, trail: Trail, selectors: Sequence[Selector]) -> None:
        """See `ops.trail_report.TrailGateway`."""
        client = self._clients.client("cloudtrail", trail.region)
        with as_ops_errors("cloudtrail:PutEventSelectors", f"on {trail.arn}"):
            client.put_event_selectors(TrailName=trail.arn, AdvancedEventSelectors=list(selectors))

    def log_files(self, trail: Trail, prefix: str) -> Iterator[LogFile]:
        """See `ops.audit_history.AuditGateway`."""
        with as_ops_errors("s3:ListBucket", f"on {trail.bucket}"):
            pages = self._clients.client("s3", trail.region).get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=trail.bucket, Prefix=prefix):
                for each in page.get("Contents", []):
                    yield LogFile(key=each["Key"], written_at=each["LastModified"])

    def log_records(self, trail: Trail, key: str) -> list[Any]:
        """See `ops.audit_history.AuditGateway`."""
        with as_ops_errors(_READ, f"on {trail.bucket}"):
            body = self._clients.client("s3", trail.region).get_object(Bucket=trail.bucket, Key=key)["Body"]
            try:
                with gzip.GzipFile(fileobj=body) as file:
                    text = file.read(_MAX_BYTES + 1)
                if len(text) > _MAX_BYTES:
                    raise ValueError(f"more than {_MAX_BYTES} bytes")  # noqa: TRY301 - one error for one cause
                return records_of(text)
            except (EOFError, OSError, ValueError, zlib.error) as error:
                raise AuditLogUnreadableError(
                    f"{key} in {trail.bucket} is no log file of CloudTrail ({type(error).__name__}).",
                    fix="look whether somebody changed it: aws cloudtrail validate-logs",
                ) from error

"""CloudTrail and S3: what is asked, and what becomes of each answer. botocore checks both."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import Stubber

from ops.audit_gateway import LOOKUP_SECONDS, AwsAudit
from ops.audit_history import LogFile
from ops.aws_clients import AwsClients
from ops.errors import AuditLogUnreadableError, PermissionDeniedError, ServiceError
from ops.pace import Pace
from ops.trail_place import Trail, TrailPlace
from ops.trail_selectors import Selectors
from tests.cloudtrail import Record, documented
from tests.ops.audit_fakes import TRAIL
from tests.ops.mail_answers import body
from tests.ops.support import REGION
from tests.stubs import stubbed

START, END = datetime(2026, 11, 24, 18, tzinfo=UTC), datetime(2026, 11, 25, 18, tzinfo=UTC)
ASKED = {
    "LookupAttributes": [{"AttributeKey": "EventSource", "AttributeValue": "ses.amazonaws.com"}],
    "StartTime": START,
    "EndTime": END,
}
PLACE = TrailPlace(name="test-mail", region=REGION, ours=True)
ADVANCED = [{"Name": "x", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def audit(clients: AwsClients, pauses: list[float]) -> AwsAudit:
    return AwsAudit(
        clients, pace=Pace(seconds=LOOKUP_SECONDS, clock=lambda: sum(pauses), sleep=pauses.append)
    )


@pytest.fixture
def cloudtrail(clients: AwsClients) -> Iterator[Stubber]:
    with stubbed(clients.client("cloudtrail", REGION)) as stubber:
        yield stubber


def told(*records: Record, **more: str) -> dict[str, Any]:
    return {"Events": [{"CloudTrailEvent": json.dumps(each)} for each in records], **more}


def test_events_of_every_page_two_a_second(audit: AwsAudit, cloudtrail: Stubber, pauses: list[float]) -> None:
    first, second = documented("delete_identity"), documented("verify_email_identity")
    cloudtrail.add_response("lookup_events", told(first, NextToken="more"), ASKED)
    cloudtrail.add_response("lookup_events", told(second), {**ASKED, "NextToken": "more"})
    assert list(audit.events(REGION, start=START, end=END)) == [first, second]
    assert pauses == [LOOKUP_SECONDS]
    assert LOOKUP_SECONDS == 0.5


def test_a_page_that_nobody_wants_is_not_asked_for(audit: AwsAudit, cloudtrail: Stubber) -> None:
    record = documented("delete_identity")
    cloudtrail.add_response("lookup_events", told(record, NextToken="more"), ASKED)
    assert next(audit.events(REGION, start=START, end=END)) == record


@pytest.mark.parametrize(
    "code, error, words",
    [
        ("AccessDeniedException", PermissionDeniedError, "may not call cloudtrail:LookupEvents in eu-west-1"),
        ("ThrottlingException", ServiceError, "ThrottlingException to cloudtrail:LookupEvents"),
    ],
)
def test_look_ups_that_fail(
    audit: AwsAudit, cloudtrail: Stubber, code: str, error: type[Exception], words: str
) -> None:
    cloudtrail.add_client_error("lookup_events", code, "secret text of AWS")
    with pytest.raises(error, match=words) as caught:
        list(audit.events(REGION, start=START, end=END))
    assert "secret text" not in str(caught.value)


def test_a_trail(audit: AwsAudit, cloudtrail: Stubber) -> None:
    cloudtrail.add_response(
        "get_trail",
        {
            "Trail": {
                "TrailARN": TRAIL.arn,
                "S3BucketName": "audit",
                "IsMultiRegionTrail": True,
                "LogFileValidationEnabled": True,
            }
        },
        {"Name": "test-mail"},
    )
    assert audit.trail(PLACE) == TRAIL
    other = {"TrailARN": TRAIL.arn, "S3BucketName": "b", "S3KeyPrefix": "p", "IsOrganizationTrail": True}
    cloudtrail.add_response("get_trail", {"Trail": other})
    assert audit.trail(PLACE) == Trail(
        arn=TRAIL.arn,
        region=REGION,
        bucket="b",
        prefix="p/",
        every_region=False,
        validated=False,
        of_organization=True,
    )


def test_no_trail_and_none_that_may_be_seen(audit: AwsAudit, cloudtrail: Stubber) -> None:
    cloudtrail.add_client_error("get_trail", "TrailNotFoundException")
    assert audit.trail(PLACE) is None
    cloudtrail.add_client_error("get_trail", "AccessDeniedException")
    with pytest.raises(PermissionDeniedError, match="cloudtrail:GetTrail on test-mail"):
        audit.trail(PLACE)


def test_status_and_selectors(audit: AwsAudit, cloudtrail: Stubber) -> None:
    cloudtrail.add_response("get_trail_status", {"IsLogging": False}, {"Name": TRAIL.arn})
    assert audit.is_logging(TRAIL) is False
    cloudtrail.add_response(
        "get_event_selectors", {"AdvancedEventSelectors": ADVANCED}, {"TrailName": TRAIL.arn}
    )
    assert audit.selectors(TRAIL) == Selectors(advanced=tuple(ADVANCED))
    basic = {"ReadWriteType": "All", "IncludeManagementEvents": True}
    cloudtrail.add_response("get_event_selectors", {"EventSelectors": [basic]})
    assert audit.selectors(TRAIL) == Selectors(basic=(basic,))
    cloudtrail.add_response(
        "put_event_selectors", {}, {"TrailName": TRAIL.arn, "AdvancedEventSelectors": ADVANCED}
    )
    audit.put_selectors(TRAIL, ADVANCED)


def test_log_files(audit: AwsAudit, s3: Stubber) -> None:
    s3.add_response(
        "list_objects_v2",
        {
            "Contents": [{"Key": "a", "LastModified": START}],
            "IsTruncated": True,
            "NextContinuationToken": "t",
        },
        {"Bucket": "audit", "Prefix": "p/"},
    )
    s3.add_response("list_objects_v2", {"Contents": [{"Key": "b", "LastModified": END}]})
    assert list(audit.log_files(TRAIL, "p/")) == [
        LogFile(key="a", written_at=START),
        LogFile(key="b", written_at=END),
    ]


def test_the_records_of_a_log_file(audit: AwsAudit, s3: Stubber) -> None:
    records = [documented("send_email")]
    packed = gzip.compress(json.dumps({"Records": records}).encode())
    s3.add_response("get_object", {"Body": body(packed)}, {"Bucket": "audit", "Key": "a"})
    assert audit.log_records(TRAIL, "a") == records


EMPTY = gzip.compress(b'{"Records": []}')
NO_LOG_FILES = {
    "empty": b"",
    "no gzip": b"no gzip",
    "no json": gzip.compress(b"no json"),
    "a list": gzip.compress(b"[]"),
    "no records": gzip.compress(b'{"Records": 1}'),
    "cut off": EMPTY[:-9],
    "damaged": EMPTY[:12] + b"\xff" * 20,
}


@pytest.mark.parametrize("data", NO_LOG_FILES.values(), ids=NO_LOG_FILES)
def test_a_file_that_is_no_log_file(audit: AwsAudit, s3: Stubber, data: bytes) -> None:
    s3.add_response("get_object", {"Body": body(data)})
    with pytest.raises(AuditLogUnreadableError, match="a in audit is no log file"):
        audit.log_records(TRAIL, "a")


def test_a_file_that_grows_when_it_is_unpacked(
    audit: AwsAudit, s3: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.audit_gateway._MAX_BYTES", 1000)
    s3.add_response("get_object", {"Body": body(gzip.compress(b" " * 1001 + b'{"Records": []}'))})
    with pytest.raises(AuditLogUnreadableError, match="a in audit"):
        audit.log_records(TRAIL, "a")


def test_what_s3_does_not_let_see(audit: AwsAudit, s3: Stubber) -> None:
    s3.add_client_error("list_objects_v2", "AccessDenied")
    with pytest.raises(PermissionDeniedError, match="s3:ListBucket on audit"):
        list(audit.log_files(TRAIL, "p/"))
    s3.add_client_error("get_object", "AccessDenied")
    with pytest.raises(PermissionDeniedError, match="s3:GetObject or kms:Decrypt on audit"):
        audit.log_records(TRAIL, "a")

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.audit_record import UNKNOWN, call_of, calls_in, records_of
from tests.cloudtrail import ROOT_USER, by_other_account, by_role, documented, record_of


def test_the_documented_records() -> None:
    call = call_of(documented("delete_identity"))
    assert call.at == datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
    assert (call.who, call.name) == ("arn:aws:sts::111111111111:assumed-role/Support/sam", "DeleteIdentity")
    assert (call.subject, call.region, call.address) == ("billing@example.com", "eu-west-1", "192.0.2.17")
    assert (call.error, call.reads) == (None, False)
    for name in ("send_email", "send_email_v2"):
        sent = call_of(documented(name))
        assert (sent.name, sent.subject) == ("SendEmail", "billing@example.com")
        # Its record says that it only reads.
        assert sent.reads is False


@pytest.mark.parametrize(
    "who, shown",
    [
        (by_role("Billing"), "arn:aws:sts::111111111111:assumed-role/Billing/session"),
        (ROOT_USER, "arn:aws:iam::111111111111:root"),
        (by_other_account("333333333333"), "account 333333333333"),
        ({"type": "AWSService", "invokedBy": "cognito-idp.amazonaws.com"}, "cognito-idp.amazonaws.com"),
        ({"type": "Unknown"}, "Unknown"),
        ({}, UNKNOWN),
    ],
)
def test_who(who: dict[str, str], shown: str) -> None:
    assert call_of(record_of("DeleteIdentity", who=who)).who == shown


@pytest.mark.parametrize(
    "parameters, shown",
    [
        ({"ruleSetName": "other"}, "other"),
        ({"emailIdentity": "example.com", "policyName": "partner"}, "example.com, partner"),
        ({"sendingEnabled": True}, "true"),
        ({"suppressedReasons": ["BOUNCE", "COMPLAINT"]}, "BOUNCE COMPLAINT"),
        ({"identity": "a", "emailAddress": "a"}, "a"),
        ({"something": "else"}, ""),
        ({}, ""),
    ],
)
def test_what_a_call_is_about(parameters: dict[str, object], shown: str) -> None:
    assert call_of(record_of("X", parameters)).subject == shown


def test_a_refused_call_and_one_that_reads() -> None:
    call = call_of(record_of("GetAccount") | {"readOnly": True, "errorCode": "AccessDenied"})
    assert (call.reads, call.error) == (True, "AccessDenied")


def test_parameters_that_cloudtrail_left_out() -> None:
    assert call_of(record_of("DeleteIdentity") | {"requestParameters": None}).subject == ""


def test_only_calls_of_ses() -> None:
    other = record_of("PutObject") | {"eventSource": "s3.amazonaws.com"}
    assert [call.name for call in calls_in([other, record_of("DeleteIdentity")])] == ["DeleteIdentity"]


@pytest.mark.parametrize("bad", [[1], ["x"], [{"eventSource": "ses.amazonaws.com"}]])
def test_what_is_no_record(bad: list[object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        list(calls_in(bad))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"Records": {}}', "{}", "\ud800"])
def test_what_is_no_log_file(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        records_of(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_parameters_and_any_caller_are_shown_somehow(value: object) -> None:
    record = documented("delete_identity") | {
        "requestParameters": value,
        "userIdentity": value,
        "errorCode": value,
        "awsRegion": value,
        "sourceIPAddress": value,
    }
    call = call_of(json.loads(json.dumps(record)))
    assert all(isinstance(text, str) for text in (call.who, call.subject, call.region, call.address))

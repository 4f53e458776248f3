"""Each abuse call matches its rule, each ordinary call none; patterns are evaluated by ministack."""

import json

import pytest

from constructs_lib.audit.abuse_patterns import MAX_PATTERN, WATCHED, Abuse, Known
from constructs_lib.audit.known_principals import caller_patterns
from tests.cloudtrail import (
    ACCOUNT,
    ROOT_USER,
    Record,
    by_other_account,
    by_role,
    by_user,
    documented,
    matches,
    record_of,
)
from tests.support import refuses

DEPLOY = f"cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-eu-west-1"
PARTNER = "333333333333"


def callers(*names: str) -> tuple[str, ...]:
    return tuple(caller_patterns(names, partition="aws", account=ACCOUNT))


KNOWN = Known(
    deployers=callers(f"role/{DEPLOY}", "role/prod-Receiving-eu-we*"),
    senders=callers("role/app/Billing", "user/scanner", "role/prod-Receiving-eu-we*"),
    sender_accounts=(PARTNER,),
    from_domains=("example.com", "news.example.com", "example.org"),
    from_addresses=("legal@example.net",),
    trail=("prod-mail", f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/prod-mail"),
)
PATTERNS = {kind: KNOWN.pattern(kind) for kind in KNOWN.kinds}


def told(record: Record) -> list[Abuse]:
    return [kind for kind, pattern in PATTERNS.items() if matches(pattern, record)]


def test_the_documented_records_of_a_person() -> None:
    assert told(documented("delete_identity")) == [Abuse.IDENTITY]
    assert told(documented("verify_email_identity")) == [Abuse.IDENTITY]
    assert told(documented("send_email")) == [Abuse.SEND]
    assert told(documented("send_email_v2")) == [Abuse.SEND]


@pytest.mark.parametrize(
    "kind, call",
    [
        (kind, call)
        for kind, watch in WATCHED.items()
        if kind not in {Abuse.SEND, Abuse.TRAIL}
        for call in watch.calls
    ],
)
@pytest.mark.parametrize(
    "who", [by_role("Support"), by_user("sam"), ROOT_USER, by_other_account(PARTNER), {"type": "AWSService"}]
)
def test_each_abuse_call_of_anybody_matches_its_rule_alone(kind: Abuse, call: str, who: Record) -> None:
    assert told(record_of(call, who=who)) == [kind]


@pytest.mark.parametrize("call", [call for watch in WATCHED.values() for call in watch.calls])
@pytest.mark.parametrize("role", [DEPLOY, "prod-Receiving-eu-west-1-ActivationRole-ABC"])
def test_the_deployment_is_not_told_about(call: str, role: str) -> None:
    sent = {"source": "forwarder@example.com", "name": "prod-mail"}
    record = record_of(call, sent, who=by_role(role))
    if call in WATCHED[Abuse.TRAIL].calls:
        record["eventSource"] = "cloudtrail.amazonaws.com"
    expected = [Abuse.SEND] if role == DEPLOY and call in WATCHED[Abuse.SEND].calls else []
    assert told(record) == expected


@pytest.mark.parametrize(
    "role",
    [
        f"cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-us-east-1",
        f"x{DEPLOY}",
        f"{DEPLOY}-x",
        "prod-Receiving-us-east-1-x",
    ],
)
def test_a_role_that_is_called_nearly_like_it_is_told_about(role: str) -> None:
    assert told(record_of("DeleteIdentity", who=by_role(role))) == [Abuse.IDENTITY]


def test_a_role_of_that_name_in_another_account_is_told_about() -> None:
    record = record_of("DeleteIdentity", who=by_role(DEPLOY, account=PARTNER))
    assert told(record) == [Abuse.IDENTITY]


@pytest.mark.parametrize(
    "call",
    [
        "GetSendQuota",
        "ListEmailIdentities",
        "GetAccount",
        "GetEmailIdentity",
        "CreateConfigurationSet",
        "PutSuppressedDestination",
        "DeleteEmailIdentityPolicy",
        "DescribeActiveReceiptRuleSet",
        "CreateEmailTemplate",
        "PutEmailIdentityMailFromAttributes",
        "TagResource",
    ],
)
def test_ordinary_calls_match_nothing(call: str) -> None:
    assert told(record_of(call, {"emailIdentity": "example.com"})) == []


def test_the_same_call_of_another_service_matches_nothing() -> None:
    record = record_of("DeleteIdentity") | {"eventSource": "cognito-identity.amazonaws.com"}
    assert told(record) == []


@pytest.mark.parametrize(
    "who, unknown",
    [
        (by_role("Billing"), False),
        (by_role("Billing2"), True),
        (by_role("Billing", account=PARTNER), False),
        (by_role("Billing", account="444444444444"), True),
        (by_user("scanner"), False),
        (by_user("scanner2"), True),
        (by_other_account(PARTNER), False),
        (by_other_account("444444444444"), True),
        (ROOT_USER, True),
    ],
)
@pytest.mark.parametrize("call", WATCHED[Abuse.SEND].calls)
def test_who_sends(call: str, who: Record, unknown: bool) -> None:  # noqa: FBT001 - a column of the table
    record = documented("send_email") | {"eventName": call, "userIdentity": who}
    assert told(record) == ([Abuse.SEND] if unknown else [])


@pytest.mark.parametrize(
    "address, unknown",
    [
        ("billing@example.com", False),
        ("Billing <billing@example.com>", False),
        ('"Doe, Jo" <jo@eu.example.com>', False),
        ("letters@news.example.com", False),
        ("legal@example.net", False),
        ("Legal <legal@example.net>", False),
        ("other@example.net", True),
        ("illegal@example.net", False),  # its end is that of an address that is known
        ("billing@evilexample.com", True),
        ("billing@example.com.evil.test", True),
        ('"billing@example.com" <x@evil.test>', True),
    ],
)
@pytest.mark.parametrize("key", WATCHED[Abuse.SEND].subjects)
def test_where_mail_comes_from(key: str, address: str, unknown: bool) -> None:  # noqa: FBT001 - as above
    record = documented("send_email") | {
        "userIdentity": by_role("Billing"),
        "requestParameters": {key: address},
    }
    assert told(record) == ([Abuse.SEND] if unknown else [])


def test_a_raw_message_without_a_from_address_is_judged_by_who_sends_it() -> None:
    record = documented("send_email") | {"eventName": "SendRawEmail", "requestParameters": {"rawMessage": {}}}
    assert told(record) == [Abuse.SEND]
    assert told(record | {"userIdentity": by_role("Billing")}) == []


@pytest.mark.parametrize("call", WATCHED[Abuse.TRAIL].calls)
@pytest.mark.parametrize("key", WATCHED[Abuse.TRAIL].subjects)
def test_the_end_of_the_trail(call: str, key: str) -> None:
    for name in KNOWN.trail:
        record = record_of(call, {key: name}) | {"eventSource": "cloudtrail.amazonaws.com"}
        assert told(record) == [Abuse.TRAIL]
    other = record_of(call, {key: "other"}) | {"eventSource": "cloudtrail.amazonaws.com"}
    assert told(other) == []


def test_what_is_not_known_is_not_told() -> None:
    deployers = callers(f"role/{DEPLOY}")
    without = {Abuse.SEND, Abuse.TRAIL}
    assert set(Known(deployers=deployers).kinds) == set(Abuse) - without
    assert Abuse.SEND in Known(deployers=deployers, from_domains=("example.com",)).kinds
    # Only who sends: any From address is fine then.
    only_who = Known(deployers=deployers, senders=callers("role/Billing")).pattern(Abuse.SEND)
    sent = documented("send_email") | {"requestParameters": {"source": "x@evil.test"}}
    assert not matches(only_who, sent | {"userIdentity": by_role("Billing")})
    assert matches(only_who, sent)
    # Only from where: anybody may send then.
    only_from = Known(deployers=deployers, from_addresses=("billing@example.com",)).pattern(Abuse.SEND)
    assert not matches(only_from, documented("send_email"))
    assert matches(only_from, sent)


def test_a_domain_within_another_is_written_once() -> None:
    text = json.dumps(PATTERNS[Abuse.SEND])
    assert "news.example.com" not in text


def test_a_pattern_has_a_limit() -> None:
    pattern = Known(deployers=()).pattern(Abuse.ACCOUNT)
    room = MAX_PATTERN - len(json.dumps(pattern, separators=(",", ":")))
    assert Known(deployers=("a" * (room - 2),)).pattern(Abuse.ACCOUNT)
    with refuses("event-pattern-too-long", f"at most {MAX_PATTERN} characters"):
        Known(deployers=("a" * (room - 1),)).pattern(Abuse.ACCOUNT)

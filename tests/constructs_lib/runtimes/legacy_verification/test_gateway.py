from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from constructs_lib.runtimes.custom_resource import RefusedError
from constructs_lib.runtimes.legacy_verification import gateway
from constructs_lib.runtimes.legacy_verification.gateway import SesAndRoute53
from constructs_lib.runtimes.legacy_verification.shared_record import TxtRecordSet
from tests.stubs import session, stubbed

DOMAIN, NAME, ZONE = "example.com", "_amazonses.example.com", "Z0123456789"
TOKENS = "get_identity_verification_attributes"
LIST = "list_resource_record_sets"
CHANGE = "change_resource_record_sets"
ASKED = {"HostedZoneId": ZONE, "StartRecordName": NAME, "StartRecordType": "TXT", "MaxItems": "1"}
BEFORE = TxtRecordSet(values=('"theirs="',), ttl=300)
AFTER = TxtRecordSet(values=('"theirs="', '"one="'), ttl=300)
CHANGED = {"ChangeInfo": {"Id": "/change/C1", "Status": "PENDING", "SubmittedAt": "2026-01-31T12:00:00Z"}}


@dataclass(kw_only=True)
class Stubbed:
    ses_client: Any
    route53_client: Any
    ses: Stubber
    route53: Stubber
    pauses: list[float] = field(default_factory=list)

    @property
    def gateway(self) -> SesAndRoute53:
        return SesAndRoute53(self.ses_client, self.route53_client)

    def stub(self, call: str) -> Stubber:
        return self.ses if call == TOKENS else self.route53


CALLS: dict[str, Callable[[SesAndRoute53], object]] = {
    TOKENS: lambda aws: aws.token(DOMAIN),
    LIST: lambda aws: aws.find(ZONE, NAME),
    CHANGE: lambda aws: aws.change(ZONE, NAME, before=BEFORE, after=AFTER),
}
ANSWERS: dict[str, dict[str, Any]] = {
    TOKENS: {
        "VerificationAttributes": {DOMAIN: {"VerificationStatus": "Success", "VerificationToken": "one="}}
    },
    LIST: {"ResourceRecordSets": [], "IsTruncated": False, "MaxItems": "1"},
    CHANGE: CHANGED,
}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubbed]:
    clients = session().client("ses"), session().client("route53")
    with stubbed(clients[0]) as ses, stubbed(clients[1]) as route53:
        made = Stubbed(ses_client=clients[0], route53_client=clients[1], ses=ses, route53=route53)
        monkeypatch.setattr("time.sleep", made.pauses.append)
        yield made


def record_set(name: str = f"{NAME}.", kind: str = "TXT", **others: object) -> dict[str, Any]:
    values = {"TTL": 300, "ResourceRecords": [{"Value": '"theirs="'}]}
    return {"Name": name, "Type": kind, **(others or values)}


def test_the_token_is_read_and_an_identity_made_just_now_is_waited_for(aws: Stubbed) -> None:
    for attributes in ({}, {DOMAIN: {"VerificationStatus": "Pending"}}):
        aws.ses.add_response(TOKENS, {"VerificationAttributes": attributes}, {"Identities": [DOMAIN]})
    aws.ses.add_response(TOKENS, ANSWERS[TOKENS], {"Identities": [DOMAIN]})
    assert aws.gateway.token(DOMAIN) == "one="
    assert aws.pauses == [5.0, 5.0]


def test_a_domain_without_a_token_is_the_reason_of_the_failure(aws: Stubbed) -> None:
    for _ in range(4):
        aws.ses.add_response(TOKENS, {"VerificationAttributes": {}})
    with pytest.raises(RefusedError, match=r"\[legacy-token-unknown\].*for example\.com in eu-west-1.*Fix: "):
        aws.gateway.token(DOMAIN)
    assert len(aws.pauses) == 3


@pytest.mark.parametrize(
    "listed,expected",
    [
        ([], None),
        ([record_set()], BEFORE),
        ([record_set(name=f"{NAME.upper()}.")], BEFORE),
        ([record_set(name="_domainkey.example.com.")], None),
        ([record_set(name=f"{NAME}.example.com.")], None),
        ([record_set(kind="A", TTL=1, ResourceRecords=[{"Value": "192.0.2.1"}])], None),
    ],
)
def test_only_the_record_set_of_this_name_and_type_is_found(
    aws: Stubbed, listed: list[dict[str, Any]], expected: TxtRecordSet | None
) -> None:
    aws.route53.add_response(LIST, ANSWERS[LIST] | {"ResourceRecordSets": listed}, ASKED)
    assert aws.gateway.find(ZONE, NAME) == expected


@pytest.mark.parametrize(
    "special",
    [
        {"AliasTarget": {"HostedZoneId": ZONE, "DNSName": "x.example.com.", "EvaluateTargetHealth": False}},
        {"TTL": 300, "ResourceRecords": [{"Value": '"x"'}], "SetIdentifier": "blue", "Weight": 1},
    ],
)
def test_a_record_set_that_takes_no_further_value_is_left_alone(aws: Stubbed, special: Any) -> None:  # noqa: ANN401
    aws.route53.add_response(LIST, ANSWERS[LIST] | {"ResourceRecordSets": [record_set(**special)]})
    with pytest.raises(RefusedError, match=r"\[legacy-record-special\] _amazonses\.example\.com"):
        aws.gateway.find(ZONE, NAME)


@pytest.mark.parametrize(
    "before,after,actions",
    [(None, AFTER, ["CREATE"]), (BEFORE, AFTER, ["DELETE", "CREATE"]), (BEFORE, None, ["DELETE"])],
)
def test_a_change_deletes_what_was_read_and_creates_what_is_wanted_in_one_batch(
    aws: Stubbed, before: TxtRecordSet | None, after: TxtRecordSet | None, actions: list[str]
) -> None:
    sets = [found for found in (before, after) if found]
    changes = [
        {
            "Action": action,
            "ResourceRecordSet": {
                "Name": NAME,
                "Type": "TXT",
                "TTL": 300,
                "ResourceRecords": [{"Value": value} for value in found.values],
            },
        }
        for action, found in zip(actions, sets, strict=True)
    ]
    aws.route53.add_response(CHANGE, CHANGED, {"HostedZoneId": ZONE, "ChangeBatch": {"Changes": changes}})
    assert aws.gateway.change(ZONE, NAME, before=before, after=after) is None


def test_a_change_that_does_not_fit_any_more_is_told_and_not_repeated(aws: Stubbed) -> None:
    aws.route53.add_client_error(CHANGE, "InvalidChangeBatch", "[Tried to delete but it was not found]")
    refusal = aws.gateway.change(ZONE, NAME, before=BEFORE, after=AFTER)
    assert refusal == "[Tried to delete but it was not found]"
    assert aws.pauses == []


@pytest.mark.parametrize("code", ["AccessDenied", "Throttling", "PriorRequestNotComplete"])
@pytest.mark.parametrize("call", CALLS)
def test_what_passes_is_waited_for(aws: Stubbed, call: str, code: str) -> None:
    for _ in range(2):
        aws.stub(call).add_client_error(call, code)
    aws.stub(call).add_response(call, ANSWERS[call])
    CALLS[call](aws.gateway)
    assert aws.pauses == [5.0, 5.0]


@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_stays_denied_ends_with_the_reason(aws: Stubbed, call: str) -> None:
    for _ in range(12):
        aws.stub(call).add_client_error(call, "AccessDenied", "not authorized to perform")
    with pytest.raises(RefusedError, match=r"example\.com: AccessDenied: not authorized to perform"):
        CALLS[call](aws.gateway)
    assert sum(aws.pauses) == 55


def test_another_accounts_zone_is_refused_at_once(aws: Stubbed) -> None:
    aws.route53.add_client_error(LIST, "NoSuchHostedZone", "No hosted zone found")
    with pytest.raises(RefusedError, match="NoSuchHostedZone: No hosted zone found"):
        aws.gateway.find(ZONE, NAME)
    assert aws.pauses == []


@pytest.mark.parametrize("call", CALLS)
def test_a_network_error_is_named_by_its_kind(
    aws: Stubbed, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://email.example")

    monkeypatch.setattr(aws.ses_client if call == TOKENS else aws.route53_client, call, fail)
    with pytest.raises(RefusedError, match=r"example\.com: EndpointConnectionError$"):
        CALLS[call](aws.gateway)


def test_pauses_grow_differ_and_stay_short(aws: Stubbed) -> None:
    for tries in range(1, 13):
        aws.gateway.pause(tries)
    assert all(0.1 <= pause <= min(tries, 5) for tries, pause in enumerate(aws.pauses, start=1))
    assert len(set(aws.pauses)) == 12


def test_calls_are_tried_again_by_the_client_too() -> None:
    # Any: the stubs leave this attribute out.
    config: Any = boto3.client("ses", region_name="eu-west-1", config=gateway._CONFIG).meta.config
    assert config.retries == {"mode": "standard", "total_max_attempts": 5}

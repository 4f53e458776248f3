from typing import Any

import pytest

from constructs_lib.runtimes import aws_calls
from constructs_lib.runtimes.cross_account_record.gateway import IN_SYNC_PAUSES, OwnStacks, Route53Zones
from constructs_lib.runtimes.cross_account_record.logic import Place, RecordSet
from constructs_lib.runtimes.custom_resource import RefusedError
from tests.stubs import session, stubbed

ROLE = "arn:aws:iam::999999999999:role/mail-records"
PLACE = Place(role_arn=ROLE, zone_id="Z1", name="_dmarc.example.com", type="TXT")
ASKED = {
    "HostedZoneId": "Z1",
    "StartRecordName": "_dmarc.example.com",
    "StartRecordType": "TXT",
    "MaxItems": "1",
}
OURS = RecordSet(values=('"v=DMARC1; p=none"',), ttl=1800)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "records")
    return pauses


def listed(*sets: dict[str, Any]) -> dict[str, Any]:
    return {"ResourceRecordSets": list(sets), "IsTruncated": False, "MaxItems": "1"}


def data(**others: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of Route 53
    return {
        "Name": "_dmarc.example.com.",
        "Type": "TXT",
        "TTL": 1800,
        "ResourceRecords": [{"Value": '"v=DMARC1; p=none"'}],
        **others,
    }


def changed(status: str) -> dict[str, Any]:
    return {"ChangeInfo": {"Id": "/change/C1", "Status": status, "SubmittedAt": "2026-01-01T00:00:00Z"}}


@pytest.mark.parametrize(
    "answer, found",
    [
        ([], None),
        ([data()], OURS),
        ([data(Name="_dmarc.example.com")], OURS),
        ([data(Name="a.example.com.")], None),
        ([data(Type="CNAME")], None),
        ([data(SetIdentifier="a", Weight=1)], RecordSet(values=OURS.values, ttl=1800, special=True)),
        (
            [
                {
                    "Name": "_dmarc.example.com.",
                    "Type": "TXT",
                    "AliasTarget": {"HostedZoneId": "Z2", "DNSName": "x.", "EvaluateTargetHealth": False},
                }
            ],
            RecordSet(values=(), ttl=0, special=True),
        ),
    ],
)
def test_what_a_place_holds(
    answer: list[dict[str, Any]], found: RecordSet | None, slept: list[float]
) -> None:
    client = session().client("route53")
    with stubbed(client) as stubber:
        stubber.add_response("list_resource_record_sets", listed(*answer), ASKED)
        assert Route53Zones(route53=client).find(PLACE) == found
    assert not slept


def test_a_replacement_is_one_batch_and_waits_until_all_name_servers_have_it(slept: list[float]) -> None:
    client = session().client("route53")
    former = RecordSet(values=('"v=DMARC1; p=reject"',), ttl=60)
    batch = {
        "Changes": [
            {
                "Action": action,
                "ResourceRecordSet": {
                    "Name": "_dmarc.example.com",
                    "Type": "TXT",
                    "TTL": record_set.ttl,
                    "ResourceRecords": [{"Value": record_set.values[0]}],
                },
            }
            for action, record_set in (("DELETE", former), ("CREATE", OURS))
        ]
    }
    with stubbed(client) as stubber:
        expected = {"HostedZoneId": "Z1", "ChangeBatch": batch}
        stubber.add_response("change_resource_record_sets", changed("PENDING"), expected)
        for status in ("PENDING", "PENDING", "INSYNC"):
            stubber.add_response("get_change", changed(status), {"Id": "/change/C1"})
        assert Route53Zones(route53=client).change(PLACE, before=former, after=OURS) is None
    assert slept == list(IN_SYNC_PAUSES[:2])


def test_a_change_that_takes_longer_than_it_should_is_done_too(slept: list[float]) -> None:
    client = session().client("route53")
    with stubbed(client) as stubber:
        stubber.add_response("change_resource_record_sets", changed("PENDING"))
        for _ in IN_SYNC_PAUSES:
            stubber.add_response("get_change", changed("PENDING"))
        assert Route53Zones(route53=client).change(PLACE, before=None, after=OURS) is None
    assert sum(slept) == 90


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchChange"])
def test_a_change_of_which_nobody_tells_is_done_too(code: str, slept: list[float]) -> None:
    client = session().client("route53")
    with stubbed(client) as stubber:
        stubber.add_response("change_resource_record_sets", changed("PENDING"))
        stubber.add_client_error("get_change", code)
        assert Route53Zones(route53=client).change(PLACE, before=None, after=OURS) is None
    assert not slept


def test_an_impossible_change_is_told_in_the_words_of_route_53(slept: list[float]) -> None:
    client = session().client("route53")
    with stubbed(client) as stubber:
        stubber.add_client_error("change_resource_record_sets", "InvalidChangeBatch", "it already exists")
        told = Route53Zones(route53=client).change(PLACE, before=None, after=OURS)
    assert (told, slept) == ("it already exists", [])


@pytest.mark.parametrize("code", ["PriorRequestNotComplete", "Throttling"])
def test_a_busy_zone_is_asked_again(code: str, slept: list[float]) -> None:
    client = session().client("route53")
    with stubbed(client) as stubber:
        stubber.add_client_error("list_resource_record_sets", code)
        stubber.add_response("list_resource_record_sets", listed())
        assert Route53Zones(route53=client).find(PLACE) is None
    assert slept == [aws_calls.PAUSE_SECONDS]


def test_a_role_that_does_not_permit_it_says_who_must_act(slept: list[float]) -> None:
    client = session().client("route53")
    with stubbed(client) as stubber:
        for _ in range(aws_calls.TRIES):
            stubber.add_client_error("change_resource_record_sets", "AccessDenied", "not authorized")
        with pytest.raises(
            RefusedError, match=r"_dmarc.*AccessDenied.*not authorized\. Fix: the role .*`ZoneRecordsRole`"
        ):
            Route53Zones(route53=client).change(PLACE, before=None, after=OURS)
    assert len(slept) == aws_calls.TRIES - 1


def test_each_role_is_assumed_once_for_a_quarter_of_an_hour(
    slept: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    sts, route53 = session().client("sts"), session().client("route53")
    made: list[dict[str, Any]] = []

    def client(name: str, **options: Any) -> Any:  # noqa: ANN401 - as boto3
        made.append({"name": name, **options})
        return sts if name == "sts" else route53

    monkeypatch.setattr("boto3.client", client)
    credentials = {
        "AccessKeyId": "ASIAEXAMPLE0123456",
        "SecretAccessKey": "secret",
        "SessionToken": "token",
        "Expiration": "2026-01-01T00:00:00Z",
    }
    with stubbed(sts) as roles, stubbed(route53) as zone:
        expected = {"RoleArn": ROLE, "RoleSessionName": "records", "DurationSeconds": 900}
        roles.add_response("assume_role", {"Credentials": credentials}, expected)
        for _ in range(2):
            zone.add_response("list_resource_record_sets", listed())
        zones = Route53Zones()
        assert zones.find(PLACE) is None
        assert zones.find(PLACE) is None
    assert [each["name"] for each in made] == ["sts", "route53"]
    assert made[0]["region_name"] == "us-east-1"
    assert (made[1]["aws_access_key_id"], made[1]["aws_secret_access_key"], made[1]["aws_session_token"]) == (
        "ASIAEXAMPLE0123456",
        "secret",
        "token",
    )
    assert not slept


def test_a_role_that_is_not_there_says_who_must_act(slept: list[float]) -> None:
    sts = session().client("sts")
    with stubbed(sts) as stubber:
        for _ in range(aws_calls.TRIES):
            stubber.add_client_error("assume_role", "AccessDenied", "not authorized")
        with pytest.raises(
            RefusedError,
            match=f"^AssumeRole of {ROLE}: AccessDenied: not authorized. Fix: the owner of that account "
            "makes the role first \\(`ZoneRecordsRole`",
        ):
            Route53Zones(sts=sts).find(PLACE)
    assert len(slept) == aws_calls.TRIES - 1


@pytest.mark.parametrize(
    "status, rolling_back",
    [("UPDATE_ROLLBACK_IN_PROGRESS", True), ("UPDATE_IN_PROGRESS", False), ("ROLLBACK_IN_PROGRESS", False)],
)
def test_whether_a_stack_is_rolled_back_is_its_state(status: str, *, rolling_back: bool) -> None:
    client = session().client("cloudformation")
    stack = {"StackName": "S", "StackStatus": status, "CreationTime": "2026-01-01T00:00:00Z"}
    with stubbed(client) as stubber:
        stubber.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": "arn:stack"})
        assert OwnStacks(cloudformation=client).is_rolling_back("arn:stack") is rolling_back

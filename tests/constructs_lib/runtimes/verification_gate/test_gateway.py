from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from constructs_lib.runtimes.custom_resource import RefusedError, Request, RequestType
from constructs_lib.runtimes.verification_gate import gateway
from constructs_lib.runtimes.verification_gate.gateway import HostedZones, SesIdentities
from constructs_lib.runtimes.verification_gate.logic import wait_until_verified
from constructs_lib.runtimes.verification_gate.model import Identity, NotAnsweredError, RecordSet
from tests.constructs_lib.runtimes.verification_gate.fake_aws import MAIL_FROM, STACK, START, _properties
from tests.stubs import session, stubbed


def client(service: Any) -> Any:  # noqa: ANN401 - boto3's overloads cannot be passed on
    return session().client(service)


SES, ROUTE53 = client("sesv2"), client("route53")
DOMAIN = {"EmailIdentity": "example.com"}


@pytest.fixture
def ses() -> Iterator[Stubber]:
    with stubbed(SES) as stubber:
        yield stubber


@pytest.fixture
def route53() -> Iterator[Stubber]:
    with stubbed(ROUTE53) as stubber:
        yield stubber


def answer(state: str = "SUCCESS", *, dkim: str = "SUCCESS", mail_from: str | None = None) -> dict[str, Any]:
    answered: dict[str, Any] = {
        "VerificationStatus": state,
        "DkimAttributes": {"Status": dkim, "Tokens": ["a"], "SigningHostedZone": "dkim.eu.example"},
    }
    if mail_from:
        attributes = {"MailFromDomain": "bounce.example.com", "MailFromDomainStatus": mail_from}
        answered["MailFromAttributes"] = attributes | {"BehaviorOnMxFailure": "USE_DEFAULT_VALUE"}
    return answered


def enum_of(*path: str) -> list[str]:
    shape: Any = SES.meta.service_model.operation_model("GetEmailIdentity").output_shape
    for name in path:
        shape = shape.members[name]
    return list(shape.enum)


def test_an_answer_of_ses_is_read(ses: Stubber) -> None:
    told = answer("PENDING", dkim="TEMPORARY_FAILURE", mail_from="FAILED")
    ses.add_response(
        "get_email_identity", told | {"VerificationInfo": {"ErrorType": "INVALID_VALUE"}}, DOMAIN
    )
    assert SesIdentities(SES).find("example.com") == Identity(
        domain_state="PENDING",
        dkim_state="TEMPORARY_FAILURE",
        mail_from_domain="bounce.example.com",
        mail_from_state="FAILED",
        dkim_records=[("a._domainkey.example.com", "a.dkim.eu.example")],
        own_dkim_names=[],
        error_type="INVALID_VALUE",
    )


@pytest.mark.parametrize(
    "dkim, records, own",
    [
        ({"Tokens": ["a"]}, [("a._domainkey.example.com", "a.dkim.amazonses.com")], []),
        ({"Tokens": ["s1"], "SigningAttributesOrigin": "EXTERNAL"}, [], ["s1._domainkey.example.com"]),
        ({"SigningAttributesOrigin": "EXTERNAL"}, [], []),
        ({}, [], []),
    ],
)
def test_the_records_follow_the_kind_of_dkim(
    ses: Stubber, dkim: dict[str, Any], records: list[object], own: list[str]
) -> None:
    ses.add_response("get_email_identity", {"DkimAttributes": dkim}, DOMAIN)
    identity = SesIdentities(SES).find("example.com")
    assert identity is not None
    assert (identity.dkim_records, identity.own_dkim_names) == (records, own)
    assert (identity.domain_state, identity.dkim_state) == ("NOT_STARTED", "NOT_STARTED")
    assert identity.mail_from_domain is None


def test_an_identity_that_is_not_there_is_no_error(ses: Stubber) -> None:
    ses.add_client_error("get_email_identity", "NotFoundException", expected_params=DOMAIN)
    assert SesIdentities(SES).find("example.com") is None


@pytest.mark.parametrize(
    "code, denied",
    [
        ("AccessDeniedException", True),
        ("TooManyRequestsException", False),
        ("BadRequestException", False),
        ("InternalFailure", False),
    ],
)
def test_a_refusal_is_named_without_its_text(ses: Stubber, code: str, denied: bool) -> None:  # noqa: FBT001 - a table
    ses.add_client_error("get_email_identity", code, "arn:aws:sts::111111111111:assumed-role/secret")
    with pytest.raises(NotAnsweredError) as caught:
        SesIdentities(SES).find("example.com")
    assert (str(caught.value), caught.value.denied) == (f"GetEmailIdentity: {code}", denied)


def test_a_network_error_is_named_by_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://email.example")

    monkeypatch.setattr(SES, "get_email_identity", fail)
    monkeypatch.setattr(ROUTE53, "list_resource_record_sets", fail)
    with pytest.raises(NotAnsweredError, match=r"^GetEmailIdentity: EndpointConnectionError$"):
        SesIdentities(SES).find("example.com")
    with pytest.raises(NotAnsweredError, match=r"^ListResourceRecordSets: EndpointConnectionError$"):
        HostedZones(ROUTE53).record_sets("Z1", "example.com")


def test_the_record_sets_of_one_name_are_read(route53: Stubber) -> None:
    sets = [
        {"Name": "Bounce.example.com.", "Type": "MX", "ResourceRecords": [{"Value": "10 host"}]},
        {
            "Name": "bounce.example.com.",
            "Type": "A",
            "AliasTarget": {"HostedZoneId": "Z2", "DNSName": "x.example.", "EvaluateTargetHealth": False},
        },
        {"Name": "next.example.com.", "Type": "MX", "ResourceRecords": [{"Value": "10 other"}]},
    ]
    route53.add_response(
        "list_resource_record_sets",
        {"ResourceRecordSets": sets, "IsTruncated": True, "MaxItems": "300"},
        {"HostedZoneId": "Z1", "StartRecordName": "bounce.example.com"},
    )
    assert HostedZones(ROUTE53).record_sets("Z1", "bounce.example.com") == [
        RecordSet(type="MX", values=["10 host"]),
        RecordSet(type="A", values=[], alias="x.example."),
    ]


@pytest.mark.parametrize("code", ["NoSuchHostedZone", "AccessDenied", "Throttling"])
def test_a_zone_that_is_not_read_is_no_empty_zone(route53: Stubber, code: str) -> None:
    route53.add_client_error("list_resource_record_sets", code)
    with pytest.raises(NotAnsweredError, match=rf"^ListResourceRecordSets: {code}$"):
        HostedZones(ROUTE53).record_sets("Z1", "example.com")


STATES = [
    *(("domain", state) for state in enum_of("VerificationStatus")),
    *(("dkim", state) for state in enum_of("DkimAttributes", "Status")),
    *(("mail_from", state) for state in enum_of("MailFromAttributes", "MailFromDomainStatus")),
]


@pytest.mark.parametrize("part, state", STATES)
def test_every_state_that_ses_knows_is_decided(ses: Stubber, part: str, state: str) -> None:
    states = {"domain": "SUCCESS", "dkim": "SUCCESS", "mail_from": "SUCCESS"} | {part: state}
    told = answer(states["domain"], dkim=states["dkim"], mail_from=states["mail_from"])
    time = [START]

    def pause(seconds: float) -> None:
        time[0] += seconds
        ses.add_response("get_email_identity", told, DOMAIN)

    ses.add_response("get_email_identity", told, DOMAIN)
    request = Request(
        type=RequestType.CREATE,
        properties=_properties(timeout=90, until=90, MailFrom=MAIL_FROM),
        old_properties={},
        physical_id=None,
        stack_id=STACK,
        logical_id="Wait",
    )

    def wait() -> str:
        return wait_until_verified(
            request,
            identities=SesIdentities(SES),
            zones=HostedZones(ROUTE53),
            now=lambda: time[0],
            pause=pause,
        )

    if state == "SUCCESS":
        assert wait() == f"example.com/{int(START)}"
    else:
        with pytest.raises(RefusedError, match=state):
            wait()
    waited = {"SUCCESS": 0, "FAILED": 0, "NOT_STARTED": 60, "PENDING": 90, "TEMPORARY_FAILURE": 90}
    assert time[0] - START == waited[state]


def test_calls_that_are_slowed_down_are_tried_again_and_end_soon() -> None:
    config: Any = boto3.client("sesv2", region_name="eu-west-1", config=gateway._CONFIG).meta.config
    assert config.retries == {"mode": "standard", "total_max_attempts": 3}
    assert (config.connect_timeout, config.read_timeout) == (5, 10)

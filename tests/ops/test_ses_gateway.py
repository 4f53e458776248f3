"""The AWS edge: botocore's Stubber checks every parameter and answer against the service model."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import boto3
import pytest
from botocore.exceptions import BotoCoreError, EndpointConnectionError, NoCredentialsError, ReadTimeoutError
from botocore.stub import Stubber

from ops.aws_clients import AwsClients
from ops.errors import (
    AccessError,
    CredentialsError,
    PermissionDeniedError,
    ServiceError,
    UnreachableError,
    ZoneAmbiguousError,
)
from ops.ports import State, SubscriptionAnswer, ZoneRecordSet
from ops.ses_gateway import SesGateway
from tests.ops.support import CHECKED, REGION
from tests.stubs import stubbed
from tests.template_files import FIELDS


@pytest.fixture
def gateway(clients: AwsClients) -> SesGateway:
    return SesGateway(clients)


@pytest.fixture
def ses(gateway: SesGateway) -> Iterator[Stubber]:
    with stubbed(gateway._clients.client("sesv2", REGION)) as stubber:
        yield stubber


@pytest.fixture
def route53(gateway: SesGateway) -> Iterator[Stubber]:
    with stubbed(gateway._clients.client("route53", REGION)) as stubber:
        yield stubber


def identity_response(dkim: dict[str, object]) -> dict[str, object]:
    return {
        "VerificationStatus": "SUCCESS",
        "DkimAttributes": dkim,
        "MailFromAttributes": {
            "MailFromDomain": "bounce.example.com",
            "MailFromDomainStatus": "TEMPORARY_FAILURE",
            "BehaviorOnMxFailure": "USE_DEFAULT_VALUE",
        },
        "ConfigurationSetName": "transactional",
        "VerificationInfo": {
            "LastCheckedTimestamp": CHECKED,
            "LastSuccessTimestamp": CHECKED - timedelta(days=1),
            "ErrorType": "HOST_NOT_FOUND",
        },
    }


def test_an_identity_as_ses_describes_it(gateway: SesGateway, ses: Stubber) -> None:
    dkim: dict[str, object] = {
        "Status": "PENDING",
        "Tokens": ["two", "one"],
        "LastKeyGenerationTimestamp": CHECKED - timedelta(days=2),
        "SigningHostedZone": "eu-west-1.dkim.example-hosted.com",
    }
    ses.add_response("get_email_identity", identity_response(dkim), {"EmailIdentity": "example.com"})
    answer = gateway.identity("example.com", region=REGION)
    assert answer is not None
    assert (answer.identity, answer.dkim, answer.mail_from) == (
        State.SUCCESS,
        State.PENDING,
        State.TEMPORARY_FAILURE,
    )
    assert answer.mail_from_domain == "bounce.example.com"
    assert answer.dkim_records == (
        ("one._domainkey.example.com", "one.eu-west-1.dkim.example-hosted.com"),
        ("two._domainkey.example.com", "two.eu-west-1.dkim.example-hosted.com"),
    )
    assert answer.configuration_set == "transactional"
    assert answer.error_type == "HOST_NOT_FOUND"
    assert isinstance(answer.last_checked, datetime)
    assert answer.last_checked == CHECKED
    assert answer.last_success == CHECKED - timedelta(days=1)
    assert answer.keys_generated == CHECKED - timedelta(days=2)


@pytest.mark.parametrize(
    "dkim,expected",
    [
        ({"Tokens": ["one"]}, (("one._domainkey.example.com", "one.dkim.amazonses.com"),)),
        ({"Tokens": ["selector"], "SigningAttributesOrigin": "EXTERNAL"}, ()),
        ({}, ()),
    ],
)
def test_dkim_records_of_other_answers(
    gateway: SesGateway, ses: Stubber, dkim: dict[str, object], expected: tuple[tuple[str, str], ...]
) -> None:
    ses.add_response("get_email_identity", identity_response(dkim), {"EmailIdentity": "example.com"})
    answer = gateway.identity("example.com", region=REGION)
    assert answer is not None
    assert answer.dkim_records == expected
    assert answer.dkim is State.NOT_STARTED


@pytest.mark.parametrize(
    "attributes,expected",
    [
        ({"example.com": {"VerificationStatus": "Success", "VerificationToken": "tok="}}, "tok="),
        ({"example.com": {"VerificationStatus": "Success"}}, None),
        ({}, None),
    ],
)
def test_the_legacy_token_is_read_when_asked_for(
    gateway: SesGateway, ses: Stubber, attributes: dict[str, object], expected: str | None
) -> None:
    with Stubber(gateway._clients.client("ses", REGION)) as v1:
        v1.add_response(
            "get_identity_verification_attributes",
            {"VerificationAttributes": attributes},
            {"Identities": ["example.com"]},
        )
        for asked in (False, True):
            ses.add_response("get_email_identity", identity_response({}), {"EmailIdentity": "example.com"})
            answer = gateway.identity("example.com", region=REGION, with_legacy_token=asked)
            assert answer is not None
            assert answer.legacy_token == (expected if asked else None)
        v1.assert_no_pending_responses()
        ses.add_response("get_email_identity", identity_response({}), {"EmailIdentity": "example.com"})
        v1.add_client_error("get_identity_verification_attributes", "AccessDenied", http_status_code=403)
        with pytest.raises(PermissionDeniedError, match="allow ses:GetIdentityVerificationAttributes"):
            gateway.identity("example.com", region=REGION, with_legacy_token=True)


def test_an_identity_that_does_not_exist(gateway: SesGateway, ses: Stubber) -> None:
    ses.add_client_error("get_email_identity", "NotFoundException", http_status_code=404)
    assert gateway.identity("example.com", region=REGION) is None


@pytest.mark.parametrize("state", ["PENDING", "SUCCESS", "FAILED", "TEMPORARY_FAILURE", "NOT_STARTED"])
def test_every_state_of_the_service_model_is_known(gateway: SesGateway, ses: Stubber, state: str) -> None:
    states = ses.client.meta.service_model.shape_for("VerificationStatus").metadata["enum"]
    assert state in states
    assert len(states) == 5
    ses.add_response("get_email_identity", {"VerificationStatus": state}, {"EmailIdentity": "example.com"})
    answer = gateway.identity("example.com", region=REGION)
    assert answer is not None
    assert answer.identity == state.lower().replace("_", " ")


@pytest.mark.parametrize(
    "code,error,stable_code",
    [
        ("AccessDeniedException", PermissionDeniedError, "aws-access-denied"),
        ("ExpiredTokenException", CredentialsError, "aws-credentials"),
        ("UnrecognizedClientException", CredentialsError, "aws-credentials"),
        ("TooManyRequestsException", ServiceError, "aws-refused"),
    ],
)
def test_errors_name_the_permission_and_never_the_body(
    gateway: SesGateway, ses: Stubber, code: str, error: type[AccessError], stable_code: str
) -> None:
    ses.add_client_error("get_email_identity", code, service_message="secret body")
    with pytest.raises(error) as caught:
        gateway.identity("example.com", region=REGION)
    assert caught.value.code == stable_code
    assert "ses:GetEmailIdentity on the identity example.com in eu-west-1" in str(caught.value)
    assert "secret body" not in str(caught.value)


@pytest.mark.parametrize(
    "raised,error",
    [
        (NoCredentialsError(), CredentialsError),
        (EndpointConnectionError(endpoint_url="https://email.example"), UnreachableError),
        (ReadTimeoutError(endpoint_url="https://email.example"), UnreachableError),
    ],
)
def test_no_credentials_and_no_network(
    gateway: SesGateway,
    monkeypatch: pytest.MonkeyPatch,
    raised: BotoCoreError,
    error: type[AccessError],
) -> None:
    def fail(*, EmailIdentity: str) -> None:  # noqa: N803 - boto3's spelling
        del EmailIdentity
        raise raised

    monkeypatch.setattr(gateway._clients.client("sesv2", REGION), "get_email_identity", fail)
    with pytest.raises(error):
        gateway.identity("example.com", region=REGION)


def test_a_profile_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_PROFILE", "gone")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    with pytest.raises(CredentialsError) as caught:
        SesGateway(AwsClients(region=REGION)).account_id()
    assert caught.value.message == "AWS_PROFILE names a profile that is not there."
    assert caught.value.fix == "correct or unset AWS_PROFILE"


def test_each_region_has_a_client_of_its_own_with_standard_retries(gateway: SesGateway) -> None:
    here, there = gateway._clients.client("sesv2", "eu-west-1"), gateway._clients.client("sesv2", "us-east-1")
    assert (here.meta.region_name, there.meta.region_name) == ("eu-west-1", "us-east-1")
    assert gateway._clients.client("sesv2", "eu-west-1") is here
    assert vars(here.meta.config)["retries"]["mode"] == "standard"


def zone(zone_id: str, name: str, *, private: bool = False) -> dict[str, object]:
    return {
        "Id": f"/hostedzone/{zone_id}",
        "Name": name,
        "CallerReference": "test",
        "Config": {"PrivateZone": private},
    }


def zones_response(*zones: dict[str, object]) -> dict[str, object]:
    return {"HostedZones": list(zones), "IsTruncated": False, "MaxItems": "100"}


def test_a_created_zone_is_the_public_one_of_exactly_that_name(gateway: SesGateway, route53: Stubber) -> None:
    response = zones_response(
        zone("ZPRIVATE", "example.com.", private=True),
        zone("ZPUBLIC", "example.com."),
        zone("ZNEXT", "sub.example.com."),
    )
    route53.add_response("list_hosted_zones_by_name", response, {"DNSName": "example.com."})
    assert gateway.public_zone_id("example.com") == "ZPUBLIC"


def test_a_created_zone_that_does_not_exist(gateway: SesGateway, route53: Stubber) -> None:
    response = zones_response(zone("ZNEXT", "example.org."))
    route53.add_response("list_hosted_zones_by_name", response, {"DNSName": "example.com."})
    assert gateway.public_zone_id("example.com") is None


def test_two_public_zones_of_one_name_are_never_guessed_between(
    gateway: SesGateway, route53: Stubber
) -> None:
    response = zones_response(zone("ZONE1", "example.com."), zone("ZONE2", "example.com."))
    route53.add_response("list_hosted_zones_by_name", response, {"DNSName": "example.com."})
    with pytest.raises(ZoneAmbiguousError, match="ZONE1, ZONE2"):
        gateway.public_zone_id("example.com")


def test_a_zone_is_read_to_its_last_page(gateway: SesGateway, route53: Stubber) -> None:
    route53.add_response(
        "list_resource_record_sets",
        {
            "ResourceRecordSets": [
                {"Name": "a.example.com.", "Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": '"x"'}]}
            ],
            "IsTruncated": True,
            "MaxItems": "1",
            "NextRecordName": "b.example.com.",
            "NextRecordType": "CNAME",
        },
        {"HostedZoneId": "ZONE"},
    )
    alias = {"DNSName": "target.example.com.", "HostedZoneId": "ZOTHER", "EvaluateTargetHealth": False}
    route53.add_response(
        "list_resource_record_sets",
        {
            "ResourceRecordSets": [{"Name": "b.example.com.", "Type": "CNAME", "AliasTarget": alias}],
            "IsTruncated": False,
            "MaxItems": "1",
        },
        {"HostedZoneId": "ZONE", "StartRecordName": "b.example.com.", "StartRecordType": "CNAME"},
    )
    assert gateway.zone_record_sets("ZONE") == (
        ZoneRecordSet(name="a.example.com.", type="TXT", values=('"x"',)),
        ZoneRecordSet(name="b.example.com.", type="CNAME", alias="target.example.com."),
    )


def test_a_zone_of_another_account_is_no_zone(gateway: SesGateway, route53: Stubber) -> None:
    route53.add_client_error("list_resource_record_sets", "NoSuchHostedZone", http_status_code=404)
    assert gateway.zone_record_sets("ZONE") is None


def test_reading_a_zone_needs_a_permission(gateway: SesGateway, route53: Stubber) -> None:
    route53.add_client_error("list_resource_record_sets", "AccessDenied", http_status_code=403)
    with pytest.raises(PermissionDeniedError, match="allow route53:ListResourceRecordSets"):
        gateway.zone_record_sets("ZONE")


def test_the_account_of_the_credentials(gateway: SesGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    client = gateway._clients.session().client("sts", region_name=REGION)
    monkeypatch.setattr(boto3.Session, "client", Mock(return_value=client))
    with Stubber(client) as sts:
        sts.add_response("get_caller_identity", {"Account": "111111111111"}, {})
        assert gateway.account_id() == "111111111111"


@pytest.fixture
def sns(gateway: SesGateway) -> Iterator[Stubber]:
    with stubbed(gateway._clients.client("sns", "us-gov-west-1")) as stubber:
        yield stubber


TOPIC_ARN = "arn:aws-us-gov:sns:us-gov-west-1:111111111111:transactional-bounce"


def subscription(endpoint: str, arn: str) -> dict[str, str]:
    return {
        "SubscriptionArn": arn,
        "Owner": "",
        "Protocol": "email",
        "Endpoint": endpoint,
        "TopicArn": TOPIC_ARN,
    }


def test_the_subscriptions_of_a_topic_are_read_page_by_page(gateway: SesGateway, sns: Stubber) -> None:
    first = {"Subscriptions": [subscription("a@example.net", f"{TOPIC_ARN}:1")], "NextToken": "more"}
    rest = [subscription("b@example.net", "PendingConfirmation"), subscription("c@example.net", "Deleted")]
    sns.add_response("list_subscriptions_by_topic", first, {"TopicArn": TOPIC_ARN})
    sns.add_response(
        "list_subscriptions_by_topic", {"Subscriptions": rest}, {"TopicArn": TOPIC_ARN, "NextToken": "more"}
    )
    found = gateway.subscriptions("transactional-bounce", account="111111111111", region="us-gov-west-1")
    assert found == (
        SubscriptionAnswer(protocol="email", endpoint="a@example.net", confirmed=True),
        SubscriptionAnswer(protocol="email", endpoint="b@example.net", confirmed=False),
    )


def test_a_topic_that_does_not_exist_has_no_list(gateway: SesGateway, sns: Stubber) -> None:
    sns.add_client_error("list_subscriptions_by_topic", "NotFound")
    assert gateway.subscriptions("t", account="111111111111", region="us-gov-west-1") is None


def test_a_template_is_read_as_its_own_gateway_reads_it(gateway: SesGateway, ses: Stubber) -> None:
    ses.add_response("get_custom_verification_email_template", dict(FIELDS), {"TemplateName": "Welcome"})
    assert gateway.template("Welcome", region=REGION) == FIELDS


@pytest.fixture
def cloudformation(gateway: SesGateway) -> Iterator[Stubber]:
    with stubbed(gateway._clients.client("cloudformation", REGION)) as stubber:
        yield stubber


STACK = "dev-example-com-eu-west-1"


def resource(physical_id: str, *, kind: str = "AWS::SES::EmailIdentity", days: int = 0) -> dict[str, object]:
    return {
        "LogicalResourceId": "Some",
        "PhysicalResourceId": physical_id,
        "ResourceType": kind,
        "LastUpdatedTimestamp": CHECKED + timedelta(days=days),
        "ResourceStatus": "UPDATE_COMPLETE",
    }


def test_when_an_identity_was_deployed_is_read_from_its_stack(
    gateway: SesGateway, cloudformation: Stubber
) -> None:
    first = [
        resource("other.example.com", days=1),
        resource("example.com", kind="AWS::Route53::RecordSet", days=2),
    ]
    cloudformation.add_response(
        "list_stack_resources",
        {"StackResourceSummaries": first, "NextToken": "more"},
        {"StackName": STACK},
    )
    cloudformation.add_response(
        "list_stack_resources",
        {"StackResourceSummaries": [resource("example.com")]},
        {"StackName": STACK, "NextToken": "more"},
    )
    assert gateway.deployed_at("example.com", stack_name=STACK, region=REGION) == CHECKED


def test_a_stack_that_does_not_hold_the_identity(gateway: SesGateway, cloudformation: Stubber) -> None:
    cloudformation.add_response("list_stack_resources", {"StackResourceSummaries": []}, {"StackName": STACK})
    assert gateway.deployed_at("example.com", stack_name=STACK, region=REGION) is None


def test_a_stack_that_does_not_exist(gateway: SesGateway, cloudformation: Stubber) -> None:
    cloudformation.add_client_error("list_stack_resources", "ValidationError")
    assert gateway.deployed_at("example.com", stack_name=STACK, region=REGION) is None


@pytest.mark.parametrize(
    "code, error", [("AccessDenied", PermissionDeniedError), ("Throttling", ServiceError)]
)
def test_a_stack_that_may_not_be_read(
    gateway: SesGateway, cloudformation: Stubber, code: str, error: type[AccessError]
) -> None:
    cloudformation.add_client_error("list_stack_resources", code)
    with pytest.raises(error, match="cloudformation:ListStackResources on the stack"):
        gateway.deployed_at("example.com", stack_name=STACK, region=REGION)

"""Each call as boto3 sends it, checked by botocore's Stubber against the service's own model."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from constructs_lib.runtimes.smtp_credentials.gateway import AwsGateway
from constructs_lib.runtimes.smtp_credentials.model import Key, NewKey, RotationError, Secret
from tests.constructs_lib.runtimes.smtp_credentials.fake_aws import NAME, SECRET, USER

TOKEN = "11111111-2222-3333-4444-555555555555"  # noqa: S105 - a version id
CREATED = datetime(2026, 1, 2, tzinfo=UTC)


class Stubbed:
    def __init__(self) -> None:
        options = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "eu-west-1"}
        self.iam_client: Any = boto3.client("iam", **options)  # type: ignore[call-overload]
        self.secrets_client: Any = boto3.client("secretsmanager", **options)  # type: ignore[call-overload]
        self.iam, self.secrets = Stubber(self.iam_client), Stubber(self.secrets_client)
        self.gateway = AwsGateway(iam=self.iam_client, secrets=self.secrets_client)


@pytest.fixture
def aws() -> Iterator[Stubbed]:
    stubbed = Stubbed()
    with stubbed.iam, stubbed.secrets:
        yield stubbed
        stubbed.iam.assert_no_pending_responses()
        stubbed.secrets.assert_no_pending_responses()


def test_describe(aws: Stubbed) -> None:
    answer = {
        "ARN": SECRET,
        "Name": NAME,
        "RotationEnabled": True,
        "Tags": [
            {"Key": "ses-smtp-user", "Value": USER},
            {"Key": "ses-smtp-region", "Value": "eu-west-1"},
            {"Key": "application", "Value": "mail"},
        ],
        "VersionIdsToStages": {TOKEN: ["AWSPENDING"]},
    }
    aws.secrets.add_response("describe_secret", answer, {"SecretId": SECRET})
    assert aws.gateway.describe(SECRET) == Secret(
        name=NAME, user=USER, region="eu-west-1", rotating=True, stages={TOKEN: ("AWSPENDING",)}
    )


def test_a_secret_that_is_not_ours_is_refused(aws: Stubbed) -> None:
    aws.secrets.add_response("describe_secret", {"Name": NAME}, {"SecretId": SECRET})
    with pytest.raises(RotationError, match=f"{NAME} lacks the tag ses-smtp-user or ses-smtp-region"):
        aws.gateway.describe(SECRET)


def test_values_by_version_and_by_stage(aws: Stubbed) -> None:
    aws.secrets.add_response(
        "get_secret_value", {"SecretString": "{}"}, {"SecretId": SECRET, "VersionId": TOKEN}
    )
    aws.secrets.add_response(
        "get_secret_value", {"SecretString": "[]"}, {"SecretId": SECRET, "VersionStage": "AWSCURRENT"}
    )
    aws.secrets.add_client_error("get_secret_value", "ResourceNotFoundException")
    assert aws.gateway.value(SECRET, version=TOKEN) == "{}"
    assert aws.gateway.value(SECRET, stage="AWSCURRENT") == "[]"
    assert aws.gateway.value(SECRET, stage="AWSPREVIOUS") is None


def test_writing_and_moving_labels(aws: Stubbed) -> None:
    aws.secrets.add_response(
        "put_secret_value",
        {},
        {
            "SecretId": SECRET,
            "ClientRequestToken": TOKEN,
            "SecretString": "{}",
            "VersionStages": ["AWSPENDING"],
        },
    )
    move = {"SecretId": SECRET, "VersionStage": "AWSCURRENT", "MoveToVersionId": TOKEN}
    former = "99999999-2222-3333-4444-555555555555"
    aws.secrets.add_response("update_secret_version_stage", {}, move | {"RemoveFromVersionId": former})
    aws.secrets.add_response("update_secret_version_stage", {}, move)
    aws.secrets.add_response(
        "update_secret_version_stage",
        {},
        {"SecretId": SECRET, "VersionStage": "AWSPENDING", "RemoveFromVersionId": TOKEN},
    )
    aws.gateway.put_pending(SECRET, TOKEN, "{}")
    aws.gateway.make_current(SECRET, TOKEN, instead_of=former)
    aws.gateway.make_current(SECRET, TOKEN, instead_of=None)
    aws.gateway.forget_pending(SECRET, TOKEN)


def test_keys(aws: Stubbed) -> None:
    listed = [
        {"AccessKeyId": f"AKIA{number:016}", "Status": status, "UserName": USER, "CreateDate": CREATED}
        for number, status in ((1, "Active"), (2, "Inactive"))
    ]
    aws.iam.add_response("list_access_keys", {"AccessKeyMetadata": listed}, {"UserName": USER})
    made = {
        "UserName": USER,
        "AccessKeyId": "AKIA0000000000000003",
        "Status": "Active",
        "SecretAccessKey": "hunter2",
    }
    aws.iam.add_response("create_access_key", {"AccessKey": made}, {"UserName": USER})
    aws.iam.add_response("delete_access_key", {}, {"UserName": USER, "AccessKeyId": "AKIA0000000000000001"})
    assert aws.gateway.keys(USER) == [
        Key(id="AKIA0000000000000001", active=True, created=CREATED),
        Key(id="AKIA0000000000000002", active=False, created=CREATED),
    ]
    key = aws.gateway.create_key(USER)
    assert key == NewKey(id="AKIA0000000000000003", secret="hunter2")  # noqa: S106 - an example
    assert "hunter2" not in repr(key)
    aws.gateway.delete_key(USER, "AKIA0000000000000001")


def test_a_user_or_key_that_is_gone_is_fine(aws: Stubbed) -> None:
    aws.iam.add_client_error("list_access_keys", "NoSuchEntity")
    aws.iam.add_client_error("delete_access_key", "NoSuchEntity")
    assert aws.gateway.keys(USER) == []
    aws.gateway.delete_key(USER, "AKIA0000000000000001")


@pytest.mark.parametrize("operation", ["describe_secret", "get_secret_value", "put_secret_value"])
def test_an_error_names_the_call_and_the_code_and_quotes_nothing(aws: Stubbed, operation: str) -> None:
    aws.secrets.add_client_error(operation, "AccessDeniedException", "user hunter2 may not")
    calls: dict[str, Callable[[], object]] = {
        "describe_secret": lambda: aws.gateway.describe(SECRET),
        "get_secret_value": lambda: aws.gateway.value(SECRET, stage="AWSCURRENT"),
        "put_secret_value": lambda: aws.gateway.put_pending(SECRET, TOKEN, "hunter2"),
    }
    with pytest.raises(RotationError) as caught:
        calls[operation]()
    name = "".join(word.capitalize() for word in operation.split("_"))
    assert str(caught.value) == f"{name} failed: AccessDeniedException"
    assert caught.value.__suppress_context__


def test_a_refused_parameter_is_not_quoted() -> None:
    # botocore's own text shows the value that it refuses.
    with pytest.raises(RotationError, match=r"^PutSecretValue failed: ParamValidationError$"):
        Stubbed().gateway.put_pending(SECRET, TOKEN, ["hunter2"])  # type: ignore[arg-type]


@pytest.mark.parametrize("call", ["list_access_keys", "delete_access_key"])
def test_other_errors_of_iam_are_errors(aws: Stubbed, call: str) -> None:
    aws.iam.add_client_error(call, "AccessDenied")
    with pytest.raises(RotationError, match="failed: AccessDenied"):
        aws.gateway.keys(USER) if call == "list_access_keys" else aws.gateway.delete_key(USER, "A" * 16)


def test_a_network_error_is_named_by_its_kind(aws: Stubbed, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://secretsmanager.example")

    monkeypatch.setattr(aws.secrets_client, "get_secret_value", fail)
    with pytest.raises(RotationError, match=r"^GetSecretValue failed: EndpointConnectionError$"):
        aws.gateway.value(SECRET, stage="AWSCURRENT")

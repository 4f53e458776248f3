import contextlib
import io
import itertools
import time
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.conftest import Aws
from tests.local.test_ses_identities import refused

_NUMBERS = itertools.count(1)

# The parts of Secrets Manager's own template that move labels; it fails while the secret says so.
FUNCTION = """
import boto3

def handle(event, context):
    secrets = boto3.client("secretsmanager")
    secret, version = {"SecretId": event["SecretId"]}, event["ClientRequestToken"]
    found = secrets.describe_secret(**secret)
    stages = found["VersionIdsToStages"]
    current = next(version for version in stages if "AWSCURRENT" in stages[version])
    if event["Step"] == "createSecret":
        try:
            secrets.get_secret_value(**secret, VersionId=version)
        except secrets.exceptions.ResourceNotFoundException:
            secrets.put_secret_value(
                **secret, SecretString="new", ClientRequestToken=version, VersionStages=["AWSPENDING"]
            )
    if event["Step"] == "testSecret" and found["Description"]:
        secrets.tag_resource(**secret, Tags=[{"Key": "failed", "Value": "yes"}])
        raise ValueError("refused")
    if event["Step"] == "finishSecret":
        secrets.update_secret_version_stage(
            **secret, VersionStage="AWSCURRENT", MoveToVersionId=version, RemoveFromVersionId=current
        )
"""


@pytest.fixture
def secrets(aws: Aws) -> Any:  # noqa: ANN401 - no stubs of this service
    return aws._client("secretsmanager")


@pytest.fixture
def function(aws: Aws) -> str:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("rotation.py", FUNCTION)
    arn: str = aws._client("lambda").create_function(
        FunctionName=f"rotation-{next(_NUMBERS)}",
        Runtime="python3.12",
        Handler="rotation.handle",
        Role="arn:aws:iam::000000000000:role/any",
        Timeout=30,
        Code={"ZipFile": content.getvalue()},
    )["FunctionArn"]
    return arn


@pytest.fixture
def secret(secrets: Any) -> str:  # noqa: ANN401 - as above
    name = f"secret-{next(_NUMBERS)}"
    secrets.create_secret(Name=name, SecretString="old")
    return name


def value(secrets: Any, secret: str, **which: str) -> str:  # noqa: ANN401 - as above
    text: str = secrets.get_secret_value(SecretId=secret, **which)["SecretString"]
    return text


def until(holds: Callable[[], object]) -> None:
    for _ in range(100):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen within ten seconds")


def test_the_function_is_called_and_the_former_value_kept(secrets: Any, secret: str, function: str) -> None:  # noqa: ANN401
    answer = secrets.rotate_secret(
        SecretId=secret, RotationLambdaARN=function, RotationRules={"AutomaticallyAfterDays": 30}
    )
    until(lambda: value(secrets, secret) == "new")
    assert value(secrets, secret, VersionStage="AWSPREVIOUS") == "old"
    assert value(secrets, secret, VersionId=answer["VersionId"]) == "new"
    found = secrets.describe_secret(SecretId=secret)
    assert found["RotationEnabled"]
    assert found["RotationRules"] == {"AutomaticallyAfterDays": 30}


def test_an_incomplete_rotation_is_tried_again_instead_of_another_one(
    secrets: Any,  # noqa: ANN401
    secret: str,
    function: str,
) -> None:
    secrets.update_secret(SecretId=secret, Description="fail")
    version = secrets.rotate_secret(SecretId=secret, RotationLambdaARN=function)["VersionId"]
    until(lambda: secrets.describe_secret(SecretId=secret)["Tags"])
    assert value(secrets, secret) == "old"
    secrets.update_secret(SecretId=secret, Description="")

    message = refused("InvalidRequestException", secrets.rotate_secret, SecretId=secret)
    assert message == "A previous rotation isn't complete. That rotation will be reattempted."

    def done() -> bool:
        if value(secrets, secret) == "new":
            return True
        # The failing attempt may still have been running; this call may come after the one that succeeds.
        with contextlib.suppress(ClientError):
            secrets.rotate_secret(SecretId=secret)
        time.sleep(1)
        return False

    until(done)
    assert value(secrets, secret, VersionId=version) == "new"


def test_a_schedule_can_wait(secrets: Any, secret: str, function: str) -> None:  # noqa: ANN401
    secrets.rotate_secret(SecretId=secret, RotationLambdaARN=function, RotateImmediately=False)
    assert secrets.describe_secret(SecretId=secret)["RotationEnabled"]
    assert len(secrets.describe_secret(SecretId=secret)["VersionIdsToStages"]) == 1


def test_what_cannot_rotate_is_refused(secrets: Any, secret: str) -> None:  # noqa: ANN401
    assert "cannot invoke" in refused("InvalidRequestException", secrets.rotate_secret, SecretId=secret)
    assert "cannot invoke" in refused(
        "InvalidRequestException",
        secrets.rotate_secret,
        SecretId=secret,
        RotationLambdaARN="arn:aws:lambda:us-east-1:000000000000:function:none",
    )
    assert "can't find" in refused(
        "ResourceNotFoundException", secrets.rotate_secret, SecretId="no-such-secret"
    )
    secrets.delete_secret(SecretId=secret)
    assert "marked for deletion" in refused("InvalidRequestException", secrets.rotate_secret, SecretId=secret)


def test_a_version_is_written_once(secrets: Any, secret: str) -> None:  # noqa: ANN401
    token = "11111111-2222-3333-4444-555555555555"  # noqa: S105 - a version id
    put = {"SecretId": secret, "ClientRequestToken": token, "VersionStages": ["AWSPENDING"]}
    secrets.put_secret_value(**put, SecretString="a")
    secrets.put_secret_value(**put, SecretString="a")
    assert "already in use" in refused(
        "ResourceExistsException", secrets.put_secret_value, **put, SecretString="b"
    )


def test_a_user_has_two_access_keys_at_most(aws: Aws) -> None:
    iam = aws._client("iam")
    iam.create_user(UserName="keys")
    first = iam.create_access_key(UserName="keys")["AccessKey"]["AccessKeyId"]
    iam.create_access_key(UserName="keys")
    assert "AccessKeysPerUser: 2" in refused("LimitExceeded", iam.create_access_key, UserName="keys")
    iam.delete_access_key(UserName="keys", AccessKeyId=first)
    iam.create_access_key(UserName="keys")

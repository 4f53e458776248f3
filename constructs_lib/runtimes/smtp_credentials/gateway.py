"""IAM and Secrets Manager by boto3. Errors name the call and the service's code, never a value."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .model import PENDING, REGION_TAG, USER_TAG, Key, NewKey, RotationError, Secret

_CONFIG: Final = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard"})


class ServiceError(RotationError):
    """A call failed.

    Args:
        call: Its name.
        code: The service's error code, or the kind of a network error.
    """

    def __init__(self, call: str, code: str) -> None:
        self.code = code
        super().__init__(f"{call} failed: {code}")


class AwsGateway:
    """The accounts's IAM and the function's Region's Secrets Manager.

    Args:
        iam: A boto3 client. Default: one made now.
        secrets: As above.
    """

    # Any: the stubs of these two services are not installed.
    def __init__(self, *, iam: Any = None, secrets: Any = None) -> None:  # noqa: ANN401 - as above
        self._iam: Any = iam or boto3.client("iam", config=_CONFIG)
        self._secrets: Any = secrets or boto3.client("secretsmanager", config=_CONFIG)

    def describe(self, secret_id: str) -> Secret:
        """See `model.Gateway`.

        Raises:
            RotationError: the secret lacks the tags that the template gives it.
        """
        with _call("DescribeSecret"):
            found = self._secrets.describe_secret(SecretId=secret_id)
        tags = {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}
        if not (tags.get(USER_TAG) and tags.get(REGION_TAG)):
            raise RotationError(f"{found['Name']} lacks the tag {USER_TAG} or {REGION_TAG}")
        return Secret(
            name=found["Name"],
            user=tags[USER_TAG],
            region=tags[REGION_TAG],
            rotating=found.get("RotationEnabled", False),
            stages={
                version: tuple(stages) for version, stages in found.get("VersionIdsToStages", {}).items()
            },
        )

    def value(self, secret_id: str, *, version: str | None = None, stage: str | None = None) -> str | None:
        """See `model.Gateway`."""
        which = {"VersionId": version} if version is not None else {"VersionStage": stage}
        try:
            with _call("GetSecretValue"):
                found = self._secrets.get_secret_value(SecretId=secret_id, **which)
        except ServiceError as error:
            if error.code == "ResourceNotFoundException":
                return None
            raise
        return str(found["SecretString"])

    def put_pending(self, secret_id: str, version: str, value: str) -> None:
        """See `model.Gateway`."""
        with _call("PutSecretValue"):
            self._secrets.put_secret_value(
                SecretId=secret_id, ClientRequestToken=version, SecretString=value, VersionStages=[PENDING]
            )

    def make_current(self, secret_id: str, version: str, *, instead_of: str | None) -> None:
        """See `model.Gateway`."""
        former = {} if instead_of is None else {"RemoveFromVersionId": instead_of}
        with _call("UpdateSecretVersionStage"):
            self._secrets.update_secret_version_stage(
                SecretId=secret_id, VersionStage="AWSCURRENT", MoveToVersionId=version, **former
            )

    def forget_pending(self, secret_id: str, version: str) -> None:
        """See `model.Gateway`."""
        with _call("UpdateSecretVersionStage"):
            self._secrets.update_secret_version_stage(
                SecretId=secret_id, VersionStage=PENDING, RemoveFromVersionId=version
            )

    def keys(self, user: str) -> list[Key]:
        """See `model.Gateway`."""
        try:
            with _call("ListAccessKeys"):
                found = self._iam.list_access_keys(UserName=user)
        except ServiceError as error:
            if error.code == "NoSuchEntity":
                return []
            raise
        return [
            Key(id=key["AccessKeyId"], active=key["Status"] == "Active", created=key["CreateDate"])
            for key in found["AccessKeyMetadata"]
        ]

    def create_key(self, user: str) -> NewKey:
        """See `model.Gateway`."""
        with _call("CreateAccessKey"):
            key = self._iam.create_access_key(UserName=user)["AccessKey"]
        return NewKey(id=key["AccessKeyId"], secret=key["SecretAccessKey"])

    def delete_key(self, user: str, key_id: str) -> None:
        """See `model.Gateway`."""
        try:
            with _call("DeleteAccessKey"):
                self._iam.delete_access_key(UserName=user, AccessKeyId=key_id)
        except ServiceError as error:
            if error.code != "NoSuchEntity":
                raise


@contextmanager
def _call(name: str) -> Iterator[None]:
    # "from None": the original error of a refused parameter quotes its value.
    try:
        yield
    except ClientError as error:
        raise ServiceError(name, error.response.get("Error", {}).get("Code", "Unknown")) from None
    except BotoCoreError as error:
        raise ServiceError(name, type(error).__name__) from None

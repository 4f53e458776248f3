"""Secrets Manager, as far as the operator's commands write to it: new secrets only.

Permissions: ``secretsmanager:DescribeSecret`` and ``secretsmanager:CreateSecret``.
"""

from typing import TYPE_CHECKING

import boto3

from ops.aws_errors import CLIENT_CONFIG, as_ops_errors

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


class AwsSecrets:
    """Secrets of the account in every Region.

    Args:
        session: Credentials. Default: the environment, profile or role, as in the AWS CLI.
    """

    def __init__(self, session: boto3.Session | None = None) -> None:
        self._given_session = session
        self._clients: dict[str, SecretsManagerClient] = {}

    def has_secret(self, name: str, *, region: str) -> bool:
        """See `ops.ports.SecretsGateway`."""
        with as_ops_errors("secretsmanager:DescribeSecret", f"on {name} in {region}"):
            client = self._client(region)
            try:
                client.describe_secret(SecretId=name)
            except client.exceptions.ResourceNotFoundException:
                return False
            return True

    def create_secret(self, name: str, value: str, *, region: str, description: str) -> None:
        """See `ops.ports.SecretsGateway`."""
        with as_ops_errors("secretsmanager:CreateSecret", f"for {name} in {region}"):
            self._client(region).create_secret(Name=name, SecretString=value, Description=description)

    def _client(self, region: str) -> "SecretsManagerClient":
        if region not in self._clients:
            self._given_session = self._given_session or boto3.Session()
            self._clients[region] = self._given_session.client(
                "secretsmanager", region_name=region, config=CLIENT_CONFIG
            )
        return self._clients[region]

"""Secrets Manager, as far as the operator's commands write to it: new secrets only.

Permissions: ``secretsmanager:DescribeSecret`` and ``secretsmanager:CreateSecret``.
"""

from typing import TYPE_CHECKING

from ops.aws_clients import AwsGateway
from ops.aws_errors import as_ops_errors

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


class AwsSecrets(AwsGateway):
    """Secrets of the account in every Region."""

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
        client: SecretsManagerClient = self._clients.client("secretsmanager", region)
        return client

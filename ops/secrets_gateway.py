"""Secrets Manager, as far as the operator's commands write to it: new secrets only.

Permissions: ``secretsmanager:DescribeSecret`` and ``secretsmanager:CreateSecret``.
"""

from typing import TYPE_CHECKING

from ops.aws_clients import AwsClients
from ops.aws_errors import as_ops_errors

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


class AwsSecrets:
    """Secrets of the account in every Region.

    Args:
        clients: Access to the account.
    """

    def __init__(self, clients: AwsClients) -> None:
        self._clients = clients

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

"""The clients of the gateways: made when they are first asked, with one session.

Credentials are those of the AWS CLI: environment, profile or role, with its ``AWS_ENDPOINT_URL`` for an
embedded AWS. A missing profile is an error of the first question, told like the others.
"""

from threading import Lock
from typing import Any

import boto3

from ops.aws_errors import CLIENT_CONFIG, as_ops_errors


class AwsClients:
    """Clients by service and Region.

    Args:
        region: The Region that is asked for the account and what has no Region.
        session: Other credentials. Default: those of the AWS CLI.

    Attributes:
        region: As given.
    """

    def __init__(self, *, region: str, session: boto3.Session | None = None) -> None:
        self.region = region
        self._session = session
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = Lock()

    def account_id(self) -> str:
        """The account that the credentials belong to.

        Raises:
            AccessError: STS could not be asked.
        """
        with as_ops_errors("sts:GetCallerIdentity", f"in {self.region}"):
            return str(self.client("sts", self.region).get_caller_identity()["Account"])

    def client(self, service: str, region: str) -> Any:  # noqa: ANN401 - whoever asks names the type
        """The client of a service in a Region."""
        with self._lock:  # clients may be used by several threads, making one may not (boto3, multithreading)
            if (service, region) not in self._clients:
                self._clients[service, region] = self.new_client(service, region)
            return self._clients[service, region]

    def new_client(self, service: str, region: str) -> Any:  # noqa: ANN401 - as `client`
        """A client that nobody else has, for whoever changes what it does."""
        session: Any = self.session()
        return session.client(service, region_name=region, config=CLIENT_CONFIG)

    def session(self) -> boto3.Session:
        """The session, made when it is first needed."""
        if self._session is None:
            self._session = boto3.Session()
        return self._session


class AwsGateway:
    """What every gateway has: the clients, and whose account they are of.

    Args:
        clients: Access to the account.
    """

    def __init__(self, clients: AwsClients) -> None:
        self._clients = clients

    def account_id(self) -> str:
        """See `ops.ports.AccountGateway`."""
        return self._clients.account_id()

"""How the gateways call AWS, and what AWS's errors become: errors of ours, of which no response is a part."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore import exceptions
from botocore.config import Config
from botocore.exceptions import ClientError

from ops.errors import (
    CredentialsError,
    OpsError,
    PermissionDeniedError,
    ServiceError,
    UnreachableError,
)

MAX_ATTEMPTS: Final = 5
CLIENT_CONFIG: Final = Config(
    connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": MAX_ATTEMPTS}
)
# 403: the answer to a HEAD has no body that could name a code. AuthorizationError: SNS.
_DENIED: Final = frozenset(
    {"403", "AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"}
)
_BAD_CREDENTIALS: Final = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_BROKEN_OFF: Final = (
    exceptions.ConnectionError,
    exceptions.FlexibleChecksumError,
    exceptions.HTTPClientError,
    exceptions.IncompleteReadError,
)
_NO_CREDENTIALS: Final = (
    exceptions.ConfigParseError,
    exceptions.CredentialRetrievalError,
    exceptions.LoginError,
    exceptions.NoAuthTokenError,
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.SSOError,
    exceptions.TokenRetrievalError,
)


@contextmanager
def as_ops_errors(action: str, where: str) -> Iterator[None]:
    """Turn botocore's errors into ours; the text of an AWS error never passes."""
    try:
        yield
    except ClientError as error:
        raise _from_client_error(error, action, where) from error
    except _BROKEN_OFF as error:
        raise UnreachableError(
            f"The AWS endpoint for {action} {where} could not be reached ({type(error).__name__}).",
            fix="check the network, the proxy settings and AWS_ENDPOINT_URL",
        ) from error
    except exceptions.ProfileNotFound as error:
        raise CredentialsError(
            "AWS_PROFILE names a profile that is not there.", fix="correct or unset AWS_PROFILE"
        ) from error
    except _NO_CREDENTIALS as error:
        raise CredentialsError(
            f"No usable AWS credentials for {action} {where} ({type(error).__name__}).",
            fix="log in, for example `aws sso login`, or set AWS_PROFILE",
        ) from error


def _from_client_error(error: ClientError, action: str, where: str) -> OpsError:
    code = error.response.get("Error", {}).get("Code", "unknown")
    if code in _DENIED:
        return PermissionDeniedError(
            f"The credentials may not call {action} {where}.",
            fix=f"allow {action} for this role or user",
        )
    if code in _BAD_CREDENTIALS:
        return CredentialsError(
            f"AWS did not accept the credentials for {action} {where} ({code}).",
            fix="log in again, for example `aws sso login`, or set AWS_PROFILE",
        )
    return ServiceError(f"AWS answered {code} to {action} {where}.", fix="try again later")

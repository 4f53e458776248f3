"""What the rotation works on. What is secret never appears when one of these is printed."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from .smtp_password import smtp_password

CURRENT: Final = "AWSCURRENT"
PENDING: Final = "AWSPENDING"
PREVIOUS: Final = "AWSPREVIOUS"
"""Staging labels of Secrets Manager: what clients read, what a rotation makes, what the last one replaced."""

MAX_KEYS: Final = 2
"""Access keys of one IAM user (IAM User Guide, quotas)."""

USER_TAG: Final = "ses-smtp-user"
REGION_TAG: Final = "ses-smtp-region"
"""Tags of a secret: the IAM user whose key it holds, and the Region that the password works in."""

USERS: Final = "SMTP_USERS"
"""Environment variable of the function: a JSON list of the users of the deployed template."""

KEY_AGES_OF: Final = "KeyAgesOf"
"""Key of the scheduled event: the secrets whose keys to look at."""

PLACEHOLDER: Final = json.dumps({"username": "", "password": ""})
"""The value of a secret before its first rotation. A template that changed it would overwrite credentials."""

PORT: Final = 587
STARTTLS_PORTS: Final = (587, 2587)
TLS_WRAPPER_PORTS: Final = (465, 2465)
"""Without 25: EC2 and Lambda throttle it (SES Developer Guide, connecting to an SMTP endpoint)."""

_REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}")


class RotationError(Exception):
    """Why a step failed, without any secret: Lambda writes this text to the log."""


def smtp_host(region: str) -> str:
    """The host of SES's SMTP interface (AWS General Reference, SES endpoints).

    Raises:
        RotationError: it is no name of a Region. Credentials are sent to this host, so nothing else may
            become a part of its name.
    """
    if not _REGION.fullmatch(region):
        raise RotationError(f"the tag {REGION_TAG} is not the name of a Region")
    return f"email-smtp.{region}.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class Key:
    """An access key as IAM lists it.

    Attributes:
        id: Its id, which is the SMTP user name.
        active: Whether it can be used.
        created: When it was made.
    """

    id: str
    active: bool
    created: datetime


@dataclass(frozen=True, kw_only=True)
class NewKey:
    """A key in the one moment in which IAM tells its secret.

    Attributes:
        id: Its id.
        secret: The secret access key.
    """

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Secret:
    """A secret without its value.

    Attributes:
        name: Its name.
        user: The IAM user whose key it holds.
        region: The Region that the password works in.
        rotating: Whether rotation is switched on.
        stages: Staging labels by version id.
    """

    name: str
    user: str
    region: str
    rotating: bool
    stages: Mapping[str, tuple[str, ...]]

    def version_with(self, stage: str) -> str | None:
        """The version that carries a staging label."""
        return next((version for version, stages in self.stages.items() if stage in stages), None)


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What one version of a secret holds.

    Attributes:
        region: The Region that the password works in.
        username: The access key's id; empty before the first rotation.
        password: The SMTP password; empty before the first rotation.
    """

    region: str
    username: str
    password: str = field(repr=False)

    @classmethod
    def of(cls, key: NewKey, *, region: str) -> "Credentials":
        """The SMTP credentials that belong to a new access key."""
        return cls(region=region, username=key.id, password=smtp_password(key.secret, region=region))

    @property
    def host(self) -> str:
        """The host that takes them."""
        return smtp_host(self.region)

    def to_json(self) -> str:
        """The value of the secret: everything that a client needs."""
        return json.dumps(
            {
                "region": self.region,
                "host": self.host,
                "port": PORT,
                "starttls_ports": STARTTLS_PORTS,
                "tls_wrapper_ports": TLS_WRAPPER_PORTS,
                "username": self.username,
                "password": self.password,
            }
        )

    @classmethod
    def from_json(cls, text: str, *, secret: str) -> "Credentials":
        """Read a value that this function, or the template before it, wrote.

        Raises:
            RotationError: somebody else wrote it. The value is not quoted.
        """
        try:
            value = json.loads(text)
            return cls(
                region=str(value.get("region", "")),
                username=str(value["username"]),
                password=str(value["password"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise RotationError(f"{secret} holds a value that is not SMTP credentials") from None


class Gateway(Protocol):
    """IAM and Secrets Manager as the rotation uses them. Every call is one API call."""

    def describe(self, secret_id: str) -> Secret:
        """The secret without its value."""

    def value(self, secret_id: str, *, version: str | None = None, stage: str | None = None) -> str | None:
        """The value of a version, or None when there is no such version or it holds nothing."""

    def put_pending(self, secret_id: str, version: str, value: str) -> None:
        """Store the value of a version and label it AWSPENDING."""

    def make_current(self, secret_id: str, version: str, *, instead_of: str | None) -> None:
        """Move AWSCURRENT; Secrets Manager then moves AWSPREVIOUS to the version that had it."""

    def forget_pending(self, secret_id: str, version: str) -> None:
        """Take AWSPENDING away, which ends a rotation."""

    def keys(self, user: str) -> list[Key]:
        """The access keys of a user; none when the user is gone."""

    def create_key(self, user: str) -> NewKey:
        """Create an access key."""

    def delete_key(self, user: str, key_id: str) -> None:
        """Delete an access key; one that is gone is fine."""


class Login(Protocol):
    """Tries credentials at SES."""

    def __call__(self, credentials: Credentials) -> str | None:
        """None when SES took them, else why not, without anything secret."""

"""Where a domain's DNS lives: the input that is separate from the domain itself.

A subdomain's records may belong in its parent's zone, and a domain's DNS may be with
another provider altogether, so the zone is never guessed from the domain.
"""

import re
from dataclasses import dataclass
from typing import Final

from constructs_lib.account_id import require_account_id
from constructs_lib.domain_name import is_token, is_within, normalize_domain
from constructs_lib.errors import ConfigurationError

_ZONE_ID: Final = re.compile(r"Z[A-Z0-9]{1,31}")
_ROLE_NAME: Final = re.compile(r"[A-Za-z0-9+=,.@_-]{1,64}")


@dataclass(frozen=True, kw_only=True)
class Route53Zone:
    """A public hosted zone that exists already.

    Attributes:
        zone_id: Its id, ``Z0123456789ABCDEFGHIJ``. Written down, never looked up, so that the same
            commit always makes the same template and a private zone of that name is never taken.
        zone_name: The domain that the zone is for.

    Raises:
        ConfigurationError: ``hosted-zone-id-invalid`` or a code of `normalize_domain`.
    """

    zone_id: str
    zone_name: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "zone_name", normalize_domain(self.zone_name, option="zone_name"))
        _require_zone_id(self.zone_id)


@dataclass(frozen=True, kw_only=True)
class CrossAccountZone:
    """A public hosted zone of another AWS account, which lets this deployment write mail records by a role.

    The owner of the zone makes the role, with `ZoneRecordsRole` or with the template that
    ``python -m ops zone-role`` prints.

    Attributes:
        zone_id: Its id, ``Z0123456789ABCDEFGHIJ``.
        zone_name: The domain that the zone is for.
        account: The id of the account that owns it.
        role_name: The role there, without a path: 1 to 64 characters (IAM API, CreateRole).

    Raises:
        ConfigurationError: ``account-invalid``, ``hosted-zone-id-invalid``, ``zone-role-invalid`` or a code
            of `normalize_domain`.
    """

    zone_id: str
    zone_name: str
    account: str
    role_name: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "zone_name", normalize_domain(self.zone_name, option="zone_name"))
        _require_zone_id(self.zone_id)
        require_account_id(self.account, option="account")
        require_role_name(self.role_name, option="role_name")


@dataclass(frozen=True, kw_only=True)
class CreatedZone:
    """A public hosted zone that this deployment creates and keeps.

    Attributes:
        zone_name: The domain that the zone is for.
        parent: The zone that is to delegate to it, of this account or of another one; the deployment then
            writes the NS record there. Default: a person enters the name servers at the registrar, or in the
            parent zone.

    Raises:
        ConfigurationError: ``zone-parent-invalid`` or a code of `normalize_domain`.
    """

    zone_name: str
    parent: Route53Zone | CrossAccountZone | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "zone_name", normalize_domain(self.zone_name, option="zone_name"))
        if self.parent is not None:
            require_parent(self.parent, self.zone_name)


@dataclass(frozen=True, kw_only=True)
class ExternalDns:
    """DNS with another provider: records are printed and exported for a person to add."""


WritableZone = Route53Zone | CrossAccountZone
"""A zone that exists and that this deployment writes to."""

DnsLocation = WritableZone | CreatedZone | ExternalDns


def require_parent(parent: WritableZone, zone_name: str) -> None:
    """Refuse a zone that cannot delegate to another one.

    Raises:
        ConfigurationError: ``zone-parent-invalid``.
    """
    if not is_within(zone_name, parent.zone_name) or zone_name == parent.zone_name:
        raise ConfigurationError(
            "zone-parent-invalid",
            option="parent.zone_name",
            rule=f"the parent zone of {zone_name} is a shorter name that it ends in.",
            got=parent.zone_name,
            fix="name the zone that holds the domain above it, or leave parent out for a registrar",
        )


def require_role_name(name: str, *, option: str) -> None:
    """Refuse what is no name of an IAM role.

    Raises:
        ConfigurationError: ``zone-role-invalid``.
    """
    if not is_token(name) and not _ROLE_NAME.fullmatch(name):
        raise ConfigurationError(
            "zone-role-invalid",
            option=option,
            rule="1 to 64 letters, digits and any of + = , . @ - _ (IAM API, CreateRole).",
            got=name,
            fix="write the name alone, without arn: and without a path",
        )


def require_zone_covers(dns: DnsLocation, domain: str) -> None:
    """Refuse a zone that is neither the domain nor a parent of it, label by label.

    Raises:
        ConfigurationError: ``zone-mismatch``.
    """
    if not isinstance(dns, ExternalDns) and not is_within(domain, dns.zone_name):
        raise ConfigurationError(
            "zone-mismatch",
            option="dns.zone_name",
            rule=f"the zone is {domain} or a parent of it.",
            got=dns.zone_name,
            fix="name the zone that holds this domain's records, or ExternalDns() when it is not in Route 53",
        )


def _require_zone_id(zone_id: str) -> None:
    if not is_token(zone_id) and not _ZONE_ID.fullmatch(zone_id):
        raise ConfigurationError(
            "hosted-zone-id-invalid",
            option="zone_id",
            rule="a hosted zone id is Z and up to 31 capital letters and digits.",
            got=zone_id,
            fix="copy it from the Route 53 console, without /hostedzone/ before it",
        )


def holds(dns: DnsLocation, name: str) -> bool:
    """Whether this deployment can put a record of this name where receivers look for it."""
    return not isinstance(dns, ExternalDns) and is_within(name, dns.zone_name)

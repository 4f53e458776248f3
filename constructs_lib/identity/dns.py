"""Where a domain's DNS lives: the input that is separate from the domain itself.

A subdomain's records may belong in its parent's zone, and a domain's DNS may be with
another provider altogether, so the zone is never guessed from the domain.
"""

import re
from dataclasses import dataclass
from typing import Final

from constructs_lib.domain_name import is_token, is_within, normalize_domain
from constructs_lib.errors import ConfigurationError

_ZONE_ID: Final = re.compile(r"Z[A-Z0-9]{1,31}")


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
        if not is_token(self.zone_id) and not _ZONE_ID.fullmatch(self.zone_id):
            raise ConfigurationError(
                "hosted-zone-id-invalid",
                option="zone_id",
                rule="a hosted zone id is Z and up to 31 capital letters and digits.",
                got=self.zone_id,
                fix="copy it from the Route 53 console, without /hostedzone/ before it",
            )


@dataclass(frozen=True, kw_only=True)
class CreatedZone:
    """A public hosted zone that this deployment creates and keeps.

    Its name servers must then be entered at the registrar (or in the parent zone) by a person.
    """

    zone_name: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "zone_name", normalize_domain(self.zone_name, option="zone_name"))


@dataclass(frozen=True, kw_only=True)
class ExternalDns:
    """DNS with another provider: records are printed and exported for a person to add."""


DnsLocation = Route53Zone | CreatedZone | ExternalDns


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


def holds(dns: DnsLocation, name: str) -> bool:
    """Whether this deployment can put a record of this name where receivers look for it."""
    return not isinstance(dns, ExternalDns) and is_within(name, dns.zone_name)

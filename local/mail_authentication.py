"""DKIM and DMARC of a message, by the records of public DNS. Pure: DNS is given as a look-up.

Sources: RFC 6376 (dkimpy verifies), RFC 7489: a policy is that of the From domain or of its organizational
domain, and alignment is relaxed unless the policy says strict.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Final

import dkim

from constructs_lib.domain_name import organizational_domain
from local.verification import LookUp

POLICIES: Final = ("none", "quarantine", "reject")
"""What the owner of a domain can ask for (RFC 7489 6.3)."""

_QUIET: Final = logging.getLogger(f"{__name__}.signatures")
"""What is wrong with somebody's signature is no error of ours."""

_QUIET.propagate = False
_QUIET.addHandler(logging.NullHandler())

_SIGNATURE: Final = re.compile(rb"^DKIM-Signature[ \t]*:", re.IGNORECASE | re.MULTILINE)


def signing_domains(headers: bytes, content: bytes, look_up: LookUp) -> list[str] | None:
    """The domains whose signatures are right; None when nobody signed.

    Args:
        headers: The header section of the message.
        content: The whole of it.
        look_up: Public DNS.
    """
    signatures = len(_SIGNATURE.findall(headers))
    if not signatures:
        return None
    return [domain for number in range(signatures) if (domain := _signer(content, number, look_up))]


def policy_tags(from_domain: str, look_up: LookUp) -> Mapping[str, str]:
    """The tags of the DMARC policy that counts for a From domain; none when it has no policy."""
    parent = organizational_domain(from_domain) if from_domain else ""
    for domain in (from_domain, parent):
        records = [value for value in look_up(f"_dmarc.{domain}", "TXT") if value.startswith("v=DMARC1")]
        if domain and len(records) == 1:
            tags = dict(_tag(part) for part in records[0].split(";") if "=" in part)
            return {**tags, "p": tags["sp"]} if domain != from_domain and "sp" in tags else tags
    return {}


def aligned(domains: Sequence[str], from_domain: str, mode: str | None) -> bool:
    """Whether one of the domains is the From domain, or one organization with it (relaxed mode)."""
    if mode == "s":
        return from_domain in domains
    return organizational_domain(from_domain) in {
        organizational_domain(domain) for domain in domains if domain
    }


def _signer(content: bytes, number: int, look_up: LookUp) -> str | None:
    def key_record(name: bytes, timeout: int = 0) -> bytes | None:
        del timeout  # nothing here takes time
        found = look_up(name.decode("ascii", "replace").removesuffix("."), "TXT")
        return found[0].encode() if found else None

    message = dkim.DKIM(content, logger=_QUIET)
    try:
        right = message.verify(idx=number, dnsfunc=key_record)
    except Exception:  # noqa: BLE001 - a strange signature is a wrong one, whatever the library makes of it
        return None
    return message.domain.decode("ascii", "replace").lower() if right else None


def _tag(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return name.strip(), value.strip()

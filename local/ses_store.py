"""Where the identities live: inside the emulator's own SES stores, so that its other calls see them.

The record in the emulator's v2 store carries our `Identity`; every other field of it, and the whole v1
record, is a projection written again before each request, so that the emulator's own code (who may send,
tenants, tags, the v1 calls) decides by the state that is true now.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from local import emulator
from local.addresses import unlabelled
from local.dns_names import ancestors
from local.identity import Identity, KeyLength, MailFrom, MxFailure, canonical_name, checked
from local.identity_view import identity_type
from local.own_dkim import OwnKey
from local.verification import DEFAULT_WINDOW, Progress, Status
from local.verification_links import Links
from local.zones import PublicDns, RecordSet, Zone

_KEY: Final = "identity"
V1_STATUS: Final = {
    Status.NOT_STARTED: "NotStarted",
    Status.PENDING: "Pending",
    Status.SUCCESS: "Success",
    Status.FAILED: "Failed",
    Status.TEMPORARY_FAILURE: "TemporaryFailure",
}
"""Verification states in the words of the API v1."""


@dataclass(kw_only=True)
class IdentityStore:
    """Identities of the account and Region of the current request.

    Attributes:
        window: How long SES looks for DNS records.
        links: The links of verification mail; deleting an identity revokes its own.
    """

    window: timedelta = DEFAULT_WINDOW
    links: Links = field(default_factory=Links)

    def find(self, name: str) -> Identity | None:
        """The identity of that name."""
        record = emulator.v2_identities.get(canonical_name(name))
        return record[_KEY] if record else None

    def names(self) -> list[str]:
        """Every identity's name."""
        return list(emulator.v2_identities)

    def new(self, name: str) -> Identity:
        """An identity whose verification starts now; it is not stored yet."""
        return Identity(
            name=canonical_name(name),
            account=emulator.account_id(),
            region=emulator.region(),
            verification=Progress(started=datetime.now(UTC)),
        )

    def put(self, identity: Identity) -> None:
        """Store an identity, new or changed, with its state worked out."""
        self._project(self._checked(identity, self.public_dns()))

    def remove(self, name: str) -> None:
        """Forget an identity and its tags."""
        known = canonical_name(name)
        emulator.v2_identities.pop(known, None)
        emulator.v1_identities.pop(known, None)
        emulator.v2_tags.pop(identity_arn(known), None)
        self.links.revoke(account=emulator.account_id(), region=emulator.region(), address=known)

    def refresh(self) -> None:
        """Look for every identity's records again; called before each SES request."""
        dns = self.public_dns()
        for name in self.names():
            identity = self.find(name)
            if identity is not None:
                self._project(self._checked(identity, dns))

    def covering(self, address: str) -> Identity | None:
        """The verified identity that a sender falls under: the address, what it is a label of, a domain.

        The most specific one decides about configuration set and MAIL FROM (SES Developer Guide, identities).
        """
        domain = address.rpartition("@")[2]
        candidates = (self.find(name) for name in (address, *unlabelled(address), *ancestors(domain)))
        return next((found for found in candidates if found and found.verification.may_send), None)

    def tags(self, name: str) -> Sequence[dict[str, str]]:
        """An identity's tags."""
        found: Sequence[dict[str, str]] = emulator.v2_tags.get(identity_arn(name), [])
        return found

    def set_tags(self, name: str, tags: Sequence[dict[str, str]]) -> None:
        """Replace an identity's tags."""
        emulator.v2_tags[identity_arn(canonical_name(name))] = list(tags)

    def public_dns(self) -> PublicDns:
        """What everybody can look up."""
        # Public zones are public: any account's and Region's SES sees the same ones.
        records = emulator.records()
        return PublicDns(
            Zone(
                name=zone["name"],
                private=bool(zone.get("private")),
                records=tuple(_record_set(record) for record in records.get((account, zone_id), ())),
            )
            for (account, zone_id), zone in emulator.zones().items()
        )

    def _checked(self, identity: Identity, dns: PublicDns) -> Identity:
        return checked(
            identity, dns, now=datetime.now(UTC), window=self.window, link_window=self.links.window
        )

    def _project(self, identity: Identity) -> None:
        name = identity.name
        emulator.v2_identities[name] = {
            _KEY: identity,
            "IdentityType": identity_type(identity),
            "VerifiedForSendingStatus": identity.verification.may_send,
        }
        v1 = emulator.v1_identities.get(name) or emulator.v1_new_identity(
            name, "Domain" if identity.is_domain else "EmailAddress"
        )
        status = identity.verification.status
        v1["VerificationStatus"] = V1_STATUS[status]
        v1["DkimEnabled"] = identity.is_domain and identity.signing_enabled
        v1["DkimTokens"] = list(identity.tokens)
        v1["DkimVerificationStatus"] = V1_STATUS[status if identity.is_domain else Status.NOT_STARTED]
        v1["FeedbackForwardingEnabled"] = identity.feedback_forwarding
        emulator.v1_identities[name] = v1


def identity_arn(name: str) -> str:
    """The ARN under which the emulator keeps an identity's tags."""
    return f"arn:aws:ses:{emulator.region()}:{emulator.account_id()}:identity/{name}"


def with_mail_from(identity: Identity, domain: str | None, mx_failure: str | None) -> Identity:
    """Set or remove a MAIL FROM domain; setting the same one again restarts a failed verification."""
    behavior = MxFailure(mx_failure or MxFailure.USE_DEFAULT_VALUE)
    if not domain:
        return replace(identity, mail_from=None, mx_failure=behavior)
    kept = identity.mail_from
    if kept is None or kept.domain != domain.lower() or kept.progress.status is Status.FAILED:
        kept = MailFrom(domain=domain.lower(), progress=Progress(started=datetime.now(UTC)))
    return replace(identity, mail_from=kept, mx_failure=behavior)


def with_signing(identity: Identity, attributes: dict[str, Any]) -> Identity:
    """Apply DkimSigningAttributes: a key length of Easy DKIM, or a key of one's own.

    Another key is looked for anew: what was verified says nothing about it.

    Raises:
        ValueError: SES would not take the key.
    """
    own_key = OwnKey.of(attributes)
    if own_key != identity.own_key:
        identity = replace(identity, verification=Progress(started=datetime.now(UTC)))
    return replace(
        identity,
        own_key=own_key,
        key_length=KeyLength(attributes.get("NextSigningKeyLength") or KeyLength.RSA_2048_BIT),
    )


def _record_set(record: dict[str, Any]) -> RecordSet:
    return RecordSet(
        name=record["Name"], type=record["Type"], values=tuple(record.get("ResourceRecords", ()))
    )

"""Verifies addresses: sends a link to each, and believes whoever follows it.

Source: SES API reference, VerifyEmailIdentity, SendCustomVerificationEmail, CreateEmailIdentity: each adds
the address to the list of identities, pending, and sends a mail.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from local import emulator
from local.addresses import is_address, is_domain
from local.identity import Identity
from local.ses_errors import Fault, SesError
from local.ses_store import IdentityStore
from local.verification import confirmed, restarted
from local.verification_links import PATH, Link, Redirects
from local.verification_mail import SENDER, own_mail


@dataclass(frozen=True, kw_only=True)
class Click:
    """What became of a click.

    Attributes:
        verified: The address is verified now.
        link: The link; None when nothing was ever sent with it.
    """

    verified: bool
    link: Link | None


@dataclass(frozen=True, kw_only=True)
class AddressVerification:
    """Verification of addresses.

    Attributes:
        store: The identities.
        endpoint_url: Where the emulator answers; links start with it.
    """

    store: IdentityStore
    endpoint_url: str

    def start(self, identity: Identity) -> None:
        """Send SES's own mail for a stored identity; a domain gets none."""
        if identity.is_domain:
            return
        mail = own_mail(address=identity.name, region=identity.region, link=self.link_to(identity, None))
        emulator.send_mail(
            SENDER,
            [identity.name],
            mail.subject,
            mail.text,
            mail.html,
            "VerifyEmailIdentity",
            extra={"Region": identity.region},
        )

    def restart(self, address: str) -> None:
        """VerifyEmailIdentity: SES's own mail, once more for an address that is known."""
        self.start(self.pending(address))

    def pending(self, address: str) -> Identity:
        """The identity of an address that gets a mail now: new, begun again, or verified as it was.

        Raises:
            SesError: it is not an address.
        """
        require_address(address)
        identity = self.store.find(address) or self.store.new(address)
        progress = restarted(identity.verification, now=datetime.now(UTC))
        self.store.put(replace(identity, verification=progress))
        return identity

    def link_to(self, identity: Identity, redirects: Redirects | None) -> str:
        """A new link for an identity's next mail."""
        link = self.store.links.issue(
            account=identity.account,
            region=identity.region,
            address=identity.name,
            now=datetime.now(UTC),
            redirects=redirects,
        )
        return f"{self.endpoint_url}{PATH}?token={link.token}"

    def follow(self, token: str) -> Click:
        """Use a link. The request says neither account nor Region: the link does."""
        link = self.store.links.find(token)
        if link is None:
            return Click(verified=False, link=None)
        emulator.set_account_id(link.account)
        emulator.set_region(link.region)
        now = datetime.now(UTC)
        identity = self.store.find(link.address)
        verified = self.store.links.spend(link, now=now) and identity is not None
        if verified and identity is not None:
            progress = confirmed(identity.verification, now=now)
            self.store.put(replace(identity, verification=progress))
        return Click(verified=verified, link=link)


def require_address(text: str) -> None:
    """Refuse what SES does not take as an address.

    Raises:
        SesError: with SES's words.
    """
    if not text:
        raise SesError(Fault.INVALID_PARAMETER, "Email address not specified.")
    if not is_address(text):
        raise SesError(Fault.INVALID_PARAMETER, f"Invalid email address<{text}>.")


def require_identity_name(name: str) -> None:
    """Refuse what SES does not take as the name of an identity.

    Raises:
        SesError: it is neither an address nor a domain.
    """
    if "@" in name:
        require_address(name)
    elif not is_domain(name):
        raise SesError(Fault.INVALID_PARAMETER, f"Invalid domain name {name}.")

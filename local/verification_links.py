"""The links in verification mail: random, for one click, for 24 hours. Pure: the time is an argument.

Source: SES Developer Guide, creating and verifying an email address identity. That a link works once is this
project's reading: the guide does not say what a second click does.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from local.verification import DEFAULT_LINK_WINDOW

PATH: Final = "/_ministack/ses/verify"
"""Where the emulator answers clicks."""


@dataclass(frozen=True, kw_only=True)
class Redirects:
    """Where a custom verification e-mail leads after the click."""

    success: str
    failure: str


@dataclass(frozen=True, kw_only=True)
class Link:
    """One link of one mail.

    Attributes:
        token: What makes it impossible to guess.
        account: Account of the identity.
        region: Region of the identity.
        address: The address that the click verifies.
        sent: When the mail went out.
        redirects: Where the click leads; None for SES's own mail, which has a page.
    """

    token: str
    account: str
    region: str
    address: str
    sent: datetime
    redirects: Redirects | None


@dataclass(kw_only=True)
class Links:
    """Every link that was sent.

    Attributes:
        window: How long a link works.
    """

    window: timedelta = DEFAULT_LINK_WINDOW
    _sent: dict[str, Link] = field(default_factory=dict)
    _spent: set[str] = field(default_factory=set)

    def issue(
        self, *, account: str, region: str, address: str, now: datetime, redirects: Redirects | None
    ) -> Link:
        """A new link."""
        link = Link(
            token=secrets.token_urlsafe(32),
            account=account,
            region=region,
            address=address,
            sent=now,
            redirects=redirects,
        )
        self._sent[link.token] = link
        return link

    def find(self, token: str) -> Link | None:
        """The link, whether it still works or not."""
        return self._sent.get(token)

    def spend(self, link: Link, *, now: datetime) -> bool:
        """Use a link; False when it has been used, has expired, or its identity was deleted."""
        if link.token in self._spent:
            return False
        self._spent.add(link.token)
        return now - link.sent < self.window

    def revoke(self, *, account: str, region: str, address: str) -> None:
        """Make every link to a deleted identity useless: one created later needs a new mail."""
        self._spent |= {
            link.token
            for link in self._sent.values()
            if (link.account, link.region, link.address) == (account, region, address)
        }

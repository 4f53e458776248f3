"""Answers clicks on the links of verification mail: ``GET /_ministack/ses/verify?token=...``."""

from dataclasses import dataclass
from http import HTTPStatus

from local.address_verification import AddressVerification
from local.emulator import Query, Response
from local.sent_mail import MessagesHandler
from local.verification_links import PATH


@dataclass(frozen=True, kw_only=True)
class VerificationClicks:
    """The page behind the links.

    Attributes:
        inner: Answers every other path.
        addresses: Verification of addresses.
    """

    inner: MessagesHandler
    addresses: AddressVerification

    async def handle(self, method: str, path: str, headers: dict[str, str], query: Query) -> Response | None:
        """Verify, then lead to the template's URL, or to a page where there is none; None for other paths."""
        if method != "GET" or path != PATH:
            return await self.inner(method, path, headers, query)
        click = self.addresses.follow(query.get("token", [""])[0])
        if click.link is not None and click.link.redirects is not None:
            to = click.link.redirects
            return _answer(HTTPStatus.FOUND, "", Location=to.success if click.verified else to.failure)
        if click.verified and click.link is not None:
            return _answer(HTTPStatus.OK, f"{click.link.address} is verified.\n")
        return _answer(HTTPStatus.NOT_FOUND, "This link does not work, or not any more: ask for a new one.\n")


def _answer(status: HTTPStatus, text: str, **headers: str) -> Response:
    standard = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
    return status, {**standard, **headers}, text.encode()

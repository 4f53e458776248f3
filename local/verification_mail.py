"""The text of verification mail, in words of our own: SES's own mail, and what it adds to a custom one.

Source: SES Developer Guide, custom verification email templates: the content as it is, then the link, then a
notice for people who asked for nothing.
"""

import html
from dataclasses import dataclass
from typing import Final

SENDER: Final = "no-reply-aws@amazon.com"
"""Who SES's own verification mail is from (SES Developer Guide, verifying an email address)."""

_NOTICE: Final = "If you did not ask for this, ignore this message."


@dataclass(frozen=True, kw_only=True)
class Mail:
    """Subject and bodies of a message."""

    subject: str
    text: str
    html: str


def own_mail(*, address: str, region: str, link: str) -> Mail:
    """SES's own verification mail."""
    asks = f"Somebody wants to send e-mail as {address} through Amazon SES in {region}."
    return Mail(
        subject=f"Amazon Web Services - Email Address Verification Request in region {region}",
        text=f"{asks}\nTo allow it, open within 24 hours:\n\n{link}\n\n{_NOTICE}\n",
        html=f"<p>{html.escape(asks)}</p>{_anchor(link)}<p>{_NOTICE}</p>",
    )


def custom_mail(*, subject: str, content: str, link: str) -> Mail:
    """A custom verification e-mail."""
    return Mail(subject=subject, text="", html=f"{content}{_anchor(link)}<p>{_NOTICE}</p>")


def _anchor(link: str) -> str:
    escaped = html.escape(link)
    return f'<p><a href="{escaped}">{escaped}</a></p>'

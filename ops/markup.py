"""HTML by function calls, so that no text can become markup: mypy tells `Html` from a string."""

from html import escape
from typing import Final, NewType

from ops.visible import visible

Html = NewType("Html", str)
"""Text that is markup already."""

_VOID: Final = frozenset({"meta"})


def text(value: str) -> Html:
    """Text from anywhere, as markup that shows it."""
    return Html(escape(visible(value)))


def element(tag: str, *children: Html, css: str = "", **attributes: str) -> Html:
    """One element.

    Args:
        tag: Its name.
        *children: What stands in it.
        css: Its class.
        **attributes: Its attributes; an underscore stands for a hyphen.
    """
    named = {"class": css, **attributes} if css else attributes
    words = "".join(f' {name.replace("_", "-")}="{text(value)}"' for name, value in named.items())
    return Html(f"<{tag}{words}>" + ("" if tag in _VOID else f"{''.join(children)}</{tag}>"))


def joined(*parts: Html) -> Html:
    """Markup after markup."""
    return Html("".join(parts))

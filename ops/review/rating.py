"""How much attention a change needs."""

from enum import IntEnum


class Rating(IntEnum):
    """From nothing to what a reviewer has to stop.

    Only what takes away or replaces an identity, a receipt rule set in use, or mail DNS blocks: everything
    else is for people to judge.
    """

    NONE = 0
    ROUTINE = 1
    CAUTION = 2
    DANGER = 3
    BLOCK = 4

    @property
    def word(self) -> str:
        """As the report and the command line write it."""
        return self.name.lower() if self else "no change"

    @property
    def meaning(self) -> str:
        """What it asks of a reviewer."""
        return _MEANING[self]


_MEANING = {
    Rating.NONE: "nothing is deployed otherwise",
    Rating.ROUTINE: "mail goes on as before",
    Rating.CAUTION: "mail or permissions change: read it",
    Rating.DANGER: "mail, data or control can be lost: be sure",
    Rating.BLOCK: "an identity, a rule set in use or mail DNS goes or is replaced",
}

"""Questions to public DNS whose answers are put together: several servers, CNAMEs on the way."""

from dataclasses import dataclass
from typing import Final

from constructs_lib.identity.dns_records import RecordType
from ops.dns_check import LookUp
from ops.doctor.findings import Finding, not_known

ASK_ELSEWHERE: Final = "run it where public DNS can be asked, or name a server that can with --resolver"
_CNAME: Final = "CNAME "
_MOST_CNAMES: Final = 8


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the servers of a name say together.

    Attributes:
        values: Every value, each once, in the order found.
        instead: The CNAME at the name; None where there is none.
        error: Why nobody could be asked; None when a server answered.
    """

    values: tuple[str, ...] = ()
    instead: str | None = None
    error: str | None = None


def find(name: str, record_type: RecordType, look_up: LookUp) -> Found:
    """Ask once."""
    answers = look_up.ask(name, record_type)
    reached = [answer for answer in answers if answer.error is None]
    if not reached:
        return Found(error="; ".join(f"{answer.server}: {answer.error}" for answer in answers))
    return Found(
        values=tuple(dict.fromkeys(value for answer in reached for value in answer.values)),
        instead=next((answer.instead for answer in reached if answer.instead), None),
    )


def find_text(name: str, look_up: LookUp) -> Found:
    """Ask for TXT as receivers do, who follow CNAMEs."""
    for _ in range(_MOST_CNAMES):
        found = find(name, RecordType.TXT, look_up)
        if found.values or found.instead is None or not found.instead.startswith(_CNAME):
            return found
        name = found.instead.removeprefix(_CNAME)
    return Found()


def silent(about: str, error: str) -> Finding:
    """What to say when nobody could be asked."""
    return not_known(f"{about} in public DNS", why=f"{error}.", fix=ASK_ELSEWHERE)

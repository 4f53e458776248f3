"""The status of an environment as a value that text, JSON and HTML are written from.

A kind of thing that has states (identities, subscriptions, ...) is a `Section`. To add one, write a function
that makes a `Section` and name it in `ops.status_reading`; the three renderings follow.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from ops.advice import NOBODY, NextStep
from ops.dns_check import RecordCheck
from ops.timing import IDLE, Timing

NOT_KNOWN: Final = "not known"
"""The word for a state that the credentials may not ask for."""


class Tone(StrEnum):
    """How a word is meant, so that colour can help; the word alone says it too."""

    GOOD = "good"
    OPEN = "open"
    BAD = "bad"


@dataclass(frozen=True, kw_only=True)
class StateRow:
    """One state of one thing.

    Attributes:
        name: What has the state, such as ``DKIM``.
        state: The state, in the words of the service.
        tone: How it is meant.
        note: What it is the state of, such as the MAIL FROM domain; empty where the name says it.
        timing: Since when, and until when.
    """

    name: str
    state: str
    tone: Tone
    note: str = ""
    timing: Timing = IDLE


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing with its states.

    Attributes:
        title: Which one, with its Region.
        word: All its states in a word, such as ``verified``.
        tone: How the word is meant; an item is well when it is `Tone.GOOD`.
        note: Said after the word; empty for nothing.
        states: Its states, none where the word is the only one.
        facts: Names and values that are no states.
        records: DNS records that are missing or wrong.
        next_step: What to do, and who must do it.
        document: What programs read of it, beside its states and its next step; keys are only ever added.
    """

    title: str
    word: str
    tone: Tone
    next_step: NextStep
    note: str = ""
    states: tuple[StateRow, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    records: tuple[RecordCheck, ...] = ()
    document: Mapping[str, object] = field(default_factory=dict)

    @property
    def well(self) -> bool:
        """Whether nothing is open."""
        return self.tone is Tone.GOOD

    @property
    def has_next_step(self) -> bool:
        """Whether anybody has to do anything."""
        return self.next_step.who != NOBODY


@dataclass(frozen=True, kw_only=True)
class Section:
    """All things of one kind, in the order of the environment's file.

    Attributes:
        key: Its name in JSON.
        things: What they are, in the plural, such as ``identities``.
        done: What they are when all is well, such as ``verified``.
        items: The things.
        listed: Whether each is a line of a list; otherwise each is a block of its own.
    """

    key: str
    things: str
    done: str
    items: tuple[Item, ...]
    listed: bool = False

    @property
    def headline(self) -> str:
        """The section in a line to count by."""
        return f"{sum(item.well for item in self.items)} of {len(self.items)} {self.things} {self.done}"


@dataclass(frozen=True, kw_only=True)
class EnvironmentStatus:
    """One reading of one environment.

    Attributes:
        environment: Its name.
        account: Its account id.
        read_at: When AWS was asked, with a time zone.
        sections: Its sections; the first one is what the environment is about.
    """

    environment: str
    account: str
    read_at: datetime
    sections: tuple[Section, ...]

    def next_steps(self) -> dict[NextStep, list[str]]:
        """Everything that somebody has to do, each once, with the titles of what it is for."""
        steps: dict[NextStep, list[str]] = {}
        for section in self.sections:
            for item in section.items:
                if item.has_next_step:
                    steps.setdefault(item.next_step, []).append(item.title)
        return steps

"""One thing that a reviewer should know."""

from dataclasses import dataclass
from enum import StrEnum

from ops.review.rating import Rating
from ops.review.sentence import Sentence


class Subject(StrEnum):
    """What a finding is about, in the order of the report."""

    IDENTITY = "Identities"
    DNS = "DNS"
    RECEIVING = "Receiving"
    SENDING = "Sending and feedback"
    PERMISSION = "Permissions"
    DATA = "Keys and stored data"
    ALARM = "Alarms"
    CUSTOM_RESOURCE = "Custom resources that run"
    MOVE = "Renamed and moved"
    STACK = "Stacks"
    OTHER = "Other resources"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What changes, what that does, and how much attention it needs.

    Attributes:
        rating: How much.
        subject: What it is about.
        sentence: What changes and what that does, in the terms of mail.
        stacks: Where, by the ids of the stacks.
        lines: The change itself as lines of a diff, such as a statement; empty where the sentence says all.
    """

    rating: Rating
    subject: Subject
    sentence: Sentence
    stacks: tuple[str, ...]
    lines: tuple[str, ...] = ()

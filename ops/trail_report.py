"""What an environment's trail records of what it should, and the way to add the rest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from constructs_lib.audit.data_events import Selector
from ops.errors import TrailChangedError, TrailMissingError
from ops.ports import AccountGateway
from ops.trail_place import Trail, TrailPlace, missing_trail, place_of
from ops.trail_selectors import Selectors, merged, missing, wanted_selectors
from stacks.config import MailEnvironment


class TrailGateway(AccountGateway, Protocol):
    """CloudTrail, as far as one trail is looked at and extended."""

    def trail(self, place: TrailPlace) -> Trail | None:
        """See `ops.audit_history.AuditGateway`."""

    def is_logging(self, trail: Trail) -> bool:
        """Whether it records at all.

        Raises:
            AccessError: CloudTrail could not be asked.
        """

    def selectors(self, trail: Trail) -> Selectors:
        """What it records.

        Raises:
            AccessError: CloudTrail could not be asked.
        """

    def put_selectors(self, trail: Trail, selectors: Sequence[Selector]) -> None:
        """Replace all that it records.

        Raises:
            AccessError: CloudTrail could not be asked, or does not take it.
        """


@dataclass(frozen=True, kw_only=True)
class TrailReport:
    """A trail, compared with what an environment wants of it.

    Attributes:
        trail: The trail.
        ours: Whether a stack of the environment makes it.
        logging: Whether it records.
        selectors: What it records.
        missing: Selectors of the environment that it does not have.
    """

    trail: Trail
    ours: bool
    logging: bool
    selectors: Selectors
    missing: tuple[Selector, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """What is not as it should be, in sentences; nothing if all is."""
        return tuple(self._faults())

    def _faults(self) -> Iterator[str]:
        if not self.logging:
            yield "It is stopped: nothing is recorded."
        if not self.trail.every_region:
            yield f"It records {self.trail.region} only."
        if not self.trail.validated:
            yield "Its log files are not validated: nobody can tell whether they were changed."
        for selector in self.missing:
            yield f"It does not record {selector['Name']}."


def read_trail(config: MailEnvironment, gateway: TrailGateway) -> TrailReport:
    """Look at the trail of an environment.

    Raises:
        TrailMissingError: It has none, or CloudTrail does not know it.
        AccessError: CloudTrail could not be asked.
    """
    place = place_of(config)
    if place is None:
        raise TrailMissingError(
            f"{config.name} has no audit trail.", fix="declare `audit` in the environment"
        )
    trail = gateway.trail(place)
    if trail is None:
        raise missing_trail(config, place)
    selectors = gateway.selectors(trail)
    return TrailReport(
        trail=trail,
        ours=place.ours,
        logging=gateway.is_logging(trail),
        selectors=selectors,
        missing=missing(selectors, wanted_selectors(config, partition=trail.partition)),
    )


def extend(config: MailEnvironment, gateway: TrailGateway, report: TrailReport) -> None:
    """Add what is missing, and keep what is there.

    Raises:
        TrailSelectorsError: It cannot be extended without losing something.
        TrailChangedError: Somebody changed it since it was read, or at the same moment.
        AccessError: CloudTrail could not be asked, or does not take it.
    """
    wanted = wanted_selectors(config, partition=report.trail.partition)
    whole = merged(config, report.selectors, wanted)
    # CloudTrail has no way to write only if nothing changed: the moment in between is kept short, and told.
    if gateway.selectors(report.trail) != report.selectors:
        raise _changed(report.trail, "before anything was written")
    gateway.put_selectors(report.trail, whole)
    if missing(gateway.selectors(report.trail), whole):
        raise _changed(report.trail, "while it was written")


def _changed(trail: Trail, when: str) -> TrailChangedError:
    return TrailChangedError(
        f"Somebody else changed {trail.arn} {when}.", fix="look at its selectors, and run the command again"
    )

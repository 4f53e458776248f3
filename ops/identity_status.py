"""The status of one identity, as a value."""

from dataclasses import dataclass
from datetime import datetime

from ops.advice import NextStep
from ops.dns_check import RecordCheck
from ops.ports import State


@dataclass(frozen=True, kw_only=True)
class IdentityStatus:
    """One identity in one Region.

    Attributes:
        domain: The identity.
        region: Its Region.
        automatic: Whether its records are in Route 53, so that the deploy makes them.
        identity: State of the domain itself.
        dkim: State of DKIM signing.
        mail_from: State of the MAIL FROM domain.
        mail_from_domain: The MAIL FROM domain that the environment declares.
        problems: Records in Route 53 that are missing or wrong, expected and found.
        next_step: The next thing to do, and who must do it.
        configuration_set: The default configuration set that SES uses, None without one.
        last_checked: When SES last looked at DNS, with a time zone.
        last_success: When it last found everything, with a time zone.
        keys_generated: When it generated the Easy DKIM keys, with a time zone.
        error_type: Why its last look failed, such as ``HOST_NOT_FOUND``.
    """

    domain: str
    region: str
    automatic: bool
    identity: State
    dkim: State
    mail_from: State
    mail_from_domain: str
    next_step: NextStep
    problems: tuple[RecordCheck, ...] = ()
    configuration_set: str | None = None
    last_checked: datetime | None = None
    last_success: datetime | None = None
    keys_generated: datetime | None = None
    error_type: str | None = None

    @property
    def verified(self) -> bool:
        """Whether the domain, DKIM and the MAIL FROM domain are all verified."""
        return self._states == {State.SUCCESS}

    @property
    def blocked(self) -> bool:
        """Whether waiting cannot help: SES gave up, or the identity does not exist."""
        return bool(self._states & {State.FAILED, State.NOT_DEPLOYED})

    @property
    def _states(self) -> set[State]:
        return {self.identity, self.dkim, self.mail_from}

    def headline(self) -> str:
        """What is not verified, in a few words."""
        parts = {"identity": self.identity, "DKIM": self.dkim, "MAIL FROM": self.mail_from}
        open_parts = [f"{name} {state}" for name, state in parts.items() if state is not State.SUCCESS]
        if self.identity is State.NOT_DEPLOYED:
            open_parts = [str(State.NOT_DEPLOYED)]
        return f"{self.domain} in {self.region}: {', '.join(open_parts) or 'verified'}"

    def summary(self) -> str:
        """The headline, and a line for each record that is not right, expected and found."""
        records = [
            f"  {check.record.type} {check.record.name} {check.verdict}: expected {check.record.values[0]}, "
            f"found {', '.join(check.found) or 'nothing'}"
            for check in self.problems
        ]
        return "\n".join([self.headline(), *records])

"""Domain identities as a section of the status. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from ops.documents import check_dict
from ops.environment_status import Item, Section, StateRow, Tone
from ops.identity_status import IdentityStatus
from ops.ports import State
from ops.timing import UNKNOWN, Known, iso, timing_of, utc

TONES: Final = {
    State.SUCCESS: Tone.GOOD,
    State.FAILED: Tone.BAD,
    State.PENDING: Tone.OPEN,
    State.TEMPORARY_FAILURE: Tone.OPEN,
    State.NOT_STARTED: Tone.OPEN,
    State.NOT_DEPLOYED: Tone.OPEN,
}
"""How SES's words are meant."""

DeployTimes = Mapping[tuple[str, str], Known]
"""When CloudFormation last changed an identity, by domain and Region."""


def identity_section(statuses: Sequence[IdentityStatus], deployed: DeployTimes) -> Section:
    """The identities of an environment.

    Args:
        statuses: What SES and Route 53 say.
        deployed: What CloudFormation says; an identity that is not named has no known time.
    """
    return Section(
        key="identities",
        things="identities",
        done="verified",
        items=tuple(
            _item(status, deployed.get((status.domain, status.region), UNKNOWN)) for status in statuses
        ),
    )


def _item(status: IdentityStatus, deployed: Known) -> Item:
    return Item(
        title=f"{status.domain} in {status.region}",
        word="verified" if status.verified else "not verified",
        tone=_tone(status),
        note="" if status.automatic else "DNS not in Route 53",
        states=_states(status, deployed),
        facts=_facts(status),
        records=status.problems,
        next_step=status.next_step,
        document=_document(status),
    )


def _tone(status: IdentityStatus) -> Tone:
    if status.verified:
        return Tone.GOOD
    return Tone.BAD if State.FAILED in {status.identity, status.dkim, status.mail_from} else Tone.OPEN


def _states(status: IdentityStatus, deployed: Known) -> tuple[StateRow, ...]:
    # A domain is verified by its DKIM records, so that both searches are one (SES Developer Guide, domains).
    keys = (
        Known(at=status.keys_generated, source="DKIM keys generated, says SES")
        if status.keys_generated
        else deployed
    )
    return (
        _row("identity", status.identity, keys, status),
        _row("DKIM", status.dkim, keys, status),
        StateRow(
            name="MAIL FROM",
            state=str(status.mail_from),
            tone=TONES[status.mail_from],
            note=status.mail_from_domain,
            timing=timing_of(status.mail_from, started=deployed),
        ),
    )


def _row(name: str, state: State, started: Known, status: IdentityStatus) -> StateRow:
    timing = timing_of(state, started=started, last_success=status.last_success)
    return StateRow(name=name, state=str(state), tone=TONES[state], timing=timing)


def _facts(status: IdentityStatus) -> tuple[tuple[str, str], ...]:
    if status.identity is State.NOT_DEPLOYED:
        return ()
    reason = f", {status.error_type}" if status.error_type else ""
    return (
        ("configuration set", status.configuration_set or "none"),
        ("last checked", (utc(status.last_checked) if status.last_checked else "not yet") + reason),
        ("last success", utc(status.last_success) if status.last_success else "none told by SES"),
    )


def _document(status: IdentityStatus) -> dict[str, object]:
    return {
        "domain": status.domain,
        "region": status.region,
        "automatic": status.automatic,
        "verified": status.verified,
        "identity": str(status.identity),
        "dkim": str(status.dkim),
        "mail_from": str(status.mail_from),
        "mail_from_domain": status.mail_from_domain,
        "configuration_set": status.configuration_set,
        "last_checked": iso(status.last_checked) if status.last_checked else None,
        "last_success": iso(status.last_success) if status.last_success else None,
        "error_type": status.error_type,
        "records": [check_dict(check) for check in status.problems],
    }

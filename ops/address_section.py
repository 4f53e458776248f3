"""Single addresses as a section of the status. Pure."""

from collections.abc import Sequence

from ops.addresses import AddressStatus
from ops.environment_status import NOT_KNOWN, Item, Section, StateRow, Tone
from ops.identity_section import TONES
from ops.ports import State


def address_section(statuses: Sequence[AddressStatus]) -> Section:
    """The addresses of an environment."""
    return Section(
        key="addresses",
        things="addresses",
        done="verified",
        items=tuple(_item(status) for status in statuses),
    )


def _item(status: AddressStatus) -> Item:
    template = status.declared.template
    facts = [("verification mail", f"of the template {template}" if template else "SES's own")]
    if status.state not in {None, State.NOT_DEPLOYED, State.NOT_STARTED}:
        facts.append(("configuration set", status.configuration_set or "none"))
    tone = TONES[status.state] if status.state else Tone.OPEN
    state = str(status.state or NOT_KNOWN)
    return Item(
        title=f"{status.declared.address} in {status.region}",
        word="verified" if status.state is State.SUCCESS else "not verified" if status.state else NOT_KNOWN,
        tone=tone,
        states=(StateRow(name="identity", state=state, tone=tone, timing=status.timing),),
        facts=tuple(facts),
        next_step=status.next_step,
        document={
            "address": status.declared.address,
            "region": status.region,
            "state": state,
            "template": template,
            "configuration_set": status.configuration_set,
        },
    )

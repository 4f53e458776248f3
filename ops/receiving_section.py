"""Whether SES applies the receipt rule sets of an environment, as a section of the status.

A Region has one active receipt rule set. When somebody activates another one, no mail comes in any more, and
neither CloudFormation nor a deployment of an unchanged template notices it.
"""

from collections.abc import Sequence
from typing import Final

from ops.advice import DEPLOYER, NOBODY, NextStep
from ops.environment_status import NOT_KNOWN, Item, Section, StateRow, Tone
from ops.errors import PermissionDeniedError
from ops.permission_step import allow_step
from ops.ports import ActiveRuleSet, ReceivingGateway
from ops.timing import Known, Timing, iso

_ACTIVE: Final = "active"
_NOT_ACTIVE: Final = "not active"
_NOT_DEPLOYED: Final = "not deployed"
_TONES: Final = {_ACTIVE: Tone.GOOD, _NOT_ACTIVE: Tone.BAD, _NOT_DEPLOYED: Tone.OPEN}
_NO_SET: Final = "none"
_MADE: Final = "that set was made then; since when it is active SES does not say"


def receiving_section(
    rule_sets: Sequence[tuple[str, str]], gateway: ReceivingGateway, *, environment: str
) -> Section:
    """The receipt rule sets that an environment activates, and what SES applies instead.

    Args:
        rule_sets: Region and name of each set that should be active, in the order of the environment's file.
        gateway: Read access to the account.
        environment: Name of the environment, for commands.

    Raises:
        AccessError: AWS could not be asked, for another reason than a missing permission.
    """
    return Section(
        key="receiving",
        things="receipt rule sets",
        done="active",
        items=tuple(_item(region, name, gateway, environment) for region, name in rule_sets),
    )


def _item(region: str, name: str, gateway: ReceivingGateway, environment: str) -> Item:
    try:
        active = gateway.active_rule_set(region=region)
        if active and active.name == name:
            state = _ACTIVE
        elif gateway.has_rule_set(name, region=region):
            state = _NOT_ACTIVE
        else:
            state = _NOT_DEPLOYED
    except PermissionDeniedError as error:
        return Item(
            title=f"{name} in {region}",
            word=NOT_KNOWN,
            tone=Tone.OPEN,
            next_step=allow_step(error),
            document={
                "region": region,
                "rule_set": name,
                "state": NOT_KNOWN,
                "active": None,
                "active_made": None,
            },
        )
    return Item(
        title=f"{name} in {region}",
        word=state,
        tone=_TONES[state],
        states=(
            StateRow(
                name="active rule set",
                state=active.name if active else _NO_SET,
                tone=_TONES[state],
                timing=_timing(active),
            ),
        ),
        next_step=_next_step(state, name, region, active, f"cdk deploy '{environment}/*'"),
        document={
            "region": region,
            "rule_set": name,
            "state": state,
            "active": active.name if active else None,
            "active_made": iso(active.made_at) if active and active.made_at else None,
        },
    )


def _timing(active: ActiveRuleSet | None) -> Timing:
    return Timing(since=Known(at=active.made_at, source=_MADE)) if active and active.made_at else Timing()


def _next_step(state: str, name: str, region: str, active: ActiveRuleSet | None, deploy: str) -> NextStep:
    if state == _ACTIVE:
        return NextStep(action="Nothing.", who=NOBODY)
    if state == _NOT_DEPLOYED:
        unless = (
            f". {active.name} is active there: that is refused, unless with take_over=True" if active else ""
        )
        return NextStep(action=f"Deploy it: {deploy}{unless}", who=DEPLOYER)
    if active is None:
        return NextStep(
            action=f"SES takes no mail in {region}. If that is not meant: "
            f"aws ses set-active-receipt-rule-set --region {region} --rule-set-name {name}",
            who=DEPLOYER,
        )
    return NextStep(
        action=f"SES applies {active.name}, and none of these rules. Ask whoever activated it. To replace "
        f"it, and to have it back when the stack goes: set take_over=True, {deploy}, and take that out again",
        who=DEPLOYER,
    )

"""Another receipt rule set that is active where ours should be: a Region has one."""

from collections.abc import Iterator

from ops.doctor.findings import Finding, Severity
from ops.doctor.ports import DoctorGateway
from stacks.config import MailEnvironment


def rule_set_findings(environment: MailEnvironment, region: str, gateway: DoctorGateway) -> Iterator[Finding]:
    """What SES applies in a Region where the deploy makes a set active.

    Raises:
        AccessError: SES could not be asked.
    """
    ours = dict(environment.active_rule_sets()).get(region)
    if environment.receiving is None or ours is None:
        return
    active = gateway.active_rule_set(region=region)
    if active is None or active.name == ours:
        return
    there = f"The receipt rule set {active.name} is active in {region}, not {ours}."
    if environment.receiving.take_over:
        yield Finding(
            severity=Severity.WARNING,
            code="rule-set-active",
            what=there,
            why="The environment says take_over=True: from the deploy on SES applies none of its rules, "
            "until the stack goes.",
            fix=f"make sure that nobody needs the mail that {active.name} deals with, or drop take_over",
        )
        return
    yield Finding(
        severity=Severity.ERROR,
        code="rule-set-active",
        what=there,
        why="The deploy refuses to take the place of a set that may be somebody's, and rolls back.",
        fix="ask whoever activated it; then set receiving: take_over=True, or active=False, or receive in "
        "another Region",
    )

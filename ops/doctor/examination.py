"""The whole examination of an environment: several checks at a time, and none that stops the others."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final

from ops.dns_check import LookUp
from ops.doctor.checks import Check, Checks
from ops.doctor.delegation import Delegations
from ops.doctor.findings import Finding, Severity, in_order, not_known
from ops.doctor.ports import Caller, DoctorGateway
from ops.doctor.sending import region_findings, sending_findings
from ops.errors import (
    AccessError,
    CredentialsError,
    PermissionDeniedError,
    UnreachableError,
)
from ops.status import require_own_account
from stacks.config import MailEnvironment

_MAX_PARALLEL: Final = 8
_MOST_REASONS: Final = 3


def examine(
    environment: MailEnvironment, gateway: DoctorGateway, *, public: LookUp, delegations: Delegations
) -> tuple[Finding, ...]:
    """Everything that would hinder a deploy or its mail, the worst first; it changes nothing.

    Args:
        environment: The environment.
        gateway: Read access to its account.
        public: Asked about records in public DNS.
        delegations: Asked what the parents of zones say.

    Raises:
        AccountMismatchError: The credentials are those of another account.
        AccessError: There are no usable credentials, or AWS cannot be reached at all.
    """
    found: list[Finding] = []
    caller = _caller(environment, gateway, found)
    regions = _usable_regions(environment, gateway, found)
    checks = Checks(environment=environment, gateway=gateway, public=public, delegations=delegations)
    with ThreadPoolExecutor(max_workers=_MAX_PARALLEL) as pool:
        for findings in pool.map(_run, list(checks.all(caller, regions))):
            found.extend(findings)
    return in_order(_together(found))


def _caller(environment: MailEnvironment, gateway: DoctorGateway, found: list[Finding]) -> Caller | None:
    try:
        caller = gateway.caller()
    except PermissionDeniedError as error:
        found.append(_unasked("whose credentials these are", error))
        return None
    require_own_account(environment, caller.account)
    return caller


def _usable_regions(
    environment: MailEnvironment, gateway: DoctorGateway, found: list[Finding]
) -> tuple[str, ...]:
    """The Regions that answer, with what SES says of itself there."""
    usable = []
    for region in environment.regions:
        try:
            account = gateway.sending_account(region=region)
        except (CredentialsError, UnreachableError) as error:
            found.extend(region_findings(region, error))
            continue
        except AccessError as error:
            found.append(_unasked(f"sandbox, quota and suppression in {region}", error))
        else:
            found.extend(sending_findings(environment, region, account))
        usable.append(region)
    return tuple(usable)


def _run(check: Check) -> list[Finding]:
    found = []
    try:
        for finding in check.ask():
            found.append(finding)  # noqa: PERF402 - what came before an error counts
    except AccessError as error:
        found.append(_unasked(check.about, error))
    return found


def _unasked(about: str, error: AccessError) -> Finding:
    return not_known(about, why=error.message, fix=error.fix)


def _together(found: Iterable[Finding]) -> list[Finding]:
    """One finding for all that the same fix makes known."""
    result = []
    unknown: dict[str, list[Finding]] = {}
    for finding in found:
        if finding.severity is Severity.NOT_KNOWN:
            unknown.setdefault(finding.fix, []).append(finding)
        else:
            result.append(finding)
    for group in unknown.values():
        reasons = sorted({finding.why for finding in group})
        more = f" (and {len(reasons) - _MOST_REASONS} more)" if len(reasons) > _MOST_REASONS else ""
        about = ", ".join(sorted({finding.what for finding in group}))
        result.append(
            replace(group[0], what=f"Not known: {about}.", why=" ".join(reasons[:_MOST_REASONS]) + more)
        )
    return result

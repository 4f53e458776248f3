"""What is verified, what is missing, what to do next: from an environment and what AWS answers.

`read_status` asks once, `wait_until_verified` until everything is verified that somebody can
act on automatically: the identities whose records are in Route 53. Records of other providers
are added by people, so those identities are reported and not waited for, unless asked.
"""

import os
import time
from collections.abc import Callable
from typing import Final

from constructs_lib.identity.dns import ExternalDns
from ops.advice import next_step
from ops.dns_check import Verdict, check_record
from ops.errors import (
    AccountMismatchError,
    CredentialsError,
    VerificationBlockedError,
    VerificationTimeoutError,
)
from ops.identity_status import IdentityStatus
from ops.ports import AccountGateway, IdentityAnswer, MailGateway, State
from ops.records import needed_records
from ops.zone_lookup import HostedZones
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain

REHEARSAL_ACCOUNT: Final = "000000000000"
"""The account of the embedded AWS that `make local` runs."""

DEFAULT_TIMEOUT_SECONDS: Final = 15 * 60
DEFAULT_INTERVAL_SECONDS: Final = 15
"""Far below the limits of SES (GetEmailIdentity) and Route 53 (five requests a second)."""


def require_account(environment: MailEnvironment, gateway: AccountGateway) -> None:
    """Refuse credentials of another account, where everything would look as if it were not deployed.

    Raises:
        AccountMismatchError: The accounts differ.
        AccessError: The account could not be asked for.
    """
    try:
        account = gateway.account_id()
    except CredentialsError as error:
        if environment.account == REHEARSAL_ACCOUNT and not os.environ.get("AWS_ENDPOINT_URL"):
            raise CredentialsError(error.message, fix=_way_to(environment.account)) from error
        raise
    require_own_account(environment, account)


def require_own_account(environment: MailEnvironment, account: str) -> None:
    """Refuse another account than the environment's.

    Raises:
        AccountMismatchError: The accounts differ.
    """
    if account != environment.account:
        raise AccountMismatchError(
            f"The credentials are for account {account}, {environment.name} is in {environment.account}.",
            fix=_way_to(environment.account),
        )


def _way_to(account: str) -> str:
    """How to have credentials of an account. An embedded AWS has no profiles: the key's id is the account."""
    if os.environ.get("AWS_ENDPOINT_URL"):
        return f"this is a rehearsal: export AWS_ACCESS_KEY_ID={account}"
    if account == REHEARSAL_ACCOUNT:
        return "export what `make local` prints"
    return f"set AWS_PROFILE to a profile of {account}"


def read_status(environment: MailEnvironment, gateway: MailGateway) -> tuple[IdentityStatus, ...]:
    """Ask once for every identity of an environment, in the order of its file.

    Args:
        environment: The environment.
        gateway: Read access to its account.

    Raises:
        AccessError: AWS could not be asked.
        ZoneAmbiguousError: A created zone has a namesake.
    """
    zones = HostedZones(gateway)
    return tuple(
        _status_of(environment, domain, region, gateway.identity(domain.domain, region=region), zones)
        for domain in environment.domains
        for region in environment.regions_of(domain)
    )


def awaited(
    statuses: tuple[IdentityStatus, ...], *, include_external: bool = False
) -> tuple[IdentityStatus, ...]:
    """The identities that must be verified: those with records in Route 53, or all."""
    return tuple(status for status in statuses if status.automatic or include_external)


def wait_until_verified(
    environment: MailEnvironment,
    gateway: MailGateway,
    *,
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
    interval_seconds: float = DEFAULT_INTERVAL_SECONDS,
    include_external: bool = False,
    on_poll: Callable[[tuple[IdentityStatus, ...], float], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[IdentityStatus, ...]:
    """Ask until everything awaited is verified; asks at least once.

    Args:
        environment: The environment.
        gateway: Read access to its account.
        timeout_seconds: When to give up. Default: 15 minutes.
        interval_seconds: Pause between questions. Default: 15 seconds.
        include_external: Wait also for domains whose records people add elsewhere.
        on_poll: Called after each question with the statuses and the seconds that are left.
        clock: Seconds that only grow. Default: the monotonic clock.
        sleep: Pauses for seconds. Default: `time.sleep`.

    Returns:
        The status of every identity, also of those that were not waited for.

    Raises:
        VerificationTimeoutError: Time ran out; carries the last statuses.
        VerificationBlockedError: SES gave up on an identity, or it is not deployed: raised at once.
        AccessError: AWS could not be asked.
    """
    deadline = clock() + timeout_seconds
    while True:
        statuses = read_status(environment, gateway)
        left = deadline - clock()
        if on_poll is not None:
            on_poll(statuses, max(left, 0))
        pending = [
            status for status in awaited(statuses, include_external=include_external) if not status.verified
        ]
        if not pending:
            return statuses
        reason = "; ".join(status.headline() for status in pending)
        if any(status.blocked for status in pending):
            raise VerificationBlockedError(
                f"Waiting does not help: {reason}.", fix=_fix(pending, blocked=True), statuses=statuses
            )
        if left <= 0:
            raise VerificationTimeoutError(
                f"Not verified after {timeout_seconds:g} seconds: {reason}.",
                fix=_fix(pending, blocked=False),
                statuses=statuses,
            )
        sleep(min(interval_seconds, left))


def _fix(pending: list[IdentityStatus], *, blocked: bool) -> str:
    steps = [
        f"{status.next_step.action} ({status.next_step.who})"
        for status in pending
        if status.blocked or not blocked
    ]
    return " | ".join(dict.fromkeys(steps))


def _status_of(
    environment: MailEnvironment,
    domain: MailDomain,
    region: str,
    answer: IdentityAnswer | None,
    zones: HostedZones,
) -> IdentityStatus:
    # Before the deploy every record is missing: saying so would hide the one thing to do. The legacy record
    # verifies nothing, so `ops.legacy_section` tells of it: without its token it is not known here.
    readable = (
        [
            needed
            for needed in needed_records(environment, domain, region, answer)
            if needed.place.zone and needed.known
        ]
        if answer
        else []
    )
    checks = [
        check_record(needed.record, zones.look_up(needed.place.zone))
        for needed in readable
        if needed.place.zone is not None
    ]
    problems = tuple(check for check in checks if check.verdict is not Verdict.RIGHT)
    return IdentityStatus(
        domain=domain.domain,
        region=region,
        automatic=not isinstance(domain.dns, ExternalDns),
        identity=answer.identity if answer else State.NOT_DEPLOYED,
        dkim=answer.dkim if answer else State.NOT_DEPLOYED,
        mail_from=answer.mail_from if answer else State.NOT_DEPLOYED,
        mail_from_domain=domain.mail_from_in(region),
        problems=problems,
        next_step=next_step(environment, domain, region, answer, problems),
        configuration_set=answer.configuration_set if answer else None,
        last_checked=answer.last_checked if answer else None,
        last_success=answer.last_success if answer else None,
        keys_generated=answer.keys_generated if answer else None,
        error_type=answer.error_type if answer else None,
    )

"""Verifying addresses: the mails go out, somebody follows their links, SES says so."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ops.errors import (
    AccessError,
    AddressVerifiedError,
    OpsError,
    VerificationFailedError,
    VerificationNotDoneError,
)
from ops.pace import Pace
from ops.ports import AddressGateway, State
from ops.timing import LINK

DEFAULT_INTERVAL_SECONDS: Final = 5.0


class Mail(StrEnum):
    """Which mail SES sent."""

    OWN = "SES's own"
    CUSTOM = "custom"


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for.

    Attributes:
        address: The address.
        region: Region of the identity.
        template: Name of the template that the mail is made of; None for SES's own mail.
        configuration_set: What a custom mail is sent with, and the default of the identity that it makes.
    """

    address: str
    region: str
    template: str | None
    configuration_set: str


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A mail that SES took.

    Attributes:
        mail: Which one.
        not_set: Why the identity has not got its default configuration set; None when all is well.
    """

    mail: Mail
    not_set: AccessError | None = None


def send_verification(request: Request, gateway: AddressGateway, *, pace: Pace) -> Sent:
    """Have SES send the mail, once more if it was sent before.

    A custom mail makes an identity that no stack holds: it gets the default configuration set here. When
    SES refuses that, the mail went out all the same.

    Args:
        request: The address.
        gateway: Access to SES.
        pace: The same one for each mail.

    Raises:
        AddressVerifiedError: There is nothing left to verify; nothing was sent.
        TemplateMissingError: SES has no such template there.
        SandboxError: A custom mail was asked for in the SES sandbox.
        AccessError: SES could not be asked, or throttled after the retries.
    """
    address, region = request.address, request.region
    if gateway.address_state(address, region=region) is State.SUCCESS:
        raise AddressVerifiedError(f"{address} is verified in {region}.", fix="nothing: it may send")
    name = request.configuration_set
    with pace.turn():
        if request.template is None:
            gateway.send_own_mail(address, region=region)
            return Sent(mail=Mail.OWN)
        gateway.send_custom_mail(address, template=request.template, configuration_set=name, region=region)
    try:
        gateway.set_configuration_set(address, configuration_set=name, region=region)
    except AccessError as error:
        return Sent(mail=Mail.CUSTOM, not_set=error)
    return Sent(mail=Mail.CUSTOM)


def follow(
    request: Request,
    gateway: AddressGateway,
    *,
    timeout_seconds: float,
    interval_seconds: float = DEFAULT_INTERVAL_SECONDS,
    on_poll: Callable[[Request, State, float], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Ask until the address is verified; asks at least once.

    Args:
        request: The address.
        gateway: Access to SES.
        timeout_seconds: When to give up.
        interval_seconds: Pause between questions. Default: 5 seconds.
        on_poll: Called after each question with the request, the state and the seconds that are left.
        clock: Seconds that only grow. Default: the monotonic clock.
        sleep: Pauses for seconds. Default: `time.sleep`.

    Raises:
        VerificationFailedError: SES gave up: the link expired.
        VerificationNotDoneError: Nobody followed the link in time.
        AccessError: SES could not be asked.
    """
    deadline = clock() + timeout_seconds
    while True:
        state = gateway.address_state(request.address, region=request.region)
        left = max(deadline - clock(), 0)
        if on_poll is not None:
            on_poll(request, state, left)
        if state is State.SUCCESS:
            return
        if state is State.FAILED:
            raise VerificationFailedError(
                f"The verification of {request.address} in {request.region} failed.",
                fix=f"send the mail again; its link works for {LINK.hours} hours",
            )
        if left <= 0:
            raise VerificationNotDoneError(
                f"Nobody followed the link to {request.address} in time: {request.region} says {state}.",
                fix=f"look into the mailbox, spam included; the link works for {LINK.hours} hours",
            )
        sleep(min(interval_seconds, left))


def follow_all(
    requests: Sequence[Request],
    gateway: AddressGateway,
    *,
    timeout_seconds: float,
    on_poll: Callable[[Request, State, float], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[tuple[Request, OpsError | None]]:
    """Follow one address after the other, all of them within one time; of each SES is asked at least once.

    Args:
        requests: The addresses.
        gateway: Access to SES.
        timeout_seconds: When to give up.
        on_poll: As for `follow`.
        clock: Seconds that only grow. Default: the monotonic clock.
        sleep: Pauses for seconds. Default: `time.sleep`.

    Yields:
        Each address with the reason why it is not verified; None when it is.

    Raises:
        AccessError: SES could not be asked.
    """
    deadline = clock() + timeout_seconds
    for request in requests:
        left = max(deadline - clock(), 0)
        problem: OpsError | None = None
        try:
            follow(request, gateway, timeout_seconds=left, on_poll=on_poll, clock=clock, sleep=sleep)
        except (VerificationFailedError, VerificationNotDoneError) as error:
            problem = error
        yield request, problem

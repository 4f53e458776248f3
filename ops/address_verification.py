"""Verifying one address: the mail goes out, somebody follows its link, SES says so."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ops.errors import AddressVerifiedError, VerificationFailedError, VerificationNotDoneError
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
        configuration_set: What a custom mail is sent with.
    """

    address: str
    region: str
    template: str | None
    configuration_set: str


def send_verification(request: Request, gateway: AddressGateway) -> Mail:
    """Have SES send the mail, once more if it was sent before.

    Raises:
        AddressVerifiedError: There is nothing left to verify; nothing was sent.
        TemplateMissingError: SES has no such template there.
        SandboxError: A custom mail was asked for in the SES sandbox.
        AccessError: SES could not be asked.
    """
    if gateway.address_state(request.address, region=request.region) is State.SUCCESS:
        raise AddressVerifiedError(
            f"{request.address} is verified in {request.region}.", fix="nothing: it may send"
        )
    if request.template is None:
        gateway.send_own_mail(request.address, region=request.region)
        return Mail.OWN
    gateway.send_custom_mail(
        request.address,
        template=request.template,
        configuration_set=request.configuration_set,
        region=request.region,
    )
    return Mail.CUSTOM


def follow(
    request: Request,
    gateway: AddressGateway,
    *,
    timeout_seconds: float,
    interval_seconds: float = DEFAULT_INTERVAL_SECONDS,
    on_poll: Callable[[State, float], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Ask until the address is verified; asks at least once.

    Args:
        request: The address.
        gateway: Access to SES.
        timeout_seconds: When to give up.
        interval_seconds: Pause between questions. Default: 5 seconds.
        on_poll: Called after each question with the state and the seconds that are left.
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
            on_poll(state, left)
        if state is State.SUCCESS:
            return
        if state is State.FAILED:
            raise VerificationFailedError(
                f"The verification of {request.address} in {request.region} failed.",
                fix=f"send the mail again; its link works for {LINK.hours} hours",
            )
        if left <= 0:
            raise VerificationNotDoneError(
                f"Nobody followed the link to {request.address} within {timeout_seconds:g} seconds: "
                f"{request.region} says {state}.",
                fix=f"look into the mailbox, spam included; the link works for {LINK.hours} hours",
            )
        sleep(min(interval_seconds, left))

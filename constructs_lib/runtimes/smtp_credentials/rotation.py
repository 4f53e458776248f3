"""The four steps of a rotation (Secrets Manager User Guide, "Rotation by Lambda function").

What holds between any two calls, whichever of them fails:

- the key of the version that clients read is never deleted while it works, so a stored credential works;
- a user has at most two keys, because one is deleted before a third would be made;
- a step that is run again finds what it did before, and a key whose secret was lost is found and deleted.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Final

from .model import (
    CURRENT,
    MAX_KEYS,
    PENDING,
    PREVIOUS,
    Credentials,
    Gateway,
    Key,
    Login,
    RotationError,
    Secret,
    smtp_host,
)

TRIES: Final = 13
PAUSE_SECONDS: Final = 10.0
"""How often and how far apart new credentials are tried: IAM needs some seconds until SES knows a new key."""


class Step(StrEnum):
    """The steps as Secrets Manager names them."""

    CREATE = "createSecret"
    SET = "setSecret"
    TEST = "testSecret"
    FINISH = "finishSecret"


def rotate(
    step: Step,
    secret_id: str,
    version: str,
    *,
    gateway: Gateway,
    login: Login,
    sleep: Callable[[float], None],
) -> None:
    """Do one step.

    Args:
        step: Which.
        secret_id: The secret's ARN.
        version: The version that this rotation makes: Secrets Manager's request token.
        gateway: IAM and Secrets Manager.
        login: Tries credentials at SES.
        sleep: Waits so many seconds.

    Raises:
        RotationError: the step failed; Secrets Manager repeats it.
    """
    secret = gateway.describe(secret_id)
    smtp_host(secret.region)  # Before a key is made that could not be used.
    if not secret.rotating:
        raise RotationError(f"rotation of {secret.name} is switched off")
    stages = secret.stages.get(version)
    if stages is None:
        raise RotationError(f"{secret.name} has no version {version}")
    if CURRENT in stages:
        return  # It was finished before.
    if PENDING not in stages:
        raise RotationError(f"version {version} of {secret.name} is not {PENDING}")
    match step:
        case Step.CREATE:
            _create(secret, secret_id, version, gateway)
        case Step.SET:
            pass  # IAM knows the key since it was created: there is no other place to set it.
        case Step.TEST:
            _test(secret, secret_id, version, gateway=gateway, login=login, sleep=sleep)
        case Step.FINISH:
            _pending(secret, secret_id, version, gateway)
            gateway.make_current(secret_id, version, instead_of=secret.version_with(CURRENT))


def _create(secret: Secret, secret_id: str, version: str, gateway: Gateway) -> None:
    if gateway.value(secret_id, version=version) is not None:
        return  # Created by an earlier attempt; testSecret finds out whether it works.
    stored = [_stored(secret, gateway.value(secret_id, stage=stage)) for stage in (CURRENT, PREVIOUS)]
    for key in _superfluous(gateway.keys(secret.user), current=stored[0], others=stored[1:]):
        gateway.delete_key(secret.user, key.id)
    created = gateway.create_key(secret.user)
    # When this fails, the key is not deleted again: the value may have been stored and only the answer
    # been lost. The next attempt sees which of the two it was.
    gateway.put_pending(secret_id, version, Credentials.of(created, region=secret.region).to_json())


def _superfluous(keys: Iterable[Key], *, current: str | None, others: Iterable[str | None]) -> list[Key]:
    """The keys that are in the way of a new one.

    Every key whose secret is stored nowhere: an attempt that failed, or a person, made it. Of two stored
    ones the one that does not work, else the one that clients do not read any more.
    """
    known = {current, *others}
    doomed = [key for key in keys if key.id not in known]
    kept = sorted((key for key in keys if key.id in known), key=lambda key: (key.active, key.id == current))
    return doomed + kept[: max(0, len(kept) + 1 - MAX_KEYS)]


def _test(
    secret: Secret,
    secret_id: str,
    version: str,
    *,
    gateway: Gateway,
    login: Login,
    sleep: Callable[[float], None],
) -> None:
    pending = _pending(secret, secret_id, version, gateway)
    refusal: str | None = None
    for attempt in range(TRIES):
        if attempt:
            sleep(PAUSE_SECONDS)
        refusal = login(pending)
        if refusal is None:
            return
    if pending.username not in {key.id for key in gateway.keys(secret.user)}:
        # A version cannot be written twice, so this rotation can never end well. Without its label the
        # next one starts afresh.
        gateway.forget_pending(secret_id, version)
        refusal = "its key was deleted meanwhile; this rotation is given up, start another"
    raise RotationError(f"the new credentials of {secret.name} do not work: {refusal}")


def _pending(secret: Secret, secret_id: str, version: str, gateway: Gateway) -> Credentials:
    value = gateway.value(secret_id, version=version)
    if value is None:
        raise RotationError(f"version {version} of {secret.name} holds nothing yet")
    return Credentials.from_json(value, secret=secret.name)


def _stored(secret: Secret, value: str | None) -> str | None:
    """The key id in a stored value; None before the first rotation."""
    return (Credentials.from_json(value, secret=secret.name).username or None) if value is not None else None

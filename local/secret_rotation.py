"""Rotation of secrets as Secrets Manager does it: the function of the secret is really called, step by step.

Secrets Manager User Guide, "Rotation by Lambda function", and API Reference, RotateSecret: the call makes an
empty version labelled AWSPENDING and returns; the four steps follow. While an AWSPENDING version is not also
AWSCURRENT, a further call only has that rotation tried again. A failed step is not repeated by itself here.
"""

import contextvars
import logging
import threading
import time
import uuid
from collections.abc import Mapping
from typing import Any, Final

from local import emulator
from local.emulator import Response, Secret

RESOURCE_TYPE: Final = "AWS::SecretsManager::RotationSchedule"
REPLACING: Final = ("SecretId",)
"""Properties whose change makes a new resource."""

_running: Final[set[str]] = set()
"""Versions whose rotation runs now: it is not started twice."""

STEPS: Final = ("createSecret", "setSecret", "testSecret", "finishSecret")

_LOG: Final = logging.getLogger(__name__)
_INCOMPLETE: Final = "A previous rotation isn't complete. That rotation will be reattempted."

Call = Mapping[str, Any]
Properties = Mapping[str, Any]


class RotationRefusedError(ValueError):
    """A rotation that cannot start, in the words of the service."""


def rotate_secret(call: Call) -> Response:
    """Answer RotateSecret."""
    _, secret = emulator.find_secret(call.get("SecretId", ""))
    if secret is None:
        return _not_found("the specified secret")
    if secret.get("DeletedDate"):
        return _refused("You can't perform this operation on the secret because it was marked for deletion.")
    try:
        version = _configure(
            secret,
            function=call.get("RotationLambdaARN"),
            rules=call.get("RotationRules"),
            immediately=call.get("RotateImmediately", True),
            token=call.get("ClientRequestToken"),
        )
    except RotationRefusedError as error:
        return _refused(str(error))
    return emulator.json_response({"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": version})


class SecretValues:
    """GetSecretValue and PutSecretValue where the emulator's own are not strict.

    Args:
        get: The emulator's own.
        put: As above.
    """

    def __init__(self, *, get: Any, put: Any) -> None:  # noqa: ANN401 - the emulator has no types
        self._get, self._put = get, put

    def get(self, call: dict[str, Any]) -> Response:
        """Refuse a version that has no value yet."""
        _, secret = emulator.find_secret(call.get("SecretId", ""))
        version = (secret or {}).get("Versions", {}).get(call.get("VersionId"))
        if version is not None and _value(version) is None:
            return _not_found("the specified secret value")
        answer: Response = self._get(call)
        return answer

    def put(self, call: dict[str, Any]) -> Response:
        """Refuse another value for a version that has one."""
        _, secret = emulator.find_secret(call.get("SecretId", ""))
        version = (secret or {}).get("Versions", {}).get(call.get("ClientRequestToken"))
        if version is not None and _value(version) not in {None, _value(call)}:
            return emulator.json_error(
                "ResourceExistsException",
                "The token is already in use for a version with another value.",
                400,
            )
        answer: Response = self._put(call)
        return answer


class RotationScheduleType:
    """The resource type's handlers; parameter names and order are the emulator's."""

    def create(self, logical_id: str, props: Properties, stack_name: str) -> tuple[str, dict[str, str]]:
        """Switch rotation on and, unless told otherwise, rotate.

        Raises:
            RotationRefusedError: there is no such secret or function; the stack then fails with this text.
        """
        del logical_id, stack_name  # The secret's ARN is the name.
        return self._apply(props)

    def update(
        self, physical_id: str, old_props: Properties, new_props: Properties, stack_name: str
    ) -> tuple[str, dict[str, str]]:
        """Apply a changed schedule.

        Raises:
            RotationRefusedError: as `create`, or a rotation is incomplete.
        """
        del physical_id, old_props, stack_name
        return self._apply(new_props)

    def delete(self, physical_id: str, props: Properties) -> None:
        """Switch rotation off; a secret that is gone already is fine."""
        del props
        _, secret = emulator.find_secret(physical_id)
        if secret is not None:
            secret["RotationEnabled"] = False

    def _apply(self, props: Properties) -> tuple[str, dict[str, str]]:
        _, secret = emulator.find_secret(props["SecretId"])
        if secret is None:
            raise RotationRefusedError("Secrets Manager can't find the specified secret.")
        _configure(
            secret,
            function=props.get("RotationLambdaARN"),
            rules=props.get("RotationRules"),
            immediately=str(props.get("RotateImmediatelyOnUpdate", True)).lower() == "true",
            token=None,
        )
        return secret["ARN"], {"Id": secret["ARN"]}


def _configure(
    secret: Secret,
    *,
    function: str | None,
    rules: Properties | None,
    immediately: bool,
    token: str | None,
) -> str | None:
    """Store the schedule and start a rotation; return its version."""
    arn = function or secret.get("RotationLambdaARN")
    if not arn or emulator.find_function(arn)[0] is None:
        raise RotationRefusedError("Secrets Manager cannot invoke the specified Lambda function.")
    secret["RotationLambdaARN"] = arn
    secret["RotationRules"] = rules or secret.get("RotationRules")
    secret["RotationEnabled"] = True
    pending = next(
        (
            version
            for version, held in secret["Versions"].items()
            if "AWSPENDING" in held["Stages"] and "AWSCURRENT" not in held["Stages"]
        ),
        None,
    )
    if pending is not None:
        _start(secret, pending)
        raise RotationRefusedError(_INCOMPLETE)
    if not immediately:
        return None
    version = token or str(uuid.uuid4())
    for held in secret["Versions"].values():
        held["Stages"] = [stage for stage in held["Stages"] if stage != "AWSPENDING"]
    secret["Versions"][version] = {
        "SecretString": None,
        "SecretBinary": None,
        "CreatedDate": int(time.time()),
        "Stages": ["AWSPENDING"],
    }
    _start(secret, version)
    return version


def _start(secret: Secret, version: str) -> None:
    if version in _running:
        return
    _running.add(version)
    # Not here: the function calls the emulator back. The context knows account and Region.
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(_run_steps, secret, version), daemon=True).start()


def _run_steps(secret: Secret, version: str) -> None:
    try:
        _steps(secret, version)
    finally:
        _running.discard(version)


def _steps(secret: Secret, version: str) -> None:
    function, config, _ = emulator.find_function(secret["RotationLambdaARN"])
    if function is None or config is None:
        return
    for step in STEPS:
        event = {"Step": step, "SecretId": secret["ARN"], "ClientRequestToken": version}
        if emulator.run_function(emulator.function_record(function, config), event).get("error"):
            _LOG.warning("rotation of %s failed in %s; see the function's log", secret["Name"], step)
            return
    secret["LastRotatedDate"] = int(time.time())


def _value(holder: Mapping[str, Any]) -> object:
    return holder.get("SecretString") or holder.get("SecretBinary")


def _refused(message: str) -> Response:
    return emulator.json_error("InvalidRequestException", message, 400)


def _not_found(what: str) -> Response:
    return emulator.json_error("ResourceNotFoundException", f"Secrets Manager can't find {what}.", 400)

"""Entry point: a rotation step, a look at the age of the keys, or CloudFormation.

What ends in Lambda's log says which step of which secret, and how it went; never a value.
"""

import json
import logging
import os
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from ..custom_resource import Request, answer  # noqa: TID252 - Lambda has no constructs_lib
from .clean_up import clean_up
from .gateway import AwsGateway
from .key_age import key_ages
from .model import KEY_AGES_OF, USERS, RotationError
from .rotation import Step, rotate
from .smtp_login import login

_LOG: Final = logging.getLogger(__name__)
_LOG.setLevel(logging.INFO)


def handle(event: Mapping[str, Any], context: object) -> None:
    """Do what an event asks for.

    Raises:
        RotationError: it failed; whoever called sees that and repeats it.
    """
    del context
    if "RequestType" in event:
        answer(event, _clean_up)
        return
    try:
        if KEY_AGES_OF in event:
            _tell_key_ages(event[KEY_AGES_OF])
        else:
            _rotate(event)
    except RotationError as error:
        # Raised anew without its cause: Lambda logs the whole chain, and a cause may quote a value.
        raise RotationError(str(error)) from None
    except Exception as error:  # noqa: BLE001 - as above
        raise RotationError(f"unforeseen: {type(error).__name__}") from None


def _rotate(event: Mapping[str, Any]) -> None:
    step, secret_id = Step(event["Step"]), event["SecretId"]
    rotate(step, secret_id, event["ClientRequestToken"], gateway=_gateway(), login=login, sleep=time.sleep)
    _LOG.info("%s of %s is done", step, secret_id)


def _tell_key_ages(secret_ids: list[str]) -> None:
    ages = key_ages(
        secret_ids,
        gateway=_gateway(),
        now=datetime.now(UTC),
        function_name=os.environ["AWS_LAMBDA_FUNCTION_NAME"],
    )
    if ages.metric is not None:
        # Not by the logger: CloudWatch takes a metric only from a line that is all JSON.
        sys.stdout.write(ages.metric + "\n")
    if ages.problems:
        raise RotationError("; ".join(ages.problems))


def _clean_up(request: Request) -> str:
    return clean_up(request, users=json.loads(os.environ[USERS]), gateway=_gateway())


@cache
def _gateway() -> AwsGateway:
    return AwsGateway()

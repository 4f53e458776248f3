"""Deletes the access keys of users that leave the stack: IAM deletes no user that has keys.

CloudFormation deletes what left a template only after everything else went well. So that keys stay while an
update can still be rolled back, the physical id stands for the set of users: another set is another id, and
CloudFormation deletes the old id in that same last phase, before the users that it depends on.
"""

import hashlib
import json
from collections.abc import Collection

from ..custom_resource import RefusedError, Request, RequestType  # noqa: TID252 - Lambda has no constructs_lib
from .model import Gateway, RotationError


def clean_up(request: Request, *, users: Collection[str], gateway: Gateway) -> str:
    """Handle one request of CloudFormation.

    Args:
        request: The request; its property ``Users`` lists user names.
        users: The users of the template that is deployed now. When a former set is deleted, those that are
            in it too stay.
        gateway: IAM.

    Returns:
        The physical id.

    Raises:
        RefusedError: a key could not be deleted.
    """
    listed = set(request.properties["Users"])
    if request.type is not RequestType.DELETE:
        return _id_of(listed)
    physical_id = request.physical_id or ""
    leaving = listed if physical_id == _id_of(users) else listed - set(users)
    try:
        for user in sorted(leaving):
            for key in gateway.keys(user):
                gateway.delete_key(user, key.id)
    except RotationError as error:
        raise RefusedError(str(error)) from None
    return physical_id


def _id_of(users: Collection[str]) -> str:
    return "smtp-users-" + hashlib.sha256(json.dumps(sorted(users)).encode()).hexdigest()[:16]

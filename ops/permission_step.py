"""What to do where a permission is missing."""

from ops.advice import ADMINISTRATOR, NextStep
from ops.errors import PermissionDeniedError


def allow_step(error: PermissionDeniedError) -> NextStep:
    """What makes a state known that could not be asked for."""
    return NextStep(action=f"{error.message} To know it, {error.fix}", who=ADMINISTRATOR)

"""Asks ``@aws-cdk/cloudformation-diff`` what CloudFormation would do: one Node process for all stacks."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ops.errors import ReviewToolError

Template = Mapping[str, Any]
"""A CloudFormation template."""

_PROGRAM: Final = Path(__file__).with_name("template_diff.cjs")
_NODE: Final = Path(sys.executable).parent / "node"
_SECONDS: Final = 120


@dataclass(frozen=True, kw_only=True)
class TemplatePair:
    """One stack before and after; a template without resources stands for a stack that is not there.

    Attributes:
        before: Its template.
        after: Its template.
        change_set: What CloudFormation answered about it (DescribeChangeSet), None where it was not asked.
    """

    before: Template
    after: Template
    change_set: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Impact:
    """What happens to one resource, in the words of the library, such as ``WILL_REPLACE``.

    Attributes:
        resource: To the resource.
        properties: What each changed property brings about.
    """

    resource: str
    properties: Mapping[str, str]


def diff_templates(pairs: Sequence[TemplatePair]) -> list[dict[str, Impact]]:
    """The changed resources of each pair, by logical id.

    Raises:
        ReviewToolError: ``review-tool-missing``: Node or the library is not installed, or failed.
    """
    if not pairs:
        return []
    question = [
        {"before": pair.before, "after": pair.after, "changeSet": pair.change_set or None} for pair in pairs
    ]
    try:
        answer = subprocess.run(  # noqa: S603 - both paths are our own
            [_NODE, _PROGRAM],
            input=json.dumps(question),
            capture_output=True,
            check=True,
            encoding="utf-8",
            timeout=_SECONDS,
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise ReviewToolError(
            "The template diff did not run.", fix="run make setup, then try again."
        ) from error
    return [
        _unknown(pair)
        if found is None
        else {key: Impact(resource=it["impact"], properties=it["properties"]) for key, it in found.items()}
        for pair, found in zip(pairs, json.loads(answer), strict=True)
    ]


def _unknown(pair: TemplatePair) -> dict[str, Impact]:
    """What the library cannot read: whatever differs may be replaced."""
    old, new = pair.before.get("Resources", {}), pair.after.get("Resources", {})
    return {
        key: Impact(resource="MAY_REPLACE", properties={})
        for key in {**old, **new}
        if old.get(key) != new.get(key)
    }

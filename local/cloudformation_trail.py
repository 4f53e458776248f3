"""The resource type ``AWS::CloudTrail::Trail``: Ref is the name, a new name replaces it.

The trail records the calls of SES (`local.call_records`); it writes no log files.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from local import emulator

RESOURCE_TYPE: Final = "AWS::CloudTrail::Trail"
REPLACING: Final = ("TrailName",)

Properties = Mapping[str, Any]
Created = tuple[str, dict[str, str]]

_SETTINGS: Final = {
    "S3BucketName": "S3BucketName",
    "KMSKeyId": "KmsKeyId",
    "IsMultiRegionTrail": "IsMultiRegionTrail",
    "IncludeGlobalServiceEvents": "IncludeGlobalServiceEvents",
    "EnableLogFileValidation": "EnableLogFileValidation",
}
"""Properties of a template by their names in the API."""


class TrailFailedError(Exception):
    """CloudTrail refused a trail; the stack then fails with its words."""


@dataclass(frozen=True, kw_only=True)
class TrailType:
    """The handlers; parameter names and order are the emulator's."""

    def create(self, logical_id: str, props: Properties, stack_name: str) -> Created:
        """Create a trail.

        Raises:
            TrailFailedError: CloudTrail refuses it.
        """
        del stack_name
        name = props.get("TrailName") or logical_id
        arn = str(_call("CreateTrail", {"Name": name, **_settings(props)})["TrailARN"])
        return _settle(name, arn, props)

    def update(
        self, physical_id: str, old_props: Properties, new_props: Properties, stack_name: str
    ) -> Created:
        """Change it in place.

        Raises:
            TrailFailedError: CloudTrail refuses it.
        """
        del old_props, stack_name
        arn = str(_call("UpdateTrail", {"Name": physical_id, **_settings(new_props)})["TrailARN"])
        return _settle(physical_id, arn, new_props)

    def delete(self, physical_id: str, props: Properties) -> None:
        """Delete it; one that is gone already is fine."""
        del props
        emulator.trail_calls["DeleteTrail"]({"Name": physical_id})


def _settle(name: str, arn: str, props: Properties) -> Created:
    if selectors := props.get("AdvancedEventSelectors"):
        _call("PutEventSelectors", {"TrailName": name, "AdvancedEventSelectors": selectors})
    _call("StartLogging" if props["IsLogging"] in {True, "true"} else "StopLogging", {"Name": name})
    return name, {"Arn": arn}


def _settings(props: Properties) -> dict[str, Any]:
    return {name: props[key] for key, name in _SETTINGS.items() if key in props}


def _call(action: str, parameters: dict[str, Any]) -> dict[str, Any]:
    status, _, body = emulator.trail_calls[action](parameters)
    answer: dict[str, Any] = json.loads(body)
    if status != 200:  # noqa: PLR2004 - of HTTP
        raise TrailFailedError(f"{action}: {answer.get('message')}")
    return answer

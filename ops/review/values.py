"""Values of a template for people: what is known is filled in, the rest is named in angle brackets."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from ops.review.assembly import Stack
from ops.review.resource_names import property_of

_DKIM: Final = re.compile(r"DkimDNSToken(Name|Value)(\d)")
_HASH: Final = re.compile(r"(?<=.)[0-9A-F]{8}$")
"""What the CDK adds to a logical id."""

_SUBSTITUTION: Final = re.compile(r"\$\{([^!}][^}]*)\}")
_NAME_PROPERTIES: Final = (
    *("Rule.Name", "Filter.Name"),
    *("EmailIdentity", "Name", "RuleSetName", "ManagedPolicyName", "UserName", "RoleName", "TopicName"),
    *("QueueName", "BucketName", "FunctionName", "TemplateName", "AlarmName", "LogGroupName"),
)


class Reader:
    """Reads values of one stack.

    Args:
        stack: The stack.
    """

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def text(self, value: Any) -> str:  # noqa: ANN401 - any value of a template
        """A value in one line."""
        if isinstance(value, bool) or value is None:
            return json.dumps(value)
        if isinstance(value, str | int | float):
            return str(value)
        if isinstance(value, Mapping) and len(value) == 1:
            ((key, argument),) = value.items()
            # One of another shape, which CloudFormation would refuse, is shown as it is written.
            with suppress(AttributeError, IndexError, KeyError, TypeError, ValueError):
                if (known := self._intrinsic(key, argument)) is not None:
                    return known
        if isinstance(value, list):
            return ", ".join(self.text(item) for item in value)
        return json.dumps(value, sort_keys=True)

    def name(self, logical_id: str) -> str:
        """What a resource of the stack is called: its own name, or its logical id without the hash."""
        resource = self._stack.resources.get(logical_id, {})
        names = (property_of(resource, path) for path in _NAME_PROPERTIES)
        return next((name for name in names if isinstance(name, str)), _HASH.sub("", logical_id))

    def _intrinsic(self, key: str, argument: Any) -> str | None:  # noqa: ANN401 - any argument
        found = None
        match key:
            case "Ref":
                found = self._reference(str(argument))
            case "Fn::GetAtt":
                target, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
                found = self._attribute(str(target), self.text(attribute))
            case "Fn::Join":
                found = str(argument[0]).join(self.text(item) for item in argument[1])
            case "Fn::Sub":
                words, given = (argument, {}) if isinstance(argument, str) else argument
                found = _SUBSTITUTION.sub(lambda match: self._substituted(match[1], given), words)
            case "Fn::Select" if isinstance(argument[1], list):
                found = self.text(argument[1][int(argument[0])])
            case "Fn::Select":
                found = f"<part {argument[0]} of {self.text(argument[1])}>"
            case "Fn::Split":
                found = self.text(argument[1]).strip("<>")
        return found

    def _substituted(self, name: str, given: Mapping[str, Any]) -> str:
        if name in given:
            return self.text(given[name])
        target, dot, attribute = name.partition(".")
        return self._attribute(target, attribute) if dot else self._reference(target)

    def _reference(self, name: str) -> str:
        pseudo = {
            "AWS::AccountId": self._stack.account,
            "AWS::Partition": "aws",
            "AWS::Region": self._stack.region,
            "AWS::StackId": "<stack id>",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": self._stack.name,
        }
        return pseudo.get(name) or f"<{self.name(name)}>"

    def _attribute(self, target: str, attribute: str) -> str:
        if found := _DKIM.fullmatch(attribute):
            if found[1] == "Name":
                return f"<DKIM token {found[2]}>._domainkey.{self.name(target)}"
            return f"<DKIM value {found[2]} of {self.name(target)}>"
        return (
            f"<{self.name(target)}>" if attribute in {"Arn", "Id"} else f"<{self.name(target)}.{attribute}>"
        )

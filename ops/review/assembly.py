"""The stacks of each environment, as a cloud assembly or the committed snapshots hold them."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

Template = Mapping[str, Any]
"""A CloudFormation template."""

MANIFEST: Final = "manifest.json"
_OF_NO_STAGE: Final = "app"
_DECIDED_BY_THE_DEPLOY: Final = frozenset({"unknown-account", "unknown-region"})
_REGION_AT_END: Final = re.compile(
    r"\b(?:eusc-)?[a-z]{2}-(?:gov-|isob?-)?(?:(?:north|south)?(?:east|west)|north|south|central)-\d$"
)
_ALIKE: Final = {"Parameters": "BootstrapVersion", "Rules": "CheckBootstrapVersion"}


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One stack of an environment.

    Attributes:
        id: Below its environment, such as ``Sending-eu-west-1``.
        name: Of the CloudFormation stack.
        region: Where it is deployed; empty where the deploy decides.
        account: Whose it is; empty where the deploy decides, or only a snapshot tells of it.
        template: What it deploys, without what the CDK adds to each template alike.
    """

    id: str
    name: str
    region: str
    account: str = ""
    template: Template = field(repr=False)

    @property
    def resources(self) -> Mapping[str, Mapping[str, Any]]:
        """Its resources by logical id."""
        found: Mapping[str, Mapping[str, Any]] = self.template.get("Resources", {})
        return found


Stacks = Mapping[str, Stack]
"""The stacks of one environment by their id."""


def read_assembly(directory: Path) -> dict[str, Stacks]:
    """Environments by name: the stages of a synthesized app, and ``app`` for its stacks of no stage.

    None where it has neither.
    """
    artifacts = _read(directory / MANIFEST)["artifacts"]
    stages = {
        artifact["properties"].get("displayName", key): read_stage(
            directory / artifact["properties"]["directoryName"]
        )
        for key, artifact in artifacts.items()
        if artifact["type"] == "cdk:cloud-assembly"
    }
    own = {stack.id: stack for stack in _stacks(directory, below_stage=False)}
    # A construct id holds no space: no stage has the second name.
    name = f"{_OF_NO_STAGE} (no stage)" if _OF_NO_STAGE in stages else _OF_NO_STAGE
    return {name: own, **stages} if own else stages


def read_stage(directory: Path) -> Stacks:
    """The stacks of one synthesized stage."""
    return {stack.id: stack for stack in _stacks(directory, below_stage=True)}


def read_snapshots(directory: Path) -> dict[str, Stacks]:
    """Environments by name, from ``<environment>/<stack id>.json``."""
    return {
        folder.name: {
            file.stem: Stack(
                id=file.stem,
                name=f"{folder.name}-{file.stem}",
                region=found[0] if (found := _REGION_AT_END.search(file.stem)) else "",
                template=_own(_read(file)),
            )
            for file in sorted(folder.glob("*.json"))
        }
        for folder in sorted(directory.iterdir())
        if folder.is_dir()
    }


def _stacks(directory: Path, *, below_stage: bool) -> Iterator[Stack]:
    for key, artifact in _read(directory / MANIFEST)["artifacts"].items():
        if artifact["type"] == "aws:cloudformation:stack":
            properties = artifact["properties"]
            account, region = (
                "" if part in _DECIDED_BY_THE_DEPLOY else part
                for part in artifact["environment"].removeprefix("aws://").split("/")
            )
            path = artifact.get("displayName", key)
            yield Stack(
                id=(path.partition("/")[2] or key) if below_stage else path,
                name=properties.get("stackName", key),
                account=account,
                region=region,
                template=_own(_read(directory / properties["templateFile"])),
            )


def _own(template: dict[str, Any]) -> Template:
    own = dict(template)
    for section, name in _ALIKE.items():
        if kept := {key: value for key, value in own.pop(section, {}).items() if key != name}:
            own[section] = kept
    return own


def _read(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value

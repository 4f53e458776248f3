"""Synthesis inside the test process: apps and stacks as the CDK command line would make them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk.assertions import Template

from stacks.config import MailEnvironment
from stacks.environments import ENVIRONMENTS
from stacks.mail_stage import MailStage
from tests.support import feature_flags

REGION = "eu-west-1"
ACCOUNT = "111111111111"

Resources = dict[str, dict[str, Any]]


def new_app(**context: object) -> cdk.App:
    return cdk.App(context=feature_flags() | context, analytics_reporting=False)


def new_stack(region: str | None = REGION, *, scope: cdk.App | None = None) -> cdk.Stack:
    env = cdk.Environment(account=ACCOUNT, region=region) if region else None
    return cdk.Stack(scope or new_app(), "Stack", env=env)


def template_of(stack: cdk.Stack) -> dict[str, Any]:
    template: dict[str, Any] = dict(Template.from_stack(stack).to_json())
    return template


def resources(template: Mapping[str, Any], kind: str) -> Resources:
    """Resources of one type by logical id."""
    return {key: value for key, value in template["Resources"].items() if value["Type"] == kind}


def only(template: Mapping[str, Any], kind: str) -> tuple[str, dict[str, Any]]:
    """Logical id and definition of the one resource of its type."""
    ((key, value),) = resources(template, kind).items()
    return key, value


def outputs(template: Mapping[str, Any]) -> dict[str, str]:
    """Outputs by description: what a person reads, whatever the logical id."""
    return {output["Description"]: output["Value"] for output in template.get("Outputs", {}).values()}


@dataclass(frozen=True)
class SynthesizedStack:
    """One stack as the cloud assembly describes it."""

    name: str
    environment: str
    dependencies: frozenset[str]
    template: dict[str, Any]


def stage_stacks(config: MailEnvironment) -> dict[str, SynthesizedStack]:
    """The synthesized stacks of one environment by their id below the stage.

    Read from the files of the assembly: each call into the CDK's process costs, and 500 stacks are many.
    """
    directory = Path(MailStage(new_app(), config.name, config=config).synth().directory)
    manifest = json.loads((directory / "manifest.json").read_text(encoding="utf-8"))
    artifacts = {
        artifact_id: artifact
        for artifact_id, artifact in manifest["artifacts"].items()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    ids = {
        artifact_id: artifact["displayName"].removeprefix(f"{config.name}/")
        for artifact_id, artifact in artifacts.items()
    }
    return {
        ids[artifact_id]: SynthesizedStack(
            name=artifact["properties"]["stackName"],
            environment=artifact["environment"],
            dependencies=frozenset(ids[other] for other in artifact["dependencies"] if other in ids),
            template=json.loads((directory / artifact["properties"]["templateFile"]).read_text("utf-8")),
        )
        for artifact_id, artifact in artifacts.items()
    }


def stage_templates(config: MailEnvironment) -> dict[str, dict[str, Any]]:
    return {stack_id: stack.template for stack_id, stack in stage_stacks(config).items()}


@cache
def environment_templates(name: str) -> dict[str, dict[str, Any]]:
    """Templates of a declared environment by stack id; read only."""
    return stage_templates(ENVIRONMENTS[name])

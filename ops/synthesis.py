"""The templates that an environment synthesizes; it needs the CDK and a few seconds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aws_cdk as cdk

from stacks.config import MailEnvironment
from stacks.mail_stage import MailStage

_CONTEXT = Path(__file__).parents[1] / "cdk.json"


@dataclass(frozen=True, kw_only=True)
class SynthesizedStack:
    """One stack.

    Attributes:
        path: How the CDK selects it, such as ``prod/Sending-eu-west-1``.
        name: Its name in CloudFormation.
        region: Its Region.
        template: Its template.
    """

    path: str
    name: str
    region: str
    template: Mapping[str, Any]


def synthesized_stacks(config: MailEnvironment) -> tuple[SynthesizedStack, ...]:
    """The stacks of an environment, each after what it depends on."""
    context = json.loads(_CONTEXT.read_text(encoding="utf-8"))["context"]
    with TemporaryDirectory() as directory:
        app = cdk.App(context=context, outdir=directory, analytics_reporting=False, stack_traces=False)
        assembly = MailStage(app, config.name, config=config).synth()
        return tuple(
            SynthesizedStack(
                path=stack.hierarchical_id,
                name=stack.stack_name,
                region=stack.environment.region,
                template=stack.template,
            )
            for stack in assembly.stacks_recursively
        )

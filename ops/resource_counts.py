"""How many resources of each type an environment deploys, counted in the templates that it synthesizes.

Counting templates keeps the number true when a stack gains a key or an alarm; it needs the CDK and a few
seconds.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import aws_cdk as cdk

from ops.resource_times import times
from stacks.config import MailEnvironment
from stacks.mail_stage import MailStage

_CONTEXT = Path(__file__).parents[1] / "cdk.json"


def count_resources(config: MailEnvironment) -> Mapping[str, int]:
    """Resources by CloudFormation type, those of all Regions together.

    An alarm counts once for each metric that it watches, and an event destination once for each metric that
    it makes, because CloudWatch charges for those (Amazon CloudWatch pricing).
    """
    context = json.loads(_CONTEXT.read_text(encoding="utf-8"))["context"]
    with TemporaryDirectory() as directory:
        app = cdk.App(context=context, outdir=directory, analytics_reporting=False, stack_traces=False)
        assembly = MailStage(app, config.name, config=config).synth()
        counts: Counter[str] = Counter()
        for stack in assembly.stacks_recursively:
            for resource in stack.template["Resources"].values():
                counts[resource["Type"]] += times(resource)
        return counts

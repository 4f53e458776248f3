"""How many resources of each type an environment deploys, counted in the templates that it synthesizes.

Counting templates keeps the number true when a stack gains a key or an alarm; it needs the CDK and a few
seconds.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aws_cdk as cdk

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


def times(resource: Mapping[str, Any]) -> int:
    """How often a resource counts.

    An alarm once for each metric, expressions aside. An event destination once for each event that it counts
    in CloudWatch, of one value of its dimensions: more values are more metrics; none for other destinations.
    """
    properties = resource.get("Properties", {})
    if resource["Type"] == "AWS::CloudWatch::Alarm":
        return max(1, sum("MetricStat" in metric for metric in properties.get("Metrics", ())))
    if resource["Type"] == "AWS::SES::ConfigurationSetEventDestination":
        destination = properties["EventDestination"]
        return len(destination["MatchingEventTypes"]) if "CloudWatchDestination" in destination else 0
    return 1

"""How many resources of each type an environment deploys, counted in the templates that it synthesizes.

Counting templates keeps the number true when a stack gains a key or an alarm.
"""

from collections import Counter
from collections.abc import Mapping

from ops.resource_times import times
from ops.synthesis import synthesized_stacks
from stacks.config import MailEnvironment


def count_resources(config: MailEnvironment) -> Mapping[str, int]:
    """Resources by CloudFormation type, those of all Regions together.

    An alarm counts once for each metric that it watches, and an event destination once for each metric that
    it makes, because CloudWatch charges for those (Amazon CloudWatch pricing).
    """
    counts: Counter[str] = Counter()
    for stack in synthesized_stacks(config):
        for resource in stack.template["Resources"].values():
            counts[resource["Type"]] += times(resource)
    return counts

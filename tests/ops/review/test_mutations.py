"""Templates with something odd anywhere in them: a review reads every one, and calls none unchanged."""

import copy
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ops.prices import read_prices
from ops.review.assembly import Stack
from ops.review.comparison import compare
from ops.review.rating import Rating
from ops.review.report import report_of
from ops.review.report_json import read_reports, reports_json
from ops.review.report_markdown import COMMENT_LIMIT, report_markdown
from stacks.feedback_config import MailFeedback
from tests.ops.review.environments import AGENCY, BILLING, BOUNCES, RECEIVING, SCANNER, stacks

EVERYTHING = replace(
    RECEIVING, senders=(BILLING, SCANNER), delegates=(AGENCY,), feedback=MailFeedback(topics=(BOUNCES,))
)
ODD: tuple[Any, ...] = (
    *(None, True, -1, 1.5, "", "x", [], {}, ["x"], [[1]], [None]),
    {"Ref": "Nothing"},
    {"Fn::GetAtt": ["Nothing", "Arn"]},
    {"Fn::If": ["C", 1, 2]},
    {"Fn::Join": ["", ["a", {"Ref": "B"}]]},
    {"Fn::Join": "x"},
    {"Fn::Sub": "${A}-${B.C}-${!D}"},
    {"Fn::Select": [0, {"Fn::Split": [":", "a:b"]}]},
    {"Statement": "x"},
    {"Statement": [1]},
)
MUTATIONS = 300


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - any value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def mutated(stack: Stack, dice: random.Random) -> Stack:
    template: dict[str, Any] = copy.deepcopy(dict(stack.template))
    resources = template["Resources"]
    name = dice.choice(sorted(resources))
    # The type stays a type: without one it is no template of CloudFormation.
    path = dice.choice([path for path in places(resources[name]) if path[-1] != "Type" or len(path) > 1])
    target = resources[name]
    for step in path[:-1]:
        target = target[step]
    former = target[path[-1]]
    target[path[-1]] = dice.choice([odd for odd in ODD if odd != former])
    return replace(stack, template=template)


def test_nothing_odd_stops_a_review() -> None:
    dice = random.Random(7)  # noqa: S311 - no secret
    whole = stacks(EVERYTHING)
    before, after = {}, {}
    for number in range(MUTATIONS):
        stack = whole[dice.choice(sorted(whole))]
        sides = [stack, mutated(stack, dice)]
        if number % 2:
            sides.reverse()
        before[f"e{number}"], after[f"e{number}"] = ({stack.id: side} for side in sides)
    table = read_prices()
    for change in compare(before, after):
        found = report_of(change, table=table)
        assert found.rating > Rating.NONE, change
        assert len(report_markdown(found)) <= COMMENT_LIMIT
        assert read_reports(reports_json([found])) == [found]

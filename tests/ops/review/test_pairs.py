"""What a reviewer reads about each kind of change: the rating, and the sentence that earns it."""

import pytest

from ops.prices import read_prices
from ops.review.comparison import compare
from ops.review.rating import Rating
from ops.review.report import Report, report_of
from tests.ops.review.environments import stacks
from tests.ops.review.pair import Pair
from tests.ops.review.pairs import PAIRS


@pytest.fixture(scope="module")
def reviewed() -> dict[str, Report]:
    """All pairs in one go: one process compares them."""
    changes = compare(
        {pair.what: stacks(pair.before) for pair in PAIRS}, {pair.what: stacks(pair.after) for pair in PAIRS}
    )
    table = read_prices()
    return {change.name: report_of(change, table=table) for change in changes}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.what)
def test_rating_and_sentence(pair: Pair, reviewed: dict[str, Report]) -> None:
    report = reviewed[pair.what]
    said = [finding.sentence.plain for finding in report.findings if finding.rating is pair.rating]
    assert report.rating is pair.rating, [finding.sentence.plain for finding in report.findings]
    assert pair.sentence in said if pair.sentence else not report.findings


def test_there_are_enough_pairs_and_each_rating_is_among_them() -> None:
    assert len(PAIRS) == len({pair.what for pair in PAIRS}) >= 40
    assert {pair.rating for pair in PAIRS} == set(Rating)


def test_nothing_is_said_of_what_does_not_change(reviewed: dict[str, Report]) -> None:
    for what in ("nothing", "domains reordered"):
        report = reviewed[what]
        assert (report.resources, report.records, report.diffs, report.price) == ((), (), (), None)
    assert reviewed["code rebuilt"].only_rebuilt

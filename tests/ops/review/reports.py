"""Reports of pairs, and reports of anything that could stand in a template."""

from functools import cache
from typing import Final

from hypothesis import strategies as st

from ops.prices import read_prices
from ops.review.changes import Fate
from ops.review.comparison import compare
from ops.review.dns_diff import RecordChange
from ops.review.finding import Finding, Subject
from ops.review.price_change import PriceChange, PriceLine
from ops.review.rating import Rating
from ops.review.report import Report, ResourceRow, StackDiff, report_of
from ops.review.sentence import say
from tests.ops.review.environments import stacks
from tests.ops.review.pairs import PAIRS

HOSTILE: Final = (
    "a|b", "a\\|b", "`", "``` ", "</code><script>alert(1)</script>", "<!-- -->", "@octocat", "#1", "![x](y)",
    "[x](https://example.net)", "\n\n# title", "a\u202eb", "\x1b[31m", "**", "</details>", "~~~", "\t", "",
    "<!-- ses-as-code review: prod -->", '"]; click a "x"', "www.example.net", "\ud800", "|", "\\",
)  # fmt: skip
_SIGNS: Final = st.sampled_from("|`<>\\&*_[]()!#\n\r\t \"'a~-")
TEXTS: Final = st.one_of(st.sampled_from(HOSTILE), st.text(_SIGNS, max_size=20), st.text(max_size=20))


@cache
def report(what: str) -> Report:
    """The report of one pair."""
    pair = next(pair for pair in PAIRS if pair.what == what)
    (change,) = compare({"shop": stacks(pair.before)}, {"shop": stacks(pair.after)})
    return report_of(change, table=read_prices())


def _tuples(of: st.SearchStrategy[str], most: int = 2) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(of, max_size=most).map(tuple)


RECORDS = st.builds(
    RecordChange,
    name=TEXTS, type=TEXTS, before=_tuples(TEXTS), after=_tuples(TEXTS), ttl=st.tuples(TEXTS, TEXTS),
    kept=st.booleans(), by_hand=st.booleans(), stack=TEXTS,
)  # fmt: skip
FINDINGS = st.builds(
    Finding,
    rating=st.sampled_from(list(Rating)), subject=st.sampled_from(list(Subject)),
    sentence=st.builds(lambda one, more: say("Identity {} goes to {}.", one, more), TEXTS, _tuples(TEXTS)),
    stacks=_tuples(TEXTS), lines=_tuples(TEXTS),
)  # fmt: skip
_NUMBERS = st.decimals(min_value=-9999, max_value=9999, places=2)
PRICES = st.builds(
    PriceChange,
    lines=st.lists(
        st.builds(PriceLine, what=TEXTS, before=_NUMBERS, after=_NUMBERS, monthly=_NUMBERS), max_size=2
    ).map(tuple),
    before=_NUMBERS, after=_NUMBERS, currency=TEXTS, prices_of=TEXTS,
)  # fmt: skip
ROWS = st.builds(
    ResourceRow,
    stack=TEXTS, type=TEXTS, name=TEXTS, properties=_tuples(TEXTS),
    fate=st.sampled_from([fate.word for fate in Fate]),
)  # fmt: skip
REPORTS = st.builds(
    Report,
    environment=st.just("prod"), base=TEXTS, head=TEXTS, notes=_tuples(TEXTS),
    rating=st.sampled_from(list(Rating)), findings=st.lists(FINDINGS, max_size=2).map(tuple),
    records=st.lists(RECORDS, max_size=2).map(tuple), price=st.none() | PRICES,
    resources=st.lists(ROWS, max_size=2).map(tuple),
    diffs=st.lists(st.builds(StackDiff, stack=TEXTS, lines=_tuples(TEXTS, 4)), max_size=2).map(tuple),
    rebuilt=st.integers(0, 3),
)  # fmt: skip

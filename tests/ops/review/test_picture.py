"""The picture: small, and no name of a resource becomes a part of it."""

import re
from dataclasses import replace

from hypothesis import given

from ops.review.picture import label, picture
from ops.review.report import ResourceRow
from tests.ops.review.reports import TEXTS, report

ROW = ResourceRow(stack="s", type="AWS::SQS::Queue", name="q", fate="created", properties=())


@given(TEXTS)
def test_a_label_is_a_label(text: str) -> None:
    assert re.fullmatch(r"(?:[A-Za-z0-9 ._/@*-]|#\d+;)*", label(text))


def test_what_shares_a_fate_is_one_node() -> None:
    lines = picture(report("SMTP user added"))
    assert lines[:3] == ["flowchart LR", '  e["shop"]', '  e --> s0["Access-eu-west-1"]']
    (created,) = [line for line in lines if "created" in line]
    assert "2 x CloudWatch Alarm<br/>" in created
    assert created.endswith('more kinds"]:::new')


def test_it_stays_small() -> None:
    many = tuple(replace(ROW, stack=f"stack-{number}") for number in range(100))
    lines = picture(replace(report("SMTP user added"), resources=many))
    assert len(lines) < 45
    assert '  e --> more["84 more"]' in lines


def test_nothing_changed_is_no_picture() -> None:
    assert picture(report("nothing")) == []

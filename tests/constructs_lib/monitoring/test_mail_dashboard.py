import json
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from constructs_lib.monitoring.mail_dashboard import MailDashboard
from constructs_lib.monitoring.region_view import RegionView
from constructs_lib.monitoring.reputation_thresholds import ReputationThresholds
from constructs_lib.monitoring.spend_limit import SpendLimit
from tests.lint_templates import findings as lint
from tests.metric_math import evaluate
from tests.support import refuses
from tests.synthesis import ACCOUNT, REGION, new_stack, only, template_of
from tests.test_nag import PACKS, findings

BOUNCES = "Bounce rate: SES reviews at 5 %, may pause at 10 %"
COMPLAINTS = "Complaint rate: SES reviews at 0.1 %, may pause at 0.5 %"
TROUBLE = "Bounces, and on the right complaints and rejects, account"
ACCOUNT_COUNTS = [
    "Last 24 hours, account",
    "Sent and delivered, account",
    TROUBLE,
]
COST = ["Cost of Amazon SES", "(text)"]
EVERYTHING = RegionView(
    region=REGION,
    alarm_names=["prod-account-bounce-critical", "prod-account-bounce-warning"],
    configuration_set_names=["transactional", "news"],
    daily_quota=50_000,
    inboxes={"support": "prod-inbox-support"},
    queues={"bounce": "transactional-bounce"},
    dead_letter_queues={"support": "prod-inbox-support-dlq", "bounce": "transactional-bounce-dlq"},
)


def body_of(stack: cdk.Stack) -> dict[str, Any]:
    """What CloudWatch gets, references written as ``<name>``."""
    _, dashboard = only(template_of(stack), "AWS::CloudWatch::Dashboard")
    found = dashboard["Properties"]["DashboardBody"]
    parts = found["Fn::Join"][1] if isinstance(found, dict) else [found]
    text = "".join(
        part if isinstance(part, str) else f"<{part.get('Ref', 'of a resource')}>" for part in parts
    )
    body: dict[str, Any] = json.loads(text)
    return body


def build(*views: RegionView, **options: Any) -> cdk.Stack:  # noqa: ANN401 - passed on
    stack = new_stack()
    MailDashboard(stack, "Mail", views=views or [RegionView(region=REGION)], **options)
    return stack


def titles(stack: cdk.Stack) -> list[str]:
    return [widget["properties"].get("title", "(text)") for widget in body_of(stack)["widgets"]]


def widgets(stack: cdk.Stack) -> dict[str, dict[str, Any]]:
    found = body_of(stack)["widgets"]
    return {widget["properties"].get("title", "(text)"): widget for widget in found}


def lines(widget: dict[str, Any]) -> Iterator[tuple[str, list[str], dict[str, Any]]]:
    """Namespace, the other words and the options of each metric; "." repeats what stands above it."""
    above: list[str] = []
    for row in widget["properties"]["metrics"]:
        words = [word for word in row if isinstance(word, str)]
        options: dict[str, Any] = next((word for word in row if isinstance(word, dict)), {})
        if words:
            words = [above[place] if word == "." else word for place, word in enumerate(words)]
            if words[0] == "...":
                words = [*above[: len(above) - len(words) + 1], *words[1:]]
            above = words
            yield words[0], words[1:], options


def test_only_a_dashboard_with_the_rows_of_sending_and_cost_appears() -> None:
    stack = build()
    _, dashboard = only(template_of(stack), "AWS::CloudWatch::Dashboard")
    assert "DashboardName" not in dashboard["Properties"]
    assert len(template_of(stack)["Resources"]) == 1
    assert titles(stack) == [BOUNCES, COMPLAINTS, *ACCOUNT_COUNTS, *COST]
    body = body_of(stack)
    assert (body["start"], body["periodOverride"]) == ("-P7D", "inherit")


def test_rows_for_what_was_given_the_most_important_first() -> None:
    stack = build(EVERYTHING, dashboard_name="mail")
    _, dashboard = only(template_of(stack), "AWS::CloudWatch::Dashboard")
    assert dashboard["Properties"]["DashboardName"] == "mail"
    assert titles(stack) == [
        f"Raised alarms (of 2), {REGION}",
        BOUNCES,
        COMPLAINTS,
        "Last 24 hours, account",
        "Daily quota of 50,000",
        "Sent and delivered, account",
        TROUBLE,
        "Sends by configuration set",
        "Received by inbox",
        "Received mail that waits",
        "Age of the oldest received mail",
        "Dead letters: a person has to look",
        "Feedback that nobody has read",
        *COST,
    ]


@pytest.mark.parametrize(
    "regions", [[REGION], ["eu-west-1", "us-east-1"], ["eu-west-1", "us-east-1", "eu-west-2"]]
)
def test_widgets_fill_rows_of_24_columns_and_none_covers_another(regions: list[str]) -> None:
    views = [RegionView(**{**EVERYTHING.__dict__, "region": region}) for region in regions]
    covered = [
        {
            (column, row)
            for column in range(widget["x"], widget["x"] + widget["width"])
            for row in range(widget["y"], widget["y"] + widget["height"])
        }
        for widget in body_of(build(*views))["widgets"]
    ]
    assert all(one.isdisjoint(other) for one, other in combinations(covered, 2))
    assert set.union(*covered) == {
        (x, y) for x in range(24) for y in range(1 + max(y for _, y in set.union(*covered)))
    }


def test_one_dashboard_shows_every_region_alarms_of_all_first() -> None:
    other = RegionView(region="us-east-1", alarm_names=["prod-account-bounce-critical"])
    found = body_of(build(EVERYTHING, other))["widgets"]
    assert [widget["properties"].get("title") for widget in found[:2]] == [
        "Raised alarms (of 2), eu-west-1",
        "Raised alarms (of 1), us-east-1",
    ]
    assert found[1]["properties"]["alarms"] == [
        f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:prod-account-bounce-critical"
    ]
    headings = [each["properties"]["markdown"] for each in found if each["type"] == "text"]
    assert headings[:2] == ["# eu-west-1", "# us-east-1"]
    regions = [each["properties"]["region"] for each in found if each["type"] == "metric"]
    assert set(regions[:11]) == {"eu-west-1"}
    assert regions[12:16] == ["us-east-1"] * 4


@pytest.mark.parametrize(
    "title, names, period",
    [
        ("Last 24 hours, account", ["Send", "Delivery", "Bounce", "Complaint", "Reject"], 86400),
        ("Sent and delivered, account", ["Send", "Delivery"], 3600),
        (TROUBLE, ["Bounce", "Complaint", "Reject"], 3600),
    ],
)
def test_counts_are_sums_of_the_account(title: str, names: list[str], period: int) -> None:
    found = list(lines(widgets(build())[title]))
    assert [(namespace, words) for namespace, words, _ in found] == [("AWS/SES", [name]) for name in names]
    for _, _, options in found:
        assert (options["stat"], options.get("period", 300)) == ("Sum", period)


@pytest.mark.parametrize(
    "title, metric, levels",
    [
        (BOUNCES, "Reputation.BounceRate", [4, 5, 8, 10]),
        (COMPLAINTS, "Reputation.ComplaintRate", [0.08, 0.1, 0.4, 0.5]),
    ],
    ids=["bounces", "complaints"],
)
def test_rates_in_percent_against_their_levels(title: str, metric: str, levels: list[float]) -> None:
    view = RegionView(region=REGION, configuration_set_names=["transactional"])
    widget = widgets(build(view))[title]
    found = list(lines(widget))
    assert [words for _, words, _ in found] == [[metric], [metric, "ses:configuration-set", "transactional"]]
    assert all(options["visible"] is False for _, _, options in found)
    expressions = [row[0] for row in widget["properties"]["metrics"] if isinstance(row[0], dict)]
    assert [expression["label"] for expression in expressions] == ["Account", "transactional"]
    for expression, (_, _, options) in zip(expressions, found, strict=True):
        assert evaluate(expression["expression"], {options["id"]: [0.05, None]}) == [5, None]
    lines_across = widget["properties"]["annotations"]["horizontal"]
    assert [line["value"] for line in lines_across] == levels
    assert [line["label"].partition(":")[0] for line in lines_across] == [
        "warning",
        "SES reviews",
        "critical",
        "SES pauses",
    ]
    assert len({line["color"] for line in lines_across}) == 4


def test_alarms_that_are_not_raised_take_no_place() -> None:
    (alarms,) = (each for each in body_of(build(EVERYTHING))["widgets"] if each["type"] == "alarm")
    assert alarms["properties"]["states"] == ["ALARM"]


def test_what_is_few_has_an_axis_of_its_own() -> None:
    sides = {words[0]: options.get("yAxis", "left") for _, words, options in lines(widgets(build())[TROUBLE])}
    assert sides == {"Bounce": "left", "Complaint": "right", "Reject": "right"}


def test_levels_are_those_of_the_alarms() -> None:
    stack = build(thresholds=ReputationThresholds(bounce_warning=0.02, bounce_critical=0.07))
    across = widgets(stack)[BOUNCES]["properties"]["annotations"]["horizontal"]
    assert [line["value"] for line in across] == [2, 5, 7, 10]


def test_the_quota_is_a_gauge_with_the_alarm_across() -> None:
    gauge = widgets(build(EVERYTHING))["Daily quota of 50,000"]["properties"]
    expression = next(row[0]["expression"] for row in gauge["metrics"] if isinstance(row[0], dict))
    assert expression == "100 * sends / 50000"
    assert gauge["annotations"]["horizontal"][0]["value"] == 80
    assert gauge["yAxis"]["left"] == {"min": 0, "max": 100}


def test_queues_by_what_they_are_called() -> None:
    found = widgets(build(EVERYTHING))
    for title, metric, statistic, names in (
        ("Received by inbox", "NumberOfMessagesSent", "Sum", {"support": "prod-inbox-support"}),
        ("Received mail that waits", "ApproximateNumberOfMessagesVisible", "Maximum", EVERYTHING.inboxes),
        ("Age of the oldest received mail", "ApproximateAgeOfOldestMessage", "Maximum", EVERYTHING.inboxes),
        (
            "Dead letters: a person has to look",
            "ApproximateNumberOfMessagesVisible",
            "Maximum",
            EVERYTHING.dead_letter_queues,
        ),
    ):
        shown = list(lines(found[title]))
        assert [words for _, words, _ in shown] == [[metric, "QueueName", name] for name in names.values()]
        assert [options["label"] for _, _, options in shown] == list(names)
        assert {options["stat"] for _, _, options in shown} == {statistic}
    (line,) = found["Dead letters: a person has to look"]["properties"]["annotations"]["horizontal"]
    assert line["value"] == 1


@pytest.mark.parametrize(
    "options, code, fragment",
    [
        ({"dashboard_name": "mail of prod"}, "mail-dashboard-invalid", "dashboard_name"),
        ({"dashboard_name": ""}, "mail-dashboard-invalid", "dashboard_name"),
        ({"dashboard_name": "m" * 256}, "mail-dashboard-invalid", "255"),
        ({"views": []}, "mail-dashboard-invalid", "at least one Region"),
        ({"views": [RegionView(region=REGION)] * 2}, "mail-dashboard-invalid", "views: region"),
        (
            {"views": [RegionView(region=REGION, configuration_set_names=["a", "a"])]},
            "mail-dashboard-invalid",
            "configuration_set_names",
        ),
        (
            {"views": [RegionView(region=REGION, configuration_set_names=["a b"])]},
            "configuration-set-name-invalid",
            "configuration_set_names",
        ),
        (
            {"views": [RegionView(region=REGION, alarm_names=["a", "a"])]},
            "mail-dashboard-invalid",
            "alarm_names",
        ),
        ({"views": [RegionView(region="eu-west-9")]}, "region-without-ses", "eu-west-9"),
    ],
    ids=["space", "empty", "long", "none", "region twice", "set twice", "set", "alarm twice", "no SES"],
)
def test_refused(options: dict[str, Any], code: str, fragment: str) -> None:
    with refuses(code, fragment):
        MailDashboard(new_stack(), "Mail", **{"views": [RegionView(region=REGION)]} | options)


@pytest.mark.parametrize("name", ["m" * 255, "Mail_prod-1", cdk.Aws.STACK_NAME], ids=["long", "all", "token"])
def test_near_misses_are_taken(name: str) -> None:
    build(RegionView(region=REGION, configuration_set_names=["a", "A"]), dashboard_name=name)


def test_packs_and_linter_are_content(tmp_path: Path) -> None:
    stack = build(EVERYTHING, limit=SpendLimit(monthly_usd=50, tag=None))
    for pack in PACKS:
        assert findings(pack, stack) == set()
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template_of(stack)), "utf-8")
    assert lint("Stack", REGION, path) == []

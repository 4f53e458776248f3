"""A trail of others never loses what it records, and gets what the environment asks for."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.audit.data_events import TYPES, DataEvents, Selector
from ops.errors import TrailChangedError, TrailMissingError, TrailSelectorsError
from ops.trail_report import extend, read_trail
from ops.trail_selectors import Selectors, merged, missing, wanted_selectors
from stacks.audit_config import ExistingTrail, MailAudit
from tests.ops.audit_fakes import TRAIL, FakeAudit
from tests.stacks.test_audit_stack import HOME
from tests.stacks.test_audit_stack import TRAIL as TRAIL_TYPE
from tests.stacks.test_config import environment
from tests.synthesis import only, stage_templates

OTHERS = "arn:aws:cloudtrail:eu-west-1:111111111111:trail/company"
CONFIG = environment(audit=MailAudit(trail=ExistingTrail(arn=OTHERS)))
COMPANY = replace(TRAIL, arn=OTHERS)
WANTED = wanted_selectors(CONFIG, partition="aws")
MANAGEMENT: Selector = {
    "Name": "Ours, do not touch",
    "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}],
}
BUCKETS: Selector = {
    "Name": "Buckets",
    "FieldSelectors": [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
    ],
}
BASIC: Selector = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}


def shuffled(selector: Selector) -> Selector:
    """As CloudTrail may tell it: fields and values in another order."""
    fields = [
        {key: list(reversed(value)) if isinstance(value, list) else value for key, value in field.items()}
        for field in reversed(selector["FieldSelectors"])
    ]
    return {"FieldSelectors": fields, "Name": selector["Name"]}


def test_what_is_wanted_is_what_a_trail_of_ones_own_has() -> None:
    for events in (DataEvents(), DataEvents(identities=("example.com",), known_senders=False)):
        audit = MailAudit(data_events=events, senders=("role/Billing",))
        config = environment(audit=audit)
        made = only(stage_templates(config)[HOME], TRAIL_TYPE)[1]["Properties"]["AdvancedEventSelectors"]
        assert missing(Selectors(advanced=tuple(made)), wanted_selectors(config, partition="aws")) == ()
    assert wanted_selectors(environment(), partition="aws") == ()
    assert wanted_selectors(environment(audit=MailAudit(data_events=None)), partition="aws") == ()


def test_what_is_missing_whatever_the_order() -> None:
    assert len(WANTED) == len(TYPES)
    assert missing(Selectors(), WANTED) == WANTED
    assert missing(Selectors(advanced=tuple(shuffled(each) for each in reversed(WANTED))), WANTED) == ()
    assert missing(Selectors(advanced=(BUCKETS, *WANTED[1:])), WANTED) == WANTED[:1]


def test_others_selectors_stay_as_they_are() -> None:
    whole = merged(CONFIG, Selectors(advanced=(MANAGEMENT, BUCKETS)), WANTED)
    assert whole == (MANAGEMENT, BUCKETS, *WANTED)
    assert merged(CONFIG, Selectors(advanced=whole), WANTED) == whole


def test_a_former_wish_of_this_environment_goes() -> None:
    former = WANTED[0] | {"FieldSelectors": WANTED[0]["FieldSelectors"][:1]}
    another = WANTED[0] | {"Name": WANTED[0]["Name"].replace("test-mail", "test-mail2")}
    assert merged(CONFIG, Selectors(advanced=(former, another)), WANTED) == (another, *WANTED)
    none = replace(CONFIG, audit=MailAudit(trail=ExistingTrail(arn=OTHERS), data_events=None))
    assert merged(none, Selectors(advanced=(MANAGEMENT, *WANTED)), ()) == (MANAGEMENT,)


@pytest.mark.parametrize(
    "basic, fields",
    [
        ({}, []),
        ({"ReadWriteType": "WriteOnly"}, [{"Field": "readOnly", "Equals": ["false"]}]),
        ({"ReadWriteType": "ReadOnly"}, [{"Field": "readOnly", "Equals": ["true"]}]),
        (
            {"ExcludeManagementEventSources": ["kms.amazonaws.com"]},
            [{"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}],
        ),
    ],
)
def test_basic_selectors_become_advanced_ones_that_mean_the_same(
    basic: dict[str, Any], fields: list[dict[str, Any]]
) -> None:
    first, *rest = merged(CONFIG, Selectors(basic=(BASIC | basic,)), WANTED)
    assert first["FieldSelectors"] == [{"Field": "eventCategory", "Equals": ["Management"]}, *fields]
    assert tuple(rest) == WANTED


def test_basic_selectors_that_would_be_lost() -> None:
    data = BASIC | {"DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]}
    with pytest.raises(TrailSelectorsError, match="advanced ones would replace"):
        merged(CONFIG, Selectors(basic=(data,)), WANTED)
    assert merged(CONFIG, Selectors(basic=(BASIC | {"IncludeManagementEvents": False},)), WANTED) == WANTED


@given(st.lists(st.text(max_size=20), max_size=5))
def test_no_selector_of_others_is_ever_lost(names: list[str]) -> None:
    others = tuple(BUCKETS | {"Name": name} for name in names)
    whole = merged(CONFIG, Selectors(advanced=others), WANTED)
    assert [each for each in whole if each not in WANTED] == list(others)


def test_a_report_says_what_is_wrong() -> None:
    good = FakeAudit(found=COMPANY, current=Selectors(advanced=(MANAGEMENT, *WANTED)))
    report = read_trail(CONFIG, good)
    assert (report.faults, report.ours) == ((), False)
    bad = FakeAudit(
        found=replace(COMPANY, every_region=False, validated=False),
        logging=False,
        current=Selectors(advanced=(MANAGEMENT, *WANTED[1:])),
    )
    assert read_trail(CONFIG, bad).faults == (
        "It is stopped: nothing is recorded.",
        "It records eu-west-1 only.",
        "Its log files are not validated: nobody can tell whether they were changed.",
        "It does not record Amazon SES, test-mail: AWS::SES::EmailIdentity.",
    )
    assert read_trail(environment(audit=MailAudit()), FakeAudit()).ours is True


def test_no_trail() -> None:
    with pytest.raises(TrailMissingError, match="test has no audit trail"):
        read_trail(environment(), FakeAudit())
    with pytest.raises(TrailMissingError, match="no trail arn:aws:cloudtrail:eu-west-1"):
        read_trail(CONFIG, FakeAudit(found=None))


def test_extending_adds_and_keeps() -> None:
    gateway = FakeAudit(found=COMPANY, current=Selectors(advanced=(MANAGEMENT, BUCKETS)))
    extend(CONFIG, gateway, read_trail(CONFIG, gateway))
    assert gateway.current.advanced == (MANAGEMENT, BUCKETS, *WANTED)
    assert read_trail(CONFIG, gateway).missing == ()


def test_a_trail_that_somebody_changed_before_is_not_written() -> None:
    gateway = FakeAudit(found=COMPANY, current=Selectors(advanced=(MANAGEMENT,)))
    report = read_trail(CONFIG, gateway)
    gateway.current = Selectors(advanced=(MANAGEMENT, BUCKETS))
    with pytest.raises(TrailChangedError, match="before anything was written"):
        extend(CONFIG, gateway, report)
    assert "put" not in gateway.asked


def test_a_trail_that_somebody_changed_at_the_same_moment_is_told() -> None:
    gateway = FakeAudit(found=COMPANY, current=Selectors(advanced=(MANAGEMENT,)))
    report = read_trail(CONFIG, gateway)

    # What is there at the look before, then what somebody else wrote last.
    gateway.changed_by_others = [report.selectors, Selectors(advanced=(BUCKETS,))]
    with pytest.raises(TrailChangedError, match="while it was written"):
        extend(CONFIG, gateway, report)

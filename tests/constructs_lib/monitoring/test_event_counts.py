import pytest

from constructs_lib.monitoring.event_counts import EventCounts
from constructs_lib.monitoring.reputation_alarms import ReputationAlarms
from constructs_lib.sending.sending_profile import SendingProfile
from tests.support import refuses
from tests.synthesis import new_stack, only, template_of

KIND = "AWS::SES::ConfigurationSetEventDestination"


def test_the_five_counts_of_a_set_and_nothing_else() -> None:
    stack = new_stack()
    EventCounts(stack, "Counts", configuration_set="transactional")
    template = template_of(stack)
    assert len(template["Resources"]) == 1
    _, made = only(template, KIND)
    assert made["Properties"] == {
        "ConfigurationSetName": "transactional",
        "EventDestination": {
            "Name": "counts",
            "Enabled": True,
            "MatchingEventTypes": ["send", "delivery", "bounce", "complaint", "reject"],
            "CloudWatchDestination": {
                "DimensionConfigurations": [
                    {
                        "DimensionName": "ses:configuration-set",
                        "DimensionValueSource": "messageTag",
                        "DefaultDimensionValue": "none",
                    }
                ]
            },
        },
    }


def test_it_comes_after_the_set() -> None:
    stack = new_stack()
    profile = SendingProfile(stack, "Sending", configuration_set_name="news")
    EventCounts(stack, "Counts", configuration_set=profile)
    template = template_of(stack)
    the_set, _ = only(template, "AWS::SES::ConfigurationSet")
    assert only(template, KIND)[1]["DependsOn"] == [the_set]


def test_alarms_of_a_set_take_it() -> None:
    stack = new_stack()
    counts = EventCounts(stack, "Counts", configuration_set="news")
    ReputationAlarms(stack, "Alarms", configuration_set_name="news", event_metrics=counts.destination)


@pytest.mark.parametrize("name", ["", "a b", "x" * 65])
def test_refused(name: str) -> None:
    with refuses("configuration-set-name-invalid", "configuration_set"):
        EventCounts(new_stack(), "Counts", configuration_set=name)

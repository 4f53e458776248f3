"""What an environment that is audited deploys, and that auditing changes nothing else."""

from dataclasses import replace
from typing import Any

from constructs_lib.audit.abuse_patterns import WATCHED
from constructs_lib.audit.alert_receivers import AlertReceivers
from constructs_lib.audit.data_events import DataEvents
from stacks.audit_config import ExistingTrail, MailAudit
from stacks.config import MailEnvironment
from stacks.environments import ENVIRONMENTS
from tests.cloudtrail import by_other_account, by_role, documented, matches, record_of
from tests.stacks.test_config import environment
from tests.stacks.test_receiving_config import receiving
from tests.stacks.test_senders_config import delegate
from tests.synthesis import environment_templates, only, outputs, resources, stage_stacks, stage_templates

HOME, OTHER = "Audit-eu-west-1", "Audit-us-east-1"
TRAIL = "AWS::CloudTrail::Trail"
RULE = "AWS::Events::Rule"
ELSEWHERE = "arn:aws:cloudtrail:us-east-1:111111111111:trail/company"


def audited(**options: Any) -> MailEnvironment:  # noqa: ANN401 - any option
    return environment(audit=MailAudit(**options))


def pattern(template: dict[str, Any], kind: str) -> dict[str, Any]:
    (found,) = (
        each["Properties"]["EventPattern"]
        for each in resources(template, RULE).values()
        if kind in each["Properties"]["EventPattern"]["detail"]["eventName"]
    )
    made: dict[str, Any] = found
    return made


def test_audit_off_and_on_differ_by_its_stacks_alone() -> None:
    for name, config in ENVIRONMENTS.items():
        on = stage_templates(replace(config, audit=MailAudit()))
        off = stage_templates(replace(config, audit=None))
        assert on.keys() - off.keys() == {f"Audit-{region}" for region in config.regions}, name
        # The dashboard shows the alarm about lost alerts.
        changed = {stack for stack in off if on[stack] != off[stack]}
        shown = {f"Monitoring-{config.regions[0]}"} if config.monitoring else set()
        assert changed == shown, name


def test_the_trail_is_in_the_first_region_and_alerts_are_in_each() -> None:
    templates = stage_templates(audited())
    _, trail = only(templates[HOME], TRAIL)
    assert trail["Properties"]["TrailName"] == "test-mail"
    assert resources(templates[OTHER], TRAIL) == {}
    for stack in (HOME, OTHER):
        topic, found = only(templates[stack], "AWS::SNS::Topic")
        assert found["Properties"]["TopicName"] == "test-abuse"
        (output,) = templates[stack]["Outputs"].values()
        assert output["Value"] == {"Ref": topic}
    # The end of the trail is seen in its home.
    assert "StopLogging" in str(templates[HOME])
    assert "StopLogging" not in str(templates[OTHER])


def test_its_stacks_depend_on_nothing() -> None:
    assert stage_stacks(audited())[HOME].dependencies == frozenset()


def test_a_trail_that_exists_is_not_made_and_is_watched_in_its_home() -> None:
    templates = stage_templates(audited(trail=ExistingTrail(arn=ELSEWHERE)))
    for stack, watched in ((HOME, False), (OTHER, True)):
        for kind in (TRAIL, "AWS::S3::Bucket"):
            assert resources(templates[stack], kind) == {}
        assert ("StopLogging" in str(templates[stack])) is watched
    record = record_of("StopLogging", {"name": "company"}) | {"eventSource": "cloudtrail.amazonaws.com"}
    assert matches(pattern(templates[OTHER], "StopLogging"), record)
    foreign = ExistingTrail(arn=ELSEWHERE.replace("111111111111", "999999999999"))
    assert "StopLogging" not in str(stage_templates(audited(trail=foreign)))


def test_without_data_events_no_send_is_told() -> None:
    template = stage_templates(audited(data_events=None))[HOME]
    assert len(only(template, TRAIL)[1]["Properties"]["AdvancedEventSelectors"]) == 1
    assert "SendEmail" not in str(template)


def test_the_environment_knows_its_senders_delegates_domains_and_functions() -> None:
    config = replace(
        audited(senders=("role/Billing",), data_events=DataEvents(known_senders=False)),
        receiving=receiving(),
        delegates=(delegate(),),
    )
    template = stage_templates(config)[HOME]
    sends = pattern(template, "SendEmail")
    sent = documented("send_email")
    for who, told in (
        (by_role("Billing"), False),
        (by_role("test-Receiving-eu-west-1-InboxSupport-X"), False),
        (by_other_account(delegate().account), False),
        (by_role("Support"), True),
    ):
        assert matches(sends, sent | {"userIdentity": who}) is told
    strange = sent | {"userIdentity": by_role("Billing"), "requestParameters": {"source": "x@evil.test"}}
    assert matches(sends, strange)
    activation = by_role("test-Receiving-eu-west-1-ActivationRole-X")
    assert not matches(
        pattern(template, "SetActiveReceiptRuleSet"), record_of("SetActiveReceiptRuleSet", who=activation)
    )
    fields = only(template, TRAIL)[1]["Properties"]["AdvancedEventSelectors"][1]["FieldSelectors"]
    assert fields[-1]["NotStartsWith"] == [
        "arn:aws:sts::111111111111:assumed-role/Billing/",
        "arn:aws:sts::111111111111:assumed-role/test-Access-eu-west-",
        "arn:aws:sts::111111111111:assumed-role/test-Access-us-east-",
        "arn:aws:sts::111111111111:assumed-role/test-Receiving-eu-we",
    ]


def test_every_stack_with_a_role_that_makes_watched_calls_is_known() -> None:
    watched = [f"'ses:{call}'" for watch in WATCHED.values() for call in watch.calls]
    for name, config in ENVIRONMENTS.items():
        templates = environment_templates(name)
        making = {
            stack
            for stack, template in templates.items()
            for kind in ("AWS::IAM::Role", "AWS::IAM::Policy")
            if any(call in str(resources(template, kind)) for call in watched)
        }
        for stack in making if config.audit else ():
            region = stack.partition("-")[2] if stack.startswith(("Access", "Receiving")) else stack[-9:]
            alerts = next(template for key, template in templates.items() if key == f"Audit-{region}")
            assert f"assumed-role/{name}-{stack}"[: len("assumed-role/") + 20] in str(alerts), stack


def test_a_topic_of_ones_own_by_region() -> None:
    own = AlertReceivers(existing_topic_arn="arn:aws:sns:us-east-1:111111111111:security")
    templates = stage_templates(audited(receivers_by_region={"us-east-1": own}))
    assert resources(templates[OTHER], "AWS::SNS::Topic") == {}
    assert list(outputs(templates[OTHER]).values()) == [own.existing_topic_arn]
    only(templates[HOME], "AWS::SNS::Topic")


def test_a_rehearsal_leaves_nothing() -> None:
    template = stage_templates(replace(audited(), retain=False))[HOME]
    assert {each.get("DeletionPolicy") for each in template["Resources"].values()} <= {None, "Delete"}

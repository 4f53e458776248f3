import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.events.subscribers import EmailSubscriber
from constructs_lib.identity.dmarc import DmarcPolicy
from constructs_lib.identity.dns import CreatedZone, DnsLocation, ExternalDns, Route53Zone
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.domain_rules import MAX_STACK_RESOURCES
from stacks.environments import ENVIRONMENTS
from stacks.monitoring_config import MailMonitoring
from tests.synthesis import environment_templates, only, outputs, resources, stage_stacks, stage_templates

ZONE = Route53Zone(zone_id="Z0123456789", zone_name="example.com")
MAX_TEMPLATE_BYTES = 1_000_000
IDENTITY = "AWS::SES::EmailIdentity"
RECORD_SET = "AWS::Route53::RecordSet"


def environment(*domains: MailDomain, **overrides: Any) -> MailEnvironment:  # noqa: ANN401 - any option
    options: dict[str, Any] = {
        "name": "test",
        "account": "111111111111",
        "regions": ("eu-west-1",),
        "configuration_set_name": "transactional",
    }
    return MailEnvironment(domains=domains, **(options | overrides))


def domain(name: str, dns: DnsLocation | None = None, **overrides: Any) -> MailDomain:  # noqa: ANN401 - any option
    return MailDomain(domain=name, dns=dns or ExternalDns(), **overrides)


def test_stacks_are_named_after_what_they_are_for() -> None:
    made = environment(
        domain("example.com", ZONE, regions=("eu-west-1", "us-east-1")),
        domain("news.example.com", ZONE),
        domain("example.org"),
        domain("example.net", CreatedZone(zone_name="example.net")),
        domain("a.example.net", CreatedZone(zone_name="example.net")),
        regions=("eu-west-1", "us-east-1"),
    )
    assert sorted(stage_templates(made)) == [
        "Sending-eu-west-1",
        "Sending-us-east-1",
        "example-com-eu-west-1",
        "example-com-us-east-1",
        "example-net-eu-west-1",
        "example-org-eu-west-1",
        "news-example-com-eu-west-1",
    ]


def test_each_stack_is_bound_to_its_account_and_region() -> None:
    made = environment(domain("example.org", regions=("us-east-1",)), regions=("eu-west-1", "us-east-1"))
    assert {stack_id: stack.environment for stack_id, stack in stage_stacks(made).items()} == {
        "Sending-eu-west-1": "aws://111111111111/eu-west-1",
        "Sending-us-east-1": "aws://111111111111/us-east-1",
        "example-org-us-east-1": "aws://111111111111/us-east-1",
    }


def test_names_that_differ_by_a_hyphen_or_a_dot_stay_apart() -> None:
    names = ["a-b.example", "a.b.example", "a--b.example", "a.b-example.test", "a-b-example.test"]
    made = stage_templates(environment(*(domain(name) for name in names)))
    identities = {
        only(template, IDENTITY)[1]["Properties"]["EmailIdentity"]
        for name, template in made.items()
        if not name.startswith("Sending")
    }
    assert identities == set(names)


def test_the_longest_domain_still_has_a_stack_name() -> None:
    # MAIL FROM adds "bounce." to at most 253 characters; CloudFormation takes names of 128.
    label = "a" * 63
    longest = ".".join([label, label, label, "b" * 54])
    assert len(longest) == 253 - len("bounce.")
    stacks = stage_stacks(environment(domain(longest), domain(f"c{longest[1:]}")))
    names = {stack.name for stack in stacks.values()}
    assert len(names) == 3
    for name in names:
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,127}", name)


def test_the_order_of_an_environment_file_changes_nothing() -> None:
    config = ENVIRONMENTS["prod"]
    reordered = replace(config, domains=tuple(reversed(config.domains)))
    assert stage_templates(reordered) == environment_templates("prod")


def test_adding_a_domain_changes_no_other_stack() -> None:
    config = ENVIRONMENTS["prod"]
    more = stage_templates(replace(config, domains=(domain("example.net"), *config.domains)))
    added = more.keys() - environment_templates("prod").keys()
    assert added == {"example-net-eu-west-1"}
    changed = {name for name, template in environment_templates("prod").items() if more[name] != template}
    # Who is alerted about sends must know every domain.
    assert changed == {f"Audit-{region}" for region in config.regions}


def test_identities_follow_the_configuration_set_of_their_region() -> None:
    for config in ENVIRONMENTS.values():
        for stack_id, stack in stage_stacks(config).items():
            if stack_id.startswith(("Access-", "Audit-", "Monitoring-", "Receiving-", "Templates-")):
                continue
            region = stack.environment.rpartition("/")[2]
            expected = set() if stack_id.startswith("Sending-") else {f"Sending-{region}"}
            if stack_id.startswith("Sending-") and config.feedback.forwards_in(region):
                # The alarm about what was not sent on tells the topic of alarms.
                expected = {f"Monitoring-{region}"}
            assert stack.dependencies == expected


def test_an_identity_sends_with_the_set_that_its_region_has() -> None:
    for name in ENVIRONMENTS:
        templates = environment_templates(name)
        names = {
            only(template, "AWS::SES::ConfigurationSet")[1]["Properties"]["Name"]
            for stack, template in templates.items()
            if stack.startswith("Sending-")
        }
        defaults = {
            identity["Properties"]["ConfigurationSetAttributes"]["ConfigurationSetName"]
            for template in templates.values()
            for identity in resources(template, IDENTITY).values()
        }
        assert names == defaults == {ENVIRONMENTS[name].configuration_set_name}
        for stack, template in templates.items():
            if stack.startswith("Sending-"):
                assert list(outputs(template).values()) == list(names)


def test_the_first_region_publishes_what_a_domain_has_once() -> None:
    made = stage_templates(
        environment(
            domain(
                "example.com",
                ZONE,
                regions=("us-east-1", "eu-west-1"),
                dmarc=DmarcPolicy(rua=("mailto:d@other.test",)),
            ),
            regions=("eu-west-1", "us-east-1"),
        )
    )
    first, second = made["example-com-us-east-1"], made["example-com-eu-west-1"]
    assert "_dmarc" in str(first)
    assert "_dmarc" not in str(second)
    names = [
        (record["Properties"]["Type"], str(record["Properties"]["Name"]))
        for template in (first, second)
        for record in resources(template, RECORD_SET).values()
        if record["Properties"]["Type"] != "CNAME"
    ]
    assert len(set(names)) == len(names) == 5


def test_no_record_is_made_twice_in_an_environment() -> None:
    for name in ENVIRONMENTS:
        made = [
            (properties["Type"], properties["Name"])
            for template in environment_templates(name).values()
            for record in resources(template, RECORD_SET).values()
            for properties in [record["Properties"]]
            if isinstance(properties["Name"], str)
        ]
        assert len(set(made)) == len(made)


def test_a_created_zone_holds_the_records_of_its_domains() -> None:
    template = stage_templates(
        environment(
            *(domain(n, CreatedZone(zone_name="example.net")) for n in ("example.net", "a.example.net"))
        )
    )["example-net-eu-west-1"]
    zone_id, zone = only(template, "AWS::Route53::HostedZone")
    assert zone["Properties"]["Name"] == "example.net"
    records = resources(template, RECORD_SET)
    assert len(records) == 12
    for record in records.values():
        assert record["Properties"]["HostedZoneId"] == {"Fn::GetAtt": [zone_id, "Id"]}


def test_reports_to_another_domain_of_ours_are_authorized_in_its_zone() -> None:
    template = environment_templates("prod")["example-org-eu-west-1"]
    _, record = only(template, RECORD_SET)
    assert record["Properties"]["Name"] == "example.org._report._dmarc.example.com"
    assert record["Properties"]["HostedZoneId"] == "Z0PRODEXAMPLE0000001"


def test_tags_reach_the_resources() -> None:
    made = stage_templates(environment(domain("example.org"), tags={"team": "mail"}))
    assert only(made["example-org-eu-west-1"], IDENTITY)[1]["Properties"]["Tags"] == [
        {"Key": "team", "Value": "mail"}
    ]


def test_retain_decides_for_everything_that_holds_reputation() -> None:
    created = domain("example.net", CreatedZone(zone_name="example.net"))
    for retain, policies in ((True, {"RetainExceptOnCreate"}), (False, {"Delete"})):
        template = stage_templates(environment(created, retain=retain))["example-net-eu-west-1"]
        assert {resource["DeletionPolicy"] for resource in template["Resources"].values()} == policies


def _paths(value: object, path: str = "") -> Iterator[str]:
    """Every property path; list positions and intrinsic functions do not belong to the shape."""
    if isinstance(value, Mapping) and not any(key == "Ref" or key.startswith("Fn::") for key in value):
        for key, item in value.items():
            yield from _paths(item, f"{path}.{key}")
    elif isinstance(value, list):
        for item in value:
            yield from _paths(item, f"{path}[]")
    else:
        yield path


def _shape(template: Mapping[str, Any]) -> set[str]:
    """Resource types with their property paths, and the kinds of output."""
    found = {
        path
        for resource in template["Resources"].values()
        for path in _paths({k: v for k, v in resource["Properties"].items() if k != "Tags"}, resource["Type"])
    }
    return found | {description.rpartition(": ")[2] for description in outputs(template)}


def _kind(config: MailEnvironment, made: MailDomain, region: str) -> tuple[object, ...]:
    return (
        type(made.dns).__name__,
        region == config.regions_of(made)[0],
        made.apex_spf is not None,
        made.own_dkim_key is not None,
        made.legacy_txt,
        bool(made.dmarc.external_report_domains(made.domain)),
    )


def test_environments_differ_in_values_and_not_in_shape() -> None:
    shapes: dict[tuple[object, ...], dict[str, set[str]]] = {}
    for name, config in ENVIRONMENTS.items():
        for stack, template in environment_templates(name).items():
            if stack.startswith("Sending-"):
                # Feedback is what an environment asked for; the same wish has the same shape everywhere.
                region = stack.removeprefix("Sending-")
                theirs = [topic.in_region(region) for topic in config.feedback.topics]
                asked = (config.feedback, theirs, config.feedback.forwards_in(region))
                wish = ("sending", repr(asked), config.monitoring is None)
                shapes.setdefault(wish, {})[f"{name}/{stack}"] = _shape(template)
        # The same domains as they are in each environment, each kind alone.
        for made in config.domains:
            for region in config.regions_of(made):
                stacks = environment_templates(name)
                unit = made.dns.zone_name if isinstance(made.dns, CreatedZone) else made.domain
                shape = _shape(stacks[f"{unit.replace('.', '-')}-{region}"])
                kind = _kind(config, made, region)
                shapes.setdefault(kind, {})[f"{name}/{made.domain}/{region}"] = shape
    assert any(len(members) > 1 for members in shapes.values())
    for kind, members in shapes.items():
        first = next(iter(members.values()))
        assert all(shape == first for shape in members.values()), (kind, members)


@pytest.mark.parametrize("retain", [True, False])
@pytest.mark.parametrize("tags", [{}, {"team": "mail", "stage": "test"}])
def test_the_same_domains_have_the_same_shape_in_every_environment(
    tags: dict[str, str], *, retain: bool
) -> None:
    """Production's domains, deployed as another environment: only values may change."""
    tags = {**tags, "environment": "moved"}
    moved = replace(ENVIRONMENTS["prod"], name="moved", account="777777777777", tags=tags, retain=retain)
    templates = stage_templates(moved)
    assert {stack: _shape(template) for stack, template in templates.items()} == {
        stack: _shape(template) for stack, template in environment_templates("prod").items()
    }
    for stack, template in templates.items():
        assert template["Resources"].keys() == environment_templates("prod")[stack]["Resources"].keys()


def test_stacks_share_nothing_through_cloudformation() -> None:
    for name in ENVIRONMENTS:
        for stack, template in environment_templates(name).items():
            text = json.dumps(template)
            for word in ("Fn::ImportValue", "Fn::GetStackOutput", '"Export"'):
                assert word not in text, f"{name}/{stack}"


def test_no_arn_names_the_commercial_partition() -> None:
    """In GovCloud, with everything that prod has: a written ``arn:aws:`` would show."""
    prod = ENVIRONMENTS["prod"]
    domains = tuple(replace(made, regions=(), receives_mail=False) for made in prod.domains)
    # SES receives no mail there, and CloudFormation makes no budgets.
    monitoring = MailMonitoring(
        subscribers=(EmailSubscriber(address="ops@example.com"),), pause=("transactional",)
    )
    # What is in other accounts is written as an ARN, and of a partition.
    topics = tuple(replace(topic, subscribing_queues=()) for topic in prod.feedback.topics)
    gov = replace(
        prod,
        regions=("us-gov-west-1",),
        domains=domains,
        feedback=replace(prod.feedback, topics=topics, forwards=()),
        receiving=None,
        monitoring=monitoring,
    )
    text = json.dumps(stage_templates(gov))
    assert "arn:aws-us-gov:" in text
    assert "arn:aws:" not in text


def test_many_domains_are_as_many_small_stacks() -> None:
    """That nothing grows with their number; ``make bench`` synthesizes 500."""
    ours = [domain(f"d{number}.example.com", ZONE) for number in range(40)]
    elsewhere = [domain(f"d{number}.example.org") for number in range(10)]
    made = stage_templates(environment(*ours, *elsewhere))
    assert len(made) == 51
    for template in made.values():
        assert len(template["Resources"]) <= 7
        assert len(json.dumps(template)) < 10_000


def test_the_largest_created_zone_fits() -> None:
    zone = CreatedZone(zone_name="example.com")
    (template,) = (
        template
        for name, template in stage_templates(
            environment(*(domain(f"{'d' * 60}{number}.example.com", zone) for number in range(71)))
        ).items()
        if not name.startswith("Sending")
    )
    assert 490 < len(template["Resources"]) <= MAX_STACK_RESOURCES
    assert len(json.dumps(template)) < MAX_TEMPLATE_BYTES
    assert len(template["Outputs"]) <= 200

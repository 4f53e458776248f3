import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns

from constructs_lib.identity.dns import CreatedZone, DnsLocation, ExternalDns, Route53Zone
from constructs_lib.identity.domain_identity import DomainIdentity
from constructs_lib.identity.mail_zone import MailZone, route53_zone
from constructs_lib.verification.verification_gate import VerificationGate
from tests.constructs_lib.verification.test_verification_waits import waits
from tests.lint_templates import findings as lint
from tests.support import refuses
from tests.synthesis import REGION, new_stack, only, resources, template_of
from tests.test_nag import PACKS, findings

ZONE = Route53Zone(zone_id="Z0123456789", zone_name="example.com")


def build(stack: cdk.Stack | None = None, construct_id: str = "Gate", **overrides: Any) -> VerificationGate:  # noqa: ANN401 - any option
    options: dict[str, Any] = {"identity": "example.com", "dns": ZONE}
    return VerificationGate(stack or new_stack(), construct_id, **(options | overrides))


def synth(**overrides: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    return template_of(cdk.Stack.of(build(**overrides)))


def test_what_changes_is_another_wait_and_what_stays_is_none() -> None:
    unchanged = waits(synth()).keys()
    assert unchanged == waits(synth(wait_for_people=True)).keys()
    for changed in (
        {"identity": "mail.example.com"},
        {"timeout": cdk.Duration.minutes(16)},
        {"mail_from": True},
        {"dns": ExternalDns(), "wait_for_people": True},
    ):
        assert not unchanged & waits(synth(**changed)).keys()


def test_mail_from_is_waited_for_where_asked() -> None:
    assert all("MailFrom" not in wait["Properties"] for wait in waits(synth()).values())
    for wait in waits(synth(mail_from=True)).values():
        assert wait["Properties"]["MailFrom"] == {
            "Mx": "10 feedback-smtp.eu-west-1.amazonses.com",
            "Spf": "v=spf1 include:amazonses.com ~all",
        }


def test_an_identity_of_this_app_is_made_first_and_says_where_its_records_are() -> None:
    stack = new_stack()
    identity = DomainIdentity(
        stack, "Identity", domain="example.com", dns=ZONE, configuration_set_name="transactional"
    )
    VerificationGate(stack, "Gate", identity=identity)
    template = template_of(stack)
    first, *further = waits(template).values()
    made = {*resources(template, "AWS::SES::EmailIdentity"), *resources(template, "AWS::Route53::RecordSet")}
    assert made < set(first["DependsOn"])
    assert first["Properties"]["ZoneId"] == "Z0123456789"
    assert not any("DependsOn" in wait for wait in further)
    # The function asks SES for the DKIM names: the identity's stack need not export them.
    assert "DkimDNSTokenName1" not in json.dumps([first, *further])


def test_what_is_held_comes_after_the_last_wait() -> None:
    stack = new_stack()
    gate = build(stack)
    topic = sns.CfnTopic(stack, "Topic")
    gate.hold(topic)
    template = template_of(stack)
    _, held = only(template, "AWS::SNS::Topic")
    assert held["DependsOn"] == [list(waits(template))[-1]]


def _zone_of_this_app(stack: cdk.Stack, kind: str) -> DnsLocation:
    if kind == "mail zone":
        return MailZone(stack, "Zone", zone_name="example.com").location
    if kind == "the CDK's zone":
        return route53_zone(route53.PublicHostedZone(stack, "Zone", zone_name="example.com"))
    return CreatedZone(zone_name="example.com") if kind == "created" else ExternalDns()


@pytest.mark.parametrize("kind", ["mail zone", "the CDK's zone", "created", "external"])
@pytest.mark.parametrize("asked", [False, True])
def test_nothing_waits_where_a_person_must_act_first_unless_asked(kind: str, asked: bool) -> None:  # noqa: FBT001 - a table
    stack = new_stack()
    gate = build(stack, dns=_zone_of_this_app(stack, kind), wait_for_people=asked)
    topic = sns.CfnTopic(stack, "Topic")
    gate.hold(topic)
    template = template_of(stack)
    assert gate.waits is asked
    assert bool(waits(template)) is asked
    assert bool(resources(template, "AWS::Lambda::Function")) is asked
    for wait in waits(template).values():
        assert ("ZoneId" in wait["Properties"]) == (kind not in {"created", "external"})


def test_a_gate_that_does_not_wait_keeps_the_order() -> None:
    stack = new_stack()
    identity = DomainIdentity(
        stack, "Identity", domain="example.com", dns=ExternalDns(), configuration_set_name="transactional"
    )
    topic = sns.CfnTopic(stack, "Topic")
    VerificationGate(stack, "Gate", identity=identity).hold(topic)
    template = template_of(stack)
    key, _ = only(template, "AWS::SES::EmailIdentity")
    _, held = only(template, "AWS::SNS::Topic")
    assert held["DependsOn"] == [key]


@pytest.mark.parametrize(
    "options, code, fragment",
    [
        ({"timeout": cdk.Duration.seconds(0)}, "verification-gate-invalid", "Got '0 seconds'"),
        ({"timeout": cdk.Duration.seconds(7201)}, "verification-gate-invalid", "Got '7201 seconds'"),
        ({"timeout": cdk.Duration.millis(1500)}, "verification-gate-invalid", "Got '1.5 seconds'"),
        ({"dns": None}, "verification-gate-invalid", "dns: an identity that is not made here"),
        ({"dns": Route53Zone(zone_id="Z1", zone_name="evilexample.com")}, "zone-mismatch", "example.com"),
        ({"identity": "evilexample.com"}, "zone-mismatch", "evilexample.com"),
        ({"identity": "someone@example.com"}, "domain-malformed", "identity"),
        ({"identity": "localhost"}, "domain-single-label", "identity"),
    ],
)
def test_refuses_and_builds_nothing(options: dict[str, Any], code: str, fragment: str) -> None:
    stack = new_stack()
    with refuses(code, fragment):
        build(stack, **options)
    assert not stack.node.children


def test_refuses_a_region_without_ses() -> None:
    with refuses("region-without-ses", "env.region"):
        build(new_stack("eu-nowhere-1"))


def test_near_misses_pass() -> None:
    stack = new_stack()
    imported = DomainIdentity.from_domain(stack, domain="Example.COM.")
    build(stack, identity=imported, timeout=cdk.Duration.hours(2))
    # A real one: the CDK refuses to write a token that it did not make.
    build(stack, "Token", identity=cdk.CfnParameter(stack, "Domain").value_as_string)
    parameter = cdk.CfnParameter(stack, "ZoneId")
    zone = Route53Zone(zone_id=parameter.value_as_string, zone_name="example.com")
    # A zone that only the deployment knows, but that this app does not make.
    assert build(stack, "Parameter", dns=zone).waits


@pytest.mark.parametrize("region", [REGION, None])
def test_the_rule_packs_and_cfn_lint_are_clean(region: str | None, tmp_path: Path) -> None:
    stack = new_stack(region)
    build(stack, mail_from=True)
    build(stack, "Other", identity="example.org", dns=ExternalDns(), wait_for_people=True)
    for pack in PACKS:
        assert findings(pack, stack) == set()
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template_of(stack)), encoding="utf-8")
    assert lint("Stack", REGION, path) == []

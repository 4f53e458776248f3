import json
from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from constructs import Construct

from constructs_lib.identity.dns import ExternalDns, Route53Zone
from constructs_lib.identity.dns_records import Purpose
from constructs_lib.identity.domain_identity import DomainIdentity
from constructs_lib.identity.legacy_verification import LegacyVerification
from constructs_lib.identity.mail_zone import MailZone
from tests.iam import Request, evaluate, identity_policies, resolve
from tests.lint_templates import findings as lint
from tests.support import TOKEN, refuses
from tests.synthesis import ACCOUNT, REGION, new_stack, only, outputs, resources, template_of
from tests.test_nag import PACKS, findings

KIND = "Custom::LegacyVerification"
ZONE = Route53Zone(zone_id="Z0123456789", zone_name="example.com")
ZONE_ARN = "arn:aws:route53:::hostedzone/Z0123456789"
OTHER_ZONE_ARN = "arn:aws:route53:::hostedzone/Z9999999999"


def build(stack: cdk.Stack | None = None, **overrides: Any) -> LegacyVerification:  # noqa: ANN401 - any option
    options: dict[str, Any] = {"domain": "example.com", "dns": ZONE}
    return LegacyVerification(stack or new_stack(), "Legacy", **(options | overrides))


def synth(**overrides: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    return template_of(cdk.Stack.of(build(**overrides)))


def test_a_custom_resource_adds_the_value_in_the_zone_and_stays() -> None:
    template = synth()
    function, found = only(template, "AWS::Lambda::Function")
    policy, _ = only(template, "AWS::IAM::Policy")
    _, resource = only(template, KIND)
    assert resource == {
        "Type": KIND,
        "Properties": {
            "ServiceToken": {"Fn::GetAtt": [function, "Arn"]},
            "ServiceTimeout": "600",
            "Domain": "example.com",
            "RecordName": "_amazonses.example.com",
            "Ttl": 1800,
            "HostedZoneId": "Z0123456789",
        },
        "DependsOn": [policy],
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
    }
    assert "Outputs" not in template
    assert not resources(template, "AWS::Route53::RecordSet")
    # Lambda calls a second time after a minute, within the time that CloudFormation waits.
    assert found["Properties"]["Timeout"] * 2 + 60 < 600


def test_with_dns_elsewhere_the_record_is_printed_and_nothing_is_written() -> None:
    legacy = build(dns=ExternalDns())
    template = template_of(cdk.Stack.of(legacy))
    key, resource = only(template, KIND)
    assert "HostedZoneId" not in resource["Properties"]
    assert not resources(template, "AWS::IAM::Policy")
    _, role = only(template, "AWS::IAM::Role")
    assert "route53" not in json.dumps(role)
    ((description, value),) = outputs(template).items()
    assert description == "Merge into DNS by hand, for example.com: legacy verification"
    assert resolve(value, {f"{key}.Token": "one="}) == '_amazonses.example.com TXT "one="'


def test_the_record_is_data_with_the_token_of_the_deploy() -> None:
    legacy = build()
    assert (legacy.record.name, legacy.record.type) == ("_amazonses.example.com", "TXT")
    assert (legacy.record.purpose, legacy.record.merge) == (Purpose.LEGACY_VERIFICATION, True)
    assert legacy.record.values == (legacy.token,)


def test_a_value_goes_with_its_stack_when_asked() -> None:
    _, resource = only(synth(removal_policy=cdk.RemovalPolicy.DESTROY), KIND)
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Delete", "Delete")


def test_all_domains_of_a_stack_share_one_function() -> None:
    stack = new_stack()
    for name in ("example.com", "news.example.com", "a-b.example.com", "ab.example.com"):
        LegacyVerification(stack, name, domain=name, dns=ZONE)
    template = template_of(stack)
    assert len(resources(template, "AWS::Lambda::Function")) == 1
    assert len(resources(template, KIND)) == 4
    assert len(resources(template, "AWS::IAM::Policy")) == 4


def test_a_construct_that_moves_stays_the_same_resource() -> None:
    here, _ = only(synth(), KIND)
    moved = new_stack()
    LegacyVerification(Construct(moved, "Mail"), "Moved", domain="example.com", dns=ZONE)
    assert only(template_of(moved), KIND)[0] == here
    assert here.startswith("LegacyVerificationexamplecom")
    assert only(synth(domain="news.example.com"), KIND)[0] != here


def test_an_identity_of_ours_exists_before_its_token_is_read() -> None:
    stack = new_stack()
    identity = DomainIdentity(
        stack, "Identity", domain="example.com", dns=ExternalDns(), configuration_set_name="transactional"
    )
    build(stack, domain=identity)
    template = template_of(stack)
    key, _ = only(template, "AWS::SES::EmailIdentity")
    _, resource = only(template, KIND)
    assert key in resource["DependsOn"]
    assert resource["Properties"]["Domain"] == "example.com"


def test_an_identity_of_somebody_else_and_a_created_zone() -> None:
    stack = new_stack()
    zone = MailZone(stack, "Zone", zone_name="example.com")
    build(stack, domain=DomainIdentity.from_domain(stack, domain="news.example.com"), dns=zone.location)
    key, _ = only(template_of(stack), "AWS::Route53::HostedZone")
    _, resource = only(template_of(stack), KIND)
    assert resource["Properties"]["HostedZoneId"] == {"Fn::GetAtt": [key, "Id"]}
    assert resource["Properties"]["RecordName"] == "_amazonses.news.example.com"


NAMES = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
TYPES = "route53:ChangeResourceRecordSetsRecordTypes"
ACTIONS = "route53:ChangeResourceRecordSetsActions"
OURS = {NAMES: ["_amazonses.example.com"], TYPES: ["TXT"], ACTIONS: ["CREATE", "DELETE"]}


def test_iam_lets_the_function_change_this_name_and_type_in_this_zone_only() -> None:
    template = synth()
    role, _ = only(template, "AWS::IAM::Role")
    log, _ = only(template, "AWS::Logs::LogGroup")
    log_arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:log:*"
    policies = identity_policies(template, role, {f"{log}.Arn": log_arn})

    def ask(action: str, context: Mapping[str, list[str]] = {}, resource: str = ZONE_ARN) -> Request:
        return Request(
            principal=f"arn:aws:iam::{ACCOUNT}:role/function",
            action=action,
            resources=[resource],
            context=context,
            identity_policies=policies,
            resource_account=ACCOUNT,
        )

    change = "route53:ChangeResourceRecordSets"
    allowed = [
        ask(change, OURS),
        ask(change, OURS | {ACTIONS: ["CREATE"]}),
        ask("route53:ListResourceRecordSets"),
        ask("ses:GetIdentityVerificationAttributes", resource="*"),
    ]
    denied = [
        ask(change, OURS | {NAMES: ["example.com"]}),
        ask(change, OURS | {NAMES: ["_amazonses.example.com", "www.example.com"]}),
        ask(change, OURS | {NAMES: ["x_amazonses.example.com"]}),
        ask(change, OURS | {NAMES: ["_amazonses.evilexample.com"]}),
        ask(change, OURS | {TYPES: ["TXT", "CNAME"]}),
        ask(change, OURS | {ACTIONS: ["UPSERT"]}),
        # What a request does not tell is not permitted.
        *(ask(change, {key: OURS[key] for key in OURS if key != missing}) for missing in OURS),
        ask(change),
        ask(change, OURS, OTHER_ZONE_ARN),
        ask("route53:ListResourceRecordSets", resource=OTHER_ZONE_ARN),
        ask("ses:VerifyDomainIdentity", resource="*"),
    ]
    decisions = evaluate([*allowed, *denied])
    assert [decision.allowed for decision in decisions] == [True] * len(allowed) + [False] * len(denied)
    assert not any(decision.ignored for decision in decisions)


@pytest.mark.parametrize(
    "option, value, code, fragment",
    [
        ("domain", "me@example.com", "domain-malformed", "e-mail address"),
        ("domain", "evilexample.com", "zone-mismatch", "evilexample.com or a parent"),
        ("domain", TOKEN, "legacy-verification-invalid", "known now"),
        ("domain", f"{'a.' * 117}example.com", "dns-value-invalid", "256 characters"),
        ("stack", new_stack("eu-nowhere-1"), "region-without-ses", "env.region"),
    ],
)
def test_refuses_and_builds_nothing(option: str, value: Any, code: str, fragment: str) -> None:  # noqa: ANN401
    options = {"stack": new_stack()} | {option: value}
    with refuses(code, fragment):
        build(**options)
    assert not options["stack"].node.children


def test_refuses_the_same_domain_twice_in_a_stack() -> None:
    stack = new_stack()
    build(stack)
    with refuses("legacy-verification-invalid", "once in a stack"):
        LegacyVerification(stack, "Again", domain="Example.com.", dns=ExternalDns())
    LegacyVerification(stack, "Other", domain="evilexample.com", dns=ExternalDns())


def test_the_longest_name_fits() -> None:
    name = f"{'a.' * 115}example.com"
    (key,) = resources(synth(domain=name), KIND)
    assert len(f"_amazonses.{name}") == 252
    assert len(key) <= 255


@pytest.mark.parametrize("region", [REGION, None])
@pytest.mark.parametrize("dns", [ZONE, ExternalDns()], ids=["zone", "elsewhere"])
def test_the_rule_packs_and_cfn_lint_are_clean(region: str | None, dns: Any, tmp_path: Any) -> None:  # noqa: ANN401
    stack = new_stack(region)
    build(stack, dns=dns)
    for pack in PACKS:
        assert findings(pack, stack) == set()
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template_of(stack)), encoding="utf-8")
    assert lint("Stack", REGION, path) == []

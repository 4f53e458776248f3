import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from constructs import Construct

from constructs_lib.identity.cross_account_record import CrossAccountRecord
from constructs_lib.identity.dmarc import DmarcPolicy
from constructs_lib.identity.dns import CreatedZone, CrossAccountZone, ExternalDns, Route53Zone
from constructs_lib.identity.dns_records import DnsRecord, Purpose, RecordType
from constructs_lib.identity.domain_identity import DomainIdentity
from constructs_lib.identity.legacy_verification import LegacyVerification
from constructs_lib.identity.mail_zone import MailZone
from constructs_lib.identity.spf import SpfPolicy
from constructs_lib.receiving.inbound_mx import InboundMx
from constructs_lib.verification.verification_gate import VerificationGate
from tests.iam import Request, evaluate, identity_policies, resolve
from tests.lint_templates import findings as lint
from tests.support import TOKEN, refuses
from tests.synthesis import ACCOUNT, REGION, new_stack, only, outputs, resources, template_of
from tests.test_nag import PACKS, findings

KIND = "Custom::CrossAccountRecord"
ROLE_ARN = "arn:aws:iam::999999999999:role/mail-records"


def zone(**overrides: str) -> CrossAccountZone:
    options = {
        "zone_id": "Z0123456789",
        "zone_name": "example.com",
        "account": "999999999999",
        "role_name": "mail-records",
    }
    return CrossAccountZone(**(options | overrides))


ZONE = zone()
REPORTS = zone(zone_id="Z0REPORTS", zone_name="reports.example", account="888888888888")
DMARC = DnsRecord(
    name="_dmarc.example.com", type=RecordType.TXT, values=("v=DMARC1; p=none",), purpose=Purpose.DMARC
)


def build(stack: cdk.Stack | None = None, **overrides: Any) -> CrossAccountRecord:  # noqa: ANN401 - any option
    options: dict[str, Any] = {"record": DMARC, "zone": ZONE}
    return CrossAccountRecord(stack or new_stack(), "Dmarc", **(options | overrides))


def synth(**overrides: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    return template_of(cdk.Stack.of(build(**overrides)))


def identity(stack: cdk.Stack, **overrides: Any) -> DomainIdentity:  # noqa: ANN401 - any option
    options: dict[str, Any] = {
        "domain": "example.com",
        "dns": ZONE,
        "configuration_set_name": "transactional",
    }
    return DomainIdentity(stack, "Identity", **(options | overrides))


def records(template: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Properties of the records by name and type."""
    names = {
        f"{key}.{attribute}": f"{attribute}"
        for key in resources(template, "AWS::SES::EmailIdentity")
        for number in (1, 2, 3)
        for attribute in (f"DkimDNSTokenName{number}", f"DkimDNSTokenValue{number}")
    }
    names |= {f"{key}.Arn": "arn:function" for key in resources(template, "AWS::Lambda::Function")}
    found = [resolve(each["Properties"], names) for each in resources(template, KIND).values()]
    return {(each["Name"], each["Type"]): each for each in found}


def test_a_record_is_one_resource_that_outlives_its_stack() -> None:
    template = synth()
    _, resource = only(template, KIND)
    function, _ = only(template, "AWS::Lambda::Function")
    assert resolve(resource["Properties"], {f"{function}.Arn": "arn:function"}) == {
        "ServiceToken": "arn:function",
        "ServiceTimeout": "900",
        "RoleArn": ROLE_ARN,
        "HostedZoneId": "Z0123456789",
        "Name": "_dmarc.example.com",
        "Type": "TXT",
        "Ttl": 1800,
        "Values": ['"v=DMARC1; p=none"'],
    }
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == (
        "RetainExceptOnCreate",
        "Retain",
    )
    access, _ = only(template, "AWS::IAM::Policy")
    assert access in resource["DependsOn"]
    assert "AWS::Route53::RecordSet" not in json.dumps(template)


def test_a_record_goes_with_its_stack_when_asked() -> None:
    _, resource = only(synth(removal_policy=cdk.RemovalPolicy.DESTROY), KIND)
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Delete", "Delete")


def test_the_function_may_assume_the_roles_of_its_zones_and_is_known_by_its_path() -> None:
    stack = new_stack()
    build(stack)
    authorization = DnsRecord(
        name="example.com._report._dmarc.reports.example",
        type=RecordType.TXT,
        values=("v=DMARC1",),
        purpose=Purpose.DMARC_REPORT_AUTHORIZATION,
    )
    CrossAccountRecord(stack, "Report", record=authorization, zone=REPORTS)
    template = template_of(stack)
    role, definition = only(template, "AWS::IAM::Role")
    assert definition["Properties"]["Path"] == "/zone-records/"
    assert "RoleName" not in definition["Properties"]
    log, _ = only(template, "AWS::Logs::LogGroup")
    own_stack = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/Stack/1a2b"
    policies = identity_policies(
        template,
        role,
        {f"{log}.Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:l:*", "AWS::StackId": own_stack},
    )

    def ask(resource: str, action: str = "sts:AssumeRole") -> Request:
        trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": action}
        return Request(
            principal=f"arn:aws:iam::{ACCOUNT}:role/zone-records/function",
            action=action,
            resources=[resource],
            identity_policies=policies,
            # The other account lets everybody of this one in.
            resource_policy={"Version": "2012-10-17", "Statement": [trust]},
        )

    decisions = evaluate(
        [
            ask(ROLE_ARN),
            ask("arn:aws:iam::888888888888:role/mail-records"),
            ask("arn:aws:iam::999999999999:role/other"),
            ask("arn:aws:iam::777777777777:role/mail-records"),
            # Whether its own stack is rolled back.
            ask(own_stack, "cloudformation:DescribeStacks"),
        ]
    )
    assert [decision.allowed for decision in decisions] == [True, True, False, False, True]
    statements = [statement for policy in policies for statement in policy["Statement"]]
    assert {action for each in statements for action in [each["Action"]] if isinstance(action, str)} == {
        "sts:AssumeRole",
        "cloudformation:DescribeStacks",
    }
    read = [each["Resource"] for each in statements if each["Action"] == "cloudformation:DescribeStacks"]
    assert read == [own_stack]


def test_all_records_of_an_identity_go_to_the_zone_by_one_function() -> None:
    stack = new_stack()
    made = identity(stack, dmarc=DmarcPolicy(rua=("mailto:d@reports.example",)), report_zones=[REPORTS])
    template = template_of(stack)
    found = records(template)
    assert found.keys() == {
        *((f"DkimDNSTokenName{number}", "CNAME") for number in (1, 2, 3)),
        ("bounce.example.com", "MX"),
        ("bounce.example.com", "TXT"),
        ("_dmarc.example.com", "TXT"),
        ("example.com._report._dmarc.reports.example", "TXT"),
    }
    assert found["DkimDNSTokenName2", "CNAME"]["Values"] == ["DkimDNSTokenValue2"]
    assert found["bounce.example.com", "MX"]["Values"] == [f"10 feedback-smtp.{REGION}.amazonses.com"]
    assert {each["HostedZoneId"] for key, each in found.items() if key[0].endswith(".example")} == {
        "Z0REPORTS"
    }
    assert len(resources(template, "AWS::Lambda::Function")) == 1
    assert not made.manual_records
    assert not outputs(template)
    kept = {each["DeletionPolicy"] for each in resources(template, KIND).values()}
    assert kept == {"RetainExceptOnCreate"}


def test_the_removal_policy_of_an_identity_is_that_of_its_records() -> None:
    stack = new_stack()
    identity(stack, removal_policy=cdk.RemovalPolicy.DESTROY)
    template = template_of(stack)
    assert {each["DeletionPolicy"] for each in resources(template, KIND).values()} == {"Delete"}


def test_the_mx_of_incoming_mail_goes_to_the_zone() -> None:
    stack = new_stack()
    InboundMx(stack, "InboundMx", domain="example.com", dns=ZONE)
    found = records(template_of(stack))
    assert found["example.com", "MX"]["Values"] == [f"10 inbound-smtp.{REGION}.amazonaws.com"]


def test_the_legacy_value_is_merged_by_the_role() -> None:
    stack = new_stack()
    LegacyVerification(stack, "Legacy", domain="example.com", dns=ZONE)
    template = template_of(stack)
    _, resource = only(template, "Custom::LegacyVerification")
    assert resolve(resource["Properties"]["RoleArn"]) == ROLE_ARN
    assert resource["Properties"]["HostedZoneId"] == "Z0123456789"
    _, policy = only(template, "AWS::IAM::Policy")
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert resolve([statement["Action"], statement["Resource"]]) == ["sts:AssumeRole", ROLE_ARN]
    _, role = only(template, "AWS::IAM::Role")
    assert role["Properties"]["Path"] == "/zone-records/"


@pytest.mark.parametrize("parent", [ZONE, Route53Zone(zone_id="Z0OWN", zone_name="example.com")])
def test_a_subdomain_is_delegated_to_the_zone_that_is_made_for_it(parent: Any) -> None:  # noqa: ANN401
    stack = new_stack()
    MailZone(stack, "Zone", zone_name="mail.example.com", parent=parent)
    template = template_of(stack)
    hosted_zone, _ = only(template, "AWS::Route53::HostedZone")
    kind, values = (
        ("AWS::Route53::RecordSet", "ResourceRecords")
        if isinstance(parent, Route53Zone)
        else (KIND, "Values")
    )
    _, resource = only(template, kind)
    found = resource["Properties"]
    assert (found["Name"], found["Type"], found["HostedZoneId"]) == ("mail.example.com", "NS", parent.zone_id)
    assert found[values] == {"Fn::GetAtt": [hosted_zone, "NameServers"]}
    assert str(found.get("Ttl") or found.get("TTL")) == "172800"
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_a_zone_does_not_delegate_to_itself() -> None:
    stack = new_stack()
    with refuses("zone-parent-invalid", "example.com"):
        MailZone(stack, "Zone", zone_name="example.com", parent=ZONE)
    assert not stack.node.children


def test_a_gate_waits_for_records_that_the_deployment_writes() -> None:
    stack = new_stack()
    gate = VerificationGate(stack, "Gate", identity=identity(stack))
    assert gate.waits
    _, first = next(iter(resources(template_of(stack), "Custom::VerifiedIdentity").items()))
    assert "ZoneId" not in first["Properties"]


@pytest.mark.parametrize("parent", [None, ZONE])
def test_a_gate_waits_for_a_zone_that_this_app_delegates(parent: CrossAccountZone | None) -> None:
    stack = new_stack()
    made = MailZone(stack, "Zone", zone_name="mail.example.com", parent=parent)
    domain = identity(stack, domain="mail.example.com", dns=made.location)
    declared = CreatedZone(zone_name="mail.example.com", parent=parent)
    assert VerificationGate(stack, "Gate", identity=domain).waits is (parent is not None)
    by_name = VerificationGate(stack, "Declared", identity="mail.example.com", dns=declared)
    assert by_name.waits is (parent is not None)


def test_a_construct_that_moves_stays_the_same_resource() -> None:
    here, _ = only(synth(), KIND)
    moved = new_stack()
    CrossAccountRecord(Construct(moved, "Mail"), "Moved", record=DMARC, zone=ZONE)
    assert only(template_of(moved), KIND)[0] == here
    assert only(synth(zone=zone(zone_id="Z9")), KIND)[0] != here
    # Another role for the same zone is the same record.
    assert only(synth(zone=zone(role_name="other")), KIND)[0] == here


def test_refuses_a_second_resource_of_a_record_and_builds_nothing() -> None:
    stack = new_stack()
    build(stack)
    with refuses("cross-account-record-invalid", "a second resource in zone Z0123456789"):
        CrossAccountRecord(stack, "Again", record=DMARC, zone=ZONE)
    assert stack.node.try_find_child("Again") is None


@pytest.mark.parametrize(
    "overrides, fragment",
    [
        ({"zone": zone(account=ACCOUNT)}, "in another account"),
        ({"zone": zone(account=TOKEN)}, "known now"),
        ({"zone": zone(role_name=TOKEN)}, "known now"),
        (
            {
                "record": DnsRecord(
                    name="example.com",
                    type=RecordType.TXT,
                    values=("v=spf1 -all",),
                    purpose=Purpose.APEX_SPF,
                    merge=True,
                )
            },
            "no values of others",
        ),
    ],
)
def test_refuses_and_builds_nothing(overrides: dict[str, Any], fragment: str) -> None:
    stack = new_stack()
    with refuses("cross-account-record-invalid", fragment):
        build(stack, **overrides)
    assert not stack.node.children


def test_the_apex_spf_is_printed_where_the_zone_is_foreign_too() -> None:
    stack = new_stack()
    made = identity(stack, apex_spf=SpfPolicy())
    assert [record.purpose for record in made.manual_records] == [Purpose.APEX_SPF]
    assert list(outputs(template_of(stack))) == [
        "Merge into DNS by hand, for example.com: SPF of the domain itself"
    ]


@pytest.mark.parametrize("region", [REGION, None])
@pytest.mark.parametrize("dns", [ZONE, ExternalDns()], ids=["foreign", "elsewhere"])
def test_the_rule_packs_and_cfn_lint_are_clean(region: str | None, dns: Any, tmp_path: Path) -> None:  # noqa: ANN401
    stack = new_stack(region)
    LegacyVerification(stack, "Legacy", domain=identity(stack, dns=dns), dns=dns)
    MailZone(stack, "Zone", zone_name="mail.example.com", parent=ZONE)
    for pack in PACKS:
        assert findings(pack, stack) == set()
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template_of(stack)), encoding="utf-8")
    assert lint("Stack", REGION, path) == []

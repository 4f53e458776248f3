import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from constructs_lib.identity.dns import Route53Zone
from constructs_lib.identity.mail_zone import MailZone
from constructs_lib.identity.record_permissions import delegation_permission, domain_permissions
from constructs_lib.identity.zone_records_role import ZoneRecordsRole
from constructs_lib.identity.zone_role import zone_role_properties, zone_role_template
from tests.iam import resolve
from tests.lint_templates import findings as lint
from tests.support import refuses
from tests.synthesis import REGION, new_stack, only, template_of
from tests.test_nag import PACKS, findings

OPTIONS: dict[str, Any] = {
    "zone": Route53Zone(zone_id="Z0123456789", zone_name="example.com"),
    "role_name": "mail-records",
    "mail_account": "222222222222",
    "permissions": (*domain_permissions("example.com"), delegation_permission("mail.example.com")),
}


def test_the_role_is_the_one_of_the_printed_template() -> None:
    stack = new_stack()
    ZoneRecordsRole(stack, "Role", **OPTIONS)
    _, role = only(template_of(stack), "AWS::IAM::Role")
    printed = zone_role_template(zone_role_properties(**OPTIONS))["Resources"]["ZoneRecordsRole"]
    assert resolve(role["Properties"]) == resolve(printed["Properties"])
    assert "DeletionPolicy" not in role


def test_a_zone_and_an_account_that_only_the_deployment_knows(tmp_path: Path) -> None:
    stack = new_stack()
    made = MailZone(stack, "Zone", zone_name="example.com")
    account = cdk.CfnParameter(stack, "MailAccount")
    ZoneRecordsRole(
        stack,
        "Role",
        **(OPTIONS | {"zone": made.location, "mail_account": account.value_as_string}),
    )
    template = template_of(stack)
    zone, _ = only(template, "AWS::Route53::HostedZone")
    _, role = only(template, "AWS::IAM::Role")
    names = {f"{zone}.Id": "Z0123456789", "MailAccount": "222222222222"}
    assert resolve(role["Properties"], names) == resolve(
        zone_role_template(zone_role_properties(**OPTIONS))["Resources"]["ZoneRecordsRole"]["Properties"]
    )
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template), encoding="utf-8")
    assert lint("Stack", REGION, path) == []


def test_refuses_and_builds_nothing() -> None:
    stack = new_stack()
    with refuses("zone-role-invalid", "permissions"):
        ZoneRecordsRole(stack, "Role", **(OPTIONS | {"permissions": ()}))
    assert not stack.node.children


@pytest.mark.parametrize("region", [REGION, None])
def test_the_rule_packs_and_cfn_lint_are_clean(region: str | None, tmp_path: Path) -> None:
    stack = new_stack(region)
    ZoneRecordsRole(stack, "Role", **OPTIONS)
    for pack in PACKS:
        assert findings(pack, stack) == set()
    path = tmp_path / "template.json"
    for template in (template_of(stack), zone_role_template(zone_role_properties(**OPTIONS))):
        path.write_text(json.dumps(template), encoding="utf-8")
        assert lint("Stack", REGION, path) == []


def test_two_roles_of_one_stack_stand_beside_each_other() -> None:
    stack = cdk.Stack(cdk.App(), "Dns")
    for name in ("one", "two"):
        ZoneRecordsRole(stack, name, **(OPTIONS | {"role_name": name}))
    names = {each["Properties"]["RoleName"] for each in template_of(stack)["Resources"].values()}
    assert names == {"one", "two"}

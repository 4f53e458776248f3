"""The printed role: what it permits, that it is the construct's, and that it deploys as it is."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from constructs_lib.identity.dmarc import DmarcPolicy
from constructs_lib.identity.dns import CreatedZone, CrossAccountZone, ExternalDns
from constructs_lib.identity.dns_records import Purpose
from constructs_lib.identity.own_dkim import OwnDkimKey
from constructs_lib.identity.spf import SpfPolicy
from constructs_lib.receiving.receipt_actions import Stop
from constructs_lib.receiving.receipt_rules import ReceiptRule
from ops import cli, zone_role_cli
from ops.zone_roles import zone_role
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.receiving_config import MailReceiving
from tests.dkim_keys import public_key
from tests.iam import Request, evaluate, resolve
from tests.lint_templates import findings as lint
from tests.support import refuses
from tests.synthesis import stage_templates

FOREIGN = CrossAccountZone(
    zone_id="Z0FOREIGN", zone_name="example.com", account="999999999999", role_name="mail-records"
)
KEY = "route53:ChangeResourceRecordSets"
EASY = "????????????????????????*._domainkey."


def environment(*domains: MailDomain, **options: Any) -> MailEnvironment:  # noqa: ANN401 - any option
    made: dict[str, Any] = {
        "name": "test",
        "account": "222222222222",
        "regions": ("eu-west-1", "us-east-1"),
        "configuration_set_name": "transactional",
        "domains": domains,
    }
    return MailEnvironment(**(made | options))


def domain(name: str = "example.com", **options: Any) -> MailDomain:  # noqa: ANN401 - any option
    return MailDomain(domain=name, **({"dns": FOREIGN} | options))


def names(template: dict[str, Any]) -> dict[str, list[str]]:
    """What may be changed, by type."""
    (policy,) = template["Resources"]["ZoneRecordsRole"]["Properties"]["Policies"]
    return {
        kind: statement["Condition"]["ForAllValues:StringLike"][f"{KEY}NormalizedRecordNames"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Action"] == KEY
        for kind in statement["Condition"]["ForAllValues:StringEquals"][f"{KEY}RecordTypes"]
    }


def test_it_permits_what_the_environment_writes_into_that_zone_and_nothing_else() -> None:
    reports = replace(FOREIGN, zone_id="Z0REPORTS", zone_name="example.org")
    config = environment(
        domain(
            regions=("eu-west-1", "us-east-1"),
            apex_spf=SpfPolicy(),
            legacy_txt=True,
            dmarc=DmarcPolicy(rua=("mailto:dmarc@example.org",)),
        ),
        domain("news.example.com", receives_mail=True),
        domain("example.org", dns=reports),
        domain("example.net", dns=ExternalDns()),
        receiving=MailReceiving(
            rule_set_name="test",
            active=True,
            rules=(ReceiptRule(name="all", recipients=("news.example.com",), actions=(Stop(),)),),
        ),
    )
    assert names(zone_role(config, config.domains[0])) == {
        "CNAME": [f"{EASY}example.com", f"{EASY}news.example.com"],
        "MX": [
            "bounce-us-east-1.example.com",
            "bounce.example.com",
            "bounce.news.example.com",
            "news.example.com",
        ],
        "TXT": [
            "_amazonses.example.com",
            "_dmarc.example.com",
            "_dmarc.news.example.com",
            "bounce-us-east-1.example.com",
            "bounce.example.com",
            "bounce.news.example.com",
        ],
    }
    # Of the zone, whichever of its domains is named.
    assert zone_role(config, config.domains[0]) == zone_role(config, config.domains[1])
    assert "example.com._report._dmarc.example.org" in names(zone_role(config, config.domains[2]))["TXT"]


def test_a_zone_with_several_roles_has_each_for_its_domains_and_delegations() -> None:
    other = replace(FOREIGN, role_name="news-records")
    config = environment(
        domain(regions=("eu-west-1",)),
        domain("news.example.com", dns=other, regions=("eu-west-1",)),
        domain(
            "example.org",
            dns=ExternalDns(),
            regions=("eu-west-1",),
            dmarc=DmarcPolicy(rua=("mailto:d@news.example.com",)),
        ),
        domain("mail.example.com", dns=CreatedZone(zone_name="mail.example.com", parent=other)),
    )
    one, two, by_delegation = (zone_role(config, config.domains[number]) for number in (0, 1, 3))
    assert [each["Resources"]["ZoneRecordsRole"]["Properties"]["RoleName"] for each in (one, two)] == [
        "mail-records",
        "news-records",
    ]
    assert by_delegation == two
    assert names(one)["TXT"] == [
        "_dmarc.example.com",
        "bounce.example.com",
        # Reports about a domain of another zone: by the role that comes first.
        "example.org._report._dmarc.news.example.com",
    ]
    assert names(two) == {
        "CNAME": [f"{EASY}news.example.com"],
        "MX": ["bounce.news.example.com"],
        "NS": ["mail.example.com"],
        "TXT": ["_dmarc.news.example.com", "bounce.news.example.com"],
    }


def test_each_record_is_written_by_the_role_that_permits_it() -> None:
    other = replace(FOREIGN, role_name="news-records")
    config = environment(domain(legacy_txt=True), domain("news.example.com", dns=other, legacy_txt=True))
    roles = {
        resolve(resource["Properties"]["RoleArn"]).rpartition("/")[2]: stack
        for stack, template in stage_templates(config).items()
        for resource in template["Resources"].values()
        if "RoleArn" in resource.get("Properties", {}) and resource["Type"].startswith("Custom::")
    }
    assert roles.keys() == {"mail-records", "news-records"}
    assert "news" in roles["news-records"]


def test_sixty_subdomains_fit_where_their_zone_has_two_roles() -> None:
    other = replace(FOREIGN, role_name="more-records")
    subdomains = [f"subdomain-number-{number}.example.com" for number in range(60)]
    one_role = environment(*(domain(name, regions=("eu-west-1",)) for name in subdomains))
    with refuses("policy-too-large", "another role_name"):
        zone_role(one_role, one_role.domains[0])
    several = environment(
        *(
            domain(name, regions=("eu-west-1",), dns=FOREIGN if number % 2 else other)
            for number, name in enumerate(subdomains)
        )
    )
    roles = [zone_role(several, each) for each in several.domains[:2]]
    assert [len(names(role)["CNAME"]) for role in roles] == [30, 30]


def test_the_role_permits_each_record_that_a_deploy_writes() -> None:
    reports = replace(FOREIGN, zone_id="Z0REPORTS", zone_name="example.org")
    config = environment(
        domain(
            regions=("eu-west-1", "us-east-1"),
            legacy_txt=True,
            receives_mail=True,
            dmarc=DmarcPolicy(rua=("mailto:dmarc@example.org",)),
        ),
        domain("example.org", dns=reports),
        domain("mail.example.com", dns=CreatedZone(zone_name="mail.example.com", parent=FOREIGN)),
        receiving=MailReceiving(
            rule_set_name="test",
            active=True,
            rules=(ReceiptRule(name="all", recipients=("example.com",), actions=(Stop(),)),),
        ),
    )
    policies = {
        zone.zone_id: [resolve(policy["PolicyDocument"]) for policy in role["Properties"]["Policies"]]
        for zone, declared in ((FOREIGN, config.domains[0]), (reports, config.domains[1]))
        for role in [zone_role(config, declared)["Resources"]["ZoneRecordsRole"]]
    }
    requests = [
        Request(
            principal="arn:aws:iam::999999999999:role/mail-records",
            action=KEY,
            resources=[f"arn:aws:route53:::hostedzone/{zone_id}"],
            context={
                f"{KEY}NormalizedRecordNames": [name],
                f"{KEY}RecordTypes": [kind],
                f"{KEY}Actions": ["CREATE", "DELETE"],
            },
            identity_policies=policies[zone_id],
            resource_account="999999999999",
        )
        for zone_id, name, kind in written(config)
    ]
    # Those of three identities, two legacy values, a report authorization, an MX record, a delegation.
    assert len(requests) == 6 + 5 + 6 + 2 + 1 + 1 + 1
    assert [decision.allowed for decision in evaluate(requests)] == [True] * len(requests)


def written(config: MailEnvironment) -> list[tuple[str, str, str]]:
    """Zone, name and type of what functions of an environment write; a name of Easy DKIM as SES makes it."""
    found = []
    for template in stage_templates(config).values():
        for resource in template["Resources"].values():
            given = resource["Properties"]
            if resource["Type"] == "Custom::LegacyVerification":
                found.append((given["HostedZoneId"], given["RecordName"], "TXT"))
            elif resource["Type"] == "Custom::CrossAccountRecord":
                name = given["Name"]
                if not isinstance(name, str):
                    identity = template["Resources"][name["Fn::GetAtt"][0]]["Properties"]["EmailIdentity"]
                    name = f"{'a1' * 16}._domainkey.{identity}"
                found.append((given["HostedZoneId"], name, given["Type"]))
    return found


def test_a_key_of_ones_own_has_a_name_that_is_known() -> None:
    key = OwnDkimKey(selector="s2026", public_key=public_key(), private_key_secret="test/dkim")  # noqa: S106 - a name
    config = environment(domain(own_dkim_key=key))
    found = names(zone_role(config, config.domains[0]))
    assert "CNAME" not in found
    assert "s2026._domainkey.example.com" in found["TXT"]


def test_records_that_are_there_already_need_no_permission() -> None:
    there = (Purpose.DKIM, Purpose.MAIL_FROM_MX, Purpose.MAIL_FROM_SPF)
    config = environment(domain(existing_records=there))
    assert names(zone_role(config, config.domains[0])) == {"TXT": ["_dmarc.example.com"]}


def test_a_delegation_is_one_name() -> None:
    created = CreatedZone(zone_name="mail.example.com", parent=FOREIGN)
    config = environment(domain("mail.example.com", dns=created), domain("a.mail.example.com", dns=created))
    assert names(zone_role(config, config.domains[1])) == {"NS": ["mail.example.com"]}


@pytest.mark.parametrize("dns", [ExternalDns(), CreatedZone(zone_name="example.com")])
def test_a_domain_whose_zone_is_in_no_other_account_has_no_role(dns: Any) -> None:  # noqa: ANN401
    config = environment(domain(dns=dns))
    with pytest.raises(typer.BadParameter, match=r"example\.com go to no zone of another account"):
        zone_role(config, config.domains[0])


def test_a_domain_of_which_nothing_is_written_has_no_role() -> None:
    there = (Purpose.DKIM, Purpose.MAIL_FROM_MX, Purpose.MAIL_FROM_SPF, Purpose.DMARC)
    config = environment(domain(existing_records=there))
    with pytest.raises(typer.BadParameter, match=r"^test writes no record into zone Z0FOREIGN") as refused:
        zone_role(config, config.domains[0])
    assert "domain_permissions" not in str(refused.value)


def test_the_template_is_printed_and_cfn_lint_has_nothing_to_say(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = environment(domain())
    monkeypatch.setattr(zone_role_cli, "environment", lambda _: config)
    result = CliRunner().invoke(cli.app, ["zone-role", "test", "Example.com."])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == zone_role(config, config.domains[0])
    path = tmp_path / "zone-role.json"
    path.write_text(result.stdout, encoding="utf-8")
    assert lint("Zone", "eu-west-1", path) == []


def test_wrong_usage_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    config = environment(domain(dns=ExternalDns()))
    monkeypatch.setattr(zone_role_cli, "environment", lambda _: config)
    for asked in ("example.com", "example.org"):
        result = CliRunner().invoke(cli.app, ["zone-role", "test", asked])
        assert (result.exit_code, result.stdout) == (2, "")

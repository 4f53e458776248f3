from typing import Any

import pytest

from constructs_lib.identity.dmarc import DmarcPolicy
from constructs_lib.identity.dns import (
    CreatedZone,
    CrossAccountZone,
    DnsLocation,
    ExternalDns,
    Route53Zone,
)
from constructs_lib.identity.dns_records import Purpose
from constructs_lib.identity.easy_dkim import DkimKeyLength
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.domain_rules import (
    RESOURCES_OF_A_DELEGATION,
    RESOURCES_OF_A_FUNCTION,
    RESOURCES_PER_DOMAIN,
    RESOURCES_PER_LEGACY_TXT,
)
from tests.support import refuses
from tests.synthesis import only, outputs, resources, stage_templates

ZONE = Route53Zone(zone_id="Z0123456789", zone_name="example.com")
CREATED = CreatedZone(zone_name="example.com")
FOREIGN = CrossAccountZone(
    zone_id="Z0FOREIGN", zone_name="example.com", account="999999999999", role_name="mail-records"
)
RECORD = "Custom::CrossAccountRecord"
LEGACY = "Custom::LegacyVerification"
PRINTED = "Merge into DNS by hand, for example.com: legacy verification"


def templates(*domains: MailDomain, retain: bool = True) -> dict[str, dict[str, Any]]:
    """The templates of the identities of an environment, by stack id."""
    environment = MailEnvironment(
        name="test",
        account="111111111111",
        regions=("eu-west-1", "us-east-1"),
        configuration_set_name="transactional",
        domains=domains,
        retain=retain,
    )
    return {name: found for name, found in stage_templates(environment).items() if "Sending" not in name}


def domain(name: str = "example.com", dns: DnsLocation = ZONE, **options: Any) -> MailDomain:  # noqa: ANN401 - any
    return MailDomain(domain=name, dns=dns, **({"legacy_txt": True} | options))


@pytest.mark.parametrize(
    "options, expected",
    [({}, "RSA_2048_BIT"), ({"dkim_key_length": DkimKeyLength.RSA_1024_BIT}, "RSA_1024_BIT")],
)
def test_the_length_of_the_keys_of_easy_dkim(options: dict[str, Any], expected: str) -> None:
    ((_, template),) = templates(domain(**options)).items()
    _, identity = only(template, "AWS::SES::EmailIdentity")
    assert identity["Properties"]["DkimSigningAttributes"] == {"NextSigningKeyLength": expected}


def test_there_is_no_legacy_record_unless_asked_for() -> None:
    ((_, template),) = templates(domain(legacy_txt=False)).items()
    assert not resources(template, LEGACY)
    assert not resources(template, "AWS::Lambda::Function")


def test_each_region_of_a_domain_adds_its_value_to_the_same_name() -> None:
    made = templates(domain(regions=("eu-west-1", "us-east-1")))
    assert made.keys() == {"example-com-eu-west-1", "example-com-us-east-1"}
    for template in made.values():
        _, resource = only(template, LEGACY)
        assert resource["Properties"]["RecordName"] == "_amazonses.example.com"
        assert resource["Properties"]["HostedZoneId"] == "Z0123456789"
        identity, _ = only(template, "AWS::SES::EmailIdentity")
        assert identity in resource["DependsOn"]


def test_dns_elsewhere_is_printed() -> None:
    ((_, template),) = templates(domain(dns=ExternalDns())).items()
    assert PRINTED in outputs(template)


@pytest.mark.parametrize("retain, policy", [(True, "RetainExceptOnCreate"), (False, "Delete")])
def test_the_value_outlives_its_stack_as_the_identity_does(policy: str, *, retain: bool) -> None:
    ((_, template),) = templates(domain(), retain=retain).items()
    for kind in ("AWS::SES::EmailIdentity", LEGACY):
        assert only(template, kind)[1]["DeletionPolicy"] == policy


def test_domains_of_a_created_zone_share_the_function_and_fit_as_counted() -> None:
    names = ("example.com", "a.example.com", "b.example.com")
    ((_, template),) = templates(
        *(domain(name, CREATED) for name in names[:2]), domain(names[2], CREATED, legacy_txt=False)
    ).items()
    zone, _ = only(template, "AWS::Route53::HostedZone")
    found = [resource["Properties"] for resource in resources(template, LEGACY).values()]
    assert {item["Domain"] for item in found} == set(names[:2])
    assert all(item["HostedZoneId"] == {"Fn::GetAtt": [zone, "Id"]} for item in found)
    counted = 3 * RESOURCES_PER_DOMAIN + 1 + 2 * RESOURCES_PER_LEGACY_TXT + RESOURCES_OF_A_FUNCTION
    assert len(template["Resources"]) == counted


def test_records_that_are_there_already_are_printed() -> None:
    ((_, template),) = templates(domain(legacy_txt=False, existing_records=(Purpose.DKIM,))).items()
    types = {each["Properties"]["Type"] for each in resources(template, "AWS::Route53::RecordSet").values()}
    assert types == {"MX", "TXT"}
    assert set(outputs(template)) == {"Keep in DNS by hand, for example.com: DKIM"}


@pytest.mark.parametrize("purpose", [Purpose.APEX_SPF, Purpose.LEGACY_VERIFICATION])
def test_what_is_merged_in_any_case_is_not_named_as_there(purpose: Purpose) -> None:
    with refuses("environment-invalid", "example.com: existing_records: "):
        domain(existing_records=(purpose,))


@pytest.mark.parametrize("retain, policy", [(True, "RetainExceptOnCreate"), (False, "Delete")])
def test_records_of_a_foreign_zone_are_written_by_its_role(policy: str, *, retain: bool) -> None:
    ((_, template),) = templates(domain(dns=FOREIGN, legacy_txt=False), retain=retain).items()
    records = resources(template, RECORD)
    assert len(records) == RESOURCES_PER_DOMAIN - 1
    assert {record["DeletionPolicy"] for record in records.values()} == {policy}
    assert {record["Properties"]["HostedZoneId"] for record in records.values()} == {"Z0FOREIGN"}
    assert not outputs(template)


def test_the_legacy_value_and_report_authorizations_go_to_foreign_zones_too() -> None:
    reports = CrossAccountZone(
        zone_id="Z0REPORTS", zone_name="example.org", account="888888888888", role_name="mail-records"
    )
    made = templates(
        domain(dns=FOREIGN, dmarc=DmarcPolicy(rua=("mailto:dmarc@example.org",))),
        domain("example.org", dns=reports, legacy_txt=False),
    )
    template = made["example-com-eu-west-1"]
    _, legacy = only(template, LEGACY)
    assert legacy["Properties"]["HostedZoneId"] == "Z0FOREIGN"
    names = {
        each["Properties"]["Name"]: each["Properties"]
        for each in resources(template, RECORD).values()
        if isinstance(each["Properties"]["Name"], str)
    }
    assert names["example.com._report._dmarc.example.org"]["HostedZoneId"] == "Z0REPORTS"


@pytest.mark.parametrize("foreign", [True, False])
def test_a_created_zone_is_delegated_by_its_parent_and_fits_as_counted(*, foreign: bool) -> None:
    parent = FOREIGN if foreign else ZONE
    created = CreatedZone(zone_name="mail.example.com", parent=parent)
    ((name, template),) = templates(domain("mail.example.com", created, legacy_txt=False)).items()
    assert name == "mail-example-com-eu-west-1"
    assert resources(template, "AWS::Route53::HostedZone")
    kind = RECORD if foreign else "AWS::Route53::RecordSet"
    found = [each["Properties"] for each in resources(template, kind).values()]
    (record,) = (each for each in found if each["Type"] == "NS")
    assert (record["Name"], record["HostedZoneId"]) == ("mail.example.com", parent.zone_id)
    counted = RESOURCES_PER_DOMAIN + 1 + (RESOURCES_OF_A_DELEGATION if foreign else 1)
    assert len(template["Resources"]) == counted
    assert "The name servers of mail.example.com, which example.com delegates to" in outputs(template)

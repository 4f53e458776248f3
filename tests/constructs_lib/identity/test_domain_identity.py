from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
import pytest

from constructs_lib.identity.dmarc import Disposition, DmarcPolicy
from constructs_lib.identity.dns import ExternalDns, Route53Zone
from constructs_lib.identity.dns_records import Purpose, has_token
from constructs_lib.identity.domain_identity import DomainIdentity, MxFailureBehavior
from constructs_lib.identity.easy_dkim import DkimKeyLength
from constructs_lib.identity.own_dkim import OwnDkimKey, PublishedDkimKey
from constructs_lib.identity.spf import SpfPolicy
from tests.dkim_keys import public_key
from tests.support import refuses
from tests.synthesis import REGION, Resources, new_stack, only, outputs, resources, template_of

ZONE = Route53Zone(zone_id="Z0123456789ABCDEFGHIJ", zone_name="example.com")
REPORT_ZONE = Route53Zone(zone_id="Z0REPORTS", zone_name="reports.test")
IDENTITY = "AWS::SES::EmailIdentity"
RECORD_SET = "AWS::Route53::RecordSet"


@dataclass(frozen=True)
class Synthesized:
    stack: cdk.Stack
    identity: DomainIdentity
    template: dict[str, Any]

    @property
    def properties(self) -> dict[str, Any]:
        properties: dict[str, Any] = only(self.template, IDENTITY)[1]["Properties"]
        return properties

    @property
    def record_sets(self) -> Resources:
        return resources(self.template, RECORD_SET)

    def record(self, name: str, kind: str) -> dict[str, Any]:
        (found,) = (
            record["Properties"]
            for record in self.record_sets.values()
            if (record["Properties"]["Name"], record["Properties"]["Type"]) == (name, kind)
        )
        assert isinstance(found, dict)
        return found


def synth(*, region: str | None = REGION, **overrides: Any) -> Synthesized:  # noqa: ANN401 - any option
    stack = new_stack(region)
    options: dict[str, Any] = {
        "domain": "example.com",
        "dns": ZONE,
        "configuration_set_name": "transactional",
    }
    identity = DomainIdentity(stack, "Identity", **(options | overrides))
    return Synthesized(stack, identity, template_of(stack))


def test_default_identity() -> None:
    assert synth().properties == {
        "EmailIdentity": "example.com",
        "ConfigurationSetAttributes": {"ConfigurationSetName": "transactional"},
        "DkimAttributes": {"SigningEnabled": True},
        "DkimSigningAttributes": {"NextSigningKeyLength": "RSA_2048_BIT"},
        "FeedbackAttributes": {"EmailForwardingEnabled": True},
        "MailFromAttributes": {
            "MailFromDomain": "bounce.example.com",
            "BehaviorOnMxFailure": "USE_DEFAULT_VALUE",
        },
    }


def test_default_is_an_identity_and_six_records_and_nothing_to_do() -> None:
    made = synth()
    kinds = sorted(resource["Type"] for resource in made.template["Resources"].values())
    assert kinds == [RECORD_SET] * 6 + [IDENTITY]
    assert made.identity.manual_records == ()
    assert "Outputs" not in made.template
    for record in made.record_sets.values():
        assert record["Properties"]["HostedZoneId"] == ZONE.zone_id
        assert record["Properties"]["TTL"] == "1800"


def test_dkim_records_are_the_attributes_with_nothing_appended() -> None:
    made = synth()
    logical_id, _ = only(made.template, IDENTITY)
    cnames = [r["Properties"] for r in made.record_sets.values() if r["Properties"]["Type"] == "CNAME"]
    assert [(cname["Name"], cname["ResourceRecords"]) for cname in cnames] == [
        (
            {"Fn::GetAtt": [logical_id, f"DkimDNSTokenName{number}"]},
            [{"Fn::GetAtt": [logical_id, f"DkimDNSTokenValue{number}"]}],
        )
        for number in (1, 2, 3)
    ]


def test_a_key_of_ones_own_is_a_reference_and_one_txt_record() -> None:
    own = OwnDkimKey(
        selector="s2026",
        public_key=public_key(),
        private_key_secret="prod/dkim/example.com/s2026",  # noqa: S106 - a name
        retiring=(PublishedDkimKey(selector="s2025", public_key=public_key(number=1)),),
    )
    made = synth(own_dkim_key=own)
    _, identity = only(made.template, IDENTITY)
    assert identity["Properties"]["DkimSigningAttributes"] == {
        "DomainSigningSelector": "s2026",
        "DomainSigningPrivateKey": (
            "{{resolve:secretsmanager:prod/dkim/example.com/s2026:SecretString:private_key::}}"
        ),
    }
    for selector, number in (("s2026", 0), ("s2025", 1)):
        (value,) = made.record(f"{selector}._domainkey.example.com", "TXT")["ResourceRecords"]
        assert value.replace('" "', "") == f'"v=DKIM1; k=rsa; p={public_key(number=number)}"'
    assert "CNAME" not in {record["Properties"]["Type"] for record in made.record_sets.values()}


def test_a_key_of_ones_own_has_its_own_length() -> None:
    own = OwnDkimKey(selector="s2026", public_key=public_key(), private_key_secret="x")  # noqa: S106 - a name
    with refuses("dkim-key-invalid", "Got 'RSA_1024_BIT and the key s2026'"):
        synth(own_dkim_key=own, dkim_key_length=DkimKeyLength.RSA_1024_BIT)


def test_rotating_the_key_keeps_the_record_of_the_former_one_in_place() -> None:
    def record_ids(*selectors: str) -> dict[str, str]:
        current, *former = (
            PublishedDkimKey(selector=selector, public_key=public_key()) for selector in selectors
        )
        own = OwnDkimKey(
            selector=current.selector,
            public_key=current.public_key,
            private_key_secret="x",  # noqa: S106 - a name
            retiring=tuple(former),
        )
        return {
            record["Properties"]["Name"]: logical_id
            for logical_id, record in synth(own_dkim_key=own).record_sets.items()
            if "_domainkey" in record["Properties"]["Name"]
        }

    before, after = record_ids("s2025"), record_ids("s2026", "s2025")
    assert before.items() < after.items()


def test_mail_from_and_dmarc_records() -> None:
    made = synth()
    assert made.record("bounce.example.com", "MX")["ResourceRecords"] == [
        "10 feedback-smtp.eu-west-1.amazonses.com"
    ]
    assert made.record("bounce.example.com", "TXT")["ResourceRecords"] == [
        '"v=spf1 include:amazonses.com ~all"'
    ]
    assert made.record("_dmarc.example.com", "TXT")["ResourceRecords"] == ['"v=DMARC1; p=none"']


@pytest.mark.parametrize("domain", ["example.com", "mail.example.com", "a.b.example.com"])
def test_names_are_absolute_and_never_doubled(domain: str) -> None:
    made = synth(domain=domain)
    names = {r["Properties"]["Name"] for r in made.record_sets.values() if r["Properties"]["Type"] != "CNAME"}
    assert names == {f"bounce.{domain}", f"_dmarc.{domain}"}


def test_a_domain_has_one_spelling() -> None:
    made = synth(domain="BÜCHER.Example.COM.")
    assert made.identity.domain == "xn--bcher-kva.example.com" == made.properties["EmailIdentity"]
    assert made.record("_dmarc.xn--bcher-kva.example.com", "TXT")


@pytest.mark.parametrize(
    "option, value, path, expected",
    [
        (
            "mail_from_domain",
            "mail.example.com",
            ("MailFromAttributes", "MailFromDomain"),
            "mail.example.com",
        ),
        (
            "mx_failure",
            MxFailureBehavior.REJECT_MESSAGE,
            ("MailFromAttributes", "BehaviorOnMxFailure"),
            "REJECT_MESSAGE",
        ),
        (
            "dkim_key_length",
            DkimKeyLength.RSA_1024_BIT,
            ("DkimSigningAttributes", "NextSigningKeyLength"),
            "RSA_1024_BIT",
        ),
        (
            "configuration_set_name",
            "bulk",
            ("ConfigurationSetAttributes", "ConfigurationSetName"),
            "bulk",
        ),
    ],
)
def test_each_option_reaches_the_identity(
    option: str, value: str, path: tuple[str, str], expected: str
) -> None:
    made = synth(**{option: value})
    assert made.properties[path[0]][path[1]] == expected


def test_mail_from_records_follow_the_option() -> None:
    made = synth(mail_from_domain="mail.example.com")
    assert made.identity.mail_from_domain == "mail.example.com"
    assert made.record("mail.example.com", "MX")
    assert made.record("mail.example.com", "TXT")
    assert "bounce" not in str(made.template)


def test_dmarc_follows_the_option_or_is_left_to_another_identity() -> None:
    made = synth(dmarc=DmarcPolicy(p=Disposition.REJECT))
    assert made.record("_dmarc.example.com", "TXT")["ResourceRecords"] == ['"v=DMARC1; p=reject"']
    assert "_dmarc" not in str(synth(dmarc=None).template)


def test_a_long_text_is_split_in_its_record() -> None:
    rua = tuple(f"mailto:dmarc-reports-{number}@example.com" for number in range(9))
    (value,) = synth(dmarc=DmarcPolicy(rua=rua)).record("_dmarc.example.com", "TXT")["ResourceRecords"]
    first, second = value.removeprefix('"').removesuffix('"').split('" "')
    assert len(first) == 255
    assert first + second == DmarcPolicy(rua=rua).text()


def test_identity_and_records_stay_but_a_failed_creation_is_cleaned_up() -> None:
    for resource in synth().template["Resources"].values():
        assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
        assert resource["UpdateReplacePolicy"] == "Retain"


def test_a_rehearsal_destroys_everything() -> None:
    for resource in synth(removal_policy=cdk.RemovalPolicy.DESTROY).template["Resources"].values():
        assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Delete", "Delete")


def test_external_dns_prints_every_record() -> None:
    made = synth(dns=ExternalDns())
    assert made.record_sets == {}
    assert made.identity.manual_records == made.identity.records
    assert len(made.template["Outputs"]) == 6
    printed = [output["Value"] for output in made.template["Outputs"].values()]
    logical_id, _ = only(made.template, IDENTITY)
    assert {
        "Fn::Join": [
            "",
            [
                {"Fn::GetAtt": [logical_id, "DkimDNSTokenName1"]},
                " CNAME ",
                {"Fn::GetAtt": [logical_id, "DkimDNSTokenValue1"]},
            ],
        ]
    } in printed
    assert "bounce.example.com MX 10 feedback-smtp.eu-west-1.amazonses.com" in printed
    assert '_dmarc.example.com TXT "v=DMARC1; p=none"' in printed
    descriptions = outputs(made.template)
    assert all(text.startswith("Add to DNS by hand, for example.com: ") for text in descriptions)


def test_spf_of_the_domain_itself_is_never_a_record_set() -> None:
    made = synth(apex_spf=SpfPolicy(includes=("_spf.google.com",)))
    assert len(made.record_sets) == 6
    assert "example.com" not in [record["Properties"]["Name"] for record in made.record_sets.values()]
    assert outputs(made.template) == {
        "Merge into DNS by hand, for example.com: SPF of the domain itself": (
            'example.com TXT "v=spf1 include:amazonses.com include:_spf.google.com ~all"'
        )
    }
    assert [record.purpose for record in made.identity.manual_records] == [Purpose.APEX_SPF]


def test_a_record_that_is_there_already_is_printed_and_never_created() -> None:
    made = synth(existing_records=(Purpose.DKIM, Purpose.DMARC))
    created = resources(made.template, "AWS::Route53::RecordSet").values()
    assert {record["Properties"]["Name"] for record in created} == {"bounce.example.com"}
    told = outputs(made.template)
    assert told.keys() == {f"Keep in DNS by hand, for example.com: {each}" for each in ("DKIM", "DMARC")}
    assert [record.purpose for record in made.identity.manual_records] == [*[Purpose.DKIM] * 3, Purpose.DMARC]


def test_of_an_identity_that_exists_only_records_are_made() -> None:
    made = synth(existing_identity=True)
    assert {each["Type"] for each in made.template["Resources"].values()} == {"AWS::Route53::RecordSet"}
    purposes = {record.purpose for record in made.identity.records}
    assert purposes == {Purpose.MAIL_FROM_MX, Purpose.MAIL_FROM_SPF, Purpose.DMARC}
    assert made.identity.manual_records == ()
    assert made.identity.domain == "example.com"


def test_the_length_of_keys_is_the_owners_where_the_identity_exists() -> None:
    with refuses("existing-resource-invalid", "dkim_key_length: "):
        synth(existing_identity=True, dkim_key_length=DkimKeyLength.RSA_1024_BIT)


def test_a_report_authorization_goes_to_a_zone_of_ours() -> None:
    policy = DmarcPolicy(rua=("mailto:dmarc@reports.test",))
    made = synth(dmarc=policy, report_zones=(ZONE, REPORT_ZONE))
    record = made.record("example.com._report._dmarc.reports.test", "TXT")
    assert record["HostedZoneId"] == REPORT_ZONE.zone_id
    assert record["ResourceRecords"] == ['"v=DMARC1"']
    assert made.identity.manual_records == ()


@pytest.mark.parametrize(
    "zones", [(), (ZONE,), (Route53Zone(zone_id="Z0EVIL", zone_name="rts.test"),)], ids=str
)
def test_a_report_authorization_elsewhere_is_printed(zones: tuple[Route53Zone, ...]) -> None:
    policy = DmarcPolicy(rua=("mailto:dmarc@reports.test",))
    made = synth(dmarc=policy, report_zones=zones)
    assert len(made.record_sets) == 6
    assert outputs(made.template) == {
        "Add to DNS by hand, for example.com: DMARC report authorization": (
            'example.com._report._dmarc.reports.test TXT "v=DMARC1"'
        )
    }


def test_a_further_receiver_of_reports_renames_nothing() -> None:
    one = synth(dmarc=DmarcPolicy(rua=("mailto:d@m.test",)))
    two = synth(dmarc=DmarcPolicy(rua=("mailto:d@a.test", "mailto:d@m.test")))
    assert set(one.template["Outputs"]) < set(two.template["Outputs"])
    assert set(one.template["Resources"]) == set(two.template["Resources"])


def test_records_are_data_and_only_dkim_is_known_to_the_deployment_alone() -> None:
    identity = synth().identity
    assert {record.purpose for record in identity.records if has_token(record)} == {Purpose.DKIM}


def test_a_stack_that_is_not_bound_to_a_region() -> None:
    made = synth(region=None)
    assert made.record("bounce.example.com", "MX")["ResourceRecords"] == [
        {"Fn::Join": ["", ["10 feedback-smtp.", {"Ref": "AWS::Region"}, ".amazonses.com"]]}
    ]


def test_arn_follows_the_partition() -> None:
    made = synth(region=None)
    assert made.stack.resolve(made.identity.identity_arn) == {
        "Fn::Join": [
            "",
            [
                "arn:",
                {"Ref": "AWS::Partition"},
                ":ses:",
                {"Ref": "AWS::Region"},
                ":",
                {"Ref": "AWS::AccountId"},
                ":identity/example.com",
            ],
        ]
    }
    gov = synth(region="us-gov-west-1")
    assert gov.stack.resolve(gov.identity.identity_arn).startswith("arn:aws-us-gov:ses:us-gov-west-1:")


def test_an_imported_identity_creates_nothing() -> None:
    stack = new_stack(None)
    imported = DomainIdentity.from_domain(stack, domain="EXAMPLE.com.")
    assert imported.domain == "example.com"
    assert str(stack.resolve(imported.identity_arn)).endswith(":identity/example.com']]}")
    assert not stack.node.children
    assert imported.configuration_set_name is None
    with refuses("domain-malformed", "domain"):
        DomainIdentity.from_domain(stack, domain="a@example.com")
    with refuses("configuration-set-name-invalid", "configuration_set_name"):
        DomainIdentity.from_domain(stack, domain="example.com", configuration_set_name="my set")


@pytest.mark.parametrize(
    "option, value, code, fragment",
    [
        ("domain", "me@example.com", "domain-malformed", "e-mail address"),
        ("domain", "localhost", "domain-single-label", "localhost.example.com"),
        ("domain", f"{'a' * 64}.example.com", "domain-too-long", "at most 63"),
        ("domain", "evilexample.com", "zone-mismatch", "evilexample.com or a parent"),
        ("domain", "example.org", "zone-mismatch", "ExternalDns()"),
        ("mail_from_domain", "example.com", "mail-from-invalid", "not the identity itself"),
        ("mail_from_domain", "bounce.example.org", "mail-from-invalid", "write bounce.example.com"),
        ("mail_from_domain", "bounce.evilexample.com", "mail-from-invalid", "subdomain of the identity"),
        ("configuration_set_name", "two words", "configuration-set-name-invalid", "1 to 64"),
    ],
)
def test_refuses_and_builds_nothing(option: str, value: str, code: str, fragment: str) -> None:
    stack = new_stack()
    options = {"domain": "example.com", "dns": ZONE, "configuration_set_name": "transactional"}
    with refuses(code, fragment):
        DomainIdentity(stack, "Identity", **(options | {option: value}))  # type: ignore[arg-type] # one a time
    assert not stack.node.children


@pytest.mark.parametrize(
    "region, code",
    [("eu-west-9", "region-without-ses"), ("eusc-de-east-1", "mail-from-feedback-host-unknown")],
)
def test_refuses_a_region_and_builds_nothing(region: str, code: str) -> None:
    stack = new_stack(region)
    with refuses(code, region):
        DomainIdentity(stack, "Identity", domain="example.com", dns=ZONE, configuration_set_name="x")
    assert not stack.node.children


def test_tokens_pass() -> None:
    stack = new_stack()
    parameter = cdk.CfnParameter(stack, "Domain").value_as_string
    identity = DomainIdentity(stack, "Identity", domain=parameter, dns=ZONE, configuration_set_name=parameter)
    template = template_of(stack)
    properties = only(template, IDENTITY)[1]["Properties"]
    assert properties["EmailIdentity"] == {"Ref": "Domain"}
    assert stack.resolve(identity.mail_from_domain) == {"Fn::Join": ["", ["bounce.", {"Ref": "Domain"}]]}

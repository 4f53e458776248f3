"""Legacy records in the status: our value at the name, in the zone or in DNS, and what is next."""

import pytest

from constructs_lib.identity.dns import CreatedZone, CrossAccountZone, DnsLocation, ExternalDns, Route53Zone
from constructs_lib.identity.dns_records import RecordType
from constructs_lib.identity.mail_records import legacy_record
from ops.advice import ADMINISTRATOR, DEPLOYER, NOBODY
from ops.dns_check import Answer, LookUp
from ops.environment_status import Item, Section, Tone
from ops.errors import PermissionDeniedError
from ops.legacy_records import read_legacy_records
from ops.legacy_section import legacy_section
from ops.ports import IdentityAnswer, ZoneRecordSet
from ops.status import read_status
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from tests.ops.support import REGION, FakeGateway, TableLookUp, record_set, ses_answer

DOMAIN = "example.com"
NAME = f"_amazonses.{DOMAIN}"
ZONE = Route53Zone(zone_id="ZEXAMPLE", zone_name=DOMAIN)
OURS, THEIRS = "b3Vycw==", "dGhlaXJz"
CHECK = "python -m ops records test --check --domain example.com"


def config(dns: DnsLocation = ZONE, *, regions: tuple[str, ...] = (REGION,)) -> MailEnvironment:
    return MailEnvironment(
        name="test",
        account="111111111111",
        regions=regions,
        configuration_set_name="transactional",
        domains=(
            MailDomain(domain=DOMAIN, dns=dns, regions=regions, legacy_txt=True),
            MailDomain(domain="example.org", dns=ExternalDns()),
        ),
    )


def account(*values: str, token: str | None = OURS, zone: bool = True) -> FakeGateway:
    text = tuple(f'"{value}"' for value in values)
    held = (ZoneRecordSet(name=f"{NAME}.", type="TXT", values=text),) if text else ()
    return FakeGateway(
        identities={(DOMAIN, REGION): ses_answer(DOMAIN, legacy_token=token)},
        zones={"ZEXAMPLE": held} if zone else {},
    )


def section(gateway: FakeGateway, environment: MailEnvironment, look_up: LookUp | None = None) -> Section:
    return legacy_section(read_legacy_records(environment, gateway, look_up or TableLookUp()))


def only(
    gateway: FakeGateway, environment: MailEnvironment | None = None, look_up: LookUp | None = None
) -> Item:
    (item,) = section(gateway, environment or config(), look_up).items
    return item


@pytest.mark.parametrize(
    "values,word,tone",
    [([THEIRS, OURS], "right", Tone.GOOD), ([THEIRS], "missing", Tone.BAD), ([], "missing", Tone.BAD)],
)
def test_our_value_in_the_zone_beside_those_of_others(values: list[str], word: str, tone: Tone) -> None:
    item = only(account(*values))
    assert (item.title, item.word, item.tone) == (f"{NAME} in {REGION}", word, tone)
    if word == "right":
        assert (item.next_step.who, item.records) == (NOBODY, ())
    else:
        assert item.next_step.who == DEPLOYER
        assert item.next_step.action.startswith("Deploy: cdk deploy 'test/*'.")
        assert item.next_step.action.endswith(f"Merge into the TXT values of {NAME} by hand: {OURS}")
        assert item.document["records"] == [
            {
                "name": NAME,
                "type": "TXT",
                "expected": [OURS],
                "found": [],
                "verdict": "missing",
                "detail": "Other TXT values are there and stay." if values else "",
            }
        ]


def test_something_else_at_the_name_is_wrong() -> None:
    gateway = account()
    gateway.zones["ZEXAMPLE"] = (ZoneRecordSet(name=f"{NAME}.", type="CNAME", values=("x.example.",)),)
    item = only(gateway)
    assert (item.word, item.tone) == ("wrong", Tone.BAD)
    assert item.records[0].found == ("CNAME x.example",)


def test_a_zone_that_is_not_there_and_a_created_one_that_is() -> None:
    gone = only(account(zone=False))
    assert (gone.word, gone.tone) == ("unreachable", Tone.OPEN)
    assert "was not found in this account" in gone.next_step.action
    gateway = account()
    gateway.zone_ids[DOMAIN] = "ZMADE"
    gateway.zones["ZMADE"] = (record_set(legacy_record(DOMAIN, OURS)),)
    assert only(gateway, config(CreatedZone(zone_name=DOMAIN))).word == "right"


class Servers:
    """A `LookUp` that answers about our name, and nothing about others."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = answers

    def ask(self, name: str, record_type: RecordType) -> tuple[Answer, ...]:
        assert record_type is RecordType.TXT
        return self.answers if name == NAME else (Answer(server="ns"),)


ALL, OTHERS = Answer(server="ns1", values=(THEIRS, OURS)), Answer(server="ns2", values=(THEIRS,))
SILENT = Answer(server="ns3", error="no answer in time")


@pytest.mark.parametrize(
    "answers,word,tone,action",
    [
        ([ALL], "right", Tone.GOOD, "Nothing."),
        (
            [OTHERS],
            "missing",
            Tone.BAD,
            f"Merge into the TXT values of {NAME} by hand: {OURS}. Then check it",
        ),
        ([ALL, OTHERS], "not yet everywhere", Tone.OPEN, "Wait until all its name servers have it"),
        ([SILENT], "unreachable", Tone.OPEN, "Ask its name servers again later"),
    ],
)
def test_dns_elsewhere_is_asked(answers: list[Answer], word: str, tone: Tone, action: str) -> None:
    item = only(account(zone=False), config(ExternalDns()), Servers(*answers))
    assert (item.word, item.tone) == (word, tone)
    if word == "right":
        assert item.next_step.action == action
    else:
        assert item.next_step.action == f"{action}: {CHECK}"
        assert item.next_step.who == f"whoever runs the DNS of {DOMAIN}"


@pytest.mark.parametrize(
    "answers,word,action",
    [
        ([ALL], "right", "Nothing."),
        ([OTHERS], "missing", "Deploy: cdk deploy"),
        ([ALL, OTHERS], "not yet everywhere", "Wait until all its name servers have it"),
        ([SILENT], "unreachable", "Ask its name servers again later"),
    ],
)
def test_a_foreign_zone_is_written_by_the_deploy_and_looked_at_in_public_dns(
    answers: list[Answer], word: str, action: str
) -> None:
    zone = CrossAccountZone(
        zone_id="Z0FOREIGN", zone_name=DOMAIN, account="999999999999", role_name="mail-records"
    )
    item = only(account(zone=False), config(zone), Servers(*answers))
    assert (item.word, item.next_step.action.startswith(action)) == (word, True)


def test_before_the_deploy_and_without_a_value() -> None:
    before = only(FakeGateway())
    assert (before.word, before.tone) == ("not deployed", Tone.OPEN)
    assert before.next_step.action == "Deploy it: cdk deploy 'test/*'"
    without = only(account(token=None))
    assert (without.word, without.tone) == ("no value", Tone.BAD)
    assert "take legacy_txt out of the environment" in without.next_step.action
    assert without.document["records"] == []


def test_every_region_has_its_own_value() -> None:
    gateway = account(OURS)
    gateway.identities[DOMAIN, "us-east-1"] = ses_answer(DOMAIN, region="us-east-1", legacy_token=THEIRS)
    found = section(gateway, config(regions=(REGION, "us-east-1")))
    assert found.headline == "1 of 2 legacy records right"
    assert [item.word for item in found.items] == ["right", "missing"]


def test_without_the_permission_it_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = account(OURS)

    def denied(*_args: object, with_legacy_token: bool = False, **_options: object) -> IdentityAnswer:
        assert with_legacy_token
        raise PermissionDeniedError("The credentials may not call ses:X.", fix="allow ses:X")

    monkeypatch.setattr(gateway, "identity", denied)
    item = only(gateway)
    assert (item.word, item.tone, item.next_step.who) == ("not known", Tone.OPEN, ADMINISTRATOR)


def test_the_identity_does_not_depend_on_it() -> None:
    status, _ = read_status(config(), account())
    assert NAME not in {check.record.name for check in status.problems}

"""Templates in the status: there, different or missing, and what is next."""

from dataclasses import replace

import pytest

from constructs_lib.identity.dns import ExternalDns
from constructs_lib.verification.verification_template import VerificationTemplate
from ops.addresses import AddressStatus
from ops.advice import ADMINISTRATOR, DEPLOYER, NOBODY, NOTHING, NextStep
from ops.environment_status import Item, Tone
from ops.errors import PermissionDeniedError
from ops.identity_status import IdentityStatus
from ops.ports import State
from ops.template_section import template_section
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.verification_config import MailAddress
from tests.ops.support import REGION, FakeGateway
from tests.template_files import FIELDS, template_json

REGIONS = (REGION, "us-east-1")
CONFIG = MailEnvironment(
    name="test",
    account="111111111111",
    regions=REGIONS,
    configuration_set_name="transactional",
    domains=(
        MailDomain(domain="example.com", dns=ExternalDns(), regions=REGIONS),
        MailDomain(domain="example.org", dns=ExternalDns()),
    ),
    templates=(
        VerificationTemplate.from_json(template_json()),
        VerificationTemplate.from_json(
            template_json(TemplateName="Other", FromEmailAddress="hello@example.org")
        ),
    ),
)
OTHER = FIELDS | {"TemplateName": "Other", "FromEmailAddress": "hello@example.org"}


def identity(domain: str, region: str, state: State) -> IdentityStatus:
    return IdentityStatus(
        domain=domain,
        region=region,
        automatic=False,
        identity=state,
        dkim=state,
        mail_from=State.PENDING,
        mail_from_domain=f"bounce.{domain}",
        next_step=NextStep(action="wait", who="x"),
    )


def read(gateway: FakeGateway, *, state: State = State.SUCCESS) -> tuple[Item, ...]:
    names = [("example.com", REGION), ("example.com", "us-east-1"), ("example.org", REGION)]
    return template_section(CONFIG, gateway, [identity(*name, state) for name in names], []).items


def test_each_template_is_looked_for_where_its_sender_is() -> None:
    gateway = FakeGateway(templates={("Welcome", REGION): FIELDS, ("Other", REGION): OTHER})
    assert [(item.title, item.word, item.tone) for item in read(gateway)] == [
        ("Welcome in eu-west-1", "deployed", Tone.GOOD),
        ("Other in eu-west-1", "deployed", Tone.GOOD),
        ("Welcome in us-east-1", "not deployed", Tone.OPEN),
    ]
    welcome, _, missing = read(gateway)
    assert welcome.next_step.who == NOBODY
    assert missing.next_step == NextStep(action="Deploy it: cdk deploy 'test/*'", who=DEPLOYER)
    assert missing.document == {
        "name": "Welcome",
        "region": "us-east-1",
        "from": "hello@example.com",
        "state": "not deployed",
    }


def test_what_was_changed_in_ses_is_compared_and_put_back() -> None:
    changed = FIELDS | {"TemplateSubject": "Old"}
    first, *_ = read(FakeGateway(templates={("Welcome", REGION): changed}))
    assert (first.word, first.tone, first.next_step.who) == ("differs", Tone.BAD, DEPLOYER)
    assert "python -m ops templates diff test --region eu-west-1" in first.next_step.action
    assert "python -m ops templates update test --region eu-west-1" in first.next_step.action


def test_a_template_waits_for_its_sender() -> None:
    first, second, _ = read(FakeGateway(), state=State.PENDING)
    assert "SES takes it once example.com is verified in eu-west-1" in first.next_step.action
    assert "once example.org" in second.next_step.action
    assert "cdk deploy 'test/*'" in first.next_step.action


def test_a_template_waits_for_a_sender_that_is_an_address() -> None:
    declared = MailAddress(address="hello@example.net")
    config = replace(
        CONFIG,
        addresses=(declared,),
        templates=(VerificationTemplate.from_json(template_json(FromEmailAddress=declared.address)),),
    )

    def step(state: State) -> str:
        status = AddressStatus(declared=declared, region=REGION, state=state, next_step=NOTHING)
        (item,) = template_section(config, FakeGateway(), [], [status]).items
        return item.next_step.action

    assert "once hello@example.net is verified in eu-west-1" in step(State.PENDING)
    assert step(State.SUCCESS) == "Deploy it: cdk deploy 'test/*'"


def test_without_the_permission_it_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = FakeGateway()

    def denied(name: str, *, region: str) -> None:
        raise PermissionDeniedError(f"The credentials may not ask for {name} in {region}.", fix="allow it")

    monkeypatch.setattr(gateway, "template", denied)
    section = template_section(CONFIG, gateway, [], [])
    assert section.headline == "0 of 3 templates deployed"
    assert {(item.word, item.tone, item.next_step.who) for item in section.items} == {
        ("not known", Tone.OPEN, ADMINISTRATOR)
    }
    assert "may not ask for Other in eu-west-1. To know it, allow it" in section.items[1].next_step.action

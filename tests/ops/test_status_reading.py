"""One reading as text and JSON: times, sources, and the same bytes for the same answers."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from constructs_lib.identity.dns import CreatedZone
from ops import documents, status_page, status_text
from ops.environment_status import EnvironmentStatus
from ops.errors import PermissionDeniedError
from ops.ports import IdentityAnswer, State, ZoneRecordSet
from ops.status import read_status
from ops.status_reading import read_environment_status
from stacks.environments import environment
from tests.ops.support import CHECKED, FakeGateway, TableLookUp, ses_answer
from tests.own_environment import DEV

LOCAL = environment("local")
DOMAIN, REGION, STACK = "dev.example.com", "eu-west-1", "dev-dev-example-com-eu-west-1"
ZONE_ID = "Z0DEVEXAMPLE00000001"
KEYS = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 26, 20, 0, tzinfo=UTC)
PENDING = ses_answer(DOMAIN, identity=State.PENDING, dkim=State.PENDING, mail_from=State.PENDING)


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway(
        identities={(DOMAIN, REGION): replace(PENDING, keys_generated=KEYS)},
        zones={ZONE_ID: ()},
        deploys={(DOMAIN, STACK, REGION): KEYS + timedelta(minutes=1)},
    )


def read(gateway: FakeGateway) -> EnvironmentStatus:
    return read_environment_status(DEV, gateway, read_status(DEV, gateway), look_up=TableLookUp(), now=NOW)


def lines(gateway: FakeGateway) -> list[str]:
    return [line.plain for line in status_text.lines(read(gateway))]


def test_each_state_says_since_when_who_tells_it_and_until_when(gateway: FakeGateway) -> None:
    keys = "since  2026-11-25 12:00 UTC (DKIM keys generated, says SES)"
    deploy = "since  2026-11-25 12:01 UTC (identity last deployed, says CloudFormation)"
    assert lines(gateway)[5:11] == [
        "  identity           pending",
        f"      {keys}; SES looks until 2026-11-28 12:00 UTC, 40 h left",
        "  DKIM               pending",
        f"      {keys}; SES looks until 2026-11-28 12:00 UTC, 40 h left",
        "  MAIL FROM          pending  bounce.dev.example.com",
        f"      {deploy}; SES looks until 2026-11-28 12:01 UTC, 40 h left",
    ]


def test_the_states_for_programs(gateway: FakeGateway) -> None:
    gateway.deploys.clear()
    (identity,) = json.loads(documents.status_json(read(gateway)))["identities"]
    assert identity["states"][1:] == [
        {
            "name": "DKIM",
            "state": "pending",
            "note": "",
            "since": "2026-11-25T12:00:00+00:00",
            "since_source": "DKIM keys generated, says SES",
            "until": "2026-11-28T12:00:00+00:00",
        },
        {
            "name": "MAIL FROM",
            "state": "pending",
            "note": "bounce.dev.example.com",
            "since": None,
            "since_source": f"SES does not say, and the stack {STACK} does not hold it",
            "until": None,
        },
    ]


def test_without_the_permission_the_status_says_so(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_args: object, **_options: object) -> datetime:
        raise PermissionDeniedError("The credentials may not call x.", fix="allow x")

    monkeypatch.setattr(gateway, "deployed_at", denied)
    assert (
        "      since  not known: no permission for cloudformation:ListStackResources; SES looks for 72 hours"
        in lines(gateway)
    )


@pytest.mark.parametrize(
    "answer,asked",
    [
        (ses_answer(DOMAIN), False),
        (ses_answer(DOMAIN, mail_from=State.FAILED), False),
        (ses_answer(DOMAIN, mail_from=State.PENDING), True),
        (replace(ses_answer(DOMAIN, dkim=State.PENDING), keys_generated=KEYS), False),
        (ses_answer(DOMAIN, dkim=State.PENDING), True),
    ],
)
def test_cloudformation_is_asked_only_where_its_answer_is_shown(
    gateway: FakeGateway, answer: IdentityAnswer, *, asked: bool
) -> None:
    gateway.identities[DOMAIN, REGION] = answer
    read(gateway)
    assert gateway.deploy_reads == ([(DOMAIN, STACK, REGION)] if asked else [])


def test_keys_of_ones_own_are_looked_for_since_the_deploy(gateway: FakeGateway) -> None:
    gateway.identities[DOMAIN, REGION] = PENDING
    assert sum("identity last deployed" in line for line in lines(gateway)) == 3


def test_domains_of_a_created_zone_are_looked_for_in_the_stack_of_the_zone() -> None:
    gateway = FakeGateway(account=LOCAL.account)
    zoned = [domain.domain for domain in LOCAL.domains if isinstance(domain.dns, CreatedZone)]
    for name in zoned:
        gateway.identities[name, "us-east-1"] = ses_answer(name, mail_from=State.PENDING)
    read_environment_status(LOCAL, gateway, read_status(LOCAL, gateway), look_up=TableLookUp(), now=NOW)
    assert gateway.deploy_reads == [
        (name, "local-rehearsal-example-us-east-1", "us-east-1") for name in zoned
    ]


def test_the_same_answers_give_the_same_bytes_in_whatever_order_and_zone_they_come(
    gateway: FakeGateway,
) -> None:
    mx = ZoneRecordSet(name=f"bounce.{DOMAIN}.", type="MX", values=("5 b.example", "10 a.example"))
    txt = ZoneRecordSet(name=f"_dmarc.{DOMAIN}.", type="TXT", values=('"v=DMARC1"', '"v=DMARC1; p=none"'))
    gateway.zones[ZONE_ID] = (mx, txt)
    east = timezone(timedelta(hours=9))
    other = FakeGateway(
        identities={
            (DOMAIN, REGION): replace(
                PENDING,
                keys_generated=KEYS.astimezone(east),
                last_checked=CHECKED.astimezone(east),
            )
        },
        zones={ZONE_ID: tuple(replace(item, values=item.values[::-1]) for item in (txt, mx))},
        deploys={key: value.astimezone(east) for key, value in gateway.deploys.items()},
    )
    assert lines(gateway) == lines(other)
    assert "      found     10 a.example" in lines(gateway)
    assert documents.status_json(read(gateway)) == documents.status_json(read(other))
    assert status_page.page(read(gateway)) == status_page.page(read(other))

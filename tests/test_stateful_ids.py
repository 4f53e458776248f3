"""Logical ids of what holds reputation, mail or DNS: AWS finds the resource by them.

``make snapshots`` writes ``stateful_ids/<environment>.json``: an id of an environment or stack that is new is
added, those of a stack that is declared no more go. It never drops an id of a stack that stays.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stacks.environments import ENVIRONMENTS
from tests.own_environment import DEV
from tests.synthesis import environment_templates, stage_templates

FOLDER = Path(__file__).with_name("stateful_ids")
STATEFUL = frozenset(
    {
        "AWS::Route53::HostedZone",
        "AWS::S3::Bucket",
        "AWS::SES::ConfigurationSet",
        "AWS::SES::EmailIdentity",
    }
)
Ids = dict[str, dict[str, str]]
"""Types by logical id, by stack id."""


def stateful_ids(templates: Mapping[str, Mapping[str, Any]]) -> Ids:
    found = {
        stack: {
            key: resource["Type"]
            for key, resource in template["Resources"].items()
            if resource["Type"] in STATEFUL
        }
        for stack, template in templates.items()
    }
    return {stack: ids for stack, ids in found.items() if ids}


def renewed(pinned: Ids, found: Ids, stacks: Mapping[str, object]) -> Ids:
    """What ``make snapshots`` writes."""
    kept = {stack: ids for stack, ids in pinned.items() if stack in stacks}
    return {stack: {**found.get(stack, {}), **kept.get(stack, {})} for stack in {**found, **kept}}


def read(file: Path) -> Ids:
    ids: Ids = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return ids


def text(ids: Ids) -> str:
    return json.dumps(ids, indent=2, sort_keys=True) + "\n"


@pytest.mark.parametrize("environment", list(ENVIRONMENTS))
def test_logical_ids_of_what_holds_reputation_never_change(
    environment: str, pytestconfig: pytest.Config
) -> None:
    templates = environment_templates(environment)
    found, file = stateful_ids(templates), FOLDER / f"{environment}.json"
    if pytestconfig.getoption("update_snapshots"):
        file.write_text(text(renewed(read(file), found, templates)), "utf-8")
    assert found == read(file), (
        "A changed logical id replaces or orphans an identity, a zone, mail or a configuration set: no mail "
        "until somebody adopts the old one or does its DNS again. Where that is intended, make snapshots "
        f"adds new ids and drops those of stacks that are gone; take others "
        f"out of tests/stateful_ids/{file.name}."
    )


def test_every_file_is_an_environment() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(ENVIRONMENTS), (
        "make snapshots adds the file of a new environment; remove that of one that is declared no more"
    )


def test_the_stacks_of_a_known_environment_hold_these() -> None:
    """Literally, whatever the files say: a change of the code shows here first."""
    assert stateful_ids(stage_templates(DEV)) == {
        "Sending-eu-west-1": {"SendingConfigurationSet041D36AA": "AWS::SES::ConfigurationSet"},
        "dev-example-com-eu-west-1": {"devexamplecomEmailIdentityEE2738ED": "AWS::SES::EmailIdentity"},
    }


def test_only_stacks_that_are_gone_take_their_ids_along() -> None:
    pinned = {"Gone": {"A": "t"}, "Stays": {"Old": "t"}, "Emptied": {"B": "t"}}
    found = {"Stays": {"New": "t"}, "Added": {"C": "t"}}
    stacks: dict[str, object] = {"Stays": {}, "Emptied": {}, "Added": {}}
    assert renewed(pinned, found, stacks) == {
        "Added": {"C": "t"},
        "Emptied": {"B": "t"},
        "Stays": {"New": "t", "Old": "t"},
    }

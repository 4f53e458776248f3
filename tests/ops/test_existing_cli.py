"""``existing``: what it prints, its exit codes, and what only the deploy knows."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from constructs_lib.owner_statements import OUTPUT
from ops import cli, existing_cli, synthesis
from ops.errors import PermissionDeniedError
from ops.policy_statements import Statement
from tests.ops.test_import_map import Stack

TOPIC = "arn:aws:sns:eu-west-1:111111111111:bounces"
STATEMENT = {"Sid": "A", "Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": TOPIC}
TOLD = json.dumps({"PolicyOf": TOPIC, "Statement": STATEMENT})


class Owners:
    def __init__(
        self, policies: dict[str, Any], outputs: Mapping[str, str] | Exception | None = None
    ) -> None:
        self.policies, self.there, self.asked = policies, outputs, 0

    def account_id(self) -> str:
        return "111111111111"

    def policy(self, arn: str, *, region: str) -> list[Statement] | None:
        assert region == "eu-west-1"
        found = self.policies.get(arn)
        if isinstance(found, Exception):
            raise found
        return found

    def outputs(self, stack_name: str, *, region: str) -> Mapping[str, str] | None:
        assert (stack_name, region) == ("dev-Sending-eu-west-1", "eu-west-1")
        self.asked += 1
        if isinstance(self.there, Exception):
            raise self.there
        return self.there


def run(monkeypatch: pytest.MonkeyPatch, owners: Owners, *values: object) -> Result:
    outputs = {
        f"Output{number}": {"Description": f"{OUTPUT}A", "Value": value}
        for number, value in enumerate(values)
    }
    other = {"Description": "The bucket of received mail", "Value": "mail"}
    template = {"Resources": {}, "Outputs": outputs | {"Other": other}}
    monkeypatch.setattr(existing_cli, "AwsOwners", lambda _: owners)
    monkeypatch.setattr(synthesis, "synthesized_stacks", lambda _: (Stack(template),))
    return CliRunner().invoke(cli.app, ["existing", "dev"])


def test_a_statement_that_is_missing_is_shown_to_be_merged(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, Owners({TOPIC: []}), TOLD)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "To be merged by the owners: 1 of 1 statements are missing.",
        TOPIC,
        "  A (dev/Sending-eu-west-1): missing",
        f"    {json.dumps(STATEMENT)}",
    ]


@pytest.mark.parametrize(
    "policy, line, exit_code",
    [
        ([STATEMENT], "there", 0),
        (None, "the thing itself is not there", 1),
        (
            PermissionDeniedError("No.", fix="allow it"),
            "not known: [aws-access-denied] No.",
            2,
        ),
    ],
)
def test_whether_it_is_there(
    monkeypatch: pytest.MonkeyPatch, policy: object, line: str, exit_code: int
) -> None:
    owners = Owners({TOPIC: policy})
    result = run(monkeypatch, owners, TOLD)
    assert result.exit_code == exit_code
    assert result.stdout.splitlines()[2].startswith(f"  A (dev/Sending-eu-west-1): {line}")
    assert owners.asked == 0


def test_what_only_the_deploy_knows_comes_from_the_deployed_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    owners = Owners({TOPIC: [STATEMENT]}, {"Output0": TOLD})
    result = run(monkeypatch, owners, {"Fn::Join": ["", ["{"]]})
    assert (result.exit_code, owners.asked) == (0, 1)
    assert "  A (dev/Sending-eu-west-1): there" in result.stdout
    result = run(monkeypatch, Owners({}), {"Fn::Join": ["", ["{"]]})
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "To be merged by the owners: 0 of 1 statements are missing, 1 not known.",
        "known after the deploy",
        "  A (dev/Sending-eu-west-1): known after the deploy",
    ]


def test_two_statements_of_one_name_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    other = json.dumps({"PolicyOf": f"{TOPIC}-2", "Statement": STATEMENT})
    owners = Owners({TOPIC: [STATEMENT], f"{TOPIC}-2": []}, {"Output0": TOLD, "Output1": other})
    later = {"Fn::Join": ["", ["{"]]}
    result = run(monkeypatch, owners, later, later)
    assert result.exit_code == 1
    assert [line.rpartition(": ")[2] for line in result.stdout.splitlines()[2:5:2]] == ["there", "missing"]


def test_a_stack_that_cannot_be_read_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    owners = Owners({TOPIC: [STATEMENT]}, PermissionDeniedError("No.", fix="allow it"))
    result = run(monkeypatch, owners, TOLD, {"Fn::Join": ["", ["{"]]})
    assert (result.exit_code, owners.asked) == (2, 1)
    assert result.stdout.splitlines() == [
        "To be merged by the owners: 0 of 2 statements are missing, 1 not known.",
        "known after the deploy",
        "  A (dev/Sending-eu-west-1): not known: [aws-access-denied] No. Fix: allow it",
        TOPIC,
        "  A (dev/Sending-eu-west-1): there",
    ]


def test_the_statement_for_the_key_of_another_account_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    key = "arn:aws:kms:eu-west-1:333333333333:key/1"
    told = json.dumps({"PolicyOf": key, "Statement": STATEMENT})
    result = run(monkeypatch, Owners({}), told)
    assert result.exit_code == 2
    _, *lines = result.stdout.splitlines()
    assert lines[0] == key
    assert lines[1].startswith("  A (dev/Sending-eu-west-1): not known: its owner reads it: ")
    assert lines[2:] == [f"    {json.dumps(STATEMENT)}"]


def test_nobody_is_asked_for_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, Owners({}))
    assert (result.exit_code, result.stdout) == (
        0,
        "dev: no owner of anything is asked to merge a statement.\n",
    )

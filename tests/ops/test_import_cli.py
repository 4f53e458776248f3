"""``import-map``: what it prints, and the files that the CDK reads."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ops import cli, import_cli, synthesis
from ops.doctor.ports import Existing, Kind
from tests.ops.doctor.support import REGION, FakeAccount
from tests.ops.test_import_map import KEY, SET, TOPIC, Stack


class Account(FakeAccount):
    def account_id(self) -> str:
        return self.account

    def settings(self, kind: Kind, name: str, *, region: str) -> dict[str, Any]:
        assert (kind, name, region) == (Kind.CONFIGURATION_SET, "transactional", REGION)
        return {"DeliveryOptions": {"TlsPolicy": "OPTIONAL"}}


THERE = {
    (Kind.CONFIGURATION_SET, "transactional"): Existing(physical_id="transactional"),
    (Kind.TOPIC, "t"): Existing(physical_id="arn:t"),
}


def run(monkeypatch: pytest.MonkeyPatch, account: Account, *arguments: str) -> Result:
    resources = {
        "Set": {**SET, "Properties": {"Name": "transactional", "DeliveryOptions": {"TlsPolicy": "REQUIRE"}}},
        "Topic": TOPIC | {"DependsOn": "Key"},
        "Key": KEY,
    }
    monkeypatch.setattr(import_cli, "AwsAdoption", lambda _: account)
    monkeypatch.setattr(synthesis, "synthesized_stacks", lambda _: (Stack({"Resources": resources}),))
    return CliRunner().invoke(cli.app, ["import-map", "dev", *arguments])


def test_it_tells_what_is_there_differs_and_how_to_import_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result = run(monkeypatch, Account(things=THERE), "--directory", str(tmp_path))
    assert result.exit_code == 0
    file = tmp_path / "dev-Sending-eu-west-1.import.json"
    assert result.stdout.splitlines() == [
        "dev/Sending-eu-west-1",
        "  AWS::SES::ConfigurationSet transactional is there",
        "    differs: DeliveryOptions.TlsPolicy is OPTIONAL, not REQUIRE",
        (
            "      aws sesv2 put-configuration-set-delivery-options --configuration-set-name transactional"
            " --tls-policy REQUIRE --region eu-west-1"
        ),
        (
            "  AWS::SNS::Topic t is there and cannot be imported: it refers to what the deploy makes: "
            "AWS::KMS::Key"
        ),
        f"  cdk import dev/Sending-eu-west-1 --resource-mapping {file}",
    ]
    assert json.loads(file.read_text(encoding="utf-8")) == {"Set": {"Name": "transactional"}}


def test_without_a_directory_no_file_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(monkeypatch, Account(things=THERE))
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "  with --directory DIRECTORY its mapping file is written"
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_import(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    result = run(monkeypatch, Account(), "--directory", str(tmp_path))
    assert (result.exit_code, result.stdout) == (0, "dev: nothing is there that its stacks do not have.\n")
    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    result = run(monkeypatch, Account(things=THERE), "--directory", str(tmp_path / "no"))
    assert result.exit_code == 2
    assert "its directory does not exist" in result.stderr


@pytest.mark.parametrize(
    "account", [Account(account="999999999999"), Account(denials=frozenset({"existing"}))]
)
def test_it_cannot_be_told(monkeypatch: pytest.MonkeyPatch, account: Account) -> None:
    assert run(monkeypatch, account).exit_code == 2

"""The program on the instance, with commands that stand in for the AWS CLI, systemd and Postfix."""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.instance import smtp_credentials as program
from constructs_lib.runtimes.smtp_credentials.model import PLACEHOLDER, Credentials

HOST = "email-smtp.eu-west-1.amazonaws.com"
SETTINGS = {"secret": "prod/smtp/eu-west-1/billing", "region": "eu-central-1", "host": HOST, "port": 587}
FIRST = Credentials(region="eu-west-1", username="AKIA1", password="p4ss+/w0rd=")  # noqa: S106 - an example
SECOND = Credentials(region="eu-west-1", username="AKIA2", password="0ther+/w0rd=")  # noqa: S106


@dataclass(frozen=True)
class Instance:
    folder: Path

    def gives(self, secret: str) -> None:
        self._command("aws", f"cat <<'END'\n{json.dumps({'SecretString': secret})}\nEND")

    def fails(self, command: str) -> None:
        self._command(command, "exit 7")

    def works(self, command: str) -> None:
        self._command(command, "")

    def commands(self) -> list[str]:
        log = self.folder / "commands"
        return log.read_text().splitlines() if log.exists() else []

    @property
    def passwords(self) -> Path:
        return self.folder / "sasl_passwd"

    def _command(self, name: str, script: str) -> None:
        file = self.folder / "bin" / name
        file.write_text(f'#!/bin/sh\necho {name} "$@" >> {self.folder}/commands\n{script}\n')
        file.chmod(0o755)


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Instance:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path}/bin{os.pathsep}{os.environ['PATH']}")
    for name, file in (("SETTINGS", "settings"), ("PASSWORDS", "sasl_passwd"), ("IN_USE", "in_use")):
        monkeypatch.setattr(program, name, tmp_path / file)
    (tmp_path / "settings").write_text(json.dumps(SETTINGS))
    found = Instance(tmp_path)
    found.works("systemctl")
    found.works("postqueue")
    found.gives(FIRST.to_json())
    return found


def test_what_the_rotation_wrote_becomes_a_line_for_root_alone(instance: Instance) -> None:
    previous = os.umask(0)
    try:
        assert program.main() == 0
    finally:
        os.umask(previous)
    assert instance.passwords.read_text() == f"[{HOST}]:587 AKIA1:p4ss+/w0rd=\n"
    assert instance.passwords.stat().st_mode & 0o777 == 0o600
    asked, reload, flush = instance.commands()
    assert asked.startswith("aws secretsmanager get-secret-value --output json ")
    assert asked.endswith("--region eu-central-1 --secret-id prod/smtp/eu-west-1/billing")
    assert (reload, flush) == ("systemctl reload-or-restart postfix.service", "postqueue -f")


def test_an_unchanged_secret_leaves_postfix_alone_and_a_new_one_does_not(instance: Instance) -> None:
    assert [program.main(), program.main()] == [0, 0]
    assert len([line for line in instance.commands() if not line.startswith("aws")]) == 2
    instance.gives(SECOND.to_json())
    assert program.main() == 0
    assert "AKIA2:0ther" in instance.passwords.read_text()
    assert len([line for line in instance.commands() if not line.startswith("aws")]) == 4


def test_a_file_that_others_may_read_is_written_anew(instance: Instance) -> None:
    program.main()
    instance.passwords.chmod(0o644)
    assert program.main() == 0
    assert instance.passwords.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("command", ["systemctl", "postqueue"])
def test_postfix_is_told_again_after_a_failure(instance: Instance, command: str) -> None:
    instance.fails(command)
    assert program.main() == 1
    instance.works(command)
    assert program.main() == 0
    assert instance.commands()[-2:] == ["systemctl reload-or-restart postfix.service", "postqueue -f"]


@pytest.mark.parametrize(
    "secret,reason",
    [
        (PLACEHOLDER, "first rotation is not done"),
        (Credentials(region="us-east-1", username="A", password="b").to_json(), "another host than"),  # noqa: S106
        (json.dumps({"host": HOST, "username": "A B", "password": "c"}), "something else"),
        (
            json.dumps({"host": HOST, "username": "A", "password": "b\n[evil.example]:587 c"}),
            "something else",
        ),
        (json.dumps({"host": HOST, "username": "A", "password": ""}), "something else"),
        (json.dumps({"host": HOST, "username": "A", "password": 5}), "TypeError"),
        (json.dumps({"username": "A"}), "KeyError"),
        (json.dumps(["hidden"]), "TypeError"),
        ("hidden", "JSONDecodeError"),
    ],
)
def test_postfix_keeps_what_it_has(
    instance: Instance, secret: str, reason: str, capfd: pytest.CaptureFixture[str]
) -> None:
    program.main()
    before = instance.passwords.read_text()
    instance.gives(secret)
    assert program.main() == 1
    assert instance.passwords.read_text() == before
    assert [path.name for path in instance.folder.glob(".*")] == []
    said = capfd.readouterr()
    assert reason in said.err
    assert "hidden" not in said.out + said.err


def test_when_the_secret_cannot_be_read(instance: Instance, capfd: pytest.CaptureFixture[str]) -> None:
    instance.fails("aws")
    assert program.main() == 1
    assert capfd.readouterr().err == "aws secretsmanager get-secret-value ended with 7\n"
    assert not instance.passwords.exists()


def test_nothing_secret_is_said(instance: Instance, capfd: pytest.CaptureFixture[str]) -> None:
    assert program.main() == 0
    said = capfd.readouterr()
    assert said.err == "Postfix uses the credentials that are current now\n"
    assert not any(secret in said.out + said.err for secret in (FIRST.username, FIRST.password))
    assert not any(FIRST.password in line for line in instance.commands())


_VALUES: Any = st.one_of(
    st.text(), st.integers(), st.none(), st.from_regex(r"[A-Za-z0-9+/=]+", fullmatch=True)
)


@given(username=_VALUES, password=_VALUES, host=st.one_of(st.text(), st.just(HOST)))
def test_whatever_a_secret_holds_the_table_is_one_line_for_ses(
    username: object, password: object, host: str
) -> None:
    try:
        line = program.table(SETTINGS, {"username": username, "password": password, "host": host})
    except (program.NotNowError, TypeError):
        return
    assert re.fullmatch(rf"\[{re.escape(HOST)}\]:587 [A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+\n", line)

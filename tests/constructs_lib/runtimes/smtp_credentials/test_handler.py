import json
import logging
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.runtimes.custom_resource import Request, RequestType
from constructs_lib.runtimes.smtp_credentials import handler
from constructs_lib.runtimes.smtp_credentials.model import CURRENT, RotationError
from tests.constructs_lib.runtimes.smtp_credentials.fake_aws import NAME, SECRET, FakeAws

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


def event(name: str) -> dict[str, Any]:
    text = (Path(__file__).parent / "events" / f"{name}.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    fake = FakeAws()
    monkeypatch.setattr(handler, "_gateway", lambda: fake)
    monkeypatch.setattr(handler, "login", fake.login)
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "Mail-Rotation")
    monkeypatch.setenv("SMTP_USERS", '["Mail-User-1ABC"]')
    fake.begin(event("createSecret")["ClientRequestToken"])
    return fake


def test_the_four_events_of_secrets_manager_make_credentials_and_log_no_secret(
    aws: FakeAws, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        for name in STEPS:
            handler.handle(event(name), None)
        handler.handle(event("key_ages"), None)
    assert aws.works(CURRENT)
    value = json.loads(next(held.value or "" for held in aws.versions.values() if CURRENT in held.stages))
    assert value == {
        "region": "eu-west-1",
        "host": "email-smtp.eu-west-1.amazonaws.com",
        "port": 587,
        "starttls_ports": [587, 2587],
        "tls_wrapper_ports": [465, 2465],
        "username": "AKIA0001",
        "password": value["password"],
    }
    out, err = capsys.readouterr()
    assert [record.getMessage() for record in caplog.records] == [
        f"{name} of {SECRET} is done" for name in STEPS
    ]
    assert json.loads(out)["DaysBySecret"].keys() == {NAME}
    assert len(aws.secrets()) == 2
    for secret in aws.secrets() | {"AKIA"}:
        assert secret not in out + err + caplog.text


@pytest.mark.parametrize("name", STEPS)
def test_an_unforeseen_error_shows_its_kind_only(
    name: str, aws: FakeAws, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def describe(_: str) -> None:
        raise ValueError("password hunter2")

    monkeypatch.setattr(aws, "describe", describe)
    with pytest.raises(RotationError, match=r"^unforeseen: ValueError$") as caught:
        handler.handle(event(name), None)
    # What Lambda would print: the error and what it hides.
    assert caught.value.__suppress_context__
    assert caught.value.__cause__ is None
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize(
    "broken,message",
    [
        ({"Step": "deleteSecret"}, "unforeseen: ValueError"),
        ({}, "unforeseen: KeyError"),
        ({"Step": "createSecret", "SecretId": SECRET, "ClientRequestToken": "other"}, "has no version other"),
        ({"KeyAgesOf": [NAME]}, f"{NAME} holds no credentials yet"),
    ],
)
def test_an_event_that_cannot_be_handled_is_an_error(
    broken: dict[str, Any], message: str, aws: FakeAws
) -> None:
    with pytest.raises(RotationError, match=message):
        handler.handle(broken, None)
    assert not aws.keys_


def test_cloudformation_is_answered(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[str] = []

    def answer(_: object, handle: Any) -> None:  # noqa: ANN401 - a callable of one request
        request = Request(
            type=RequestType.DELETE,
            properties={"Users": ["Mail-User-1ABC"]},
            old_properties={},
            physical_id="smtp-users-0",
            stack_id="arn",
        )
        answers.append(handle(request))

    monkeypatch.setattr(handler, "answer", answer)
    handler.handle({"RequestType": "Delete"}, None)
    assert answers == ["smtp-users-0"]
    assert not aws.keys_

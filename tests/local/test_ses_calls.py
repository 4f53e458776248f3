import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.session import Session

from constructs_lib.audit.abuse_patterns import WATCHED, Abuse
from local.ses_calls import call_of

V2 = Session().get_service_model("sesv2")
V1 = Session().get_service_model("ses")


@pytest.mark.parametrize("name", V2.operation_names)
def test_every_call_of_v2_is_known_by_its_method_and_path(name: str) -> None:
    http = V2.operation_model(name).http
    path = re.sub(r"\{\w+\}", "a%40b.example", http["requestUri"])
    call = call_of(http["method"], path, b"", {})
    assert call is not None
    assert call.name == name


def test_every_call_that_is_watched_is_one_of_the_api() -> None:
    known = {*V1.operation_names, *V2.operation_names}
    for kind, watch in WATCHED.items():
        if kind is not Abuse.TRAIL:
            assert set(watch.calls) <= known, kind


def test_what_a_call_is_about_is_among_its_parameters() -> None:
    for kind, watch in WATCHED.items():
        if kind is Abuse.TRAIL:
            continue
        for call in watch.calls:
            shapes = [
                model.operation_model(call).input_shape for model in (V1, V2) if call in model.operation_names
            ]
            members = {f"{name[0].lower()}{name[1:]}" for shape in shapes if shape for name in shape.members}
            assert members & set(watch.subjects), call


@pytest.mark.parametrize(
    "method, path, body, name, parameters",
    [
        (
            "POST",
            "/v2/email/identities",
            {"EmailIdentity": "a.example", "DkimSigningAttributes": {"DomainSigningPrivateKey": "secret"}},
            "CreateEmailIdentity",
            {"emailIdentity": "a.example"},
        ),
        (
            "DELETE",
            "/v2/email/identities/a%40b.example",
            None,
            "DeleteEmailIdentity",
            {"emailIdentity": "a@b.example"},
        ),
        (
            "POST",
            "/v2/email/outbound-emails",
            {"FromEmailAddress": "a@b.example", "Content": {"Simple": {"Subject": {"Data": "secret"}}}},
            "SendEmail",
            {"fromEmailAddress": "a@b.example"},
        ),
        (
            "PUT",
            "/v2/email/account/sending",
            {"SendingEnabled": True},
            "PutAccountSendingAttributes",
            {"sendingEnabled": True},
        ),
    ],
)
def test_parameters_of_v2(method: str, path: str, body: Any, name: str, parameters: dict[str, Any]) -> None:  # noqa: ANN401
    call = call_of(method, path, json.dumps(body).encode() if body else b"", {})
    assert call is not None
    assert (call.name, call.parameters) == (name, parameters)


def test_parameters_of_v1() -> None:
    form = {
        "Action": "SendEmail",
        "Version": "2010-12-01",
        "Source": "a@b.example",
        "Message.Subject.Data": "secret",
        "Destination.ToAddresses.member.1": "zoe@customer.example",
    }
    call = call_of("POST", "/", urlencode(form).encode(), {})
    assert call is not None
    assert (call.name, call.parameters) == ("SendEmail", {"source": "a@b.example"})
    assert call_of("POST", "/", b"", {}) is None
    assert call_of("GET", "/v2/email/nothing", b"", {}) is None


@pytest.mark.parametrize(
    "name, data, reads",
    [
        ("SendEmail", True, True),
        ("SendCustomVerificationEmail", False, False),
        ("GetSendQuota", False, True),
        ("ListIdentities", False, True),
        ("DescribeReceiptRule", False, True),
        ("DeleteIdentity", False, False),
    ],
)
def test_sends_are_data_events_that_say_they_read(name: str, data: bool, reads: bool) -> None:  # noqa: FBT001
    call = call_of("POST", "/", f"Action={name}".encode(), {})
    assert call is not None
    assert (call.is_data, call.reads) == (data, reads)

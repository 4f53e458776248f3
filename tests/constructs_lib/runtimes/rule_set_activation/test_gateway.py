"""The AWS edge: botocore's Stubber checks parameters and answers against the service model."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from constructs_lib.runtimes.aws_calls import PATIENT
from constructs_lib.runtimes.custom_resource import RefusedError
from constructs_lib.runtimes.rule_set_activation.gateway import SesAndSsm
from tests.stubs import session, stubbed

PLACE, TEXT = "/receipt-rule-set-activation/stack/Mail/1", '{"former": null, "ours": ["inbound"]}'
METADATA = {"Name": "inbound", "CreatedTimestamp": datetime(2026, 1, 31, tzinfo=UTC)}
SWITCH, ACTIVE = "set_active_receipt_rule_set", "describe_active_receipt_rule_set"
DESCRIBE = "describe_receipt_rule_set"
PARAMETER: Any = {"Parameter": {"Name": PLACE, "Type": "String", "Value": TEXT}}

CALLS: dict[str, Callable[[SesAndSsm], object]] = {
    ACTIVE: lambda aws: aws.active(),
    DESCRIBE: lambda aws: aws.exists("inbound"),
    SWITCH: lambda aws: aws.switch("inbound"),
    "get_parameter": lambda aws: aws.recall(PLACE),
    "put_parameter": lambda aws: aws.remember(PLACE, TEXT),
    "delete_parameter": lambda aws: aws.forget(PLACE),
}


@dataclass(kw_only=True)
class Stubbed:
    """The two clients, each behind a Stubber."""

    ses_client: Any
    ssm_client: Any
    ses: Stubber
    ssm: Stubber
    pauses: list[float] = field(default_factory=list)

    @property
    def gateway(self) -> SesAndSsm:
        return SesAndSsm(self.ses_client, self.ssm_client)

    def stubber(self, call: str) -> Stubber:
        return self.ssm if call.endswith("parameter") else self.ses


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubbed]:
    clients = session().client("ses"), session().client("ssm")
    with stubbed(clients[0]) as ses, stubbed(clients[1]) as ssm:
        made = Stubbed(ses_client=clients[0], ssm_client=clients[1], ses=ses, ssm=ssm)
        monkeypatch.setattr("time.sleep", made.pauses.append)
        yield made


def put(*, overwrite: bool) -> dict[str, object]:
    description = "The receipt rule set that becomes active again when its CloudFormation stack goes"
    return {
        "Name": PLACE,
        "Value": TEXT,
        "Type": "String",
        "Description": description,
        "Overwrite": overwrite,
    }


def test_the_active_set_or_none(aws: Stubbed) -> None:
    aws.ses.add_response(ACTIVE, {"Metadata": METADATA, "Rules": []}, {})
    aws.ses.add_response(ACTIVE, {}, {})
    aws.ses.add_response(ACTIVE, {"Metadata": {}}, {})
    assert [aws.gateway.active() for _ in range(3)] == ["inbound", None, None]


def test_whether_a_set_exists(aws: Stubbed) -> None:
    aws.ses.add_response(DESCRIBE, {"Metadata": METADATA}, {"RuleSetName": "inbound"})
    aws.ses.add_client_error(DESCRIBE, "RuleSetDoesNotExist")
    assert [aws.gateway.exists("inbound") for _ in range(2)] == [True, False]


def test_a_set_is_made_active_and_none_is_named_by_no_name(aws: Stubbed) -> None:
    aws.ses.add_response(SWITCH, {}, {"RuleSetName": "inbound"})
    aws.ses.add_response(SWITCH, {}, {})
    aws.ses.add_client_error(SWITCH, "RuleSetDoesNotExist")
    assert [aws.gateway.switch(name) for name in ("inbound", None, "gone")] == [True, True, False]


def test_what_is_written_down(aws: Stubbed) -> None:
    aws.ssm.add_response("put_parameter", {"Version": 1}, put(overwrite=True))
    aws.ssm.add_response("get_parameter", PARAMETER, {"Name": PLACE})
    aws.ssm.add_client_error("get_parameter", "ParameterNotFound")
    aws.ssm.add_response("delete_parameter", {}, {"Name": PLACE})
    aws.ssm.add_client_error("delete_parameter", "ParameterNotFound")
    aws.gateway.remember(PLACE, TEXT)
    assert [aws.gateway.recall(PLACE) for _ in range(2)] == [TEXT, None]
    aws.gateway.forget(PLACE)
    aws.gateway.forget(PLACE)


def test_the_first_one_who_writes_down_is_right(aws: Stubbed) -> None:
    aws.ssm.add_response("put_parameter", {"Version": 1}, put(overwrite=False))
    assert aws.gateway.remember_first(PLACE, TEXT) == TEXT
    aws.ssm.add_client_error("put_parameter", "ParameterAlreadyExists")
    # What was written a moment ago may not be readable yet.
    aws.ssm.add_client_error("get_parameter", "ParameterNotFound")
    other = '{"former": "theirs", "ours": ["inbound"]}'
    aws.ssm.add_response("get_parameter", {"Parameter": {**PARAMETER["Parameter"], "Value": other}})
    assert aws.gateway.remember_first(PLACE, TEXT) == other
    assert aws.pauses == [5.0]


def test_what_is_there_and_never_readable_is_refused(aws: Stubbed) -> None:
    aws.ssm.add_client_error("put_parameter", "ParameterAlreadyExists")
    for _ in range(4):
        aws.ssm.add_client_error("get_parameter", "ParameterNotFound")
    with pytest.raises(RefusedError, match=f"{PLACE} exists and cannot be read"):
        aws.gateway.remember_first(PLACE, TEXT)


@pytest.mark.parametrize("call", CALLS)
def test_a_refusal_says_what_aws_said(aws: Stubbed, call: str) -> None:
    aws.stubber(call).add_client_error(call, "InternalFailure", "something broke")
    name = "".join(word.capitalize() for word in call.split("_"))
    with pytest.raises(RefusedError, match=rf"^{name}.*: InternalFailure: something broke$"):
        CALLS[call](aws.gateway)
    assert aws.pauses == []


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException"])
def test_a_permission_that_iam_has_not_spread_yet_is_waited_for(aws: Stubbed, call: str, code: str) -> None:
    for _ in range(2):
        aws.stubber(call).add_client_error(call, code)
    answers: Any = {"get_parameter": PARAMETER, "put_parameter": {"Version": 1}}
    aws.stubber(call).add_response(call, answers.get(call, {}))
    CALLS[call](aws.gateway)
    assert aws.pauses == [5.0, 5.0]


@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_stays_denied_ends_with_the_reason(aws: Stubbed, call: str) -> None:
    for _ in range(12):
        aws.stubber(call).add_client_error(call, "AccessDenied", "not authorized to perform")
    with pytest.raises(RefusedError, match="AccessDenied: not authorized to perform"):
        CALLS[call](aws.gateway)
    assert sum(aws.pauses) == 55


@pytest.mark.parametrize("call", CALLS)
def test_a_network_error_is_named_by_its_kind(
    aws: Stubbed, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://email.example")

    client = aws.ssm_client if call.endswith("parameter") else aws.ses_client
    monkeypatch.setattr(client, call, fail)
    with pytest.raises(RefusedError, match=r": EndpointConnectionError$"):
        CALLS[call](aws.gateway)


def test_calls_that_aws_slows_down_are_tried_again() -> None:
    # Any: the stubs leave this attribute out.
    config: Any = boto3.client("ses", region_name="eu-west-1", config=PATIENT).meta.config
    assert config.retries == {"mode": "standard", "total_max_attempts": 8}

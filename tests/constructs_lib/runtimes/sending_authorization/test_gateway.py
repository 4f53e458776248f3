from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from constructs_lib.runtimes.aws_calls import PATIENT
from constructs_lib.runtimes.custom_resource import RefusedError
from constructs_lib.runtimes.sending_authorization.gateway import SesPolicies
from tests.stubs import session, stubbed

IDENTITY, NAME, POLICY = "example.com", "billing-8f8be94c93e3", '{"Id":"ours"}'
PUT = {"EmailIdentity": IDENTITY, "PolicyName": NAME, "Policy": POLICY}
CALLS: dict[str, Callable[[SesPolicies], object]] = {
    "get_email_identity_policies": lambda policies: policies.find(IDENTITY, NAME),
    "create_email_identity_policy": lambda policies: policies.create(IDENTITY, NAME, POLICY),
    "update_email_identity_policy": lambda policies: policies.update(IDENTITY, NAME, POLICY),
    "delete_email_identity_policy": lambda policies: policies.delete(IDENTITY, NAME),
}


@dataclass(kw_only=True)
class Stubbed:
    client: Any
    ses: Stubber
    pauses: list[float] = field(default_factory=list)

    @property
    def policies(self) -> SesPolicies:
        return SesPolicies(self.client)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubbed]:
    client = session().client("sesv2")
    with stubbed(client) as ses:
        made = Stubbed(client=client, ses=ses)
        monkeypatch.setattr("time.sleep", made.pauses.append)
        yield made


def test_each_call_names_the_identity_and_the_one_policy(aws: Stubbed) -> None:
    found = {"Policies": {NAME: POLICY, "theirs": "{}"}}
    for policies in (found, {"Policies": {"theirs": "{}"}}):
        aws.ses.add_response("get_email_identity_policies", policies, {"EmailIdentity": IDENTITY})
    aws.ses.add_response("create_email_identity_policy", {}, PUT)
    aws.ses.add_response("update_email_identity_policy", {}, PUT)
    aws.ses.add_response("delete_email_identity_policy", {}, {"EmailIdentity": IDENTITY, "PolicyName": NAME})
    assert aws.policies.find(IDENTITY, NAME) == POLICY
    assert aws.policies.find(IDENTITY, NAME) is None
    assert aws.policies.create(IDENTITY, NAME, POLICY) is True
    aws.policies.update(IDENTITY, NAME, POLICY)
    aws.policies.delete(IDENTITY, NAME)
    assert aws.pauses == []


def test_what_is_no_failure(aws: Stubbed) -> None:
    aws.ses.add_client_error("get_email_identity_policies", "NotFoundException")
    aws.ses.add_client_error("create_email_identity_policy", "AlreadyExistsException")
    aws.ses.add_client_error("delete_email_identity_policy", "NotFoundException")
    assert aws.policies.find(IDENTITY, NAME) is None
    assert aws.policies.create(IDENTITY, NAME, POLICY) is False
    aws.policies.delete(IDENTITY, NAME)


@pytest.mark.parametrize(
    "call,code,fix",
    [
        ("create_email_identity_policy", "BadRequestException", "each account and principal of the policy"),
        ("create_email_identity_policy", "LimitExceededException", "SES keeps 20 policies for an identity"),
        ("create_email_identity_policy", "NotFoundException", "this account has no such identity"),
        ("update_email_identity_policy", "NotFoundException", "this account has no such identity"),
        ("get_email_identity_policies", "TooManyRequestsException", ""),
    ],
)
def test_a_refusal_says_what_ses_said_and_what_to_do(aws: Stubbed, call: str, code: str, fix: str) -> None:
    aws.ses.add_client_error(call, code, "Invalid principal")
    with pytest.raises(RefusedError) as caught:
        CALLS[call](aws.policies)
    name = "".join(word.capitalize() for word in call.split("_"))
    assert str(caught.value).startswith(f"{name} for identity {IDENTITY}: {code}: Invalid principal")
    assert fix in str(caught.value)
    assert ("Fix: " in str(caught.value)) == bool(fix)


@pytest.mark.parametrize("call", CALLS)
def test_a_permission_that_iam_has_not_spread_yet_is_waited_for(aws: Stubbed, call: str) -> None:
    for _ in range(2):
        aws.ses.add_client_error(call, "AccessDeniedException")
    aws.ses.add_response(call, {"Policies": {}} if call.startswith("get") else {})
    CALLS[call](aws.policies)
    assert aws.pauses == [5.0, 5.0]


@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_stays_denied_ends_with_the_reason(aws: Stubbed, call: str) -> None:
    for _ in range(12):
        aws.ses.add_client_error(call, "AccessDeniedException", "not authorized to perform")
    with pytest.raises(RefusedError, match="AccessDeniedException: not authorized to perform"):
        CALLS[call](aws.policies)
    assert sum(aws.pauses) == 55


@pytest.mark.parametrize("call", CALLS)
def test_a_network_error_is_named_by_its_kind(
    aws: Stubbed, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://email.example")

    monkeypatch.setattr(aws.client, call, fail)
    with pytest.raises(RefusedError, match=rf"for identity {IDENTITY}: EndpointConnectionError$"):
        CALLS[call](aws.policies)


def test_calls_that_ses_slows_down_are_tried_again() -> None:
    # Any: the stubs leave this attribute out.
    config: Any = boto3.client("sesv2", region_name="eu-west-1", config=PATIENT).meta.config
    assert config.retries == {"mode": "standard", "total_max_attempts": 8}

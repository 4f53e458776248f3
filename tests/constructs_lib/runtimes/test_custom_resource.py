import json

import pytest

from constructs_lib.runtimes.custom_resource import (
    NOT_CREATED,
    Done,
    RefusedError,
    Request,
    RequestType,
    answer,
)
from tests.constructs_lib.runtimes.cloudformation import CloudFormation


def created(request: Request) -> str:
    assert request.properties["Name"] == "new"
    return "id"


def test_a_success_names_the_request_and_the_resource(cloudformation: CloudFormation) -> None:
    answer(cloudformation.event("Create"), created)
    assert cloudformation.answers == [
        {
            "Status": "SUCCESS",
            "PhysicalResourceId": "id",
            "StackId": "arn:aws:cloudformation:eu-west-1:111111111111:stack/s/1",
            "RequestId": "request",
            "LogicalResourceId": "Resource",
        }
    ]
    assert cloudformation.content_types == [""]


def test_attributes_are_for_the_template(cloudformation: CloudFormation) -> None:
    answer(cloudformation.event("Create"), lambda _: Done(physical_id="id", attributes={"Token": "t"}))
    answer(cloudformation.event("Create"), lambda _: Done(physical_id="id"))
    with_data, without = cloudformation.answers
    assert with_data.pop("Data") == {"Token": "t"}
    assert with_data == without


def test_the_handler_sees_what_changes(cloudformation: CloudFormation) -> None:
    seen: list[Request] = []

    def handle(request: Request) -> str:
        seen.append(request)
        return "id"

    event = cloudformation.event("Update", PhysicalResourceId="id", OldResourceProperties={"Name": "old"})
    answer(event, handle)
    (request,) = seen
    assert request.type is RequestType.UPDATE
    assert (request.old_properties["Name"], request.properties["Name"]) == ("old", "new")
    assert request.physical_id == "id"


def test_a_refusal_is_the_reason_that_a_person_reads(cloudformation: CloudFormation) -> None:
    def handle(_: Request) -> str:
        raise RefusedError("identity policy x belongs to another stack")

    answer(cloudformation.event("Create"), handle)
    (response,) = cloudformation.answers
    assert response["Status"] == "FAILED"
    assert response["Reason"] == "identity policy x belongs to another stack"
    assert response["PhysicalResourceId"] == NOT_CREATED


def test_an_unforeseen_error_is_answered_without_its_text(
    cloudformation: CloudFormation, caplog: pytest.LogCaptureFixture
) -> None:
    def handle(_: Request) -> str:
        raise ValueError("password hunter2")

    answer(cloudformation.event("Update", PhysicalResourceId="id"), handle)
    (response,) = cloudformation.answers
    assert response["Status"] == "FAILED"
    assert response["Reason"].startswith("ValueError")
    assert response["PhysicalResourceId"] == "id"
    assert "hunter2" not in json.dumps(cloudformation.answers) + caplog.text


def test_an_answer_that_is_not_taken_is_given_again(
    cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    cloudformation.refusals = 2
    answer(cloudformation.event("Create"), created)
    assert [found["Status"] for found in cloudformation.answers] == ["SUCCESS"]
    cloudformation.refusals = 3
    with pytest.raises(OSError, match="503"):
        answer(cloudformation.event("Create"), created)


def test_a_long_reason_fits_into_the_answer(cloudformation: CloudFormation) -> None:
    def handle(_: Request) -> str:
        raise RefusedError("x" * 10_000)

    answer(cloudformation.event("Create"), handle)
    assert len(cloudformation.answers[0]["Reason"]) == 1000

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.local.conftest import Aws
from tests.local.deployable import delete_stack
from tests.local.test_cloudformation_identity import update
from tests.local.test_cloudformation_verification_template import create, fails

REGION = "ap-south-1"
STACK = "trail"
SENDS = {
    "Name": "sends",
    "FieldSelectors": [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::SES::EmailIdentity"]},
    ],
}


@pytest.fixture
def region(aws: Aws) -> Iterator[Aws]:
    there = aws.in_region(REGION)
    yield there
    delete_stack(there, STACK)
    assert trails(there) == []


def trails(aws: Aws) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = aws._client("cloudtrail").describe_trails()["trailList"]
    return found


def template(**properties: Any) -> str:  # noqa: ANN401 - CloudFormation properties
    trail = {"TrailName": "audit", "IsLogging": True, "S3BucketName": "bucket", **properties}
    return json.dumps(
        {
            "Resources": {"Trail": {"Type": "AWS::CloudTrail::Trail", "Properties": trail}},
            "Outputs": {
                "Arn": {"Value": {"Fn::GetAtt": ["Trail", "Arn"]}},
                "Name": {"Value": {"Ref": "Trail"}},
            },
        }
    )


def outputs(aws: Aws) -> dict[str, str]:
    (stack,) = aws.cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}


def test_a_trail_is_made_changed_and_renamed(region: Aws) -> None:
    calls = region._client("cloudtrail")
    create(region, STACK, template(AdvancedEventSelectors=[SENDS], EnableLogFileValidation=True))
    (trail,) = trails(region)
    assert outputs(region) == {"Arn": trail["TrailARN"], "Name": "audit"}
    assert (trail["S3BucketName"], trail["LogFileValidationEnabled"]) == ("bucket", True)
    assert calls.get_trail_status(Name="audit")["IsLogging"] is True
    assert calls.get_event_selectors(TrailName="audit")["AdvancedEventSelectors"] == [SENDS]

    other = SENDS | {"Name": "others"}
    update(region, STACK, template(AdvancedEventSelectors=[other], IsLogging=False))
    assert calls.get_trail_status(Name="audit")["IsLogging"] is False
    assert calls.get_event_selectors(TrailName="audit")["AdvancedEventSelectors"] == [other]

    update(region, STACK, template(TrailName="audit2"))
    assert [each["Name"] for each in trails(region)] == ["audit2"]
    assert outputs(region)["Name"] == "audit2"


def test_a_trail_whose_name_is_taken_fails_its_stack(region: Aws) -> None:
    calls = region._client("cloudtrail")
    calls.create_trail(Name="audit", S3BucketName="b")
    assert "CreateTrail: Trail 'audit' already exists." in fails(region, STACK, template())
    calls.delete_trail(Name="audit")

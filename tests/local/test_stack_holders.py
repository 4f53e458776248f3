"""DescribeStackResources: by the name of a stack, and by what it holds."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.local.conftest import Aws


def test_the_stack_that_holds_a_resource(aws: Aws, domain: str) -> None:
    name = domain.replace(".", "-")
    template = {"Resources": {"Set": {"Type": "AWS::SES::ConfigurationSet", "Properties": {"Name": name}}}}
    aws.cloudformation.create_stack(StackName=f"stack-{name}", TemplateBody=json.dumps(template))
    aws.cloudformation.get_waiter("stack_create_complete").wait(
        StackName=f"stack-{name}", WaiterConfig={"Delay": 1, "MaxAttempts": 20}
    )
    (by_id,) = aws.cloudformation.describe_stack_resources(PhysicalResourceId=name)["StackResources"]
    (by_name,) = aws.cloudformation.describe_stack_resources(StackName=f"stack-{name}")["StackResources"]
    assert by_id == by_name
    assert by_id["StackName"] == f"stack-{name}"
    with pytest.raises(ClientError, match=f"Stack for {name}-too does not exist"):
        aws.cloudformation.describe_stack_resources(PhysicalResourceId=f"{name}-too")

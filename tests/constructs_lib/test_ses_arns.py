import pytest

from constructs_lib.ses_arns import configuration_set_arn, identity_arn
from tests.iam import resolve
from tests.synthesis import ACCOUNT, REGION, new_stack


def test_the_arns_of_a_stack() -> None:
    stack = new_stack()
    assert resolve(stack.resolve(identity_arn(stack, "example.com"))) == (
        f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.com"
    )
    assert resolve(stack.resolve(configuration_set_arn(stack, "news"))) == (
        f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/news"
    )


@pytest.mark.parametrize("region", ["us-east-1", "ap-south-1"])
def test_another_region_when_asked(region: str) -> None:
    stack = new_stack()
    assert f":ses:{region}:" in identity_arn(stack, "example.com", region=region)

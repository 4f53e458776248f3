"""Which STS is asked for a role of another account, and that its credentials are shown to nobody."""

import pytest

from constructs_lib.runtimes.assumed_role import Session, sts_region


@pytest.mark.parametrize(
    "region, asked",
    [
        ("us-east-1", "us-east-1"),
        ("eu-west-1", "us-east-1"),
        ("af-south-1", "us-east-1"),  # opt-in: the other account may not have enabled it
        ("us-gov-east-1", "us-gov-west-1"),
        ("eusc-de-east-1", "eusc-de-east-1"),
    ],
)
def test_sts_is_that_of_route_53_in_the_partition(region: str, asked: str) -> None:
    assert sts_region(region) == asked


def test_credentials_are_not_shown() -> None:
    session = Session(access_key_id="ASIA", secret_access_key="hidden", session_token="hidden")  # noqa: S106
    assert "hidden" not in repr(session)

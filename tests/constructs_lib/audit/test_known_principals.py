import pytest

from constructs_lib.audit.known_principals import caller_patterns, require_principals
from tests.support import TOKEN, refuses


@pytest.mark.parametrize(
    "name, pattern",
    [
        ("role/Billing", "arn:aws:sts::111111111111:assumed-role/Billing/*"),
        ("role/app/prod/Billing", "arn:aws:sts::111111111111:assumed-role/Billing/*"),
        ("role/prod-Access-eu-*", "arn:aws:sts::111111111111:assumed-role/prod-Access-eu-*"),
        ("user/billing", "arn:aws:iam::111111111111:user/billing"),
        ("user/app/billing*", "arn:aws:iam::111111111111:user/app/billing*"),
    ],
)
def test_how_cloudtrail_writes_a_caller(name: str, pattern: str) -> None:
    assert require_principals([name], option="senders") == (name,)
    assert caller_patterns([name], partition="aws", account="111111111111") == [pattern]


def test_the_partition_is_part_of_it() -> None:
    (found,) = caller_patterns(["role/a"], partition="aws-us-gov", account="1")
    assert found.startswith("arn:aws-us-gov:sts::1:")


@pytest.mark.parametrize(
    "bad",
    [
        ["Billing"],
        ["role/"],
        ["role/*"],
        ["role/a*b"],
        ["role/a**"],
        ["group/a"],
        ["arn:aws:iam::111111111111:role/Billing"],
        ["role/a b"],
        ["role/" + "a" * 65],
        [""],
        "role/Billing",
    ],
)
def test_what_is_no_role_or_user_is_refused(bad: list[str]) -> None:
    with refuses("known-principal-invalid", "senders: roles and users"):
        require_principals(bad, option="senders")


def test_near_misses_and_tokens_pass() -> None:
    good = ("role/" + "a" * 64, "role/a+=,.@-_b", "user/a/b/c", "role/a*", TOKEN)
    assert require_principals(good, option="senders") == good
    assert require_principals((), option="senders") == ()

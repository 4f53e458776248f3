from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.account_id import require_account_id
from constructs_lib.errors import ConfigurationError
from tests.support import TOKEN, refuses


@pytest.mark.parametrize("account", ["111111111111", "000000000001", TOKEN])
def test_accepts(account: str) -> None:
    assert require_account_id(account, option="account") == account


@pytest.mark.parametrize(
    "account",
    [
        "",
        "1",
        "1111-1111-1111",
        "1111111111111",
        "111111111111\n",
        " 111111111111",
        "\u0661" * 12,
        111111111111,
    ],
)
def test_refuses(account: Any) -> None:  # noqa: ANN401 - a number too
    with refuses("account-invalid", "test: account: "):
        require_account_id(account, option="test: account")


@given(st.text(max_size=14))
def test_only_twelve_ascii_digits_pass(text: str) -> None:
    good = len(text) == 12 and text.isascii() and text.isdigit()
    try:
        require_account_id(text, option="account")
    except ConfigurationError:
        assert not good
    else:
        assert good

from datetime import UTC, datetime

import pytest

from constructs_lib.runtimes.custom_resource import RefusedError, Request, RequestType
from constructs_lib.runtimes.smtp_credentials.clean_up import clean_up
from constructs_lib.runtimes.smtp_credentials.model import Key, NewKey, RotationError
from tests.constructs_lib.runtimes.smtp_credentials.fake_aws import FakeAws


class Users(FakeAws):
    """Several users with keys."""

    def __init__(self, **keys: list[str]) -> None:
        super().__init__()
        self.by_user = keys
        self.refusing = False

    def keys(self, user: str) -> list[Key]:
        return [Key(id=key, active=True, created=datetime.now(UTC)) for key in self.by_user.get(user, [])]

    def create_key(self, user: str) -> NewKey:
        raise AssertionError(user)

    def delete_key(self, user: str, key_id: str) -> None:
        if self.refusing:
            raise RotationError("DeleteAccessKey failed: AccessDenied")
        self.by_user[user].remove(key_id)


def request(kind: RequestType, users: list[str], physical_id: str | None = None) -> Request:
    return Request(
        type=kind,
        properties={"ServiceToken": "arn", "Users": users},
        old_properties={},
        physical_id=physical_id,
        stack_id="arn:aws:cloudformation:eu-west-1:111111111111:stack/Mail/1",
    )


def users() -> Users:
    return Users(a=["A1", "A2"], b=["B1"])


def created(*names: str) -> str:
    return clean_up(request(RequestType.CREATE, list(names)), users=names, gateway=users())


def test_creating_and_updating_delete_nothing_so_that_an_update_can_be_rolled_back() -> None:
    aws = users()
    first = clean_up(request(RequestType.CREATE, ["a", "b"]), users=["a", "b"], gateway=aws)
    second = clean_up(request(RequestType.UPDATE, ["b"], first), users=["b"], gateway=aws)
    assert first != second
    assert aws.by_user == {"a": ["A1", "A2"], "b": ["B1"]}


def test_another_order_is_the_same_set() -> None:
    assert created("a", "b") == created("b", "a")


def test_a_former_set_loses_the_keys_of_those_that_left() -> None:
    aws = users()
    assert clean_up(request(RequestType.DELETE, ["a", "b"], created("a", "b")), users=["b"], gateway=aws)
    assert aws.by_user == {"a": [], "b": ["B1"]}


def test_after_a_roll_back_the_users_of_the_failed_update_lose_theirs() -> None:
    aws = Users(a=["A1"], b=["B1"], new=["N1"])
    clean_up(
        request(RequestType.DELETE, ["a", "b", "new"], created("a", "b", "new")),
        users=["a", "b"],
        gateway=aws,
    )
    assert aws.by_user == {"a": ["A1"], "b": ["B1"], "new": []}


def test_the_end_of_the_stack_is_the_end_of_all_keys_and_can_be_repeated() -> None:
    aws = users()
    for _ in range(2):
        assert clean_up(
            request(RequestType.DELETE, ["a", "b"], created("a", "b")), users=["b", "a"], gateway=aws
        ) == created("a", "b")
        assert aws.by_user == {"a": [], "b": []}


def test_a_key_that_cannot_be_deleted_is_a_reason_for_people() -> None:
    aws = users()
    aws.refusing = True
    with pytest.raises(RefusedError, match="DeleteAccessKey failed: AccessDenied"):
        clean_up(request(RequestType.DELETE, ["a"], created("a")), users=["a"], gateway=aws)

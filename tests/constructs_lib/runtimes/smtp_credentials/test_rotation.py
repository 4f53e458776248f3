"""Every call of a rotation fails, before and after its effect, alone and in pairs; then it is run again."""

import itertools
from collections.abc import Callable, Iterator

import pytest

from constructs_lib.runtimes.smtp_credentials.model import CURRENT, MAX_KEYS, PENDING, PREVIOUS, RotationError
from constructs_lib.runtimes.smtp_credentials.rotation import PAUSE_SECONDS, TRIES, Step, rotate
from tests.constructs_lib.runtimes.smtp_credentials.fake_aws import SECRET, Fail, FakeAws

TOKEN = "11111111-2222-3333-4444-555555555555"  # noqa: S105 - a version id


def fresh() -> FakeAws:
    return FakeAws()


def fresh_with_a_lost_key() -> FakeAws:
    aws = FakeAws()
    aws.add_key()
    return aws


def one_key() -> FakeAws:
    aws = FakeAws()
    aws.versions = {}
    aws.store("current", aws.add_key(), CURRENT)
    return aws


def two_keys() -> FakeAws:
    aws = FakeAws()
    aws.versions = {}
    aws.store("previous", aws.add_key(), PREVIOUS)
    aws.store("current", aws.add_key(), CURRENT)
    return aws


def one_key_and_a_lost_one() -> FakeAws:
    aws = one_key()
    aws.add_key()
    return aws


def current_key_deleted_by_hand() -> FakeAws:
    aws = two_keys()
    del aws.keys_["AKIA0002"]
    return aws


def current_key_deactivated_by_hand() -> FakeAws:
    aws = two_keys()
    aws.keys_["AKIA0002"].active = False
    return aws


def previous_key_deactivated_by_hand() -> FakeAws:
    aws = two_keys()
    aws.keys_["AKIA0001"].active = False
    return aws


STATES = (
    fresh,
    fresh_with_a_lost_key,
    one_key,
    two_keys,
    one_key_and_a_lost_one,
    current_key_deleted_by_hand,
    current_key_deactivated_by_hand,
    previous_key_deactivated_by_hand,
)


def step(aws: FakeAws, name: Step, token: str = TOKEN) -> list[float]:
    pauses: list[float] = []
    rotate(name, SECRET, token, gateway=aws, login=aws.login, sleep=pauses.append)
    return pauses


def secrets_manager(aws: FakeAws, *, attempts: int) -> None:
    """What Secrets Manager does: the four steps; after a failure all of them again, with the same token."""
    for _ in range(attempts):
        try:
            for name in Step:
                step(aws, name)
        except RotationError:
            continue
        return
    raise AssertionError("it never ended well")


def watched(state: Callable[[], FakeAws]) -> FakeAws:
    """A state with what must hold behind each call."""
    aws = state()
    aws.begin(TOKEN)
    current, stored = aws.works(CURRENT), aws.works(CURRENT) or aws.works(PREVIOUS)

    def must_hold() -> None:
        assert len(aws.keys_) <= MAX_KEYS
        assert aws.works(CURRENT) or not current
        assert aws.works(CURRENT) or aws.works(PREVIOUS) or not stored

    aws.after_each_call = must_hold
    return aws


def number_of_calls(state: Callable[[], FakeAws]) -> int:
    aws = watched(state)
    secrets_manager(aws, attempts=1)
    return len(aws.calls)


def failures(calls: int) -> Iterator[dict[int, Fail]]:
    """Each call, and each pair of calls of two attempts, in each way of failing."""
    single = [(number, how) for number in range(1, calls + 1) for how in Fail]
    yield {}
    yield from ({number: how} for number, how in single)
    # The second attempt begins behind the first failure.
    for (first, how), (second, again) in itertools.product(single, single):
        yield {first: how, first + second: again}


@pytest.mark.parametrize("state", STATES)
def test_whatever_fails_a_stored_credential_works_and_running_it_again_ends_well(
    state: Callable[[], FakeAws],
) -> None:
    calls = number_of_calls(state)
    assert calls >= 12
    for injected in failures(calls):
        aws = watched(state)
        before = aws.credentials(CURRENT)
        worked = aws.works(CURRENT)
        aws.failures = injected
        secrets_manager(aws, attempts=1 + len(injected))
        assert aws.works(CURRENT), injected
        after = aws.credentials(CURRENT)
        assert after != before
        if worked:
            # The overlap: what clients still hold goes on working.
            assert aws.credentials(PREVIOUS) == before
            assert aws.works(PREVIOUS)
            assert len(aws.keys_) == MAX_KEYS


def test_the_next_rotation_deletes_the_key_before_the_last_one_and_no_other() -> None:
    aws = FakeAws()
    for number, expected in enumerate(({"1"}, {"1", "2"}, {"2", "3"}, {"3", "4"})):
        token = f"version-{number}"
        aws.begin(token)
        for name in Step:
            step(aws, name, token)
        assert set(aws.keys_) == {f"AKIA000{key}" for key in expected}


def test_setting_has_nothing_to_do_and_a_finished_version_neither() -> None:
    aws = two_keys()
    aws.begin(TOKEN)
    step(aws, Step.SET)
    assert aws.calls == ["describe"]
    secrets_manager(aws, attempts=1)
    aws.calls.clear()
    for name in Step:
        step(aws, name)
    assert aws.calls == ["describe"] * 4


def test_a_new_key_has_two_minutes_until_ses_knows_it() -> None:
    aws = one_key()
    aws.begin(TOKEN)
    step(aws, Step.CREATE)
    answers = iter(["email-smtp.eu-west-1.amazonaws.com answered 535"] * (TRIES - 1) + [None])
    pauses: list[float] = []
    rotate(Step.TEST, SECRET, TOKEN, gateway=aws, login=lambda _: next(answers), sleep=pauses.append)
    assert pauses == [PAUSE_SECONDS] * (TRIES - 1)
    assert sum(pauses) == 120


def test_what_ses_refuses_never_becomes_current_and_can_be_tried_again() -> None:
    aws = one_key()
    before = aws.credentials(CURRENT)
    aws.begin(TOKEN)
    step(aws, Step.CREATE)
    with pytest.raises(RotationError, match="of prod/smtp/eu-west-1/billing do not work: no route") as caught:
        rotate(Step.TEST, SECRET, TOKEN, gateway=aws, login=lambda _: "no route", sleep=lambda _: None)
    assert not any(secret in str(caught.value) for secret in aws.secrets())
    assert aws.credentials(CURRENT) == before
    secrets_manager(aws, attempts=1)


def test_a_rotation_whose_key_somebody_deleted_is_given_up_and_the_next_one_works() -> None:
    aws = one_key()
    aws.begin(TOKEN)
    step(aws, Step.CREATE)
    del aws.keys_["AKIA0002"]
    with pytest.raises(RotationError, match="given up, start another"):
        step(aws, Step.TEST)
    assert not any(PENDING in held.stages for held in aws.versions.values())
    aws.begin("another")
    for name in Step:
        step(aws, name, "another")
    assert aws.works(CURRENT)
    assert aws.works(PREVIOUS)


@pytest.mark.parametrize(
    "name,arrange,message",
    [
        (Step.CREATE, lambda aws: setattr(aws, "rotating", False), "is switched off"),
        (Step.CREATE, lambda aws: aws.versions.pop(TOKEN), f"has no version {TOKEN}"),
        (Step.CREATE, lambda aws: aws.versions[TOKEN].stages.clear(), "is not AWSPENDING"),
        (Step.TEST, lambda _: None, "holds nothing yet"),
        (Step.FINISH, lambda _: None, "holds nothing yet"),
        (Step.CREATE, lambda aws: setattr(aws, "region", "evil.example/"), "ses-smtp-region is not the name"),
        (
            Step.CREATE,
            lambda aws: setattr(aws.versions["current"], "value", "hunter2"),
            "not SMTP credentials",
        ),
        (Step.CREATE, lambda aws: setattr(aws.versions["current"], "value", '["hunter2"]'), "not SMTP"),
    ],
)
def test_a_step_that_cannot_be_done_says_why_and_changes_nothing(
    name: Step, arrange: Callable[[FakeAws], None], message: str
) -> None:
    aws = one_key()
    aws.begin(TOKEN)
    arrange(aws)
    with pytest.raises(RotationError, match=message) as caught:
        step(aws, name)
    assert "hunter2" not in str(caught.value)
    assert set(aws.keys_) == {"AKIA0001"}
    assert not {"put_pending", "make_current", "create_key", "delete_key"} & set(aws.calls)

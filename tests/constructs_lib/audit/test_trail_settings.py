from typing import Any

import pytest

from constructs_lib.audit.data_events import DataEvents
from constructs_lib.audit.trail_settings import TrailSettings, require_senders, require_trail_name
from tests.support import TOKEN, refuses


def test_defaults() -> None:
    settings = TrailSettings()
    assert (settings.record_reads, settings.expire_after_days, settings.access_log_days) == (False, 400, 365)


@pytest.mark.parametrize("option", ["expire_after_days", "access_log_days"])
@pytest.mark.parametrize("days", [0, -1])
def test_files_are_kept_for_whole_days(option: str, days: int) -> None:
    bad: dict[str, Any] = {option: days}
    good: dict[str, Any] = {option: 1}
    with refuses("audit-trail-invalid", f"{option}: 1 day or more"):
        TrailSettings(**bad)
    TrailSettings(**good)


@pytest.mark.parametrize(
    "name", ["ab", "a" * 129, "-ab", "ab-", "a--b", "a.-b", "a b", "pröd", "192.168.5.4/", "", "ab\n"]
)
def test_a_name_that_cloudtrail_does_not_take(name: str) -> None:
    with refuses("audit-trail-invalid", "trail_name: 3 to 128"):
        require_trail_name(name)


@pytest.mark.parametrize("name", ["abc", "a" * 128, "prod-mail", "a.b_c-D9", TOKEN])
def test_a_name_that_it_takes(name: str) -> None:
    assert require_trail_name(name) == name


def test_who_is_left_out_must_be_known() -> None:
    with refuses("audit-trail-invalid", "senders: at least one"):
        require_senders(DataEvents(known_senders=False), ())
    require_senders(DataEvents(known_senders=False), ("role/a",))
    require_senders(DataEvents(), ())
    require_senders(None, ())

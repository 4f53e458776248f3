from typing import Any

import pytest

from constructs_lib.receiving.mail_retention import MailRetention
from tests.support import refuses


def test_nothing_is_archived_or_expires_unless_somebody_says_so() -> None:
    found = MailRetention()
    assert (found.archive_after_days, found.expire_after_days) == (None, None)
    assert (found.noncurrent_days, found.incomplete_upload_days, found.access_log_days) == (30, 7, 365)


@pytest.mark.parametrize(
    "options, fragment",
    [
        ({"archive_after_days": 0}, "archive_after_days: "),
        ({"expire_after_days": -1}, "expire_after_days: "),
        ({"noncurrent_days": 0}, "noncurrent_days: "),
        ({"incomplete_upload_days": 0}, "incomplete_upload_days: "),
        ({"access_log_days": 0}, "access_log_days: "),
        ({"archive_after_days": 30, "expire_after_days": 30}, "later than archive_after_days, which is 30"),
    ],
)
def test_refuses_days_that_s3_would_refuse(options: dict[str, Any], fragment: str) -> None:
    with refuses("mail-retention-invalid", fragment):
        MailRetention(**options)


def test_archived_before_it_expires() -> None:
    assert MailRetention(archive_after_days=1, expire_after_days=2)

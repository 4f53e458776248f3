"""How long stored mail is kept, and where. Plain values for environment files.

Example::

    MailRetention(archive_after_days=30, expire_after_days=365)
"""

from dataclasses import dataclass

from constructs_lib.errors import ConfigurationError


@dataclass(frozen=True, kw_only=True)
class MailRetention:
    """The lifecycle of a mail store, in days.

    Attributes:
        archive_after_days: When mail moves to S3 Glacier Instant Retrieval, where it is read as before and
            costs less to keep, more to read, and 90 days at least. S3 leaves objects below 128 KB where they
            are. Default: never.
        expire_after_days: When mail is deleted; with versions it can be had back for a while. Default: never.
        noncurrent_days: How long a deleted or overwritten version can be had back. Default: 30.
        incomplete_upload_days: When parts of an upload that never ended are deleted. Default: 7.
        access_log_days: How long the access log is kept. Default: 365.

    Raises:
        ConfigurationError: ``mail-retention-invalid``.
    """

    archive_after_days: int | None = None
    expire_after_days: int | None = None
    noncurrent_days: int = 30
    incomplete_upload_days: int = 7
    access_log_days: int = 365

    def __post_init__(self) -> None:
        for option, days in vars(self).items():
            if days is not None and days < 1:
                raise _invalid(
                    option, "1 day or more (S3 User Guide, lifecycle).", days, "write a number of days"
                )
        archive, expire = self.archive_after_days, self.expire_after_days
        if archive is not None and expire is not None and expire <= archive:
            raise _invalid(
                "expire_after_days",
                f"later than archive_after_days, which is {archive} (S3 User Guide, lifecycle).",
                expire,
                "drop the archive, or keep mail longer",
            )


def _invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("mail-retention-invalid", option=option, rule=rule, got=got, fix=fix)

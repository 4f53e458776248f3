"""Where the records of a MAIL FROM domain point, in Regions for which AWS publishes it and in the others.

SES's feedback host and the domain of its SPF record are documented for the partitions aws and aws-us-gov
(SES Developer Guide, custom MAIL FROM). Elsewhere, in aws-eusc for one, the console shows them, and a
guess would lose bounces: so they are stated.
"""

from dataclasses import dataclass

from constructs_lib.domain_name import is_token, normalize_domain
from constructs_lib.errors import ConfigurationError
from constructs_lib.identity.spf import SES_INCLUDE
from constructs_lib.regions import feedback_host, ses_regions


@dataclass(frozen=True, kw_only=True)
class MailFromHosts:
    """What SES's console shows for the MAIL FROM domain of an identity.

    Attributes:
        feedback_host: The host of the MX record, without its preference.
        spf_include: The domain behind ``include:`` in the SPF record.

    Raises:
        ConfigurationError: a code of `normalize_domain`.
    """

    feedback_host: str
    spf_include: str

    def __post_init__(self) -> None:
        for name in ("feedback_host", "spf_include"):
            object.__setattr__(self, name, normalize_domain(getattr(self, name), option=name))


def mail_from_hosts(
    region: str, stated: MailFromHosts | None = None, *, option: str = "mail_from_hosts"
) -> MailFromHosts:
    """Return what the MAIL FROM records of a Region hold.

    Args:
        region: A Region, or the token of a stack that is not bound to one.
        stated: For a Region whose hosts are not published. Default: what is published.
        option: The option's name, for the error.

    Raises:
        ConfigurationError: ``mail-from-hosts-published``, a code of `feedback_host`.
    """
    if stated is None:
        return MailFromHosts(feedback_host=feedback_host(region), spf_include=SES_INCLUDE)
    unpublished = region in ses_regions() and ses_regions()[region]["feedback_host"] is None
    if not is_token(region) and not unpublished:
        published = mail_from_hosts(region)
        if stated != published:
            raise ConfigurationError(
                "mail-from-hosts-published",
                option=option,
                rule=f"AWS publishes that MAIL FROM domains of {region} use {published.feedback_host} "
                f"and include:{published.spf_include}.",
                got=f"{stated.feedback_host} and include:{stated.spf_include}",
                fix="leave it out",
            )
    return stated

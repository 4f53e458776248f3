"""Forms of the ARNs that users write, and what one tells. Plain values; loads no CDK.

Source: IAM User Guide, Amazon Resource Names. A partition is never assumed: it is that of the Region.
"""

import re
from typing import Final

from constructs_lib.domain_name import is_token
from constructs_lib.regions import ses_regions


def arn_form(service: str, resource: str) -> re.Pattern[str]:
    """The pattern of a service's ARNs, with the groups ``partition``, ``region`` and ``account``.

    Args:
        service: Its namespace, such as ``sns``.
        resource: A pattern of what stands behind the account.
    """
    return re.compile(
        rf"arn:(?P<partition>aws[a-z0-9-]*):{service}:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{{12}}):{resource}"
    )


TOPIC_ARN: Final = arn_form("sns", "[A-Za-z0-9_-]{1,256}")
"""Of a standard topic (SNS API, CreateTopic)."""

KEY_ARN: Final = arn_form("kms", "key/[A-Za-z0-9-]{1,256}")
"""Of a key, no alias (KMS Developer Guide, key identifiers)."""


def is_of_region(arn: re.Match[str], region: str) -> bool:
    """Whether the parts ``region`` and ``partition`` of an ARN are those of a Region; tokens pass."""
    if is_token(region):
        return True
    facts = ses_regions().get(region)
    return arn["region"] == region and (facts is None or arn["partition"] == facts["partition"])


class OfArn:
    """Something that is named by its ARN, which was looked at before."""

    arn: str

    @property
    def region(self) -> str:
        """Its Region."""
        return self.arn.split(":")[3]

    @property
    def account(self) -> str:
        """Its account."""
        return self.arn.split(":")[4]

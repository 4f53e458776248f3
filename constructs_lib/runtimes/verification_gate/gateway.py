"""Talks to SES and Route 53, reading only; the only module here that does.

Few attempts with the SDK's pauses between them: whoever asks, asks again after a while.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .model import NOT_STARTED, Identity, NotAnsweredError, RecordSet

if TYPE_CHECKING:
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_sesv2 import SESV2Client

_CONFIG: Final = Config(
    connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3}
)
_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException"})

_EASY_DKIM_ZONE: Final = "dkim.amazonses.com"
"""Only for an answer without ``SigningHostedZone``, as an SDK gives that is older than the field: the zone
that SES used everywhere before (SES Developer Guide, Easy DKIM)."""


class SesIdentities:
    """Identities of the account and Region that the function runs in.

    Args:
        client: Default: one with the function's role.
    """

    def __init__(self, client: "SESV2Client | None" = None) -> None:
        self._client = client or boto3.client("sesv2", config=_CONFIG)

    def find(self, domain: str) -> Identity | None:
        """See `Identities`."""
        try:
            answer = self._client.get_email_identity(EmailIdentity=domain)
        except self._client.exceptions.NotFoundException:
            return None
        except (BotoCoreError, ClientError) as error:
            raise _not_answered("GetEmailIdentity", error) from error
        dkim = answer.get("DkimAttributes", {})
        mail_from = answer.get("MailFromAttributes", {})
        # With a key of one's own the token is its selector (API v2, DkimAttributes).
        own = dkim.get("SigningAttributesOrigin") == "EXTERNAL"
        names = [(token, f"{token}._domainkey.{domain}") for token in dkim.get("Tokens", ())]
        zone = dkim.get("SigningHostedZone") or _EASY_DKIM_ZONE
        return Identity(
            domain_state=answer.get("VerificationStatus", NOT_STARTED),
            dkim_state=dkim.get("Status", NOT_STARTED),
            mail_from_domain=mail_from.get("MailFromDomain"),
            mail_from_state=mail_from.get("MailFromDomainStatus", NOT_STARTED),
            dkim_records=[] if own else [(name, f"{token}.{zone}") for token, name in names],
            own_dkim_names=[name for _, name in names] if own else [],
            error_type=answer.get("VerificationInfo", {}).get("ErrorType"),
        )


class HostedZones:
    """Hosted zones of the account.

    Args:
        client: Default: one with the function's role, made when it is needed first.
    """

    def __init__(self, client: "Route53Client | None" = None) -> None:
        self._client = client

    def record_sets(self, zone_id: str, name: str) -> Sequence[RecordSet]:
        """See `Zones`."""
        self._client = self._client or boto3.client("route53", config=_CONFIG)
        try:
            # The sets of a name are neighbours, and the page starts with them.
            page = self._client.list_resource_record_sets(HostedZoneId=zone_id, StartRecordName=name)
        except (BotoCoreError, ClientError) as error:
            raise _not_answered("ListResourceRecordSets", error) from error
        return [
            RecordSet(
                type=found["Type"],
                values=[value["Value"] for value in found.get("ResourceRecords", ())],
                alias=found["AliasTarget"]["DNSName"] if "AliasTarget" in found else None,
            )
            for found in page["ResourceRecordSets"]
            if found["Name"].lower().removesuffix(".") == name.lower()
        ]


def _not_answered(call: str, error: BotoCoreError | ClientError) -> NotAnsweredError:
    if isinstance(error, ClientError):
        code = error.response["Error"].get("Code", "")
        return NotAnsweredError(f"{call}: {code}", denied=code in _DENIED)
    return NotAnsweredError(f"{call}: {type(error).__name__}")

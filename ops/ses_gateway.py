"""The only module of the operator's commands that talks to AWS.

Read access: ``ses:GetEmailIdentity``, ``route53:ListHostedZonesByName``,
``route53:ListResourceRecordSets``, ``sns:ListSubscriptionsByTopic`` and, for domains with ``legacy_txt``,
``ses:GetIdentityVerificationAttributes``. Retries are botocore's "standard" mode: throttling and temporary
errors are tried again with growing pauses, everything else is raised at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import boto3
from botocore import exceptions
from botocore.config import Config
from botocore.exceptions import ClientError

from ops.errors import (
    CredentialsError,
    OpsError,
    PermissionDeniedError,
    ServiceError,
    UnreachableError,
    ZoneAmbiguousError,
)
from ops.ports import IdentityAnswer, State, SubscriptionAnswer, ZoneRecordSet

if TYPE_CHECKING:
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import DkimAttributesTypeDef
    from mypy_boto3_sns import SNSClient

_CONFIG: Final = Config(
    connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 5}
)
_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_BAD_CREDENTIALS: Final = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_NO_CREDENTIALS: Final = (
    exceptions.ConfigParseError,
    exceptions.CredentialRetrievalError,
    exceptions.LoginError,
    exceptions.NoAuthTokenError,
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.ProfileNotFound,
    exceptions.SSOError,
    exceptions.TokenRetrievalError,
)
_PENDING: Final = "PendingConfirmation"
_DELETED: Final = "Deleted"
"""What stands in place of a subscription's ARN (SNS API, ListSubscriptionsByTopic)."""

_EASY_DKIM_ZONE: Final = "dkim.amazonses.com"
"""Only for an answer without ``SigningHostedZone``: the zone that SES used everywhere before it returned
the field (SES Developer Guide, Easy DKIM; SES API v1, VerifyDomainDkim)."""


class SesGateway:
    """Read access to SES and SNS in every Region and to Route 53, with one session.

    Args:
        region: The Region whose partition Route 53 and STS are asked in.
        session: Credentials. Default: the environment, profile or role, as in the AWS CLI, with its
            ``AWS_ENDPOINT_URL`` for an embedded AWS.
    """

    def __init__(self, *, region: str, session: boto3.Session | None = None) -> None:
        self._region = region
        self._given_session = session
        self._ses: dict[str, SESV2Client] = {}
        self._ses_v1: dict[str, SESClient] = {}
        self._sns: dict[str, SNSClient] = {}
        self._route53: Route53Client | None = None

    def account_id(self) -> str:
        """See `ops.ports.MailGateway`."""
        with _as_ops_errors("sts:GetCallerIdentity", f"in {self._region}"):
            client = self._session().client("sts", region_name=self._region, config=_CONFIG)
            return str(client.get_caller_identity()["Account"])

    def identity(self, domain: str, *, region: str, with_legacy_token: bool = False) -> IdentityAnswer | None:
        """See `ops.ports.MailGateway`."""
        with _as_ops_errors("ses:GetEmailIdentity", f"on the identity {domain} in {region}"):
            client = self._ses_client(region)
            try:
                answer = client.get_email_identity(EmailIdentity=domain)
            except client.exceptions.NotFoundException:
                return None
        dkim = answer.get("DkimAttributes", {})
        mail_from = answer.get("MailFromAttributes", {})
        info = answer.get("VerificationInfo", {})
        return IdentityAnswer(
            identity=_state(answer.get("VerificationStatus")),
            dkim=_state(dkim.get("Status")),
            mail_from=_state(mail_from.get("MailFromDomainStatus")),
            mail_from_domain=mail_from.get("MailFromDomain"),
            dkim_records=_dkim_records(domain, dkim),
            configuration_set=answer.get("ConfigurationSetName"),
            last_checked=info.get("LastCheckedTimestamp"),
            error_type=info.get("ErrorType"),
            legacy_token=self._legacy_token(domain, region) if with_legacy_token else None,
        )

    def public_zone_id(self, zone_name: str) -> str | None:
        """See `ops.ports.MailGateway`."""
        with _as_ops_errors("route53:ListHostedZonesByName", f"for {zone_name}"):
            # The zones of one name are neighbours, and more than a page of them is not possible in practice.
            found = self._route53_client().list_hosted_zones_by_name(DNSName=f"{zone_name}.")
        ids = [
            zone["Id"].removeprefix("/hostedzone/")
            for zone in found["HostedZones"]
            if zone["Name"] == f"{zone_name}." and not zone.get("Config", {}).get("PrivateZone", False)
        ]
        if len(ids) > 1:
            raise ZoneAmbiguousError(
                f"The account has {len(ids)} public hosted zones named {zone_name}: {', '.join(ids)}.",
                fix="write Route53Zone(zone_id=..., zone_name=...) in the environment, with the id of the "
                "zone that the registrar delegates to, or delete the others",
            )
        return ids[0] if ids else None

    def zone_record_sets(self, zone_id: str) -> tuple[ZoneRecordSet, ...] | None:
        """See `ops.ports.MailGateway`."""
        with _as_ops_errors("route53:ListResourceRecordSets", f"on the hosted zone {zone_id}"):
            client = self._route53_client()
            pages = client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone_id)
            try:
                return tuple(
                    ZoneRecordSet(
                        name=record_set["Name"],
                        type=record_set["Type"],
                        values=tuple(value["Value"] for value in record_set.get("ResourceRecords", ())),
                        alias=record_set["AliasTarget"]["DNSName"] if "AliasTarget" in record_set else None,
                    )
                    for page in pages
                    for record_set in page["ResourceRecordSets"]
                )
            except client.exceptions.NoSuchHostedZone:
                return None

    def subscriptions(
        self, topic_name: str, *, account: str, region: str
    ) -> tuple[SubscriptionAnswer, ...] | None:
        """See `ops.ports.MailGateway`."""
        with _as_ops_errors("sns:ListSubscriptionsByTopic", f"on the topic {topic_name} in {region}"):
            client = self._sns_client(region)
            partition = self._session().get_partition_for_region(region)
            pages = client.get_paginator("list_subscriptions_by_topic").paginate(
                TopicArn=f"arn:{partition}:sns:{region}:{account}:{topic_name}"
            )
            try:
                return tuple(
                    SubscriptionAnswer(
                        protocol=item["Protocol"],
                        endpoint=item["Endpoint"],
                        confirmed=item["SubscriptionArn"] != _PENDING,
                    )
                    for page in pages
                    for item in page["Subscriptions"]
                    if item["SubscriptionArn"] != _DELETED
                )
            except client.exceptions.NotFoundException:
                return None

    def _session(self) -> boto3.Session:
        # Made late: a missing profile is an error of the first question, told like the others.
        if self._given_session is None:
            self._given_session = boto3.Session()
        return self._given_session

    def _ses_client(self, region: str) -> "SESV2Client":
        if region not in self._ses:
            self._ses[region] = self._session().client("sesv2", region_name=region, config=_CONFIG)
        return self._ses[region]

    def _sns_client(self, region: str) -> "SNSClient":
        if region not in self._sns:
            self._sns[region] = self._session().client("sns", region_name=region, config=_CONFIG)
        return self._sns[region]

    def _legacy_token(self, domain: str, region: str) -> str | None:
        with _as_ops_errors("ses:GetIdentityVerificationAttributes", f"for {domain} in {region}"):
            found = self._ses_v1_client(region).get_identity_verification_attributes(Identities=[domain])
        attributes = found["VerificationAttributes"].get(domain)
        return attributes.get("VerificationToken") if attributes else None

    def _ses_v1_client(self, region: str) -> "SESClient":
        if region not in self._ses_v1:
            self._ses_v1[region] = self._session().client("ses", region_name=region, config=_CONFIG)
        return self._ses_v1[region]

    def _route53_client(self) -> "Route53Client":
        if self._route53 is None:
            self._route53 = self._session().client("route53", region_name=self._region, config=_CONFIG)
        return self._route53


def _state(status: str | None) -> State:
    return State(status.lower().replace("_", " ")) if status else State.NOT_STARTED


def _dkim_records(domain: str, dkim: "DkimAttributesTypeDef") -> tuple[tuple[str, str], ...]:
    if dkim.get("SigningAttributesOrigin") == "EXTERNAL":
        return ()  # a key of one's own: the token is a selector, its public key is not known to SES
    zone = dkim.get("SigningHostedZone") or _EASY_DKIM_ZONE
    return tuple((f"{token}._domainkey.{domain}", f"{token}.{zone}") for token in dkim.get("Tokens", ()))


@contextmanager
def _as_ops_errors(action: str, where: str) -> Iterator[None]:
    """Turn botocore's errors into ours; the text of an AWS error never passes."""
    try:
        yield
    except ClientError as error:
        raise _from_client_error(error, action, where) from error
    except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
        raise UnreachableError(
            f"The AWS endpoint for {action} {where} could not be reached ({type(error).__name__}).",
            fix="check the network, the proxy settings and AWS_ENDPOINT_URL",
        ) from error
    except _NO_CREDENTIALS as error:
        raise CredentialsError(
            f"No usable AWS credentials for {action} {where} ({type(error).__name__}).",
            fix="log in, for example `aws sso login`, or set AWS_PROFILE",
        ) from error


def _from_client_error(error: ClientError, action: str, where: str) -> OpsError:
    code = error.response.get("Error", {}).get("Code", "unknown")
    if code in _DENIED:
        return PermissionDeniedError(
            f"The credentials may not call {action} {where}.",
            fix=f"allow {action} for this role or user; the command only reads",
        )
    if code in _BAD_CREDENTIALS:
        return CredentialsError(
            f"AWS did not accept the credentials for {action} {where} ({code}).",
            fix="log in again, for example `aws sso login`, or set AWS_PROFILE",
        )
    return ServiceError(f"AWS answered {code} to {action} {where}.", fix="try again later")

"""What the operator's commands read in AWS.

Read access: ``ses:GetEmailIdentity``, ``route53:ListHostedZonesByName``, ``route53:ListResourceRecordSets``,
``sns:ListSubscriptionsByTopic``, ``cloudformation:ListStackResources``, for domains with ``legacy_txt``
``ses:GetIdentityVerificationAttributes``, for templates ``ses:GetCustomVerificationEmailTemplate``. Retries
are botocore's "standard" mode: throttling and temporary errors are tried again with growing pauses,
everything else is raised at once.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from ops.aws_clients import AwsGateway
from ops.aws_errors import as_ops_errors
from ops.errors import ZoneAmbiguousError
from ops.ports import ActiveRuleSet, IdentityAnswer, State, SubscriptionAnswer, ZoneRecordSet
from ops.receiving_gateway import SesReceivingGateway
from ops.template_gateway import SesTemplateGateway

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import DkimAttributesTypeDef
    from mypy_boto3_sns import SNSClient

_IDENTITY_TYPE: Final = "AWS::SES::EmailIdentity"
_NO_SUCH_STACK: Final = "ValidationError"
"""Also the code for a name that no stack can have (CloudFormation API, ListStackResources)."""

_PENDING: Final = "PendingConfirmation"
_DELETED: Final = "Deleted"
"""What stands in place of a subscription's ARN (SNS API, ListSubscriptionsByTopic)."""

_EASY_DKIM_ZONE: Final = "dkim.amazonses.com"
"""Only for an answer without ``SigningHostedZone``: the zone that SES used everywhere before it returned
the field (SES Developer Guide, Easy DKIM; SES API v1, VerifyDomainDkim)."""


class SesGateway(AwsGateway):
    """Read access to SES, SNS and CloudFormation in every Region and to Route 53, with one session."""

    def identity(self, domain: str, *, region: str, with_legacy_token: bool = False) -> IdentityAnswer | None:
        """See `ops.ports.MailGateway`."""
        with as_ops_errors("ses:GetEmailIdentity", f"on the identity {domain} in {region}"):
            client: SESV2Client = self._clients.client("sesv2", region)
            try:
                answer = client.get_email_identity(EmailIdentity=domain)
            except client.exceptions.NotFoundException:
                return None
        dkim = answer.get("DkimAttributes", {})
        mail_from = answer.get("MailFromAttributes", {})
        info = answer.get("VerificationInfo", {})
        return IdentityAnswer(
            identity=State.of(answer.get("VerificationStatus")),
            dkim=State.of(dkim.get("Status")),
            mail_from=State.of(mail_from.get("MailFromDomainStatus")),
            mail_from_domain=mail_from.get("MailFromDomain"),
            dkim_records=_dkim_records(domain, dkim),
            configuration_set=answer.get("ConfigurationSetName"),
            last_checked=info.get("LastCheckedTimestamp"),
            last_success=info.get("LastSuccessTimestamp"),
            keys_generated=dkim.get("LastKeyGenerationTimestamp"),
            error_type=info.get("ErrorType"),
            legacy_token=self._legacy_token(domain, region) if with_legacy_token else None,
        )

    def public_zone_id(self, zone_name: str) -> str | None:
        """See `ops.ports.MailGateway`."""
        with as_ops_errors("route53:ListHostedZonesByName", f"for {zone_name}"):
            # The zones of one name are neighbours, and more than a page of them is not possible in practice.
            client = self._route53()
            found = client.list_hosted_zones_by_name(DNSName=f"{zone_name}.")
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
        with as_ops_errors("route53:ListResourceRecordSets", f"on the hosted zone {zone_id}"):
            client = self._route53()
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
        with as_ops_errors("sns:ListSubscriptionsByTopic", f"on the topic {topic_name} in {region}"):
            client: SNSClient = self._clients.client("sns", region)
            partition = self._clients.session().get_partition_for_region(region)
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

    def active_rule_set(self, *, region: str) -> ActiveRuleSet | None:
        """See `ops.ports.ReceivingGateway`."""
        return SesReceivingGateway(self._clients).active_rule_set(region=region)

    def has_rule_set(self, name: str, *, region: str) -> bool:
        """See `ops.ports.ReceivingGateway`."""
        return SesReceivingGateway(self._clients).has_rule_set(name, region=region)

    def template(self, name: str, *, region: str) -> Mapping[str, str] | None:
        """See `ops.ports.TemplateReader`."""
        return SesTemplateGateway(self._clients).template(name, region=region)

    def deployed_at(self, domain: str, *, stack_name: str, region: str) -> "datetime | None":
        """See `ops.ports.MailGateway`."""
        with as_ops_errors("cloudformation:ListStackResources", f"on the stack {stack_name} in {region}"):
            client: CloudFormationClient = self._clients.client("cloudformation", region)
            pages = client.get_paginator("list_stack_resources").paginate(StackName=stack_name)
            try:
                times = [
                    resource["LastUpdatedTimestamp"]
                    for page in pages
                    for resource in page["StackResourceSummaries"]
                    if resource["ResourceType"] == _IDENTITY_TYPE
                    and resource.get("PhysicalResourceId") == domain
                ]
            except ClientError as error:
                if error.response["Error"]["Code"] == _NO_SUCH_STACK:
                    return None
                raise
        return max(times, default=None)

    def _legacy_token(self, domain: str, region: str) -> str | None:
        with as_ops_errors("ses:GetIdentityVerificationAttributes", f"for {domain} in {region}"):
            client: SESClient = self._clients.client("ses", region)
            found = client.get_identity_verification_attributes(Identities=[domain])
        attributes = found["VerificationAttributes"].get(domain)
        return attributes.get("VerificationToken") if attributes else None

    def _route53(self) -> "Route53Client":
        client: Route53Client = self._clients.client("route53", self._clients.region)
        return client


def _dkim_records(domain: str, dkim: "DkimAttributesTypeDef") -> tuple[tuple[str, str], ...]:
    if dkim.get("SigningAttributesOrigin") == "EXTERNAL":
        return ()  # a key of one's own: the token is a selector, its public key is not known to SES
    zone = dkim.get("SigningHostedZone") or _EASY_DKIM_ZONE
    return tuple(
        (f"{token}._domainkey.{domain}", f"{token}.{zone}") for token in sorted(dkim.get("Tokens", ()))
    )

"""A domain that may send mail: its SES identity and every DNS record it needs.

A user gets an `AWS::SES::EmailIdentity` with Easy DKIM (2048 bit), a MAIL FROM domain,
a default configuration set, and per record one `AWS::Route53::RecordSet` where the zone
is in Route 53. SES verifies the domain by itself once it sees the records, usually within
minutes and at most within 72 hours. Identity and records stay when the stack is deleted;
what a failed first deployment made is cleaned up.

What a person must still do: add the records that this deployment cannot create
(`manual_records`; each is also a stack output), and delegate a zone that it created.

Example::

    identity = DomainIdentity(
        stack, "Identity", domain="example.com",
        dns=Route53Zone(zone_id="Z0123456789ABCDEFGHIJ", zone_name="example.com"),
        configuration_set_name="transactional",
    )
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ses as ses
from constructs import Construct

from constructs_lib.domain_name import normalize_domain
from constructs_lib.existing import refuse_beside_existing
from constructs_lib.identity.cross_account_record import place_record
from constructs_lib.identity.dmarc import DmarcPolicy
from constructs_lib.identity.dns import CreatedZone, ExternalDns, WritableZone, require_zone_covers
from constructs_lib.identity.dns_records import DnsRecord, Purpose, RecordType
from constructs_lib.identity.easy_dkim import DkimKeyLength, key_length_of
from constructs_lib.identity.mail_from_hosts import MailFromHosts
from constructs_lib.identity.mail_from_hosts import mail_from_hosts as published_or
from constructs_lib.identity.mail_records import home_of, mail_records
from constructs_lib.identity.mail_records import mail_from_domain as default_mail_from_domain
from constructs_lib.identity.own_dkim import PRIVATE_KEY_FIELD, OwnDkimKey
from constructs_lib.identity.spf import SpfPolicy
from constructs_lib.regions import require_ses_region
from constructs_lib.sending.configuration_set_name import require_configuration_set_name
from constructs_lib.sending.send_policy import SendingIdentity
from constructs_lib.ses_arns import identity_arn

_CONSTRUCT_IDS: Final = {
    Purpose.DKIM: "Dkim",
    Purpose.MAIL_FROM_MX: "MailFromMx",
    Purpose.MAIL_FROM_SPF: "MailFromSpf",
    Purpose.DMARC: "Dmarc",
    Purpose.DMARC_REPORT_AUTHORIZATION: "DmarcReport",
    Purpose.APEX_SPF: "ApexSpf",
}


class MxFailureBehavior(StrEnum):
    """What SES does while the MAIL FROM MX record is not found (SES API v2)."""

    USE_DEFAULT_VALUE = "USE_DEFAULT_VALUE"
    REJECT_MESSAGE = "REJECT_MESSAGE"


@dataclass(frozen=True, kw_only=True)
class ImportedIdentity(SendingIdentity):
    """An identity that another stack or person of this account owns; nothing is created or changed.

    Attributes:
        scope: A construct of the importing stack.
        domain: The normalized domain.
        identity_arn: Its ARN in the importing stack's account and Region.
        configuration_set_name: Its default configuration set, where the importing stack knows it.
    """

    scope: Construct
    domain: str
    identity_arn: str
    configuration_set_name: str | None

    def _scope(self) -> Construct:
        return self.scope


class DomainIdentity(Construct, SendingIdentity):
    """A domain identity with aligned DKIM, SPF and DMARC.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        domain: The domain or subdomain that appears in From addresses. Unicode is accepted.
        dns: Where its records belong; need not be a zone of the same name.
        configuration_set_name: Default configuration set of the identity, so that bounces of sends
            that name none are seen too. It must exist before this identity.
        mail_from_domain: Default: ``bounce.<domain>``. One per Region when a domain is used in several.
        mail_from_hosts: What the records of the MAIL FROM domain hold, in a Region for which AWS does not
            publish it (aws-eusc). Default: what is published.
        mx_failure: Default: SES falls back to its own MAIL FROM domain, so mail flows while DNS spreads.
        dkim_key_length: Of the keys of Easy DKIM; not together with `own_dkim_key`. Default: 2048 bit.
        own_dkim_key: Sign with a key of one's own. Default: Easy DKIM, whose keys SES makes and rotates.
        dmarc: Default: ``p=none``. None where another identity of this domain publishes the record.
        apex_spf: SPF for the domain itself; it is never created, because other people's TXT values
            live at that name, but listed in `manual_records` to be merged. Default: none needed.
        report_zones: Further zones of ours, for DMARC report authorization records.
        existing_identity: Whether SES has the identity already, made by somebody else: then only records
            are made, but for those of Easy DKIM, which its owner has, and the options say what its owner
            has set. Not together with `dkim_key_length`. Default: the identity is made.
        existing_records: Purposes whose records are there already, made by somebody else: they are not
            created, but listed in `manual_records`. Default: none are there.
        removal_policy: Default: identity and records are kept; a failed creation is cleaned up.

    Attributes:
        domain: The normalized domain.
        dns: Where its records belong.
        configuration_set_name: The default configuration set.
        mail_from_domain: The MAIL FROM domain.
        records: Every record as data; DKIM names and values are tokens.
        manual_records: The records that a person must add or merge.

    Raises:
        ConfigurationError: see ``docs/errors.md``; raised before anything is built.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        domain: str,
        dns: WritableZone | ExternalDns,
        configuration_set_name: str,
        mail_from_domain: str | None = None,
        mail_from_hosts: MailFromHosts | None = None,
        mx_failure: MxFailureBehavior = MxFailureBehavior.USE_DEFAULT_VALUE,
        dkim_key_length: DkimKeyLength | None = None,
        own_dkim_key: OwnDkimKey | None = None,
        dmarc: DmarcPolicy | None = DmarcPolicy(),  # noqa: B008 - frozen, so sharing it is safe
        apex_spf: SpfPolicy | None = None,
        report_zones: Sequence[WritableZone] = (),
        existing_identity: bool = False,
        existing_records: Collection[Purpose] = (),
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        region = cdk.Stack.of(scope).region
        require_ses_region(region, option="env.region")
        hosts = published_or(region, mail_from_hosts)
        self.domain = normalize_domain(domain, option="domain")
        require_zone_covers(dns, self.domain)
        self.dns = dns
        self.mail_from_domain = default_mail_from_domain(self.domain, mail_from_domain)
        self.configuration_set_name = require_configuration_set_name(configuration_set_name)
        key_length = key_length_of(dkim_key_length, own_dkim_key)
        if existing_identity:
            refuse_beside_existing("existing_identity", {"dkim_key_length": dkim_key_length})

        super().__init__(scope, construct_id)
        # One call for identity and records: one each made a further domain half as dear again (make bench).
        cdk.RemovalPolicies.of(self).apply(removal_policy)
        identity = (
            None if existing_identity else self._identity(mx_failure, _signing(key_length, own_dkim_key))
        )
        self.records = mail_records(
            self.domain,
            region=region,
            mail_from=self.mail_from_domain,
            dkim=() if identity is None else _easy_dkim(identity),
            dmarc=dmarc,
            apex_spf=apex_spf,
            own_dkim_key=own_dkim_key,
            stated_hosts=hosts,
        )
        self.manual_records = self._place_records(dns, report_zones, existing_records)

    @property
    def identity_arn(self) -> str:
        """The identity's ARN in the stack's account, Region and partition."""
        return identity_arn(self, self.domain)

    @classmethod
    def from_domain(
        cls, scope: Construct, *, domain: str, configuration_set_name: str | None = None
    ) -> ImportedIdentity:
        """Refer to an identity that exists already and belongs to somebody else.

        Args:
            scope: A construct of the stack whose account and Region hold it.
            domain: The domain.
            configuration_set_name: Its default configuration set, which every grant then covers. Default:
                not known, so a grant names the configuration set, or sends with one are denied.

        Raises:
            ConfigurationError: ``configuration-set-name-invalid``, the codes of `normalize_domain`.
        """
        name = normalize_domain(domain, option="domain")
        if configuration_set_name is not None:
            require_configuration_set_name(configuration_set_name)
        return ImportedIdentity(
            scope=scope,
            domain=name,
            identity_arn=identity_arn(scope, name),
            configuration_set_name=configuration_set_name,
        )

    def _scope(self) -> Construct:
        return self

    def _identity(
        self, mx_failure: MxFailureBehavior, signing: ses.CfnEmailIdentity.DkimSigningAttributesProperty
    ) -> ses.CfnEmailIdentity:
        return ses.CfnEmailIdentity(
            self,
            "EmailIdentity",
            email_identity=self.domain,
            configuration_set_attributes=ses.CfnEmailIdentity.ConfigurationSetAttributesProperty(
                configuration_set_name=self.configuration_set_name
            ),
            dkim_attributes=ses.CfnEmailIdentity.DkimAttributesProperty(signing_enabled=True),
            dkim_signing_attributes=signing,
            feedback_attributes=ses.CfnEmailIdentity.FeedbackAttributesProperty(
                email_forwarding_enabled=True
            ),
            mail_from_attributes=ses.CfnEmailIdentity.MailFromAttributesProperty(
                mail_from_domain=self.mail_from_domain, behavior_on_mx_failure=mx_failure
            ),
        )

    def _place_records(
        self,
        dns: WritableZone | ExternalDns,
        report_zones: Sequence[WritableZone],
        existing: Collection[Purpose],
    ) -> tuple[DnsRecord, ...]:
        """Create each record in the zone that holds it; output the others for a person."""
        manual = []
        dkim_number = 0
        for record in self.records:
            dkim_number += record.purpose is Purpose.DKIM
            construct_id = _CONSTRUCT_IDS[record.purpose]
            if record.purpose is Purpose.DKIM and record.type is RecordType.TXT:
                construct_id += f".{record.name.partition('.')[0]}"
            elif record.purpose is Purpose.DKIM:
                construct_id += str(dkim_number)
            elif record.purpose is Purpose.DMARC_REPORT_AUTHORIZATION:
                # The receiver is part of the id, so that a further receiver renames nothing.
                construct_id += record.name.removeprefix(f"{self.domain}._report")
            zone = home_of(record, dns, report_zones)
            there = record.purpose in existing
            if not isinstance(zone, ExternalDns | CreatedZone) and not record.merge and not there:
                place_record(self, construct_id, record=record, zone=zone)
            else:
                manual.append(record)
                self._record_output(construct_id, record, there=there)
        return tuple(manual)

    def _record_output(self, construct_id: str, record: DnsRecord, *, there: bool) -> None:
        verb = "Keep in" if there else "Merge into" if record.merge else "Add to"
        cdk.CfnOutput(
            self,
            construct_id,
            value=f"{record.name} {record.type} {' '.join(record.quoted_values())}",
            description=f"{verb} DNS by hand, for {self.domain}: {record.purpose}",
        )


def _easy_dkim(identity: ses.CfnEmailIdentity) -> tuple[tuple[str, str], ...]:
    return (
        (identity.attr_dkim_dns_token_name1, identity.attr_dkim_dns_token_value1),
        (identity.attr_dkim_dns_token_name2, identity.attr_dkim_dns_token_value2),
        (identity.attr_dkim_dns_token_name3, identity.attr_dkim_dns_token_value3),
    )


def _signing(
    key_length: DkimKeyLength, own_key: OwnDkimKey | None
) -> ses.CfnEmailIdentity.DkimSigningAttributesProperty:
    if own_key is None:
        return ses.CfnEmailIdentity.DkimSigningAttributesProperty(next_signing_key_length=key_length)
    private_key = cdk.SecretValue.secrets_manager(own_key.private_key_secret, json_field=PRIVATE_KEY_FIELD)
    return ses.CfnEmailIdentity.DkimSigningAttributesProperty(
        domain_signing_selector=own_key.selector,
        # A reference, which CloudFormation resolves; the template never has the key.
        domain_signing_private_key=private_key.unsafe_unwrap(),
    )

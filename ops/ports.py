"""What the operator's logic asks of AWS, as plain values: `ses_gateway` answers, tests can too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class State(StrEnum):
    """A verification state in the words of SES (SES API v2, VerificationStatus), and our own last one."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILED = "failed"
    TEMPORARY_FAILURE = "temporary failure"
    NOT_STARTED = "not started"
    NOT_DEPLOYED = "not deployed"

    @classmethod
    def of(cls, status: str | None) -> "State":
        """The state in an answer of SES; not started where it has none."""
        return cls(status.lower().replace("_", " ")) if status else cls.NOT_STARTED


@dataclass(frozen=True, kw_only=True)
class IdentityAnswer:
    """What SES knows about one identity in one Region (SES API v2, GetEmailIdentity).

    Attributes:
        identity: State of the domain itself.
        dkim: State of DKIM signing.
        mail_from: State of the MAIL FROM domain; not started where none is set.
        mail_from_domain: The MAIL FROM domain that SES uses, None where none is set.
        dkim_records: Name and value of each Easy DKIM CNAME; empty with keys of one's own.
        configuration_set: The default configuration set, None where none is set.
        last_checked: When SES last looked at DNS, with a time zone; None before the first time.
        last_success: When it last found everything, with a time zone; None if it never did.
        keys_generated: When it generated the Easy DKIM keys, with a time zone; None with keys of one's own.
        error_type: Why the last look failed, such as ``HOST_NOT_FOUND``; None when it did not.
        legacy_token: Value of the legacy verification record (SES API v1, GetIdentityVerificationAttributes);
            None where it was not asked for or SES has none.
    """

    identity: State
    dkim: State
    mail_from: State
    mail_from_domain: str | None = None
    dkim_records: tuple[tuple[str, str], ...] = ()
    configuration_set: str | None = None
    last_checked: datetime | None = None
    last_success: datetime | None = None
    keys_generated: datetime | None = None
    error_type: str | None = None
    legacy_token: str | None = None


@dataclass(frozen=True, kw_only=True)
class ZoneRecordSet:
    """One record set as Route 53 holds it.

    Attributes:
        name: Absolute, as Route 53 writes it (trailing dot, octal escapes).
        type: Any record type.
        values: Presentation values, TXT in quotes; empty for an alias.
        alias: Target of a Route 53 alias, None for an ordinary record set.
    """

    name: str
    type: str
    values: tuple[str, ...] = ()
    alias: str | None = None


@dataclass(frozen=True, kw_only=True)
class SubscriptionAnswer:
    """One subscription as SNS lists it (SNS API, ListSubscriptionsByTopic).

    Attributes:
        protocol: SNS's name of it, such as ``email``.
        endpoint: Who gets the notifications.
        confirmed: Whether it gets them already.
    """

    protocol: str
    endpoint: str
    confirmed: bool


@dataclass(frozen=True, kw_only=True)
class ActiveRuleSet:
    """The active receipt rule set as SES describes it (SES API v1, DescribeActiveReceiptRuleSet).

    Attributes:
        name: Its name.
        made_at: When it was made, with a time zone; None where SES does not say. Since when it is active SES
            does not say.
    """

    name: str
    made_at: datetime | None = None


class AccountGateway(Protocol):
    """Knows whose credentials it has; raises an `ops.errors.AccessError` when it cannot answer."""

    def account_id(self) -> str:
        """The account that the credentials belong to."""


class AddressGateway(AccountGateway, Protocol):
    """Single addresses in SES. Every method raises an `ops.errors.AccessError` when it cannot answer."""

    def address_state(self, address: str, *, region: str) -> State:
        """The state of its identity; not started where there is none."""

    def send_own_mail(self, address: str, *, region: str) -> None:
        """Have SES send its own verification mail, and make the identity where there is none."""

    def send_custom_mail(self, address: str, *, template: str, configuration_set: str, region: str) -> None:
        """Have SES send a mail made of a template, and make the identity where there is none."""

    def set_configuration_set(self, address: str, *, configuration_set: str, region: str) -> None:
        """Make a configuration set the default of an address's identity."""


class ReceivingGateway(Protocol):
    """Receipt rule sets of the account.

    Every method raises an `ops.errors.AccessError` when it cannot answer.
    """

    def active_rule_set(self, *, region: str) -> ActiveRuleSet | None:
        """The active receipt rule set of a Region, or None."""

    def has_rule_set(self, name: str, *, region: str) -> bool:
        """Whether a Region has a receipt rule set of that name."""


class SecretsGateway(Protocol):
    """Secrets of the account, by name.

    Every method raises an `ops.errors.AccessError` when it cannot answer.
    """

    def has_secret(self, name: str, *, region: str) -> bool:
        """Whether there is one of that name, also one that waits for its deletion."""

    def create_secret(self, name: str, value: str, *, region: str, description: str) -> None:
        """Create one; it never replaces a value."""


class TemplateReader(Protocol):
    """Reads custom verification templates."""

    def template(self, name: str, *, region: str) -> Mapping[str, str] | None:
        """A template, or None when the Region has none of that name.

        It is the values of SES by the keys of its API (`constructs_lib.verification.template_json.KEYS`).

        Raises:
            AccessError: SES could not be asked.
        """


class ZoneGateway(Protocol):
    """Hosted zones of the account.

    Every method raises an `ops.errors.AccessError` when it cannot answer.
    """

    def public_zone_id(self, zone_name: str) -> str | None:
        """The id of the public hosted zone of that name, or None.

        Raises:
            ZoneAmbiguousError: Several public zones have the name.
        """

    def zone_record_sets(self, zone_id: str) -> tuple[ZoneRecordSet, ...] | None:
        """Everything in a hosted zone, or None when the account has no such zone."""


class MailGateway(AccountGateway, ReceivingGateway, TemplateReader, ZoneGateway, Protocol):
    """Read access to the account.

    Every method raises an `ops.errors.AccessError` when it cannot answer.
    """

    def identity(self, domain: str, *, region: str, with_legacy_token: bool = False) -> IdentityAnswer | None:
        """The identity of a domain or an address, or None when it does not exist in that Region.

        `with_legacy_token` costs a further call and permission.
        """

    def subscriptions(
        self, topic_name: str, *, account: str, region: str
    ) -> tuple[SubscriptionAnswer, ...] | None:
        """The subscriptions of a topic, or None when the account has no such topic in that Region."""

    def deployed_at(self, domain: str, *, stack_name: str, region: str) -> datetime | None:
        """When CloudFormation last created or changed an identity; None when the stack does not hold it."""


class TemplateGateway(AccountGateway, TemplateReader, Protocol):
    """The custom verification templates of the account.

    Every method raises an `ops.errors.AccessError` when it cannot answer.
    """

    def template_names(self, *, region: str) -> tuple[str, ...]:
        """The names of every template in a Region."""

    def update_template(self, values: Mapping[str, str], *, region: str) -> None:
        """Replace what a template says.

        Raises:
            TemplateMissingError: The Region has none of that name, or its sender is not verified there.
        """

    def delete_template(self, name: str, *, region: str) -> None:
        """Delete a template.

        Raises:
            TemplateMissingError: The Region has none of that name.
        """

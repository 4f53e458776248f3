"""What an environment says about incoming mail. Nothing here loads the CDK."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from constructs_lib.domain_name import is_within
from constructs_lib.existing import require_beside_existing, require_existing_bucket
from constructs_lib.identity.mail_records import inbound_mx_record
from constructs_lib.receiving.ip_filters import IpFilter, require_filters
from constructs_lib.receiving.mail_function import MailFunction
from constructs_lib.receiving.mail_processor import Forwarding, MailProcessor
from constructs_lib.receiving.mail_reader import MailReader, require_readers
from constructs_lib.receiving.mail_retention import MailRetention
from constructs_lib.receiving.receipt_actions import Bounce, StoreInS3, require_prefix
from constructs_lib.receiving.receipt_rules import (
    ReceiptRule,
    require_own_domains,
    require_rule_set_name,
    require_rules,
)
from constructs_lib.regions import require_receiving_region
from stacks.config_errors import environment_invalid, require_own_regions, require_tuples
from stacks.domain_config import MailDomain

BUCKET_OUTPUT: Final = "MailBucket"
"""The output of a receiving stack that names the bucket of its mail."""

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*")
_MAX_NAME: Final = 32


def dead_letters_output(inbox: str) -> str:
    """The output of a receiving stack that names the dead-letter queue of an inbox."""
    return "DeadLetters" + "".join(part.capitalize() for part in inbox.split("-"))


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """What is done with the mail that rules store under one prefix.

    Attributes:
        name: 1 to 32 lower case letters, digits and hyphens, each part with a letter first; the operator's
            commands call it so.
        prefix: The prefix of S3 actions. Default: the name and ``/``.
        processor: The built-in function. Default: a summary and its attachments are stored beside each
            message, and nothing is forwarded; none when there is `function`.
        function: Your own function instead, from a folder of the repository. Default: none.

    Raises:
        ConfigurationError: ``environment-invalid``, ``mail-prefix-invalid``.
    """

    name: str
    prefix: str = ""
    processor: MailProcessor | None = None
    function: MailFunction | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or len(self.name) > _MAX_NAME:
            raise environment_invalid(
                "receiving: inboxes: name",
                f"1 to {_MAX_NAME} lower case letters, digits and hyphens, each part with a letter first.",
                self.name,
                "choose such a name and keep it: queues are named after it",
            )
        if not self.prefix:
            object.__setattr__(self, "prefix", f"{self.name}/")
        require_prefix(self.prefix, option=f"receiving: inboxes: {self.name}: prefix")
        if self.function is None:
            object.__setattr__(self, "processor", self.processor or MailProcessor())
        elif self.processor is not None:
            raise environment_invalid(
                f"receiving: inboxes: {self.name}: function",
                "either the built-in processor or a function of yours.",
                self.function.folder,
                "drop one",
            )

    @property
    def forwarding(self) -> Forwarding | None:
        """How the built-in function forwards, if it does."""
        return None if self.processor is None else self.processor.forwarding


@dataclass(frozen=True, kw_only=True)
class MailReceiving:
    """Incoming mail of an environment, the same in each of its receiving Regions.

    Attributes:
        rule_set_name: Stable name of the receipt rule set.
        existing_rule_set: Whether it is there already in each receiving Region, made by somebody else: rules
            are added to it, and theirs keep their order. Default: it is made.
        after_rule: With `existing_rule_set`, the rule of theirs that ours come right after. Default: ours
            come first.
        rules: In order. Spam and viruses end before the first one. Recipients are of domains of the
            environment; what S3 actions store goes into the environment's bucket.
        inboxes: What is done with what they store. Default: it is stored, and no more.
        filters: Address ranges that are blocked or let in, for the whole account. Default: none.
        regions: Where mail is received. Default: the environment's first Region.
        active: Whether the deploy makes the rule set the active one of the account. Default: no, and no mail
            is received.
        take_over: Whether it does so although another set is active; that one is active again when ours
            goes. Default: no, the deploy fails and names it.
        retention: How long mail is kept in a bucket that is made. Default: for ever.
        existing_bucket_names: By Region a bucket that exists already and encrypts with the environment's
            `existing_key_arns` there. Default: one is made.
        drop_spam: Default: spam and viruses end first.
        readers: Roles of other accounts that read the mail under some prefixes; an output says what each
            needs there. Default: none.

    Raises:
        ConfigurationError: ``environment-invalid``, and the codes of rules, filters and names.
    """

    rule_set_name: str
    rules: tuple[ReceiptRule, ...]
    existing_rule_set: bool = False
    after_rule: str | None = None
    inboxes: tuple[Inbox, ...] = ()
    filters: tuple[IpFilter, ...] = ()
    regions: tuple[str, ...] = ()
    active: bool = False
    take_over: bool = False
    retention: MailRetention = field(default_factory=MailRetention)
    existing_bucket_names: Mapping[str, str] = field(default_factory=dict)
    drop_spam: bool = True
    readers: tuple[MailReader, ...] = ()

    def __post_init__(self) -> None:
        require_tuples(self, option="receiving")
        require_rule_set_name(self.rule_set_name, option="receiving: rule_set_name")
        require_rules(self.rules)
        require_beside_existing(
            "existing_rule_set",
            there=self.existing_rule_set,
            option="receiving: after_rule",
            value=self.after_rule,
        )
        require_filters(self.filters)
        for bucket in self.existing_bucket_names.values():
            require_existing_bucket(bucket, option="receiving: existing_bucket_names")
        if self.take_over and not self.active:
            raise environment_invalid(
                "receiving: take_over",
                "only a set that becomes active takes over from another one.",
                self.take_over,
                "set active=True too, or drop take_over",
            )
        for region in self.regions:
            require_receiving_region(region, option="receiving: regions")
        self._require_inboxes()

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Where rules store mail, each once, sorted."""
        return tuple(sorted({action.prefix for action in self._stores()}))

    @property
    def client_side_prefixes(self) -> tuple[str, ...]:
        """Where rules store mail that SES encrypts before it comes to S3, each once, sorted."""
        return tuple(sorted({action.prefix for action in self._stores() if action.client_side_encryption}))

    @property
    def forwarding_sets(self) -> tuple[str, ...]:
        """The configuration sets that forwarded mail is sent with, each once, sorted."""
        forwardings = (inbox.forwarding for inbox in self.inboxes)
        return tuple(sorted({each.configuration_set for each in forwardings if each is not None}))

    @property
    def bounce_senders(self) -> tuple[str, ...]:
        """Whom bounces of rules come from, each once, sorted."""
        actions = (action for rule in self.rules for action in rule.actions)
        return tuple(sorted({action.sender for action in actions if isinstance(action, Bounce)}))

    def regions_among(self, regions: tuple[str, ...]) -> tuple[str, ...]:
        """Where mail is received in an environment of these Regions."""
        return self.regions or regions[:1]

    def _stores(self) -> Iterator[StoreInS3]:
        return (action for rule in self.rules for action in rule.actions if isinstance(action, StoreInS3))

    def _require_inboxes(self) -> None:
        for action in self._stores():
            if action.bucket is not None or action.topic is not None:
                raise environment_invalid(
                    "receiving: rules",
                    "mail is stored in the environment's bucket and announced to its inboxes.",
                    action,
                    "write StoreInS3(prefix=...) alone",
                )
        for what, values in (
            ("name", [inbox.name for inbox in self.inboxes]),
            ("prefix", [inbox.prefix for inbox in self.inboxes]),
        ):
            if len(set(values)) != len(values):
                raise environment_invalid(
                    f"receiving: inboxes: {what}", f"each {what} once.", values, "change one of them"
                )
        for inbox in self.inboxes:
            if inbox.prefix not in self.prefixes:
                raise environment_invalid(
                    f"receiving: inboxes: {inbox.name}",
                    "a prefix that a rule stores mail under: " + (", ".join(self.prefixes) or "none") + ".",
                    inbox.prefix,
                    f'add StoreInS3(prefix="{inbox.prefix}") to a rule',
                )


def require_receiving(
    receiving: MailReceiving | None,
    domains: tuple[MailDomain, ...],
    *,
    environment: str,
    account: str,
    regions: tuple[str, ...],
    configuration_set: str,
    existing_key_arns: Mapping[str, str],
) -> None:
    """Refuse incoming mail that SES would not take, or that does not fit to what is sent.

    Args:
        receiving: Incoming mail of an environment; None for none.
        domains: Its domains.
        environment: Its name, for errors.
        account: Its account.
        regions: Its Regions.
        configuration_set: What its own mail is sent with.
        existing_key_arns: By Region its key that exists already.

    Raises:
        ConfigurationError: ``environment-invalid``, ``mail-access-invalid``, ``receipt-domain-unknown``,
            ``region-without-receiving``, ``inbound-mx-taken``.
    """
    for domain in domains:
        if domain.receives_mail:
            _require_inbound_mx(receiving, domain, environment=environment, regions=regions)
    if receiving is None:
        return
    option = f"{environment}: receiving"
    require_readers(
        receiving.readers, prefixes=receiving.prefixes, account=account, option=f"{option}: readers"
    )
    used = receiving.regions_among(regions)
    for region in used:
        require_receiving_region(region, option=f"{option}: regions")
    require_own_regions(used, regions, option=f"{option}: regions")
    require_own_regions(receiving.existing_bucket_names, used, option=f"{option}: existing_bucket_names")
    for region, bucket in receiving.existing_bucket_names.items():
        require_beside_existing(
            "existing_key_arns",
            there=existing_key_arns.get(region),
            option=f"{option}: existing_bucket_names",
            value=bucket,
        )
    names = [each.domain for each in domains if set(used) <= set(each.regions_among(regions))]
    require_own_domains(receiving.rules, names, option=option)
    for inbox in receiving.inboxes:
        sender = inbox.forwarding.sender if inbox.forwarding else None
        if sender and not any(is_within(sender.rpartition("@")[2], name) for name in names):
            raise environment_invalid(
                f"{option}: {inbox.name}: forwarding: sender",
                "of a domain that the environment sends for in each receiving Region: "
                + (", ".join(names) or "none")
                + ".",
                sender,
                "declare the domain in `domains`, with that Region, or correct the address",
            )
    if configuration_set in receiving.forwarding_sets:
        raise environment_invalid(
            f"{option}: inboxes: forwarding: configuration_set",
            "one of its own: bounces of forwarded spam are not those of your mail.",
            configuration_set,
            'choose another name, such as "forwarding"',
        )


def _require_inbound_mx(
    receiving: MailReceiving | None, domain: MailDomain, *, environment: str, regions: tuple[str, ...]
) -> None:
    option = f"{environment}: {domain.domain}"
    if receiving is None or not receiving.active:
        raise environment_invalid(
            f"{option}: receives_mail",
            "an MX record leads mail to SES, which rejects it while no rule set is active.",
            domain.receives_mail,
            "declare `receiving` with active=True, or drop receives_mail",
        )
    region = receiving.regions_among(regions)[0]
    if region not in domain.regions_among(regions):
        raise environment_invalid(
            f"{option}: receives_mail",
            f"SES receives mail for domains whose identity is in {region}.",
            domain.regions_among(regions),
            "add that Region to the domain's regions",
        )
    inbound_mx_record(domain.domain, region, known_mx=domain.known_mx, option=f"{option}: known_mx")

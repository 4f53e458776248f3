"""Incoming mail of one environment in one Region: rules, store, and what is done with what comes."""

from pathlib import Path
from typing import Final

import aws_cdk as cdk
from constructs import Construct

from constructs_lib.identity.dns import CreatedZone
from constructs_lib.monitoring.event_counts import EventCounts
from constructs_lib.receiving.client_side_encryption import ClientSideEncryption
from constructs_lib.receiving.folder_function import FolderFunction
from constructs_lib.receiving.inbound_mail import InboundMail
from constructs_lib.receiving.inbound_mx import InboundMx
from constructs_lib.receiving.mail_store import MailStore
from constructs_lib.receiving.receipt_rule_set import ReceiptRuleSet
from constructs_lib.receiving.rule_set_activation import RuleSetActivation
from constructs_lib.sending.sending_profile import SendingProfile
from stacks.alarm_actions import alarm_actions
from stacks.config import MailEnvironment
from stacks.monitoring_names import inbox_queue_name
from stacks.receiving_config import BUCKET_OUTPUT, MailReceiving, dead_letters_output
from stacks.region_stack import RegionStack
from stacks.retention import removal_policy
from stacks.verified_domain import verified_domain

_ROOT: Final = Path(__file__).parents[1]
READER: Final = _ROOT / ".reader"
"""Where ``make reader`` installs what reads client-side encrypted mail in Lambda."""

READER_REQUIREMENTS: Final = _ROOT / "requirements-reader.txt"


class ReceivingStack(RegionStack):
    """A rule set, the bucket of its mail, and an `InboundMail` for each inbox."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: MailEnvironment,
        receiving: MailReceiving,
        region: str,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            config=config,
            region=region,
            description="Amazon SES: incoming mail",
        )
        for name in receiving.forwarding_sets:
            # No identity has it as its default, so no send but that of the function needs it.
            profile = SendingProfile(
                self,
                f"Forwarding.{name}",
                configuration_set_name=name,
                removal_policy=cdk.RemovalPolicy.DESTROY,
            )
            if config.monitoring is not None:
                EventCounts(self, f"Counts.{name}", configuration_set=profile)
        store = self._store(config, receiving) if receiving.prefixes else None
        inboxes = self._inboxes(config, receiving, store, region) if store else {}
        rules = ReceiptRuleSet(
            self,
            "Rules",
            rule_set_name=receiving.rule_set_name,
            rules=receiving.rules,
            existing_rule_set=receiving.existing_rule_set,
            after_rule=receiving.after_rule,
            store=store,
            topics={prefix: inbox.topic for prefix, inbox in inboxes.items()},
            filters=receiving.filters,
            drop_spam=receiving.drop_spam,
        )
        if inboxes:
            # What is announced before somebody listens is announced to nobody.
            rules.node.add_dependency(*(inbox.listening for inbox in inboxes.values()))
        for domain in config.domains:
            if any(config.domain_of_address(sender) == domain.domain for sender in receiving.bounce_senders):
                # SES takes no rule whose bounces come from what is not verified.
                verified_domain(self, config, domain).hold(rules)
        if receiving.active:
            activation = RuleSetActivation(
                self,
                "Activation",
                rule_set_name=receiving.rule_set_name,
                take_over=receiving.take_over,
                rules=[rules],
            )
            self._mx(config, region, activation)

    def _mx(self, config: MailEnvironment, region: str, activation: RuleSetActivation) -> None:
        """The MX records, once SES takes the mail; those of zones made here are made with their zone."""
        parent = Construct(self, "InboundMx")
        for domain in config.domains:
            dns = domain.inbound_mx_dns
            if config.has_inbound_mx(domain, region) and not isinstance(dns, CreatedZone):
                InboundMx(
                    parent,
                    domain.domain,
                    domain=domain.domain,
                    dns=dns,
                    removal_policy=removal_policy(config),
                ).node.add_dependency(activation)

    def _inboxes(
        self, config: MailEnvironment, receiving: MailReceiving, store: MailStore, region: str
    ) -> dict[str, InboundMail]:
        """What deals with stored mail, by prefix."""
        found = {}
        told = alarm_actions(self, config, region)
        for inbox in receiving.inboxes:
            yours = inbox.function and FolderFunction(
                self, f"Function.{inbox.name}", settings=inbox.function, root=_ROOT
            )
            found[inbox.prefix] = mail = InboundMail(
                self,
                f"Inbox.{inbox.name}",
                name=inbox_queue_name(config, inbox),
                bucket=store.bucket,
                encryption_key=store.key,
                prefix=inbox.prefix,
                rule_set_name=receiving.rule_set_name,
                processor=inbox.processor,
                client_side=store.client_side if inbox.prefix in receiving.client_side_prefixes else None,
                alarm_actions=told,
                existing_key_arn=config.existing_key_arns.get(region),
                function=yours.function if yours else None,
                batch_size=inbox.function.batch_size if inbox.function else 1,
                removal_policy=removal_policy(config),
            )
            cdk.CfnOutput(
                self,
                dead_letters_output(inbox.name),
                value=mail.dead_letter_queue.queue_arn,
                description=f"Mail of {inbox.name} that was not dealt with: python -m ops mail redrive",
            )
        return found

    def _store(self, config: MailEnvironment, receiving: MailReceiving) -> MailStore:
        client_side = None
        if receiving.client_side_prefixes:
            client_side = ClientSideEncryption(
                self,
                "ClientSide",
                reader=READER,
                requirements=READER_REQUIREMENTS,
                existing_key_arn=config.existing_key_arns.get(self.region),
                removal_policy=removal_policy(config),
            )
        bucket = receiving.existing_bucket_names.get(self.region)
        store = MailStore(
            self,
            "Mail",
            rule_set_name=receiving.rule_set_name,
            prefixes=receiving.prefixes,
            retention=None if bucket else receiving.retention,
            existing_key_arn=config.existing_key_arns.get(self.region),
            existing_bucket_name=bucket,
            client_side=client_side,
            client_side_prefixes=receiving.client_side_prefixes,
            readers=receiving.readers,
            removal_policy=removal_policy(config),
        )
        cdk.CfnOutput(
            self, BUCKET_OUTPUT, value=store.bucket.bucket_name, description="The bucket of received mail"
        )
        return store

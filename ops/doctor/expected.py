"""What a deploy gives a stable name, computed as the stacks compute it. Nothing here loads the CDK.

A test compares these names with those in the templates of every environment.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ops.doctor.ports import Kind
from stacks.config import MailEnvironment
from stacks.monitoring_names import inbox_queue_name, topic_name
from stacks.stack_names import (
    access_stack_id,
    address_stack_id,
    alerts_name,
    audit_stack_id,
    identity_stack_id,
    monitoring_stack_id,
    receiving_stack_id,
    sending_stack_id,
    template_stack_id,
    unit_of,
)


@dataclass(frozen=True, kw_only=True)
class ExpectedName:
    """One thing that the deploy makes.

    Attributes:
        kind: What it is.
        name: Its name.
        region: The Region of its stack; managed policies and roles have none of their own.
        stack: The id of its stack below the environment's stage.
        existing: Whether it is to be there already, since the deploy does not make it.
    """

    kind: Kind
    name: str
    region: str
    stack: str
    existing: bool = False


def expected_names(environment: MailEnvironment, region: str) -> Iterator[ExpectedName]:
    """Everything with a stable name in one Region, in the order of deployment."""
    yield from _sending(environment, region)
    for domain in environment.domains:
        if region in environment.regions_of(domain):
            stack = identity_stack_id(unit_of(domain), region)
            yield ExpectedName(
                kind=Kind.IDENTITY,
                name=domain.domain,
                region=region,
                stack=stack,
                existing=domain.existing_identity,
            )
    for address in environment.addresses_in(region):
        if address.template is None:  # the identity of the others is made by `ops verify`
            stack = address_stack_id(region)
            yield ExpectedName(
                kind=Kind.IDENTITY,
                name=address.address,
                region=region,
                stack=stack,
                existing=address.existing_identity,
            )
    for template in environment.templates_in(region):
        stack = template_stack_id(region)
        yield ExpectedName(kind=Kind.TEMPLATE, name=template.template_name, region=region, stack=stack)
    yield from _receiving(environment, region)
    yield from _access(environment, region)
    yield from _watching(environment, region)


def dkim_secrets(environment: MailEnvironment) -> tuple[tuple[str, str], ...]:
    """Name or ARN, and Region, of each secret that a DKIM key of one's own is read from."""
    return tuple(
        (domain.own_dkim_key.private_key_secret, region)
        for domain in environment.domains
        if domain.own_dkim_key is not None
        for region in environment.regions_of(domain)
    )


def _sending(environment: MailEnvironment, region: str) -> Iterator[ExpectedName]:
    stack = sending_stack_id(region)
    name = environment.configuration_set_name
    yield ExpectedName(
        kind=Kind.CONFIGURATION_SET,
        name=name,
        region=region,
        stack=stack,
        existing=environment.existing_configuration_set,
    )
    for topic in environment.feedback.topics:
        topic_name = topic.kind.topic_name(name)
        yield ExpectedName(
            kind=Kind.TOPIC,
            name=topic.name_in(region, name),
            region=region,
            stack=stack,
            existing=region in topic.existing_topic_arns,
        )
        if topic.queue is not None:
            yield ExpectedName(kind=Kind.QUEUE, name=topic_name, region=region, stack=stack)
        if topic.has_receivers:
            yield ExpectedName(kind=Kind.QUEUE, name=f"{topic_name}-dlq", region=region, stack=stack)
    for forward in environment.feedback.forwards_in(region):
        rule = forward.rule_name(name)
        yield ExpectedName(kind=Kind.QUEUE, name=f"{rule}-dlq", region=region, stack=stack)
        yield ExpectedName(kind=Kind.ROLE, name=forward.role_name(name), region=region, stack=stack)
        yield ExpectedName(kind=Kind.RULE, name=rule, region=region, stack=stack)


def _receiving(environment: MailEnvironment, region: str) -> Iterator[ExpectedName]:
    receiving = environment.receiving
    if receiving is None or region not in environment.receiving_regions:
        return
    stack = receiving_stack_id(region)
    for name in receiving.forwarding_sets:
        yield ExpectedName(kind=Kind.CONFIGURATION_SET, name=name, region=region, stack=stack)
    yield ExpectedName(
        kind=Kind.RULE_SET,
        name=receiving.rule_set_name,
        region=region,
        stack=stack,
        existing=receiving.existing_rule_set,
    )
    for inbox in receiving.inboxes:
        name = inbox_queue_name(environment, inbox)
        yield ExpectedName(kind=Kind.TOPIC, name=name, region=region, stack=stack)
        for queue in (name, f"{name}-dlq"):
            yield ExpectedName(kind=Kind.QUEUE, name=queue, region=region, stack=stack)


def _access(environment: MailEnvironment, region: str) -> Iterator[ExpectedName]:
    stack = access_stack_id(region)
    for sender in environment.senders:
        regions = environment.regions_of_sender(sender)
        if sender.smtp and region in regions:
            name = environment.smtp_secret_name(sender, region)
            yield ExpectedName(kind=Kind.SECRET, name=name, region=region, stack=stack)
        elif not sender.smtp and region == regions[0]:
            name = f"{environment.name}-send-{sender.name}"
            yield ExpectedName(kind=Kind.POLICY, name=name, region=region, stack=stack)


def _watching(environment: MailEnvironment, region: str) -> Iterator[ExpectedName]:
    monitoring, audit = environment.monitoring, environment.audit
    if monitoring is not None and region not in monitoring.existing_topic_arns:
        stack = monitoring_stack_id(region)
        name = topic_name(environment)
        yield ExpectedName(kind=Kind.TOPIC, name=name, region=region, stack=stack)
        if monitoring.subscribers:
            yield ExpectedName(kind=Kind.QUEUE, name=f"{name}-dlq", region=region, stack=stack)
    if audit is not None and audit.receivers_in(region).existing_topic_arn is None:
        stack = audit_stack_id(region)
        name = alerts_name(environment)
        yield ExpectedName(kind=Kind.TOPIC, name=name, region=region, stack=stack)
        if audit.receivers_in(region).queue:
            yield ExpectedName(kind=Kind.QUEUE, name=name, region=region, stack=stack)

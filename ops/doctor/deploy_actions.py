"""What CloudFormation calls to make the resources of an environment: one action for each type of resource.

Whoever may do these may mostly do the rest of a type, so they tell what a narrowed role lacks without asking
about everything. A test compares the types with those in the templates of every environment.
"""

from collections.abc import Iterator
from typing import Final

from constructs_lib.identity.dns import CreatedZone, CrossAccountZone, DnsLocation, Route53Zone
from constructs_lib.identity.dns_records import Purpose
from constructs_lib.identity.zone_role import WRITERS_PATH
from ops.doctor.arns import arn
from ops.doctor.deploy_parts import ANY, DeployAction, alarm, function, invocation, key, role
from ops.doctor.deploy_watching import watching_actions
from ops.doctor.expected import expected_names
from ops.doctor.ports import Kind
from ops.records import needed_records
from stacks.config import MailEnvironment
from stacks.stack_names import (
    access_stack_id,
    identity_stack_id,
    receiving_stack_id,
    sending_stack_id,
    template_stack_id,
    unit_of,
)

_NAMED: Final = {
    Kind.IDENTITY: ("ses:CreateEmailIdentity", "ses", "identity/"),
    Kind.CONFIGURATION_SET: ("ses:CreateConfigurationSet", "ses", "configuration-set/"),
    Kind.RULE_SET: ("ses:CreateReceiptRuleSet", "", ""),
    Kind.TEMPLATE: (
        "ses:CreateCustomVerificationEmailTemplate",
        "ses",
        "custom-verification-email-template/",
    ),
    Kind.TOPIC: ("sns:CreateTopic", "sns", ""),
    Kind.QUEUE: ("sqs:CreateQueue", "sqs", ""),
    Kind.SECRET: ("secretsmanager:CreateSecret", "secretsmanager", "secret:"),
    Kind.POLICY: ("iam:CreatePolicy", "iam", "policy/"),
    Kind.ROLE: ("iam:CreateRole", "iam", "role/"),
    Kind.RULE: ("events:PutRule", "events", "rule/"),
}


def deploy_actions(environment: MailEnvironment, region: str) -> Iterator[DeployAction]:
    """The calls that make the stacks of one Region, each once."""
    yield from dict.fromkeys(_all(environment, region))


def _all(environment: MailEnvironment, region: str) -> Iterator[DeployAction]:
    for expected in expected_names(environment, region):
        if expected.existing:
            if expected.kind is Kind.TOPIC:
                resource = arn(environment, region, "sns", expected.name)
                yield DeployAction(type="AWS::SNS::Subscription", action="sns:Subscribe", resource=resource)
            continue
        action, service, prefix = _NAMED[expected.kind]
        resource = arn(environment, region, service, f"{prefix}{expected.name}") if service else ANY
        yield DeployAction(type=expected.kind.resource_type, action=action, resource=resource)
        if expected.kind is Kind.TOPIC:
            yield DeployAction(
                type="AWS::SNS::TopicPolicy", action="sns:SetTopicAttributes", resource=resource
            )
            yield DeployAction(type="AWS::SNS::Subscription", action="sns:Subscribe", resource=resource)
        elif expected.kind is Kind.QUEUE:
            yield DeployAction(
                type="AWS::SQS::QueuePolicy", action="sqs:SetQueueAttributes", resource=resource
            )
    yield from _sending(environment, region)
    yield from _zones(environment, region)
    yield from _receiving(environment, region)
    yield from _access(environment, region)
    yield from watching_actions(environment, region)
    if _has_gate(environment, region):
        yield from function(environment, region, template_stack_id(region), "Custom::VerifiedIdentity")


def _sending(environment: MailEnvironment, region: str) -> Iterator[DeployAction]:
    feedback = environment.feedback
    if feedback.publishes:
        name = f"configuration-set/{environment.configuration_set_name}"
        yield DeployAction(
            type="AWS::SES::ConfigurationSetEventDestination",
            action="ses:CreateConfigurationSetEventDestination",
            resource=arn(environment, region, "ses", name),
        )
    if feedback.forwards_in(region):
        yield from alarm(environment, region, sending_stack_id(region))
    if feedback.topics:
        yield from key(environment, region)


def _zones(environment: MailEnvironment, region: str) -> Iterator[DeployAction]:
    for domain in environment.domains:
        if region not in environment.regions_of(domain):
            continue
        for needed in needed_records(environment, domain, region, None):
            if needed.place.by_hand:
                continue
            stack = identity_stack_id(unit_of(domain), region)
            if needed.record.purpose is Purpose.LEGACY_VERIFICATION:
                yield from _writer(environment, region, stack, "Custom::LegacyVerification")
                continue
            if needed.record.purpose is Purpose.INBOUND_MX and not isinstance(domain.dns, CreatedZone):
                stack = receiving_stack_id(region)
            yield from _record(environment, region, stack, needed.place.zone)
        if isinstance(domain.dns, CreatedZone):
            yield DeployAction(type="AWS::Route53::HostedZone", action="route53:CreateHostedZone")
            if domain.dns.parent is not None:
                stack = identity_stack_id(unit_of(domain), region)
                yield from _record(environment, region, stack, domain.dns.parent)


def _record(
    environment: MailEnvironment, region: str, stack: str, zone: DnsLocation | None
) -> Iterator[DeployAction]:
    """A record set, by CloudFormation or, in a zone of another account, by a function."""
    if zone is None or isinstance(zone, CrossAccountZone):
        yield from _writer(environment, region, stack, "Custom::CrossAccountRecord")
        return
    zone_id = zone.zone_id if isinstance(zone, Route53Zone) else "ZNEW"
    yield DeployAction(
        type="AWS::Route53::RecordSet",
        action="route53:ChangeResourceRecordSets",
        resource=arn(environment, region, "route53", f"hostedzone/{zone_id}"),
    )


def _writer(environment: MailEnvironment, region: str, stack: str, custom: str) -> Iterator[DeployAction]:
    return function(environment, region, stack, custom, path=WRITERS_PATH)


def _receiving(environment: MailEnvironment, region: str) -> Iterator[DeployAction]:
    receiving = environment.receiving
    if receiving is None or region not in environment.receiving_regions:
        return
    stack = receiving_stack_id(region)
    yield DeployAction(type="AWS::SES::ReceiptRule", action="ses:CreateReceiptRule")
    if receiving.filters:
        yield DeployAction(type="AWS::SES::ReceiptFilter", action="ses:CreateReceiptFilter")
    if receiving.drop_spam:
        yield from function(environment, region, stack, "Custom::ReceiptRuleOrder")
        yield invocation(environment, region, stack)
    if receiving.active:
        yield from function(environment, region, stack, "Custom::ReceiptRuleSetActivation")
    if receiving.bounce_senders:
        yield from function(environment, region, stack, "Custom::VerifiedIdentity")
    if receiving.prefixes:
        bucket = arn(environment, region, "s3", f"{environment.name}-{stack}-mail".lower())
        if region not in receiving.existing_bucket_names:
            yield DeployAction(type="AWS::S3::Bucket", action="s3:CreateBucket", resource=bucket)
            yield DeployAction(type="AWS::S3::BucketPolicy", action="s3:PutBucketPolicy", resource=bucket)
        yield from key(environment, region)
        yield from role(environment, region, stack)
    if receiving.inboxes:
        yield from function(environment, region, stack, "")
        yield DeployAction(type="AWS::Lambda::EventSourceMapping", action="lambda:CreateEventSourceMapping")
        yield from alarm(environment, region, stack)


def _access(environment: MailEnvironment, region: str) -> Iterator[DeployAction]:
    stack = access_stack_id(region)
    name = f"{environment.name}-{stack}"
    if any(region in environment.regions_of_delegate(delegate) for delegate in environment.delegates):
        yield from function(environment, region, stack, "Custom::SendingAuthorization")
    smtp = [
        sender
        for sender in environment.senders
        if sender.smtp and region in environment.regions_of_sender(sender)
    ]
    if not smtp:
        return
    yield from function(environment, region, stack, "Custom::SmtpUserKeys")
    yield invocation(environment, region, stack)
    yield DeployAction(
        type="AWS::IAM::User",
        action="iam:CreateUser",
        resource=arn(environment, region, "iam", f"user/ses-smtp/{region}/{name}/{name}-User"),
    )
    for sender in smtp:
        secret = arn(
            environment, region, "secretsmanager", f"secret:{environment.smtp_secret_name(sender, region)}"
        )
        yield DeployAction(
            type="AWS::SecretsManager::RotationSchedule",
            action="secretsmanager:RotateSecret",
            resource=secret,
        )
    yield from key(environment, region)
    yield from alarm(environment, region, stack)
    yield DeployAction(
        type="AWS::Events::Rule",
        action="events:PutRule",
        resource=arn(environment, region, "events", f"rule/{name}-Rule"),
    )


def _has_gate(environment: MailEnvironment, region: str) -> bool:
    """Whether the stack of templates waits for a domain."""
    return any("@" not in environment.identity_of(template) for template in environment.templates_in(region))

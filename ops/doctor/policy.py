"""The permissions that the doctor needs for an environment: a policy to attach to whoever runs it.

It names each resource where IAM lets it. ``docs/reference/doctor.md`` lists the actions; a test compares both
with the calls that are made.
"""

from collections.abc import Iterator, Mapping
from typing import Final, TypedDict

from constructs_lib.identity.dns import CreatedZone, Route53Zone
from ops.doctor.arns import arn
from ops.doctor.delegation import zones_of
from ops.doctor.expected import dkim_secrets, expected_names
from ops.doctor.ports import Kind
from ops.doctor.suppression import recipients_in
from stacks.config import MailEnvironment


class Statement(TypedDict):
    """One statement of a policy document."""

    Effect: str
    Action: list[str]
    Resource: list[str]


_NAMED: Final = {
    Kind.IDENTITY: ("ses:GetEmailIdentity", "ses", "identity/{}"),
    Kind.CONFIGURATION_SET: ("ses:GetConfigurationSet", "ses", "configuration-set/{}"),
    Kind.TEMPLATE: ("ses:GetCustomVerificationEmailTemplate", "ses", "custom-verification-email-template/{}"),
    Kind.TOPIC: ("sns:GetTopicAttributes", "sns", "{}"),
    Kind.QUEUE: ("sqs:GetQueueUrl", "sqs", "{}"),
    Kind.SECRET: ("secretsmanager:DescribeSecret", "secretsmanager", "secret:{}-??????"),
    Kind.POLICY: ("iam:GetPolicy", "iam", "policy/{}"),
    Kind.RULE: ("events:DescribeRule", "events", "rule/{}"),
}
"""Rule sets are not among them: IAM cannot limit what describes them. Roles are asked about in any case."""


def policy(environment: MailEnvironment) -> Mapping[str, object]:
    """The policy document."""
    return {"Version": "2012-10-17", "Statement": list(_statements(environment))}


def actions(environment: MailEnvironment) -> tuple[str, ...]:
    """The actions of the policy, each once, sorted."""
    return tuple(sorted(action for statement in _statements(environment) for action in statement["Action"]))


def _statements(environment: MailEnvironment) -> Iterator[Statement]:
    regions = environment.regions
    yield _allow(sorted(_without_resource(environment)), ["*"])
    expected = [each for region in regions for each in expected_names(environment, region)]
    for kind, (action, service, form) in _NAMED.items():
        arns = [
            arn(environment, each.region, service, form.format(each.name))
            for each in expected
            if each.kind is kind
        ]
        arns += _dkim_secret_arns(environment, form) if kind is Kind.SECRET else []
        if arns:
            yield _allow([action], arns)
    if zones := _zone_arns(environment):
        yield _allow(["route53:GetHostedZone", "route53:ListResourceRecordSets"], zones)
    yield _allow(
        ["cloudformation:ListStackResources"],
        [arn(environment, region, "cloudformation", f"stack/{environment.name}-*/*") for region in regions],
    )
    yield _allow(
        ["ssm:GetParameter"],
        [arn(environment, region, "ssm", "parameter/cdk-bootstrap/hnb659fds/version") for region in regions],
    )
    anybody = [arn(environment, regions[0], "iam", f"{kind}/*") for kind in ("role", "user")]
    yield _allow(["iam:GetRole"], anybody[:1])
    yield _allow(["iam:SimulatePrincipalPolicy"], anybody)


def _without_resource(environment: MailEnvironment) -> Iterator[str]:
    """What IAM cannot limit; of CloudFormation it is asked which stack, of all, holds a thing."""
    yield from ("cloudformation:DescribeStackResources", "ses:GetAccount")
    if environment.receiving is not None:
        yield "ses:DescribeReceiptRuleSet"
    if environment.active_rule_sets():
        yield "ses:DescribeActiveReceiptRuleSet"
    if any(recipients_in(environment, region) for region in environment.regions):
        yield "ses:GetSuppressedDestination"
    if any(isinstance(zone, CreatedZone) for zone in zones_of(environment)):
        yield "route53:ListHostedZonesByName"


def _dkim_secret_arns(environment: MailEnvironment, form: str) -> list[str]:
    return [
        secret
        if secret.startswith("arn:")
        else arn(environment, region, "secretsmanager", form.format(secret))
        for secret, region in dkim_secrets(environment)
    ]


def _zone_arns(environment: MailEnvironment) -> list[str]:
    zones = zones_of(environment)
    if any(isinstance(zone, CreatedZone) for zone in zones):
        return [arn(environment, environment.regions[0], "route53", "hostedzone/*")]
    return [
        arn(environment, environment.regions[0], "route53", f"hostedzone/{zone.zone_id}")
        for zone in zones
        if isinstance(zone, Route53Zone)
    ]


def _allow(actions_of_one: list[str], resources: list[str]) -> Statement:
    return {"Effect": "Allow", "Action": actions_of_one, "Resource": sorted(set(resources))}

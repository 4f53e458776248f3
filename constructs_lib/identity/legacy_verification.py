"""The legacy verification record of a domain, `_amazonses.<domain>` TXT, for whoever still looks for it.

SES verifies a domain by DKIM and needs no TXT record; some accounts and tools still ask for the one that SES
used before. The token of each account and Region is one value of the same record set, so the record set
belongs to nobody, and CloudFormation cannot share one. In Route 53 one `Custom::LegacyVerification` adds this
Region's value to what is there, one `AWS::IAM::Policy` lets it touch that name in that zone, or assume the
role of a zone in another account, and once for all domains of a stack comes the function that does it. With
DNS elsewhere nothing is written and the record is a stack output. Values of others, and the TTL, stay as they
are.

The value stays when the stack is deleted, as the identity does; a failed first creation is cleaned up. With
``RemovalPolicy.DESTROY`` it goes, unless it was there before. What a person must still do: with DNS
elsewhere, add the value to the record set that is there.

Example::

    LegacyVerification(
        stack, "Legacy", domain=identity,
        dns=Route53Zone(zone_id="Z0123456789ABCDEFGHIJ", zone_name="example.com"),
    )
"""

import hashlib
from typing import Final, TypeVar

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IConstruct

from constructs_lib.acknowledgments import COMPLIANCE, acknowledge
from constructs_lib.domain_name import is_token, normalize_domain
from constructs_lib.errors import ConfigurationError
from constructs_lib.identity.cross_account_record import zone_role_arn
from constructs_lib.identity.dns import (
    CrossAccountZone,
    ExternalDns,
    Route53Zone,
    WritableZone,
    require_zone_covers,
)
from constructs_lib.identity.dns_records import DnsRecord
from constructs_lib.identity.mail_records import legacy_record
from constructs_lib.regions import require_ses_region
from constructs_lib.runtime_function import RuntimeFunction
from constructs_lib.sending.send_policy import SendingIdentity

_SHARED: Final = "LegacyVerificationFunction"
# As long as the function may wait for IAM, SES and Route 53, and as long as Lambda needs to call it again.
_FUNCTION_TIMEOUT_MINUTES: Final = 4
_SERVICE_TIMEOUT_MINUTES: Final = 10
_READS_ALL: Final = (
    "SES cannot limit this call to an identity; it reads states and tokens, and tokens are public in DNS."
)

_Kind = TypeVar("_Kind")


class LegacyVerification(Construct):
    """The legacy verification record of one domain identity in the stack's account and Region.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        domain: The domain, or its identity; where that is a construct, the token is read after it was made.
        dns: Where the record belongs.
        removal_policy: Default: the value stays; a failed creation is cleaned up.

    Attributes:
        token: The value, known after the deploy.
        record: The record as data: the name, and the value that is added to others' values.

    Raises:
        ConfigurationError: ``dns-value-invalid``, ``legacy-verification-invalid``, ``region-without-ses``,
            ``zone-mismatch``, the codes of `normalize_domain`.
    """

    token: str
    record: DnsRecord

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        domain: str | SendingIdentity,
        dns: WritableZone | ExternalDns,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        stack = cdk.Stack.of(scope)
        require_ses_region(stack.region, option="env.region")
        name = normalize_domain(domain, option="domain") if isinstance(domain, str) else domain.domain
        require_zone_covers(dns, name)
        wanted = legacy_record(name, "token")
        _require_first(stack, name)

        super().__init__(scope, construct_id)
        shared = _shared_function(stack)
        Construct(shared, name)  # taken: the next one of this domain is refused
        properties: dict[str, str | int] = {"Domain": name, "RecordName": wanted.name, "Ttl": wanted.ttl}
        if not isinstance(dns, ExternalDns):
            properties["HostedZoneId"] = dns.zone_id
        if isinstance(dns, CrossAccountZone):
            properties["RoleArn"] = zone_role_arn(stack, dns)
        resource = cdk.CustomResource(
            self,
            "Value",
            resource_type="Custom::LegacyVerification",
            service_token=_child(shared, "Function", lambda_.Function).function_arn,
            service_timeout=cdk.Duration.minutes(_SERVICE_TIMEOUT_MINUTES),
            removal_policy=removal_policy,
            properties=properties,
        )
        _name_by_domain(resource, name)
        if isinstance(domain, Construct):
            resource.node.add_dependency(domain)
        self.token = resource.get_att_string("Token")
        self.record = legacy_record(name, self.token)
        if not isinstance(dns, ExternalDns):
            access = _access(self, _child(shared, "Role", iam.Role), dns, wanted.name)
            # In reverse on deletion: the value goes before the access to it.
            resource.node.add_dependency(access)
        else:
            cdk.CfnOutput(
                self,
                "Record",
                value=f"{self.record.name} {self.record.type} {' '.join(self.record.quoted_values())}",
                description=f"Merge into DNS by hand, for {name}: {self.record.purpose}",
            )


def _require_first(stack: cdk.Stack, name: str) -> None:
    shared = stack.node.try_find_child(_SHARED)
    if is_token(name) or (shared is not None and shared.node.try_find_child(name) is not None):
        raise ConfigurationError(
            "legacy-verification-invalid",
            option="domain",
            rule="a name that is known now, and once in a stack: two resources would hold one value.",
            got=name,
            fix="write the name itself, and keep one of the constructs",
        )


def _shared_function(stack: cdk.Stack) -> Construct:
    """The function of all domains in a stack; the first one makes it."""
    existing = stack.node.try_find_child(_SHARED)
    if isinstance(existing, Construct):
        return existing
    made = RuntimeFunction(
        stack,
        _SHARED,
        runtime="legacy_verification",
        description="Adds verification tokens of Amazon SES to TXT records that others share",
        timeout=cdk.Duration.minutes(_FUNCTION_TIMEOUT_MINUTES),
        statements=[
            iam.PolicyStatement(actions=["ses:GetIdentityVerificationAttributes"], resources=["*"]),
        ],
        writes_foreign_zones=True,
    )
    acknowledge(made.role, {"IAM5[Resource::*]": _READS_ALL}, packs=["AwsSolutions"])
    acknowledge(made, {"LambdaStarPermissions": _READS_ALL}, packs=["Serverless"])
    return made


def _child(parent: IConstruct, construct_id: str, kind: type[_Kind]) -> _Kind:
    found = parent.node.find_child(construct_id)
    if not isinstance(found, kind):
        raise TypeError(f"{found.node.path} is no {kind.__name__}")
    return found


def _name_by_domain(resource: cdk.CustomResource, name: str) -> None:
    """Give a resource the same logical id wherever its construct stands.

    The value is the same too: moved, the resource would be created anew, find the value there, and then be
    deleted as the former one and take the value away.
    """
    child = resource.node.default_child
    if not isinstance(child, cdk.CfnResource):
        raise TypeError(f"{resource.node.path} has no resource")
    digest = hashlib.sha256(name.encode()).hexdigest()[:8].upper()
    child.override_logical_id(f"LegacyVerification{''.join(filter(str.isalnum, name))[:200]}{digest}")


def _access(scope: Construct, role: iam.Role, zone: WritableZone, record_name: str) -> iam.Policy:
    statements = (
        _own_zone(scope, zone, record_name)
        if isinstance(zone, Route53Zone)
        # What that role may do is its owner's decision.
        else [
            iam.PolicyStatement(
                actions=["sts:AssumeRole"], resources=[zone_role_arn(cdk.Stack.of(scope), zone)]
            )
        ]
    )
    policy = iam.Policy(scope, "Access", roles=[role], statements=statements)
    acknowledge(policy, {"IAMNoInlinePolicy": "It belongs to this function alone."}, packs=COMPLIANCE)
    return policy


def _own_zone(scope: Construct, zone: Route53Zone, record_name: str) -> list[iam.PolicyStatement]:
    zone_arn = cdk.Stack.of(scope).format_arn(
        service="route53", region="", account="", resource="hostedzone", resource_name=zone.zone_id
    )
    key = "route53:ChangeResourceRecordSets"
    return [
        iam.PolicyStatement(actions=["route53:ListResourceRecordSets"], resources=[zone_arn]),
        iam.PolicyStatement(
            actions=[key],
            resources=[zone_arn],
            # Every change of a batch (Route 53 Developer Guide, conditions for fine-grained access). Null:
            # without these keys, ForAllValues is true (IAM User Guide, multivalued context keys).
            conditions={
                "ForAllValues:StringEquals": {
                    f"{key}NormalizedRecordNames": [record_name],
                    f"{key}RecordTypes": ["TXT"],
                    f"{key}Actions": ["CREATE", "DELETE"],
                },
                "Null": {
                    f"{key}{each}": "false" for each in ("NormalizedRecordNames", "RecordTypes", "Actions")
                },
            },
        ),
    ]

"""One record set in a hosted zone of another account, written by a role of that account.

CloudFormation's `AWS::Route53::RecordSet` reaches zones of its own account only. A user of the library does
not make one: `DomainIdentity`, `InboundMx` and `MailZone` do where they are given a `CrossAccountZone`.
Resources: one `Custom::CrossAccountRecord`; for each role, once in a stack, an `AWS::IAM::Policy` that lets
the function assume it; once for all of a stack the function with its role and log.

A name that holds something else is refused; a record set that is there with the right values is taken as
it is, and its TTL stays. An update replaces only values that the stack declared before. The record stays when
the stack is deleted, as identity records do; what a failed first deployment made is cleaned up. With
``RemovalPolicy.DESTROY`` it goes, unless it was there before, or somebody changed it since.

What a person must still do: the owner of the zone makes the role, before the first deployment.

Example::

    CrossAccountRecord(
        stack, "Dmarc", record=record,
        zone=CrossAccountZone(
            zone_id="Z0123456789ABCDEFGHIJ", zone_name="example.com",
            account="999999999999", role_name="mail-records",
        ),
    )
"""

import hashlib
import json
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.acknowledgments import COMPLIANCE, acknowledge
from constructs_lib.domain_name import is_token
from constructs_lib.errors import ConfigurationError
from constructs_lib.identity.dns import CrossAccountZone, WritableZone
from constructs_lib.identity.dns_records import DnsRecord
from constructs_lib.runtime_function import RuntimeFunction

RESOURCE_TYPE: Final = "Custom::CrossAccountRecord"

_FUNCTION: Final = "CrossAccountRecordFunction"
# As long as the function may wait for IAM, STS and Route 53, and as long as all three calls of Lambda take:
# none comes after the deletion of a failed creation.
_FUNCTION_TIMEOUT_MINUTES: Final = 4
_SERVICE_TIMEOUT_MINUTES: Final = 15


class CrossAccountRecord(Construct):
    """A record set in a zone of another account.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        record: The record set. None that others' values belong to, as `LegacyVerification` has.
        zone: The zone and the role.
        removal_policy: Default: the record stays; a failed creation is cleaned up.

    Raises:
        ConfigurationError: ``cross-account-record-invalid``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        record: DnsRecord,
        zone: CrossAccountZone,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        stack = cdk.Stack.of(scope)
        digest = _digest(stack, record, zone)
        shared = stack.node.try_find_child(_FUNCTION)
        taken = shared is not None and shared.node.try_find_child(digest) is not None
        _require_writable(record, zone, account=stack.account, taken=taken)

        super().__init__(scope, construct_id)
        function = _shared_function(stack)
        Construct(function, digest)  # taken: a second resource of this record set is refused
        role_arn = zone_role_arn(stack, zone)
        resource = cdk.CustomResource(
            self,
            "Record",
            resource_type=RESOURCE_TYPE,
            service_token=function.function.function_arn,
            service_timeout=cdk.Duration.minutes(_SERVICE_TIMEOUT_MINUTES),
            removal_policy=removal_policy,
            properties={
                "RoleArn": role_arn,
                "HostedZoneId": zone.zone_id,
                "Name": record.name,
                "Type": record.type,
                "Ttl": record.ttl,
                "Values": list(record.quoted_values()),
            },
        )
        child = resource.node.default_child
        if not isinstance(child, cdk.CfnResource):
            raise TypeError(f"{resource.node.path} has no resource")
        # The same wherever its construct stands: moved, the resource would be created anew, find its own
        # record there, and then be deleted as the former one and take it away.
        child.override_logical_id(f"CrossAccountRecord{digest}")
        # In reverse on deletion: the record goes before the access to it.
        resource.node.add_dependency(_access(function, role_arn, zone))


def place_record(
    scope: Construct,
    construct_id: str,
    *,
    record: DnsRecord,
    zone: WritableZone,
    removal_policy: cdk.RemovalPolicy | None = None,
) -> None:
    """Make a record set in a zone, of this account or of another one.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        record: The record set.
        zone: Where it belongs.
        removal_policy: Default: what is applied to the resources of `scope` as a whole.
    """
    if isinstance(zone, CrossAccountZone):
        CrossAccountRecord(
            scope,
            construct_id,
            record=record,
            zone=zone,
            removal_policy=removal_policy or cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        return
    resource = route53.CfnRecordSet(
        scope,
        construct_id,
        hosted_zone_id=zone.zone_id,
        name=record.name,
        type=record.type,
        ttl=str(record.ttl),
        resource_records=list(record.quoted_values()),
    )
    if removal_policy is not None:
        resource.apply_removal_policy(removal_policy)


def zone_role_arn(stack: cdk.Stack, zone: CrossAccountZone) -> str:
    """The ARN of the role of a zone, in the partition of the stack that writes there."""
    return stack.format_arn(
        service="iam", region="", account=zone.account, resource="role", resource_name=zone.role_name
    )


def _require_writable(record: DnsRecord, zone: CrossAccountZone, *, account: str, taken: bool) -> None:
    if zone.account == account:
        raise ConfigurationError(
            "cross-account-record-invalid",
            option="zone.account",
            rule="the zone is in another account than the stack.",
            got=account,
            fix="write Route53Zone(zone_id=..., zone_name=...) for a zone of the stack's own account",
        )
    if is_token(zone.account) or is_token(zone.role_name):
        raise ConfigurationError(
            "cross-account-record-invalid",
            option="zone",
            rule="account and role are known now: each role is one permission of the function.",
            got=f"account {zone.account}, role_name {zone.role_name}",
            fix="write both as text, not as a parameter or an attribute of another resource",
        )
    if record.merge or taken:
        raise ConfigurationError(
            "cross-account-record-invalid",
            option=f"{record.type} {record.name}",
            rule="a record set is written by one resource of a stack, and holds no values of others.",
            got=f"a second resource in zone {zone.zone_id}" if taken else "a record to be merged",
            fix="keep one of the constructs" if taken else "merge it by hand, or use LegacyVerification",
        )


def _digest(stack: cdk.Stack, record: DnsRecord, zone: CrossAccountZone) -> str:
    """What tells a record set from every other one: zone, name and type, tokens as the template has them."""
    told = json.dumps(stack.resolve([zone.zone_id, record.name, str(record.type)]), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16].upper()


def _shared_function(stack: cdk.Stack) -> RuntimeFunction:
    """The function of all records of a stack; the first one makes it."""
    existing = stack.node.try_find_child(_FUNCTION)
    if isinstance(existing, RuntimeFunction):
        return existing
    return RuntimeFunction(
        stack,
        _FUNCTION,
        runtime="cross_account_record",
        description="Writes DNS records of mail into hosted zones of other accounts",
        timeout=cdk.Duration.minutes(_FUNCTION_TIMEOUT_MINUTES),
        # Whether a change is refused in a rollback, which must not fail for it.
        statements=[
            iam.PolicyStatement(actions=["cloudformation:DescribeStacks"], resources=[stack.stack_id])
        ],
        writes_foreign_zones=True,
    )


def _access(function: RuntimeFunction, role_arn: str, zone: CrossAccountZone) -> iam.Policy:
    """The permission to assume one role: not in the function's role, which would lose it too early."""
    construct_id = f"Access.{zone.account}.{zone.role_name}"
    existing = function.node.try_find_child(construct_id)
    if isinstance(existing, iam.Policy):
        return existing
    policy = iam.Policy(
        function,
        construct_id,
        roles=[function.role],
        statements=[iam.PolicyStatement(actions=["sts:AssumeRole"], resources=[role_arn])],
    )
    acknowledge(policy, {"IAMNoInlinePolicy": "It belongs to this function alone."}, packs=COMPLIANCE)
    return policy

"""What the doctor reads in AWS beside names: SES, stacks, zones, the CDK's bootstrap stack, permissions.

Permissions: ``ses:GetAccount``, ``ses:GetSuppressedDestination``, ``ses:DescribeActiveReceiptRuleSet``,
``cloudformation:ListStackResources``, ``cloudformation:DescribeStackResources``, ``route53:GetHostedZone``,
``route53:ListResourceRecordSets``, ``route53:ListHostedZonesByName``, ``ssm:GetParameter``, ``iam:GetRole``,
``iam:SimulatePrincipalPolicy``. ``sts:GetCallerIdentity`` needs none.
"""

from botocore.exceptions import ClientError

from ops.aws_errors import as_ops_errors
from ops.doctor.names_gateway import AwsNames
from ops.doctor.ports import Caller, HostedZone, SendingAccount, Simulated, StackResource
from ops.ports import ActiveRuleSet, ZoneRecordSet
from ops.receiving_gateway import SesReceivingGateway
from ops.ses_gateway import SesGateway

BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
"""Where the CDK's default synthesizer looks for the version (AWS CDK Developer Guide, bootstrapping)."""

_NO_SUCH_STACK = "ValidationError"
"""The code for a stack, and for a resource, that CloudFormation does not know."""


class AwsAccount(AwsNames):
    """See `ops.doctor.ports.DoctorGateway`."""

    def caller(self) -> Caller:
        """See `ops.doctor.ports.DoctorGateway`."""
        region = self._clients.region
        with as_ops_errors("sts:GetCallerIdentity", f"in {region}"):
            answer = self._clients.client("sts", region).get_caller_identity()
        return Caller(account=answer["Account"], arn=answer["Arn"])

    def sending_account(self, *, region: str) -> SendingAccount:
        """See `ops.doctor.ports.DoctorGateway`."""
        with as_ops_errors("ses:GetAccount", f"in {region}"):
            answer = self._clients.client("sesv2", region).get_account()
        quota = answer.get("SendQuota", {})
        return SendingAccount(
            production=answer.get("ProductionAccessEnabled", False),
            sending=answer.get("SendingEnabled", False),
            enforcement=answer.get("EnforcementStatus", ""),
            most_a_day=quota.get("Max24HourSend", 0),
            sent=quota.get("SentLast24Hours", 0),
            suppressed_reasons=tuple(answer.get("SuppressionAttributes", {}).get("SuppressedReasons", ())),
        )

    def suppressed(self, address: str, *, region: str) -> str | None:
        """See `ops.doctor.ports.DoctorGateway`."""
        with as_ops_errors("ses:GetSuppressedDestination", f"in {region}"):
            client = self._clients.client("sesv2", region)
            try:
                answer = client.get_suppressed_destination(EmailAddress=address)
            except client.exceptions.NotFoundException:
                return None
        return str(answer["SuppressedDestination"]["Reason"])

    def active_rule_set(self, *, region: str) -> ActiveRuleSet | None:
        """See `ops.doctor.ports.DoctorGateway`."""
        return SesReceivingGateway(self._clients).active_rule_set(region=region)

    def stack_resources(self, stack_name: str, *, region: str) -> tuple[StackResource, ...] | None:
        """See `ops.doctor.ports.StacksGateway`."""
        with as_ops_errors("cloudformation:ListStackResources", f"on the stack {stack_name} in {region}"):
            client = self._clients.client("cloudformation", region)
            pages = client.get_paginator("list_stack_resources").paginate(StackName=stack_name)
            try:
                return tuple(
                    StackResource(
                        type=resource["ResourceType"], physical_id=resource.get("PhysicalResourceId", "")
                    )
                    for page in pages
                    for resource in page["StackResourceSummaries"]
                    if resource["ResourceStatus"] != "DELETE_COMPLETE"
                )
            except ClientError as error:
                if error.response["Error"]["Code"] == _NO_SUCH_STACK:
                    return None
                raise

    def stack_that_holds(self, physical_id: str, *, resource_type: str, region: str) -> str | None:
        """See `ops.doctor.ports.StacksGateway`."""
        with as_ops_errors("cloudformation:DescribeStackResources", f"in {region}"):
            client = self._clients.client("cloudformation", region)
            try:
                answer = client.describe_stack_resources(PhysicalResourceId=physical_id)
            except ClientError as error:
                if error.response["Error"]["Code"] == _NO_SUCH_STACK:
                    return None
                raise
        for resource in answer["StackResources"]:
            # The answer is the whole stack, and another thing in it may have the same id.
            if (resource["ResourceType"], resource.get("PhysicalResourceId")) == (resource_type, physical_id):
                return str(resource["StackName"])
        return None

    def hosted_zone(self, zone_id: str) -> HostedZone | None:
        """See `ops.doctor.ports.DoctorGateway`."""
        with as_ops_errors("route53:GetHostedZone", f"on the hosted zone {zone_id}"):
            client = self._clients.client("route53", self._clients.region)
            try:
                answer = client.get_hosted_zone(Id=zone_id)
            except client.exceptions.NoSuchHostedZone:
                return None
        zone = answer["HostedZone"]
        return HostedZone(
            name=zone["Name"].removesuffix(".").lower(),
            private=zone.get("Config", {}).get("PrivateZone", False),
            name_servers=tuple(
                server.removesuffix(".").lower()
                for server in answer.get("DelegationSet", {}).get("NameServers", ())
            ),
        )

    def public_zone_id(self, zone_name: str) -> str | None:
        """See `ops.ports.ZoneGateway`."""
        return SesGateway(self._clients).public_zone_id(zone_name)

    def zone_record_sets(self, zone_id: str) -> tuple[ZoneRecordSet, ...] | None:
        """See `ops.ports.ZoneGateway`."""
        return SesGateway(self._clients).zone_record_sets(zone_id)

    def bootstrap_version(self, *, region: str) -> int | None:
        """See `ops.doctor.ports.DoctorGateway`."""
        with as_ops_errors("ssm:GetParameter", f"on {BOOTSTRAP_PARAMETER} in {region}"):
            client = self._clients.client("ssm", region)
            try:
                answer = client.get_parameter(Name=BOOTSTRAP_PARAMETER)
            except client.exceptions.ParameterNotFound:
                return None
        return int(answer["Parameter"]["Value"])

    def role_arn(self, name: str) -> str | None:
        """See `ops.doctor.ports.PermissionsGateway`."""
        with as_ops_errors("iam:GetRole", f"on {name}"):
            client = self._clients.client("iam", self._clients.region)
            try:
                return str(client.get_role(RoleName=name)["Role"]["Arn"])
            except client.exceptions.NoSuchEntityException:
                return None

    def simulate(
        self, principal: str, actions: tuple[str, ...], *, resource: str, region: str
    ) -> tuple[Simulated, ...] | None:
        """See `ops.doctor.ports.PermissionsGateway`."""
        with as_ops_errors("iam:SimulatePrincipalPolicy", f"on {principal}"):
            client = self._clients.client("iam", self._clients.region)
            pages = client.get_paginator("simulate_principal_policy").paginate(
                PolicySourceArn=principal,
                ActionNames=list(actions),
                ResourceArns=[resource],
                ContextEntries=[
                    {
                        "ContextKeyName": "aws:RequestedRegion",
                        "ContextKeyValues": [region],
                        "ContextKeyType": "string",
                    }
                ],
            )
            try:
                return tuple(
                    Simulated(
                        action=result["EvalActionName"],
                        allowed=result["EvalDecision"] == "allowed",
                        certain=not result.get("MissingContextValues"),
                    )
                    for page in pages
                    for result in page["EvaluationResults"]
                )
            except client.exceptions.NoSuchEntityException:
                return None

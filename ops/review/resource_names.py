"""What a resource is called outside of its stack: two with one name cannot exist at the same time."""

from collections.abc import Mapping
from typing import Any, Final

_NAMED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::CloudTrail::Trail": ("TrailName",),
    "AWS::CloudWatch::Alarm": ("AlarmName",),
    "AWS::CloudWatch::Dashboard": ("DashboardName",),
    "AWS::DynamoDB::Table": ("TableName",),
    "AWS::Events::Rule": ("Name",),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName",),
    "AWS::IAM::Role": ("RoleName",),
    "AWS::IAM::User": ("UserName",),
    "AWS::KMS::Alias": ("AliasName",),
    "AWS::Lambda::Function": ("FunctionName",),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::Route53::RecordSet": ("HostedZoneId", "Name", "Type", "SetIdentifier"),
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::SES::ConfigurationSet": ("Name",),
    "AWS::SES::ConfigurationSetEventDestination": ("ConfigurationSetName", "EventDestination.Name"),
    "AWS::SES::CustomVerificationEmailTemplate": ("TemplateName",),
    "AWS::SES::EmailIdentity": ("EmailIdentity",),
    "AWS::SES::ReceiptFilter": ("Filter.Name",),
    "AWS::SES::ReceiptRule": ("RuleSetName", "Rule.Name"),
    "AWS::SES::ReceiptRuleSet": ("RuleSetName",),
    "AWS::SES::Template": ("Template.TemplateName",),
    "AWS::SNS::Topic": ("TopicName",),
    "AWS::SQS::Queue": ("QueueName",),
    "AWS::SSM::Parameter": ("Name",),
    "AWS::SecretsManager::Secret": ("Name",),
}
_WITHOUT_REGION: Final = ("AWS::IAM::", "AWS::Route53::", "AWS::S3::")
_OPTIONAL: Final = "SetIdentifier"


def physical_name(resource: Mapping[str, Any], *, region: str) -> tuple[str, ...] | None:
    """Type, Region and name; None where CloudFormation makes the name up or the deployment does."""
    kind = resource["Type"]
    parts = _NAMED_BY.get(kind)
    if parts is None:
        return None
    found = [property_of(resource, part) for part in parts if part != _OPTIONAL]
    if not all(isinstance(value, str) for value in found):
        return None
    optional = [property_of(resource, _OPTIONAL)] if _OPTIONAL in parts else []
    where = "" if kind.startswith(_WITHOUT_REGION) else region
    return (kind, where, *found, *(value for value in optional if isinstance(value, str)))


def property_of(resource: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401 - any property
    """A property by its path, such as ``Rule.Name``; None where it is not set."""
    value: Any = resource.get("Properties")
    for step in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value

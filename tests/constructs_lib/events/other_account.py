"""Two accounts, and the policies of a template as concrete text, for several test files."""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk

from tests.iam import Policy, Request, resolve
from tests.synthesis import ACCOUNT, REGION, new_app, only, resources

SENDER, CONSUMER, THIRD = ACCOUNT, "222222222222", "333333333333"
EVENTS, SNS, SES = "events.amazonaws.com", "sns.amazonaws.com", "ses.amazonaws.com"
SET = "transactional"
KEY_ID = "key/1234abcd-12ab-34cd-56ef-1234567890ab"
ANYTHING: Policy = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["kms:*", "s3:*", "sns:*", "sqs:*"], "Resource": "*"}],
}
"""What an administrator of another account may give to anybody there."""


def stack_of(account: str, *, region: str = REGION) -> cdk.Stack:
    return cdk.Stack(new_app(), "Stack", env=cdk.Environment(account=account, region=region))


def names(template: Mapping[str, Any], account: str) -> Mapping[str, str]:
    """What the logical ids become; each queue and topic here has a name."""
    found = {}
    for key, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        arn = f"arn:aws:any:{REGION}:{account}:{key}"
        ref = key
        match resource["Type"]:
            case "AWS::SQS::Queue":
                arn = f"arn:aws:sqs:{REGION}:{account}:{properties['QueueName']}"
            case "AWS::SNS::Topic":
                arn = ref = f"arn:aws:sns:{REGION}:{account}:{properties['TopicName']}"
            case "AWS::KMS::Key":
                arn = f"arn:aws:kms:{REGION}:{account}:{KEY_ID}"
            case "AWS::IAM::Role":
                arn = f"arn:aws:iam::{account}:role/{properties.get('RoleName', key)}"
        found[key] = ref
        found[f"{key}.Arn"] = arn
    return found


def policy_of(template: Mapping[str, Any], kind: str, account: str, *, of: str = "") -> Policy:
    """The policy of the one resource of a type, or of the one that the policy names in its statements."""
    if kind == "AWS::KMS::Key":
        document = only(template, kind)[1]["Properties"]["KeyPolicy"]
        found: Policy = resolve(document, names(template, account))
        return found
    policies: list[Policy] = [
        resolve(each["Properties"]["PolicyDocument"], names(template, account))
        for each in resources(template, kind).values()
    ]
    (found,) = (policy for policy in policies if not of or policy["Statement"][0]["Resource"] == of)
    return found


def by(principal: str, action: str, resource: str, policy: Policy | None, **context: str) -> Request:
    """A call by an IAM principal whose own account lets it do anything, on something of the consumer."""
    return Request(
        principal=principal,
        action=action,
        resources=[resource],
        context={"aws:SecureTransport": "true", "aws:PrincipalArn": principal} | context,
        identity_policies=[ANYTHING],
        resource_policy=policy,
        resource_account=resource.split(":")[4],
    )


def service(  # noqa: PLR0917 - one request, one line of a table
    name: str, account: str, source: str, action: str, resource: str, policy: Policy, **context: str
) -> Request:
    """A call of a service for something in an account."""
    return Request(
        principal=name,
        action=action,
        resources=[resource],
        context={"aws:SourceAccount": account, "aws:SourceArn": source, "aws:SecureTransport": "true"}
        | context,
        resource_policy=policy,
        resource_account=resource.split(":")[4],
    )

"""Reads the policies of keys, topics and buckets, and what deployed stacks ask their owners for.

Permissions: ``kms:GetKeyPolicy``, ``sns:GetTopicAttributes``, ``s3:GetBucketPolicy``,
``cloudformation:DescribeStacks``.
"""

import json
from collections.abc import Mapping
from typing import Final

from botocore.exceptions import ClientError

from ops.aws_clients import AwsGateway
from ops.aws_errors import as_ops_errors
from ops.policy_statements import Statement

_NO_POLICY: Final = "NoSuchBucketPolicy"
_NO_BUCKET: Final = "NoSuchBucket"
_NO_STACK: Final = "ValidationError"


class AwsOwners(AwsGateway):
    """See `ops.owner_policies.PolicyGateway`."""

    def policy(self, arn: str, *, region: str) -> list[Statement] | None:
        """See `ops.owner_policies.PolicyGateway`."""
        read = {"kms": self._key, "sns": self._topic, "s3": self._bucket}[arn.split(":")[2]]
        text = read(arn, region)
        if not text:
            return None if text is None else []
        statements = json.loads(text)["Statement"]
        # One statement needs no list (IAM User Guide, grammar of the policy language).
        return [statements] if isinstance(statements, dict) else list(statements)

    def outputs(self, stack_name: str, *, region: str) -> Mapping[str, str] | None:
        """The outputs of a stack, each value by its logical id, or None where it is not deployed.

        Raises:
            AccessError: CloudFormation could not be asked.
        """
        with as_ops_errors("cloudformation:DescribeStacks", f"on the stack {stack_name} in {region}"):
            client = self._clients.client("cloudformation", region)
            try:
                (stack,) = client.describe_stacks(StackName=stack_name)["Stacks"]
            except ClientError as error:
                if error.response["Error"]["Code"] == _NO_STACK:
                    return None
                raise
        return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}

    def _key(self, arn: str, region: str) -> str | None:
        with as_ops_errors("kms:GetKeyPolicy", f"on {arn}"):
            client = self._clients.client("kms", region)
            try:
                return str(client.get_key_policy(KeyId=arn)["Policy"])
            except client.exceptions.NotFoundException:
                return None

    def _topic(self, arn: str, region: str) -> str | None:
        with as_ops_errors("sns:GetTopicAttributes", f"on {arn}"):
            client = self._clients.client("sns", region)
            try:
                return str(client.get_topic_attributes(TopicArn=arn)["Attributes"].get("Policy", ""))
            except client.exceptions.NotFoundException:
                return None

    def _bucket(self, arn: str, region: str) -> str | None:
        with as_ops_errors("s3:GetBucketPolicy", f"on {arn}"):
            client = self._clients.client("s3", region)
            try:
                return str(client.get_bucket_policy(Bucket=arn.rpartition(":")[2])["Policy"])
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if code == _NO_POLICY:
                    return ""
                if code == _NO_BUCKET:
                    return None
                raise

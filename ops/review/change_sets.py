"""CloudFormation's own answer: a change set of each changed stack, made, read and deleted again.

It says what a deploy does to what is deployed, which may differ from the base. A change set that is not
executed changes nothing.

Permissions: ``cloudformation:DescribeStacks``, ``CreateChangeSet``, ``DescribeChangeSet``,
``DeleteChangeSet``.
"""

import json
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from botocore.exceptions import ClientError

from ops.aws_clients import AwsGateway
from ops.aws_errors import as_ops_errors
from ops.review.assembly import Stack, Stacks

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

ChangeSet = Mapping[str, Any]
"""What CloudFormation answered (DescribeChangeSet)."""

_MAX_BODY: Final = 51_200
"""Bytes of a template that a call takes without S3 (CloudFormation quotas)."""

_SECONDS: Final = 300
_PAUSE: Final = 2
_BUSY: Final = frozenset({"CREATE_PENDING", "CREATE_IN_PROGRESS"})


class AwsChangeSets(AwsGateway):
    """Change sets of the account in every Region."""

    pause: Callable[[float], None] = staticmethod(time.sleep)

    def change_set(self, stack: Stack) -> ChangeSet | None:
        """What a deploy would do to a stack; None where it is not deployed, or its template is too large.

        Raises:
            AccessError: CloudFormation could not be asked.
        """
        body = json.dumps(stack.template, separators=(",", ":"))
        if len(body.encode()) > _MAX_BODY or not self._is_deployed(stack):
            return None
        name = f"review-{uuid4().hex}"
        client = self._client(stack.region)
        where = f"of {stack.name} in {stack.region}"
        with as_ops_errors("cloudformation:CreateChangeSet", where):
            client.create_change_set(
                StackName=stack.name,
                ChangeSetName=name,
                ChangeSetType="UPDATE",
                TemplateBody=body,
                Capabilities=["CAPABILITY_NAMED_IAM"],
                Parameters=[
                    {"ParameterKey": key, "UsePreviousValue": True}
                    for key in stack.template.get("Parameters", {})
                ],
            )
        try:
            with as_ops_errors("cloudformation:DescribeChangeSet", where):
                return self._described(client, stack, name)
        finally:
            with as_ops_errors("cloudformation:DeleteChangeSet", where):
                client.delete_change_set(StackName=stack.name, ChangeSetName=name)

    def _is_deployed(self, stack: Stack) -> bool:
        with as_ops_errors("cloudformation:DescribeStacks", f"of {stack.name} in {stack.region}"):
            try:
                (found,) = self._client(stack.region).describe_stacks(StackName=stack.name)["Stacks"]
            except ClientError as error:
                if error.response["Error"]["Code"] == "ValidationError":
                    return False  # how CloudFormation says that there is no such stack
                raise
        return found["StackStatus"] != "REVIEW_IN_PROGRESS"

    def _described(self, client: "CloudFormationClient", stack: Stack, name: str) -> ChangeSet | None:
        """The change set once it is made; None if CloudFormation could not make it in time."""
        changes: list[Any] = []
        token: dict[str, Any] = {}
        for _ in range(_SECONDS // _PAUSE):
            answer = client.describe_change_set(StackName=stack.name, ChangeSetName=name, **token)
            if answer["Status"] in _BUSY:
                self.pause(_PAUSE)
                continue
            changes += answer.get("Changes", [])
            if "NextToken" not in answer:
                # Without any change CloudFormation calls it failed.
                return {"Changes": changes} if answer["Status"] == "CREATE_COMPLETE" or not changes else None
            token = {"NextToken": answer["NextToken"]}
        return None

    def _client(self, region: str) -> "CloudFormationClient":
        client: CloudFormationClient = self._clients.client("cloudformation", region)
        return client


def read_change_sets(
    before: Mapping[str, Stacks], after: Mapping[str, Stacks], gateway: AwsChangeSets
) -> dict[str, dict[str, ChangeSet]]:
    """The change set of each changed stack of the credentials' account, by environment and stack.

    Raises:
        AccessError: CloudFormation could not be asked.
    """
    account = gateway.account_id()
    found: dict[str, dict[str, ChangeSet]] = {}
    for name, stacks in after.items():
        for key, stack in stacks.items():
            former = before.get(name, {}).get(key)
            if stack.account != account or former is None or former.template == stack.template:
                continue
            change_set = gateway.change_set(stack)
            if change_set is not None:
                found.setdefault(name, {})[key] = change_set
    return found

"""ARNs of what has a known name in Amazon SES, in a stack's account, Region and partition.

Source: Service Authorization Reference, Amazon SES, resource types.
"""

import aws_cdk as cdk
from constructs import Construct


def identity_arn(scope: Construct, name: str, *, region: str | None = None) -> str:
    """The ARN of a domain's or an address's identity. Default Region: the stack's."""
    return ses_arn(scope, "identity", name, region=region)


def configuration_set_arn(scope: Construct, name: str) -> str:
    """The ARN of a configuration set."""
    return ses_arn(scope, "configuration-set", name)


def ses_arn(scope: Construct, resource: str, name: str, *, region: str | None = None) -> str:
    """The ARN of a resource type's member. Default Region: the stack's."""
    return cdk.Stack.of(scope).format_arn(service="ses", region=region, resource=resource, resource_name=name)

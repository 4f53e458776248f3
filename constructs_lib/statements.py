"""What an IAM statement may say that somebody hands to a construct."""

from aws_cdk import aws_iam as iam


def names_resources_only(statement: iam.PolicyStatement) -> bool:
    """Whether it says on what, as ARNs that are not ``*`` alone, and names no principal."""
    return not (statement.has_principal or statement.not_resources or "*" in (statement.resources or ["*"]))

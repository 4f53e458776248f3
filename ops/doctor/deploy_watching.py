"""The calls that make what watches an environment: monitoring and audit."""

from collections.abc import Iterator

from ops.doctor.arns import arn
from ops.doctor.deploy_parts import DeployAction, alarm, function, invocation, key, role
from stacks.audit_config import MailAudit
from stacks.config import MailEnvironment
from stacks.monitoring_names import budget_region, dashboard_name
from stacks.stack_names import audit_stack_id, monitoring_stack_id, trail_name


def watching_actions(environment: MailEnvironment, region: str) -> Iterator[DeployAction]:
    """The calls that make both stacks of one Region."""
    if environment.monitoring is not None:
        yield from _monitoring(environment, region)
    if environment.audit is not None:
        yield from _audit(environment, environment.audit, region)


def _monitoring(environment: MailEnvironment, region: str) -> Iterator[DeployAction]:
    stack = monitoring_stack_id(region)
    yield from key(environment, region)
    yield from alarm(environment, region, stack)
    if environment.monitoring is not None and environment.monitoring.pause:
        yield from function(environment, region, stack, "")
        yield invocation(environment, region, stack)
    if region == environment.regions[0]:
        yield DeployAction(
            type="AWS::CloudWatch::Dashboard",
            action="cloudwatch:PutDashboard",
            resource=arn(environment, region, "cloudwatch", f"dashboard/{dashboard_name(environment)}"),
        )
    if region == budget_region(environment):
        yield DeployAction(type="AWS::Budgets::Budget", action="budgets:ModifyBudget")


def _audit(environment: MailEnvironment, audit: MailAudit, region: str) -> Iterator[DeployAction]:
    stack = audit_stack_id(region)
    yield from key(environment, region)
    yield from role(environment, region, stack)
    yield from alarm(environment, region, stack)
    yield DeployAction(
        type="AWS::Events::Rule",
        action="events:PutRule",
        resource=arn(environment, region, "events", f"rule/{environment.name}-{stack}-Rule"),
    )
    if audit.makes_trail(environment.regions, region):
        bucket = arn(environment, region, "s3", f"{environment.name}-{stack}-trail".lower())
        yield DeployAction(type="AWS::S3::Bucket", action="s3:CreateBucket", resource=bucket)
        yield DeployAction(type="AWS::S3::BucketPolicy", action="s3:PutBucketPolicy", resource=bucket)
        yield DeployAction(
            type="AWS::CloudTrail::Trail",
            action="cloudtrail:CreateTrail",
            resource=arn(environment, region, "cloudtrail", f"trail/{trail_name(environment)}"),
        )

"""ARNs of what an environment has, or is about to have."""

from typing import Final

from constructs_lib.regions import ses_regions
from stacks.config import MailEnvironment

_WITHOUT_REGION: Final = frozenset({"iam", "route53", "s3"})
_WITHOUT_ACCOUNT: Final = frozenset({"route53", "s3"})


def arn(environment: MailEnvironment, region: str, service: str, resource: str) -> str:
    """The ARN of a resource in the environment's account, in the partition of a Region."""
    partition = ses_regions()[region]["partition"]
    # Dashboards have no Region, alarms of the same service do (Service Authorization Reference).
    without = service in _WITHOUT_REGION or resource.startswith("dashboard/")
    where = "" if without else region
    account = "" if service in _WITHOUT_ACCOUNT else environment.account
    return f"arn:{partition}:{service}:{where}:{account}:{resource}"

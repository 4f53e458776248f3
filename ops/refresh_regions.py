"""Write ``constructs_lib/data/ses_regions.json`` from published schemas.

Run ``python -m ops.refresh_regions`` after updating cfn-lint and the CDK: the diff of the
data file is the news.
"""

import json
from pathlib import Path

from aws_cdk.region_info import RegionInfo
from cfnlint.helpers import REGIONS
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

DATA = Path(__file__).parents[1] / "constructs_lib" / "data" / "ses_regions.json"
_DOCUMENTED_PARTITIONS = ("aws", "aws-us-gov")
"""Where the SES Developer Guide and the AWS General Reference name the mail hosts."""


def regions_data() -> dict[str, object]:
    """Return the content of the data file, as the installed packages know it."""
    regions = {}
    for region in sorted(REGIONS):
        if "AWS::SES::EmailIdentity" not in PROVIDER_SCHEMA_MANAGER.get_resource_types(region):
            continue
        partition = RegionInfo.get(region).partition
        known = partition in _DOCUMENTED_PARTITIONS
        regions[region] = {
            "partition": partition,
            "feedback_host": f"feedback-smtp.{region}.amazonses.com" if known else None,
            "smtp_host": f"email-smtp.{region}.amazonaws.com" if known else None,
        }
    return {
        "source": "cfn-lint's schemas of AWS::SES::EmailIdentity; partitions of the CDK's region facts",
        "regions": regions,
    }


if __name__ == "__main__":
    DATA.write_text(json.dumps(regions_data(), indent=2) + "\n", encoding="utf-8")

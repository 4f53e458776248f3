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

_RECEIVING_PARTITIONS = ("aws",)
"""Where the AWS General Reference names hosts that receive; AWS GovCloud (US) has none."""


def regions_data() -> dict[str, object]:
    """Return the content of the data file, as the installed packages know it."""
    regions = {}
    for region in sorted(REGIONS):
        types = PROVIDER_SCHEMA_MANAGER.get_resource_types(region)
        if "AWS::SES::EmailIdentity" not in types:
            continue
        partition = RegionInfo.get(region).partition
        known = partition in _DOCUMENTED_PARTITIONS
        receives = partition in _RECEIVING_PARTITIONS and "AWS::SES::ReceiptRuleSet" in types
        regions[region] = {
            "partition": partition,
            "feedback_host": f"feedback-smtp.{region}.amazonses.com" if known else None,
            "smtp_host": f"email-smtp.{region}.amazonaws.com" if known else None,
            "inbound_host": f"inbound-smtp.{region}.amazonaws.com" if receives else None,
            "budgets": "AWS::Budgets::Budget" in types,
        }
    return {
        "source": "cfn-lint's schemas of AWS::SES::EmailIdentity (sending) and AWS::SES::ReceiptRuleSet "
        "(receiving) and AWS::Budgets::Budget; partitions of the CDK's region facts",
        "regions": regions,
    }


if __name__ == "__main__":
    DATA.write_text(json.dumps(regions_data(), indent=2) + "\n", encoding="utf-8")

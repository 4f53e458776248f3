"""Receipt rule sets in SES.

Permissions: ``ses:DescribeActiveReceiptRuleSet`` and, where another set is active or none,
``ses:DescribeReceiptRuleSet``, both on every resource: IAM cannot limit them. The API v1: v2 knows no receipt
rules.
"""

from typing import TYPE_CHECKING

from ops.aws_clients import AwsGateway
from ops.aws_errors import as_ops_errors
from ops.ports import ActiveRuleSet

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient


class SesReceivingGateway(AwsGateway):
    """See `ops.ports.ReceivingGateway`."""

    def active_rule_set(self, *, region: str) -> ActiveRuleSet | None:
        """See `ops.ports.ReceivingGateway`."""
        with as_ops_errors("ses:DescribeActiveReceiptRuleSet", f"in {region}"):
            # Without an active set the answer is empty.
            metadata = self._client(region).describe_active_receipt_rule_set().get("Metadata", {})
        name = metadata.get("Name")
        return ActiveRuleSet(name=name, made_at=metadata.get("CreatedTimestamp")) if name else None

    def has_rule_set(self, name: str, *, region: str) -> bool:
        """See `ops.ports.ReceivingGateway`."""
        with as_ops_errors("ses:DescribeReceiptRuleSet", f"on {name} in {region}"):
            client = self._client(region)
            try:
                client.describe_receipt_rule_set(RuleSetName=name)
            except client.exceptions.RuleSetDoesNotExistException:
                return False
        return True

    def _client(self, region: str) -> "SESClient":
        client: SESClient = self._clients.client("ses", region)
        return client

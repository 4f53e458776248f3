"""The order of receipt rules, whatever a deployment changes and whatever somebody adds by hand.

Part of `receipt_rule_set`. CloudFormation puts a rule behind another one (``After``) when it
makes it, and again when ``After`` changes, but a rule whose text stays the same stays where it is. Where
several move at once, as from a, b, c, d to c, d, a, b, the order becomes another one than the template's. So
one `Custom::ReceiptRuleOrder`, with the function behind it (`AWS::Lambda::Function`, its role and its log),
comes after all rules and puts them right.
"""

from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct, IDependable

from constructs_lib.acknowledgments import acknowledge
from constructs_lib.runtime_function import RuntimeFunction

# As long as the function may wait for IAM and SES, and as long as Lambda needs to call it again.
_FUNCTION_TIMEOUT_MINUTES: Final = 2
_SERVICE_TIMEOUT_MINUTES: Final = 10
_NO_ARN: Final = "SES cannot limit these calls to a rule set; the function names this one only."


class ReceiptRuleOrder(Construct):
    """Puts the rules of a set into their order.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        rule_set_name: The set.
        rule_names: All rules of the deployment, in order.
        after_rule: The rule of somebody else that they come right after. Default: they come first.
        after: What must be there before: the rules.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        rule_set_name: str,
        rule_names: Sequence[str],
        after_rule: str | None = None,
        after: Sequence[IDependable],
    ) -> None:
        super().__init__(scope, construct_id)
        runtime = RuntimeFunction(
            self,
            "Function",
            runtime="receipt_rule_order",
            description="Puts the receipt rules of Amazon SES into their order",
            timeout=cdk.Duration.minutes(_FUNCTION_TIMEOUT_MINUTES),
            statements=[
                iam.PolicyStatement(
                    actions=["ses:DescribeReceiptRuleSet", "ses:ReorderReceiptRuleSet"], resources=["*"]
                )
            ],
        )
        acknowledge(runtime.role, {"IAM5[Resource::*]": _NO_ARN}, packs=["AwsSolutions"])
        acknowledge(runtime, {"LambdaStarPermissions": _NO_ARN}, packs=["Serverless"])
        resource = cdk.CustomResource(
            self,
            "Order",
            resource_type="Custom::ReceiptRuleOrder",
            service_token=runtime.function.function_arn,
            service_timeout=cdk.Duration.minutes(_SERVICE_TIMEOUT_MINUTES),
            # Nothing is to be deleted, so the function is not asked: a broken one holds up no deletion.
            removal_policy=cdk.RemovalPolicy.RETAIN,
            properties={
                "RuleSetName": rule_set_name,
                "RuleNames": list(rule_names),
                **({} if after_rule is None else {"AfterRule": after_rule}),
            },
        )
        resource.node.add_dependency(*after)

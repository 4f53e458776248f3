"""A receipt rule set is the active one: SES applies its rules to the mail that comes in.

SES has one active receipt rule set in an account and Region, and CloudFormation has no resource that says
which. One `Custom::ReceiptRuleSetActivation` does, with the function behind it (`AWS::Lambda::Function`, its
role and its log); the function keeps one parameter in the Parameter Store, where it writes down which set was
active before. All of it goes with the stack, and the set from before is active again, if ours still was.

Another set that is active is never replaced unless `take_over` says so: the deployment fails and names it. A
set that somebody activates later is left alone; `receiving_section` of the operator's commands shows it. What
a person must still do: point the domain's MX record at this Region.

Example::

    rule_set = ses.CfnReceiptRuleSet(stack, "Inbound", rule_set_name="inbound")
    RuleSetActivation(stack, "Activation", rule_set_name="inbound", rules=[rule_set])
"""

import re
from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct, IDependable

from constructs_lib.acknowledgments import acknowledge
from constructs_lib.domain_name import is_token
from constructs_lib.errors import ConfigurationError
from constructs_lib.regions import require_ses_region
from constructs_lib.runtime_function import RuntimeFunction

_FUNCTION: Final = "RuleSetActivationFunction"
_LOGICAL_ID: Final = "ReceiptRuleSetActivation"
_NAME: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,62}[A-Za-z0-9])?")
# As long as the function may wait for IAM and SES, and as long as Lambda needs to call it three times: a call
# that comes after CloudFormation gave up would make a set active that is on its way out.
_FUNCTION_TIMEOUT_MINUTES: Final = 2
_SERVICE_TIMEOUT_MINUTES: Final = 10
_NO_ARN: Final = (
    "SES cannot limit these calls to a rule set; the function replaces another one only with take_over."
)


class RuleSetActivation(Construct):
    """Makes one receipt rule set the active one of the stack's account and Region. One per stack.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        rule_set_name: The set: letters, digits, ``_`` and ``-``, 64 at most (SES API v1,
            CreateReceiptRuleSet); also the name that a construct of a rule set gives.
        take_over: Whether to replace another set that is active, at the first deployment and at each later
            one that changes this resource. Default: the deployment fails.
        rules: The constructs of the set, its rules and what they need: made before it becomes active, and
            deleted after it no longer is. Default: the set exists already.

    Attributes:
        former_rule_set_name: The set that becomes active again, known after the deploy; ``(none)`` for none,
            its own name where it was active already. It is also an output.

    Raises:
        ConfigurationError: ``rule-set-activation-invalid``, ``region-without-ses``.
    """

    former_rule_set_name: str

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        rule_set_name: str,
        take_over: bool = False,
        rules: Sequence[IDependable] = (),
    ) -> None:
        stack = cdk.Stack.of(scope)
        require_ses_region(stack.region, option="env.region")
        _require_name(rule_set_name)
        _require_first(stack, rule_set_name)

        super().__init__(scope, construct_id)
        # Below the stack: CloudFormation refuses another function for a resource that is there already.
        runtime = RuntimeFunction(
            stack,
            _FUNCTION,
            runtime="rule_set_activation",
            description="Makes a receipt rule set of Amazon SES the active one",
            timeout=cdk.Duration.minutes(_FUNCTION_TIMEOUT_MINUTES),
            statements=_statements(stack),
        )
        acknowledge(runtime.role, {"IAM5[Resource::*]": _NO_ARN}, packs=["AwsSolutions"])
        acknowledge(runtime, {"LambdaStarPermissions": _NO_ARN}, packs=["Serverless"])
        resource = cdk.CustomResource(
            self,
            "Active",
            resource_type="Custom::ReceiptRuleSetActivation",
            service_token=runtime.function.function_arn,
            service_timeout=cdk.Duration.minutes(_SERVICE_TIMEOUT_MINUTES),
            properties={"RuleSetName": rule_set_name, "TakeOver": take_over},
        )
        _name(resource)
        if rules:
            resource.node.add_dependency(*rules)
        self.former_rule_set_name = resource.get_att_string("Former")
        cdk.CfnOutput(
            self,
            "Former",
            value=self.former_rule_set_name,
            description="The receipt rule set that becomes active again when this stack goes",
        )


def _statements(stack: cdk.Stack) -> list[iam.PolicyStatement]:
    # The stack's name and id, as `place_of` in the runtime takes them from the request.
    place = f"receipt-rule-set-activation/{cdk.Fn.select(5, cdk.Fn.split(':', stack.stack_id))}"
    return [
        iam.PolicyStatement(
            actions=[
                "ses:DescribeActiveReceiptRuleSet",
                "ses:DescribeReceiptRuleSet",
                "ses:SetActiveReceiptRuleSet",
            ],
            resources=["*"],
        ),
        iam.PolicyStatement(
            actions=["ssm:DeleteParameter", "ssm:GetParameter", "ssm:PutParameter"],
            resources=[stack.format_arn(service="ssm", resource="parameter", resource_name=place)],
        ),
    ]


def _name(resource: cdk.CustomResource) -> None:
    """Give the resource the same logical id wherever its construct stands.

    Moved, it would be made anew, find the set active, and then be deleted and give the place back.
    """
    child = resource.node.default_child
    if not isinstance(child, cdk.CfnResource):
        raise TypeError(f"{resource.node.path} has no resource")
    child.override_logical_id(_LOGICAL_ID)


def _require_name(rule_set_name: str) -> None:
    if is_token(rule_set_name) or _NAME.fullmatch(rule_set_name):
        return
    raise ConfigurationError(
        "rule-set-activation-invalid",
        option="rule_set_name",
        rule="1 to 64 ASCII letters, digits, _ and -, the first and last one a letter or digit (SES API v1, "
        "CreateReceiptRuleSet).",
        got=rule_set_name,
        fix="write the name of the receipt rule set, not its ARN",
    )


def _require_first(stack: cdk.Stack, rule_set_name: str) -> None:
    if stack.node.try_find_child(_FUNCTION) is not None:
        raise ConfigurationError(
            "rule-set-activation-invalid",
            option="rule_set_name",
            rule="once in a stack: an account has one active receipt rule set in a Region.",
            got=rule_set_name,
            fix="keep one RuleSetActivation, and put all rules into its set",
        )

from typing import Any

import aws_cdk as cdk
import pytest

from constructs_lib.verification.verification_waits import VerificationWaits
from tests.iam import Request, evaluate, identity_policies
from tests.synthesis import ACCOUNT, REGION, Resources, new_stack, only, resources, template_of

KIND = "Custom::VerifiedIdentity"


def build(stack: cdk.Stack | None = None, construct_id: str = "Waits", **overrides: Any) -> VerificationWaits:  # noqa: ANN401 - any option
    options: dict[str, Any] = {"domain": "example.com", "timeout_seconds": 900, "zone_id": "Z0123456789"}
    return VerificationWaits(stack or new_stack(), construct_id, **(options | overrides))


def synth(**overrides: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    return template_of(cdk.Stack.of(build(**overrides)))


def waits(template: dict[str, Any]) -> Resources:
    """The waits by logical id, in the order of their ends."""
    found = resources(template, KIND)
    return dict(sorted(found.items(), key=lambda item: int(item[1]["Properties"]["Until"])))


def test_the_waits_follow_each_other_and_measure_from_the_first_one() -> None:
    template = synth()
    function, _ = only(template, "AWS::Lambda::Function")
    access, _ = only(template, "AWS::IAM::Policy")
    (first_id, first), (_, last) = waits(template).items()
    common = {
        "ServiceToken": {"Fn::GetAtt": [function, "Arn"]},
        "Domain": "example.com",
        "ZoneId": "Z0123456789",
        "Timeout": 900,
        "PollSeconds": 15,
    }
    assert first["Properties"] == common | {"ServiceTimeout": "600", "Until": 120}
    since = {"Ref": first_id}
    assert last["Properties"] == common | {"ServiceTimeout": "1260", "Until": 900, "Since": since}
    assert first["DependsOn"] == [access]
    assert "DependsOn" not in last
    assert len(template["Resources"]) == 2 + 1 + 3


def test_a_deletion_asks_nobody() -> None:
    for wait in waits(synth()).values():
        assert wait["DeletionPolicy"] == wait["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize(
    "timeout, ends",
    [
        (1, [1]),
        (120, [120]),
        (121, [120, 121]),
        (3600, [120, 900, 1680, 2460, 3240, 3600]),
        (7200, [120, *range(900, 7200, 780), 7200]),
    ],
)
def test_each_wait_fits_into_a_call_of_the_function_and_into_what_cloudformation_allows(
    timeout: int, ends: list[int]
) -> None:
    template = synth(timeout_seconds=timeout)
    assert [wait["Properties"]["Until"] for wait in waits(template).values()] == ends
    _, function = only(template, "AWS::Lambda::Function")
    begin = 0
    for wait in waits(template).values():
        length = wait["Properties"]["Until"] - begin
        # What is left is for a slow last look and for reading the zone.
        assert length + 120 <= function["Properties"]["Timeout"] == 900
        assert length + 180 < int(wait["Properties"]["ServiceTimeout"]) <= 3600
        begin = wait["Properties"]["Until"]


def test_all_gates_of_a_stack_share_the_function_and_each_reads_only_its_own() -> None:
    stack = new_stack()
    build(stack)
    build(stack, "Other", domain="example.org", zone_id=None)
    template = template_of(stack)
    only(template, "AWS::Lambda::Function")
    role, found = only(template, "AWS::IAM::Role")
    (inline,) = found["Properties"]["Policies"]
    assert len(inline["PolicyDocument"]["Statement"]) == 1
    log, _ = only(template, "AWS::Logs::LogGroup")
    names = {f"{log}.Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:gate:*"}
    policies = identity_policies(template, role, names)
    asked = [
        ("ses:GetEmailIdentity", f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.com", True),
        ("ses:GetEmailIdentity", f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.org", True),
        ("ses:GetEmailIdentity", f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/mail.example.com", False),
        ("ses:GetEmailIdentity", f"arn:aws:ses:eu-central-1:{ACCOUNT}:identity/example.com", False),
        ("ses:DeleteEmailIdentity", f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.com", False),
        ("ses:SendEmail", f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.com", False),
        ("route53:ListResourceRecordSets", "arn:aws:route53:::hostedzone/Z0123456789", True),
        ("route53:ListResourceRecordSets", "arn:aws:route53:::hostedzone/Z9876543210", False),
        ("route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z0123456789", False),
    ]
    decisions = evaluate(
        [
            Request(
                principal=f"arn:aws:iam::{ACCOUNT}:role/gate",
                action=action,
                resources=[resource],
                identity_policies=policies,
                resource_account=ACCOUNT,
            )
            for action, resource, _ in asked
        ]
    )
    assert [decision.allowed for decision in decisions] == [allowed for _, _, allowed in asked]

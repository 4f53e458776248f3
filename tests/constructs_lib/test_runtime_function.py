import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib.runtime_function import RuntimeFunction
from tests.lint_templates import findings as lint
from tests.synthesis import REGION, new_app, new_stack, only, template_of
from tests.test_nag import PACKS, findings

ALLOW = iam.PolicyStatement(actions=["sns:Publish"], resources=["arn:aws:sns:eu-west-1:111111111111:topic"])


def build(stack: cdk.Stack, **overrides: Any) -> RuntimeFunction:  # noqa: ANN401 - any option
    options: dict[str, Any] = {
        "runtime": "sending_authorization",
        "description": "What it does",
        "statements": [ALLOW],
    }
    return RuntimeFunction(stack, "Function", **(options | overrides))


def synth(**overrides: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    stack = new_stack()
    build(stack, **overrides)
    return template_of(stack)


def test_three_resources_that_go_with_their_stack() -> None:
    template = synth()
    log, group = only(template, "AWS::Logs::LogGroup")
    role, _ = only(template, "AWS::IAM::Role")
    _, function = only(template, "AWS::Lambda::Function")
    assert len(template["Resources"]) == 3
    assert group["Properties"] == {"RetentionInDays": 365}
    assert group["DeletionPolicy"] == "Delete"
    properties = function["Properties"]
    assert properties.pop("Code")
    assert properties == {
        "Architectures": ["arm64"],
        "Description": "What it does",
        "Handler": "runtimes.sending_authorization.handler.handle",
        "LoggingConfig": {"LogGroup": {"Ref": log}},
        "MemorySize": 256,
        "Role": {"Fn::GetAtt": [role, "Arn"]},
        "Runtime": "python3.14",
        "Timeout": 60,
    }
    # The reference to the role says it already.
    assert "DependsOn" not in function


def test_environment_timeout_memory_and_concurrency() -> None:
    options = {"timeout": cdk.Duration.minutes(2), "memory_mb": 512, "reserved_concurrency": 3}
    _, function = only(synth(environment={"USERS": "[]"}, **options), "AWS::Lambda::Function")
    assert function["Properties"]["MemorySize"] == 512
    assert function["Properties"]["ReservedConcurrentExecutions"] == 3
    assert function["Properties"]["Environment"] == {"Variables": {"USERS": "[]"}}
    assert function["Properties"]["Timeout"] == 120


def test_the_role_may_write_its_own_log_and_what_it_is_given() -> None:
    template = synth()
    log, _ = only(template, "AWS::Logs::LogGroup")
    _, role = only(template, "AWS::IAM::Role")
    (policy,) = role["Properties"]["Policies"]
    own, given = policy["PolicyDocument"]["Statement"]
    assert own["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert own["Resource"] == {"Fn::GetAtt": [log, "Arn"]}
    assert given["Action"] == "sns:Publish"
    assert "ManagedPolicyArns" not in role["Properties"]


def test_nothing_is_added_to_the_role_behind_its_back() -> None:
    stack = new_stack()
    build(stack).function.add_to_role_policy(ALLOW)
    assert "AWS::IAM::Policy" not in {item["Type"] for item in template_of(stack)["Resources"].values()}


@pytest.mark.parametrize(
    "runtime",
    [
        "cross_account_record",
        "drop_spam",
        "inbound_mail",
        "legacy_verification",
        "receipt_rule_order",
        "reputation_pause",
        "rule_set_activation",
        "sending_authorization",
        "smtp_credentials",
        "verification_gate",
    ],
)
def test_the_package_holds_this_runtime_and_what_all_share(runtime: str) -> None:
    found = packaged(runtime=runtime)
    assert {"runtimes/__init__.py", "runtimes/custom_resource.py", f"runtimes/{runtime}/handler.py"} <= found
    shared = {"runtimes/__init__.py", "runtimes/aws_calls.py", "runtimes/custom_resource.py"}
    assert all(name in shared or name.startswith(f"runtimes/{runtime}/") for name in found)
    assert not any("__pycache__" in name for name in found)


def test_who_writes_into_foreign_zones_has_a_path_and_can_assume_a_role() -> None:
    options = {"runtime": "cross_account_record", "writes_foreign_zones": True}
    assert packaged(**options) - packaged(runtime="cross_account_record") == {"runtimes/assumed_role.py"}
    _, role = only(synth(**options), "AWS::IAM::Role")
    assert role["Properties"]["Path"] == "/zone-records/"
    _, other = only(synth(), "AWS::IAM::Role")
    assert "Path" not in other["Properties"]


def packaged(**options: Any) -> set[str]:  # noqa: ANN401 - any option
    """The files that Lambda gets."""
    app = new_app()
    build(new_stack(scope=app), **options)
    folder = Path(app.synth().directory)
    manifest = json.loads((folder / "Stack.assets.json").read_text(encoding="utf-8"))
    (source,) = (
        folder / file["source"]["path"]
        for file in manifest["files"].values()
        if file["source"]["packaging"] == "zip"
    )
    return {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}


def test_the_rule_packs_and_cfn_lint_are_clean(tmp_path: Path) -> None:
    stack = new_stack()
    build(stack)
    for pack in PACKS:
        assert findings(pack, stack) == set()
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template_of(stack)), encoding="utf-8")
    assert lint("Stack", REGION, path) == []

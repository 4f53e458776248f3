import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.receiving.folder_function import FolderFunction
from constructs_lib.receiving.mail_function import MailFunction
from tests.constructs_lib.receiving.inbound_stacks import build
from tests.lint_templates import findings as lint
from tests.support import refuses
from tests.synthesis import ACCOUNT, REGION, new_stack, only, template_of
from tests.test_nag import PACKS, findings


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "orders"
    (folder / "__pycache__").mkdir(parents=True)
    (folder / "orders.py").write_text("def handle(event, context): ...\n", encoding="utf-8")
    return tmp_path


def settings(**overrides: Any) -> MailFunction:  # noqa: ANN401 - any option
    return MailFunction(**({"folder": "orders", "handler": "orders.handle"} | overrides))


def test_the_function_is_what_was_written(root: Path) -> None:
    stack = new_stack()
    made = settings(
        timeout_seconds=20, memory_mb=512, reserved_concurrency=3, variables={"TABLE": "t"}, policies=("a/b",)
    )
    FolderFunction(stack, "Orders", settings=made, root=root)
    template = template_of(stack)
    _, function = only(template, "AWS::Lambda::Function")
    told = function["Properties"]
    assert (told["Handler"], told["Runtime"], told["Architectures"]) == (
        "orders.handle",
        "python3.14",
        ["arm64"],
    )
    assert (told["Timeout"], told["MemorySize"], told["ReservedConcurrentExecutions"]) == (20, 512, 3)
    assert told["Environment"]["Variables"] == {"TABLE": "t"}
    log, _ = only(template, "AWS::Logs::LogGroup")
    assert told["LoggingConfig"] == {"LogGroup": {"Ref": log}}
    _, role = only(template, "AWS::IAM::Role")
    (managed,) = role["Properties"]["ManagedPolicyArns"]
    assert managed == f"arn:aws:iam::{ACCOUNT}:policy/a/b"
    (own,) = role["Properties"]["Policies"]
    (statement,) = own["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"] == {"Fn::GetAtt": [log, "Arn"]}


def test_a_cache_of_python_is_no_change(root: Path) -> None:
    def code() -> object:
        stack = new_stack()
        FolderFunction(stack, "Orders", settings=settings(), root=root)
        return only(template_of(stack), "AWS::Lambda::Function")[1]["Properties"]["Code"]

    before = code()
    (root / "orders" / "__pycache__" / "orders.pyc").touch()
    assert code() == before
    (root / "orders" / "orders.py").write_text("def handle(event, context): pass\n", encoding="utf-8")
    assert code() != before


def test_without_code_there_is_nothing(tmp_path: Path) -> None:
    stack = new_stack()
    with refuses("mail-function-invalid", "commit the folder"):
        FolderFunction(stack, "Orders", settings=settings(), root=tmp_path)
    assert stack.node.children == []


@pytest.mark.parametrize("pack", PACKS)
def test_packs_behind_an_inbox(pack: Any, root: Path) -> None:  # noqa: ANN401 - a pack's class
    stack = new_stack()
    orders = FolderFunction(stack, "Orders", settings=settings(), root=root)
    build(stack, function=orders.function)
    assert findings(pack, stack) == set()


def test_cfn_lint_behind_an_inbox(root: Path, tmp_path: Path) -> None:
    stack = new_stack()
    orders = FolderFunction(stack, "Orders", settings=settings(policies=("orders",)), root=root)
    build(stack, function=orders.function)
    path = tmp_path / "template.json"
    template = template_of(stack)
    (reads,) = only(template, "AWS::IAM::Policy")[1]["Properties"]["Roles"]
    assert reads == {"Ref": only(template, "AWS::IAM::Role")[0]}
    path.write_text(json.dumps(template), encoding="utf-8")
    assert lint("Stack", REGION, path) == []

"""The public API of ``constructs_lib`` as text: what an app may import, as a header file would say it.

Read from the source, never imported: the text is the same with every Python and every version of the CDK.
A name is public unless it, or the module that holds it, begins with an underscore. The code of Lambda
functions and of EC2 instances is not for importing.
"""

import ast
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import griffe

PACKAGE: Final = "constructs_lib"
_HEADING: Final = "# module "
_UNMARKED: Final = str.maketrans("", "", "`*")
_NOT_FOR_APPS: Final = ("runtimes", "instance")


def public_api(library: Path) -> str:
    """Every public module with something public in it, one section each."""
    sections = []
    for path in sorted(library.rglob("*.py")):
        parts = path.relative_to(library).with_suffix("").parts
        if parts[0] in _NOT_FOR_APPS or any(p.startswith("_") and p != "__init__" for p in parts):
            continue
        body = list(_public(ast.parse(path.read_text("utf-8")).body))
        if body:
            name = ".".join((PACKAGE, *(part for part in parts if part != "__init__")))
            sections.append(f"{_HEADING}{name}\n{ast.unparse(ast.Module(body, []))}\n")
    return _formatted("\n".join(sections))


def breaks(old: str, new: str) -> list[str]:
    """What an app that was written for one API must fear of another, a sentence each."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = (_loaded(text, Path(folder, name)) for name, text in (("old", old), ("new", new)))
        return [
            breakage.explain(style=griffe.ExplanationStyle.MARKDOWN).strip("- ").translate(_UNMARKED)
            for breakage in griffe.find_breaking_changes(before, after)
        ]


def _loaded(text: str, folder: Path) -> griffe.Module:
    """The text as a package again."""
    (folder / PACKAGE).mkdir(parents=True)
    (folder / PACKAGE / "__init__.py").touch()
    for section in text.split(_HEADING)[1:]:
        name, _, body = section.partition("\n")
        path = folder.joinpath(*name.split("."))
        path.parent.mkdir(parents=True, exist_ok=True)
        for parent in path.relative_to(folder).parents[:-1]:
            (folder / parent / "__init__.py").touch()
        # Griffe is to know that fields of a dataclass are parameters.
        path.with_suffix(".py").write_text(f"from dataclasses import dataclass\n{body}", encoding="utf-8")
    # A folder of that name here is not meant.
    package = griffe.load(PACKAGE, search_paths=[folder], try_relative_path=False, allow_inspection=False)
    assert isinstance(package, griffe.Module)
    return package


def _formatted(text: str) -> str:
    """One parameter a line, so that a review shows which one changed."""
    command = [shutil.which("ruff") or "ruff", "format", "--stdin-filename", "api.pyi", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def _public(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        match node:
            case ast.ClassDef(name=name) if not name.startswith("_"):
                yield _header(node)
            case ast.FunctionDef(name=name) if name == "__init__" or not name.startswith("_"):
                node.body = [ast.Expr(ast.Constant(...))]
                yield node
            case ast.Assign(targets=[ast.Name(id=name)]) if not name.startswith("_"):
                yield node
            case ast.AnnAssign(target=ast.Name(id=name)) if not name.startswith("_"):
                if ast.unparse(node.annotation) == "Final":
                    node.value = None  # a constant is there to be named
                yield node


def _header(node: ast.ClassDef) -> ast.ClassDef:
    """A class with its public members, and the public attributes that its ``__init__`` sets."""
    attributes = [
        made
        for member in node.body
        if isinstance(member, ast.FunctionDef) and member.name == "__init__"
        for made in _attributes(member)
    ]
    members = list(_public(node.body))
    declared = {ast.unparse(member.target) for member in members if isinstance(member, ast.AnnAssign)}
    attributes = [made for made in attributes if ast.unparse(made.target) not in declared]
    node.body = [*attributes, *members] or [ast.Expr(ast.Constant(...))]
    return node


def _attributes(init: ast.FunctionDef) -> Iterator[ast.AnnAssign]:
    seen = set()
    for node in ast.walk(init):
        targets = node.targets if isinstance(node, ast.Assign) else []
        annotation: ast.expr = ast.Name("object")
        if isinstance(node, ast.AnnAssign):
            targets, annotation = [node.target], node.annotation
        for target in (part for each in targets for part in ast.walk(each)):
            if (
                isinstance(target, ast.Attribute)
                and ast.unparse(target.value) == "self"
                and not target.attr.startswith("_")
                and target.attr not in seen
            ):
                seen.add(target.attr)
                yield ast.AnnAssign(target=ast.Name(target.attr), annotation=annotation, simple=1)

"""A page for each error code, from ``docs/errors.md``, ``ops/errors.py`` and the places that raise it."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from constructs_lib.errors import CODES as CONFIGURATION_CODES
from docs_site.docstrings import escaped
from ops.errors import CODES as OPERATOR_CODES

SOURCE: Final = "docs/errors.md"
_OPERATOR_PAGE: Final = "docs/reference/operator.md"
_AREAS: Final = {
    "identity": "Identities and DNS",
    "verification": "Verification",
    "sending": "Sending",
    "events": "Feedback",
    "smtp": "SMTP",
    "ec2": "EC2",
    "receiving": "Incoming mail",
    "monitoring": "Monitoring",
    "audit": "Audit",
    "constructs_lib": "Names, Regions and policies",
    "stacks": "Environments",
    "ops": "The operator's commands",
}
"""Areas by the folder that raises, in the order of the index."""


@dataclass(frozen=True)
class Raised:
    """A place that raises an error.

    Attributes:
        path: The module, by its path in the repository.
        where: The class or function.
        option: The option that is refused; empty where only the call tells it.
        rule: The rule, or what happened; empty where only the call tells it.
    """

    path: str
    where: str
    option: str
    rule: str


def sections(text: str) -> dict[str, str]:
    """What ``docs/errors.md`` says about each code, without the heading."""
    parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def error_pages(root: Path) -> dict[str, str]:
    """The pages, by their path below ``docs/``; links are those of ``docs/errors.md``."""
    told = sections((root / SOURCE).read_text(encoding="utf-8"))
    raised = raising_places(root)
    rows = _operator_rows((root / _OPERATOR_PAGE).read_text(encoding="utf-8"))
    pages = {
        f"errors/{code}.md": f"{_head(code, title)}{told[code].strip()}\n\n{_places(raised[code])}"
        for code, title in CONFIGURATION_CODES.items()
    }
    for code, title in OPERATOR_CODES.items():
        row = f"{rows[code]}\n\n" if code in rows else ""
        pages[f"errors/{code}.md"] = (
            f"{_head(code, title)}An error of the [operator's commands](reference/operator.md).\n\n"
            f"{row}{_places(raised.get(code, []))}"
        )
    return pages


def _head(code: str, title: str) -> str:
    return f"# {code}\n\n*{escaped(title)}.*\n\n"


def areas(root: Path) -> dict[str, list[str]]:
    """The codes of each area, by the folder that raises them first."""
    raised = raising_places(root)
    found: dict[str, list[str]] = {area: [] for area in _AREAS.values()}
    for code in sorted({**CONFIGURATION_CODES, **OPERATOR_CODES}):
        folder = "ops" if code in OPERATOR_CODES else _folder(raised[code][0].path)
        found[_AREAS[folder]].append(code)
    return {area: codes for area, codes in found.items() if codes}


def error_index(root: Path) -> str:
    """``docs/errors.md`` for the site: its introduction, and the codes by area."""
    introduction = (root / SOURCE).read_text(encoding="utf-8").partition("\nIn the examples ")[0]
    titles = {**CONFIGURATION_CODES, **OPERATOR_CODES}
    lists = (
        f"\n## {area}\n\n"
        + "".join(f"- [`{code}`](errors.md#{code}): {escaped(titles[code])}\n" for code in codes)
        for area, codes in areas(root).items()
    )
    return introduction.rstrip() + "\n" + "".join(lists)


def raising_places(root: Path) -> Mapping[str, list[Raised]]:
    """Where each code is raised, the constructs first."""
    classes = _operator_classes(root)
    found: dict[str, list[Raised]] = {}
    for package in ("constructs_lib", "stacks", "ops", "local"):
        for path in sorted((root / package).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            for where, call in _calls(ast.parse(path.read_text(encoding="utf-8"))):
                function = call.func.id if isinstance(call.func, ast.Name) else ""
                given = {word.arg: _text(word.value) for word in call.keywords}
                if function == "ConfigurationError":
                    place = Raised(name, where, given.get("option", ""), given.get("rule", ""))
                    found.setdefault(_text(call.args[0]), []).append(place)
                elif function in classes and name != "ops/errors.py":
                    message = _text(call.args[0]) if call.args else ""
                    found.setdefault(classes[function], []).append(Raised(name, where, "", message))
    return found


def _folder(path: str) -> str:
    parts = path.split("/")
    return parts[1] if parts[0] == "constructs_lib" and len(parts) > 2 else parts[0]  # noqa: PLR2004 - a subject


def _places(places: list[Raised]) -> str:
    lines = []
    for place in dict.fromkeys(places):
        option = f"`{place.option}`: " if place.option else ""
        rule = f"{escaped(place.rule.rstrip('.'))}, in " if place.rule else ""
        lines.append(f"- {option}{rule}[`{place.where}`](../{place.path})\n")
    return "**Where it comes from**\n\n" + "".join(lines) if lines else ""


def _operator_rows(text: str) -> dict[str, str]:
    """What the table of the operator's page says, by code."""
    found = {}
    for codes, told in re.findall(r"^\| ((?:`[a-z-]+`(?:, )?)+) \| (.+) \|$", text, re.MULTILINE):
        for code in re.findall(r"`([a-z-]+)`", codes):
            found[code] = told[0].upper() + told[1:] + "."
    return found


def _operator_classes(root: Path) -> dict[str, str]:
    """The code of each class of ``ops/errors.py``."""
    tree = ast.parse((root / "ops" / "errors.py").read_text(encoding="utf-8"))
    return {
        node.name: str(statement.value.value)
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
    }


def _calls(tree: ast.AST, where: str = "") -> Iterator[tuple[str, ast.Call]]:
    for node in ast.iter_child_nodes(tree):
        inner = where
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("__"):
            public = node.name.lstrip("_")
            inner = f"{where}.{public}" if where else public
        if isinstance(node, ast.Call):
            yield where, node
        yield from _calls(node, inner)


def _text(node: ast.expr) -> str:
    """A text as it is written, with an ellipsis for what only the call knows; empty for no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return ""

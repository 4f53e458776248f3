"""Whether the commands of a bash block are ones that exist, without running them.

One command a line, continued by a backslash, with ``&&``, ``|``, ``;``, redirections and quoted ``"$(...)"``.
"""

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import PurePosixPath
from typing import Any, Final

import botocore.session
import typer
from botocore import xform_name

from ops.cli import app as operator_commands
from ops.template_files import app as template_commands
from stacks.environments import ENVIRONMENTS
from tests.support import ROOT

OTHER_PROGRAMS: Final = frozenset(
    (
        *("cat", "cd", "cp", "curl", "dig", "echo", "export", "git", "grep", "jq", "mkdir", "openssl", "pip"),
        *("journalctl", "postqueue", "sendmail", "source", "swaks", "systemctl", "tee"),
    )
)
"""Programs that a page may call and that nothing here knows."""

REPOSITORY_FOLDERS: Final = frozenset(
    ("bench", "constructs_lib", "docs", "examples", "local", "ops", "stacks", "tests")
)

_AWS_COMMON: Final = frozenset(
    ("cli-input-json", "endpoint-url", "max-items", "no-cli-pager", "output", "profile", "query", "region")
)
_AWS_CUSTOM: Final = frozenset(
    (
        "cloudformation deploy",
        "s3 cp",
        "s3 ls",
        "s3 sync",
        "s3 presign",
        "logs tail",
        "configure sso",
        "sso login",
        "ssm start-session",
    )
)
"""Commands of the AWS CLI that are not operations of the API."""

_OPERATORS: Final = frozenset(("&&", "||", "|", ";", "&"))
_REDIRECTIONS: Final = frozenset((">", ">>", "<", "2>", "&>"))


def check(source: str, *, files: set[str]) -> Iterator[str]:
    """What is wrong with the commands of a block.

    Args:
        source: The block.
        files: Files that the page made before, by their path from the root; what the block makes is added.

    Yields:
        A sentence for each fault.
    """
    for line in re.sub(r"\\\n\s*", " ", source).splitlines():
        try:
            words = _split(line)
        except ValueError as error:
            yield f"{line.strip()!r}: {error}"
            continue
        for command in _commands(words):
            yield from (f"{shlex.join(command)!r}: {fault}" for fault in _command(command, files))


def _split(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    return list(lexer)


def _commands(words: Sequence[str]) -> Iterator[list[str]]:
    command: list[str] = []
    for word in words:
        if word in _OPERATORS:
            yield command
            command = []
        else:
            command.append(word)
    if command:
        yield command


def _command(words: list[str], files: set[str]) -> Iterator[str]:
    for word in words:
        for inner in re.findall(r"\$\(([^()]*)\)", word):
            yield from check(inner, files=files)
    words, made = _without_redirections(words)
    files |= made
    while words and re.fullmatch(r"[A-Z_][A-Z0-9_]*=.*", words[0]):
        words = words[1:]
    if not words:
        return
    program, *arguments = words
    if program == "sudo":
        yield from _command(arguments, files)
        return
    if program in ("cp", "mkdir", "tee") and arguments:
        files |= {arguments[-1]} if program == "cp" else set(arguments)
    yield from _missing_files(words, files)
    if known := _PROGRAMS.get(program):
        yield from known(arguments, files)
    elif program not in OTHER_PROGRAMS:
        yield f"no page may call {program}; see tests/docs/commands.py"


def _without_redirections(words: list[str]) -> tuple[list[str], set[str]]:
    kept, made = [], set()
    rest = iter(words)
    for word in rest:
        if word in _REDIRECTIONS:
            made.add(next(rest, ""))
        else:
            kept.append(word)
    return kept, made


def _missing_files(words: Sequence[str], files: set[str]) -> Iterator[str]:
    for word in words:
        path = PurePosixPath(word)
        if len(path.parts) < 2 or path.parts[0] not in REPOSITORY_FOLDERS or word in files:
            continue
        if not any(ROOT.glob(word)):
            yield f"the repository has no {word}"


def _make(arguments: Sequence[str], _: set[str]) -> Iterator[str]:
    makefile = _makefile()
    for argument in arguments:
        name, sign, _value = argument.partition("=")
        if sign and f"$({name})" not in makefile:
            yield f"the Makefile knows no variable {name}"
        elif not sign and not re.search(rf"^{re.escape(name)}:", makefile, re.MULTILINE):
            yield f"the Makefile has no target {name}"


@cache
def _makefile() -> str:
    return (ROOT / "Makefile").read_text(encoding="utf-8")


def _python(arguments: Sequence[str], files: set[str]) -> Iterator[str]:
    match list(arguments):
        case ["-m", "ops", "templates", "check" | "fix" as command, *rest]:
            yield from _typer(typer.main.get_command(template_commands), [command, *rest], files)
        case ["-m", "ops", *rest]:
            yield from _typer(typer.main.get_command(operator_commands), rest, files)
        case ["-m", "json.tool" | "venv" | "pip" | "http.server", *_]:
            pass
        case ["-m", module, *_]:
            path = module.replace(".", "/")
            if not any((ROOT / each).is_file() for each in (f"{path}.py", f"{path}/__main__.py")):
                yield f"there is no module {module} to run"
        case [script, *_] if script.endswith(".py"):
            if script not in files and not (ROOT / script).is_file():
                yield f"there is no {script}"
        case _:
            yield "python runs a module (-m) or a script here"


def _typer(command: Any, arguments: list[str], files: set[str]) -> Iterator[str]:  # noqa: ANN401 - Typer ships Click inside, untyped
    while hasattr(command, "commands"):
        if arguments[:1] in ([], ["--help"]):
            return
        name, *arguments = arguments
        if name not in command.commands:
            yield f"there is no command {name}"
            return
        command = command.commands[name]
    if "--help" in arguments:
        return
    try:
        context = command.make_context(command.name, arguments)
    except Exception as error:  # noqa: BLE001 - whatever Typer refuses it with
        told = getattr(error, "format_message", error.__str__)
        yield f"{command.name} refuses it: {told()}"
        return
    name = context.params.get("env")
    if name and name not in ENVIRONMENTS and f"stacks/environments/{name}.py" not in files:
        yield f"there is no environment {name}"


def _cdk(arguments: Sequence[str], _: set[str]) -> Iterator[str]:
    subcommand = arguments[0] if arguments else ""
    told = _cdk_help(subcommand)
    if not told.startswith("cdk "):
        yield f"there is no cdk {subcommand}"
        return
    for option in _options(arguments):
        if not re.search(rf"--(?:{option}|{option.removeprefix('no-')})\b", told):
            yield f"cdk {subcommand} has no option --{option}"


@cache
def _cdk_help(subcommand: str) -> str:
    """What the CDK's command line says of a subcommand; its general help where it has none of that name."""
    command = [str(ROOT / "node_modules" / ".bin" / "cdk"), subcommand, "--help"]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def _aws(arguments: Sequence[str], _: set[str]) -> Iterator[str]:
    service, operation = (*arguments, "", "")[:2]
    if f"{service} {operation}" in _AWS_CUSTOM:
        return
    if operation == "wait":
        return
    try:
        options = _aws_options(service, operation)
    except LookupError as error:
        yield str(error.args[0])
        return
    for option in _options(arguments):
        if option not in options and option not in _AWS_COMMON and option.removeprefix("no-") not in options:
            yield f"aws {service} {operation} has no option --{option}"


@cache
def _aws_options(service: str, operation: str) -> frozenset[str]:
    session = botocore.session.Session()
    name = {"s3api": "s3"}.get(service, service)
    if name not in session.get_available_services():
        message = f"AWS has no service {service}"
        raise LookupError(message)
    model = session.get_service_model(name)
    for each in model.operation_names:
        if xform_name(each, "-") == operation:
            shape = model.operation_model(each).input_shape
            return frozenset(xform_name(member, "-") for member in (shape.members if shape else ()))
    message = f"{service} has no operation {operation}"
    raise LookupError(message)


def _options(arguments: Sequence[str]) -> Iterator[str]:
    for argument in arguments:
        if argument.startswith("--"):
            yield argument[2:].partition("=")[0]


_PROGRAMS: Final[dict[str, Callable[[Sequence[str], set[str]], Iterator[str]]]] = {
    "make": _make,
    "python": _python,
    "cdk": _cdk,
    "aws": _aws,
}

"""Writing to a terminal, a pipe or a log, and errors as one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from constructs_lib.errors import ConfigurationError
from ops.errors import OpsError

UNUSABLE: Final = 2
"""Exit code: wrong usage, or the answer could not be had. Click uses it for usage too."""


@contextmanager
def told_errors() -> Iterator[None]:
    """Print our own errors as one sentence; anything else is a fault of ours and keeps its traceback."""
    try:
        yield
    except (ConfigurationError, OpsError) as error:
        fail(error.sentence if isinstance(error, OpsError) else str(error), UNUSABLE)


def fail(sentence: str, exit_code: int) -> NoReturn:
    """Print one error on stderr and leave with the exit code."""
    print_error(sentence)
    raise typer.Exit(exit_code)


def print_error(sentence: str) -> None:
    """Print one error on stderr, and go on."""
    console(stderr=True).print(Text.assemble(("error: ", "bold red"), sentence), soft_wrap=True)


def print_lines(lines: Iterator[Text]) -> None:
    """Print lines on stdout, never wrapped, so that values can be copied whole."""
    out = console()
    for line in lines:
        out.print(line, soft_wrap=True)


def console(*, stderr: bool = False) -> Console:
    """A console that colours only terminals and honours NO_COLOR."""
    return Console(stderr=stderr, highlight=False)

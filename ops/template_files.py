"""``python -m ops templates fix`` and ``check``: template files, without an environment and without AWS."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from constructs_lib.errors import ConfigurationError
from constructs_lib.verification.json_faults import find_fault
from constructs_lib.verification.template_json import KEYS
from constructs_lib.verification.verification_template import VerificationTemplate
from ops import help_texts
from ops.errors import TemplateFileExistsError
from ops.template_fix import Repair, repair
from ops.terminal import console, fail, told_errors

_NOT_ALL_WELL: Final = 1

app = typer.Typer(
    help="Look after custom verification e-mail templates: their files, and what SES has.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@dataclass(frozen=True, kw_only=True)
class FixedFile:
    """What a repair has written.

    Attributes:
        html: The file with the HTML, None where the template has none.
        backup: The file as it was.
        notes: What was wrong.
    """

    html: Path | None
    backup: Path
    notes: tuple[str, ...]


def fix_file(path: Path) -> FixedFile | None:
    """Make a template file JSON, with its HTML in a file of its own beside it.

    Args:
        path: The file.

    Returns:
        None for a file that is JSON already.

    Raises:
        TemplateAmbiguousError: Only a person can repair it. Nothing was written.
        TemplateFileExistsError: A file is in the way. Nothing was written.
    """
    data = path.read_bytes()
    if _is_json(data):
        return None
    repaired = repair(data)
    html = path.with_suffix(".html")
    backup = path.with_name(f"{path.name}.bak")
    _require_room(html, backup, repaired)
    backup.write_bytes(data)
    if repaired.html is not None:
        html.write_bytes(repaired.html.encode())
    # In one step: whoever reads the file meanwhile sees the old one or the new one.
    scratch = path.with_name(f"{path.name}.new")
    scratch.write_bytes(repaired.json_text.encode())
    scratch.replace(path)
    return FixedFile(html=html if repaired.html is not None else None, backup=backup, notes=repaired.notes)


@app.command(epilog=help_texts.TEMPLATE_FIX)
def fix(file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False)]) -> None:
    """Repair a template file that is no JSON: the HTML goes to a file of its own beside it.

    Raw line breaks, unescaped and typographic quotes, comments, missing and superfluous commas. What can be
    read in two ways is refused, and the broken file is kept beside the new one.
    """
    out = console()
    with told_errors():
        fixed = fix_file(file)
    if fixed is None:
        out.print(f"{file} is JSON: nothing to repair.", soft_wrap=True)
    else:
        out.print(f"{file}: now JSON", soft_wrap=True)
        if fixed.html:
            out.print(f"{fixed.html}: the HTML, each character as it was", soft_wrap=True)
        out.print(f"{fixed.backup}: the file as it was; compare, then delete it", soft_wrap=True)
        for note in fixed.notes:
            out.print(f"  {note}", soft_wrap=True, markup=False)
    try:
        VerificationTemplate.from_file(file)
    except ConfigurationError as error:
        fail(str(error), _NOT_ALL_WELL)


@app.command(epilog=help_texts.TEMPLATE_CHECK)
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", exists=True, dir_okay=False)],
) -> None:
    """Check template files as the deploy does: JSON, keys, name, subject, HTML, URLs, size."""
    wrong = False
    for file in files:
        try:
            template = VerificationTemplate.from_file(file)
        except ConfigurationError as error:
            wrong = True
            console(stderr=True).print(f"error: {error}", soft_wrap=True, markup=False)
        else:
            size = len(template.template_content.encode())
            console().print(f"{file}: {template.template_name}, {size} bytes of HTML", soft_wrap=True)
    if wrong:
        raise typer.Exit(_NOT_ALL_WELL)


def _is_json(data: bytes) -> bool:
    try:
        return find_fault(data.decode("utf-8"), KEYS) is None
    except UnicodeDecodeError:
        return False


def _require_room(html: Path, backup: Path, repaired: Repair) -> None:
    taken = [backup] if backup.exists() else []
    if repaired.html is not None and html.exists() and html.read_bytes() != repaired.html.encode():
        taken.append(html)
    if taken:
        raise TemplateFileExistsError(
            f"{' and '.join(str(path) for path in taken)} would be overwritten.",
            fix="compare it with the template, then move it away or delete it",
        )

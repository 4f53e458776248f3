"""Every code of a finding is used, tested and explained."""

from pathlib import Path

from ops.doctor.findings import CODES
from tests.support import ROOT


def unused(folder: Path) -> list[str]:
    """Codes that no module of a folder names, their list aside."""
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("*.py") if path.name != "findings.py"]
    return [code for code in CODES if not any(f'"{code}"' in text for text in texts)]


def test_every_code_is_used_and_tested() -> None:
    assert unused(ROOT / "ops" / "doctor") == ["not-known"]  # made in one place, beside the list
    assert unused(ROOT / "tests" / "ops" / "doctor") == []


def test_codes_in_the_code_and_on_the_page_are_the_same() -> None:
    page = (ROOT / "docs" / "reference" / "doctor.md").read_text(encoding="utf-8")
    explained = [line.removeprefix("### ") for line in page.splitlines() if line.startswith("### ")]
    assert explained == sorted(CODES)
    sections = page.split("\n### ")[1:]
    assert [section.splitlines()[0] for section in sections if "Fix: " not in section] == []

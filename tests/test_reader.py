"""What ``make reader`` installs: the pinned packages of client-side encryption, for Lambda, not for here."""

import struct
from importlib.metadata import distributions
from pathlib import Path

from aws_cdk import aws_lambda as lambda_

from stacks.receiving_stack import READER, READER_REQUIREMENTS
from tests.support import ROOT

PACKAGES = READER / "python" / "lib" / lambda_.Runtime.PYTHON_3_14.name / "site-packages"
"""Where Lambda looks in a layer for this runtime (Lambda Developer Guide, layers for Python)."""

ELF, AARCH64 = b"\x7fELF", 183


def pins(file: Path) -> dict[str, str]:
    lines = (line.partition(";")[0].strip() for line in file.read_text("utf-8").splitlines())
    return dict(line.split("==") for line in lines if line)


def test_it_is_made_of_the_pins() -> None:
    assert (READER / READER_REQUIREMENTS.name).read_bytes() == READER_REQUIREMENTS.read_bytes(), "make reader"
    installed = {
        each.metadata["Name"].lower().replace("_", "-"): each.version
        for each in distributions(path=[str(PACKAGES)])
    }
    assert installed == pins(READER_REQUIREMENTS)


def test_lambda_runs_the_releases_that_are_tested_here() -> None:
    here, there = pins(ROOT / "requirements.txt"), pins(READER_REQUIREMENTS)
    assert there.items() <= here.items()


def test_what_is_compiled_is_for_the_function() -> None:
    assert lambda_.Architecture.ARM_64.name == "arm64"
    compiled = list(PACKAGES.rglob("*.so"))
    assert {each.parent.name for each in compiled} == {"bindings", "site-packages"}
    for each in compiled:
        head = each.read_bytes()[:20]
        assert (head[:4], *struct.unpack("<H", head[18:20])) == (ELF, AARCH64)


def test_it_fits_into_a_layer() -> None:
    """250 MB with the function, unzipped (Lambda quotas)."""
    assert sum(each.stat().st_size for each in READER.rglob("*") if each.is_file()) < 100e6
    assert not list(READER.rglob("__pycache__"))

"""Stacks whose mail SES encrypts before it comes to S3, for several test files."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from constructs_lib.receiving.client_side_encryption import ClientSideEncryption

PINS = b"amazon-s3-encryption-client-python==4.0.0\n"


def made_reader(folder: Path, *, pins: bytes = PINS, content: bytes = b"") -> dict[str, Path]:
    """What ``make reader`` makes, without the packages; as options of `ClientSideEncryption`."""
    requirements, reader = folder / "requirements-reader.txt", folder / "reader"
    requirements.write_bytes(pins)
    (reader / "python").mkdir(parents=True, exist_ok=True)
    (reader / "python" / "module.py").write_bytes(content)
    (reader / requirements.name).write_bytes(pins)
    return {"reader": reader, "requirements": requirements}


@cache
def lasting_reader() -> dict[str, Path]:
    """The same for as long as the tests run."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    return made_reader(folder)


def encryption(stack: cdk.Stack, **overrides: Any) -> ClientSideEncryption:  # noqa: ANN401 - any option
    return ClientSideEncryption(stack, "ClientSide", **(lasting_reader() | overrides))

"""The fields of a template file: what ``create-custom-verification-email-template --cli-input-json`` takes.

One object of strings with the keys of the SES API, read strictly. Samples of it, the SES Developer Guide's
own included, hold raw line breaks and quotes inside the HTML, which JSON does not.
"""

import json
from collections import Counter
from typing import Final

from constructs_lib.errors import ConfigurationError
from constructs_lib.verification.json_faults import Cause, Fault, fault_at, find_fault

CONTENT_KEY: Final = "TemplateContent"
KEYS: Final = (
    "TemplateName",
    "FromEmailAddress",
    "TemplateSubject",
    CONTENT_KEY,
    "SuccessRedirectionURL",
    "FailureRedirectionURL",
)
"""The keys, in the order of the SES Developer Guide."""


def decode(data: bytes, *, source: str, way_out: str = "save the file as UTF-8") -> str:
    """The text of a file that must be UTF-8.

    Args:
        data: The bytes.
        source: What to call it in errors.
        way_out: What an error recommends.

    Raises:
        ConfigurationError: ``template-file-broken``.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise _broken(fault_at("", Cause.UTF_16, 0), source, way_out) from error
        before = data[: error.start].decode("utf-8")
        fault = fault_at(before, Cause.NOT_UTF_8, len(before))
        raise _broken(fault, source, "save the file as UTF-8") from error


def read_fields(text: str, *, source: str, way_out: str) -> dict[str, str]:
    """The fields of a template file.

    Args:
        text: The JSON.
        source: What to call it in errors, such as the path of its file.
        way_out: What repairs it when it is no JSON.

    Returns:
        Every key of `KEYS`, `CONTENT_KEY` only where the file has it.

    Raises:
        ConfigurationError: ``template-file-broken``: it is no JSON. ``template-keys-invalid``: it is, of
            something else.
    """
    fault = find_fault(text, KEYS)
    if fault is not None:
        raise _broken(fault, source, way_out)
    pairs = json.loads(text, object_pairs_hook=_Pairs)
    if not isinstance(pairs, _Pairs):
        raise _keys_invalid(source, type(pairs).__name__, "write one object, { ... }")
    names = Counter(key for key, _ in pairs)
    for name, count in names.items():
        if name not in KEYS:
            similar = next((key for key in KEYS if key.lower() == name.lower()), None)
            fix = f"write {similar}" if similar else "take it out"
            raise _keys_invalid(source, name, fix)
        if count > 1:
            raise _keys_invalid(source, f"{name} {count} times", "keep one of them")
    missing = [key for key in KEYS if key not in names and key != CONTENT_KEY]
    if missing:
        raise _keys_invalid(source, f"no {', '.join(missing)}", "add what is missing")
    fields = {}
    for name, value in pairs:
        if not isinstance(value, str):
            raise _keys_invalid(f"{source}: {name}", value, "write a string, in double quotes")
        fields[name] = value
    return fields


class _Pairs(list[tuple[str, object]]):
    """An object that still has its repeated keys."""


def _broken(fault: Fault, source: str, way_out: str) -> ConfigurationError:
    where = f"{source}, line {fault.line}, column {fault.column}"
    return ConfigurationError(
        "template-file-broken",
        option=f"{where}: {fault.key}" if fault.key else where,
        rule=f"the file must be JSON (RFC 8259). Found: {fault.cause}.",
        got=fault.snippet,
        fix=way_out,
    )


def _keys_invalid(option: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError(
        "template-keys-invalid",
        option=option,
        rule=f"exactly the keys of the AWS CLI, each a string: {', '.join(KEYS)}.",
        got=got,
        fix=fix,
    )

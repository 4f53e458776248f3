import json

import botocore.session
import pytest
from hypothesis import given

from constructs_lib.verification.json_faults import Cause
from constructs_lib.verification.template_json import KEYS, decode, read_fields
from tests.support import refuses
from tests.template_files import BROKEN, FIELDS, FOLDER, Broken, fields, template_json


def read(text: str) -> dict[str, str]:
    return read_fields(text, source="welcome.json", way_out="repair it")


def test_every_file_of_the_folder_is_expected() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == {broken.name for broken in BROKEN}


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_the_error_says_line_column_cause_key_and_way_out(broken: Broken) -> None:
    where = f"welcome.json, line {broken.line}, column {broken.column}"
    if broken.key:
        where += f": {broken.key}"
    data = (FOLDER / f"{broken.name}.json").read_bytes()
    with refuses(
        "template-file-broken", f"] {where}: the file must be JSON (RFC 8259). Found: {broken.cause}."
    ):
        read(decode(data, source="welcome.json"))
    # What nobody but its author can decode, the repair cannot either.
    way_out = "save the file as UTF-8" if broken.cause is Cause.NOT_UTF_8 else "repair it"
    with refuses("template-file-broken", f"Fix: {way_out}"):
        read(decode(data, source="welcome.json", way_out="repair it"))


@given(fields())
def test_what_is_json_is_read_as_it_is(values: dict[str, str]) -> None:
    assert read(json.dumps(values)) == values
    assert read(decode(json.dumps(values, ensure_ascii=False, indent=1).encode(), source="x")) == values


def test_the_content_may_be_elsewhere() -> None:
    assert read(template_json(TemplateContent=None)).keys() == FIELDS.keys() - {"TemplateContent"}


@pytest.mark.parametrize(
    "text, fragment",
    [
        ("[]", "Got 'list'. Fix: write one object"),
        ("null", "Got 'NoneType'"),
        ('"TemplateName"', "Got 'str'"),
        (template_json(Tags=[]), "Got 'Tags'. Fix: take it out"),
        (template_json(templatename="x"), "Got 'templatename'. Fix: write TemplateName"),
        (template_json(TemplateName=None, TemplateSubject=None), "Got 'no TemplateName, TemplateSubject'"),
        ('{"TemplateName": "a", "TemplateName": "b"}', "Got 'TemplateName 2 times'"),
        (template_json(TemplateSubject=["Confirm"]), "welcome.json: TemplateSubject: "),
        (json.dumps(FIELDS | {"TemplateSubject": None}), "Got None. Fix: write a string"),
    ],
)
def test_refuses_other_keys_and_values(text: str, fragment: str) -> None:
    with refuses("template-keys-invalid", fragment):
        read(text)


@pytest.mark.parametrize("service", ["ses", "sesv2"])
def test_the_keys_are_those_of_the_aws_cli(service: str) -> None:
    """The AWS CLI takes what botocore describes; tags are those of the stack here."""
    model = botocore.session.get_session().get_service_model(service)
    request = model.operation_model("CreateCustomVerificationEmailTemplate").input_shape
    assert request is not None
    assert request.members.keys() - {"Tags"} == set(KEYS)
    assert set(request.required_members) == set(KEYS)
    assert tuple(FIELDS) == KEYS

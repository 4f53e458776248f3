import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.verification.template_json import KEYS
from constructs_lib.verification.verification_template import VerificationTemplate
from tests.support import TOKEN, refuses
from tests.template_files import FIELDS, FOLDER, WELCOME, template_json

OPTIONS: dict[str, Any] = {
    "template_name": "Welcome",
    "from_email_address": "hello@example.com",
    "template_subject": "Confirm your address",
    "template_content": WELCOME,
    "success_redirection_url": "https://www.example.com/verified",
    "failure_redirection_url": "https://www.example.com/try-again",
}


def template(**overrides: Any) -> VerificationTemplate:  # noqa: ANN401 - any option
    return VerificationTemplate(**(OPTIONS | overrides))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "welcome.json"


def test_the_json_of_the_aws_cli_is_the_value(file: Path) -> None:
    file.write_text(template_json())
    assert VerificationTemplate.from_file(file) == template()
    assert VerificationTemplate.from_json(template_json()) == template()
    assert template().submitted() == FIELDS
    assert tuple(template().submitted()) == KEYS


def test_the_html_may_be_in_a_file_beside_it(file: Path) -> None:
    html = '<p style="margin: 0">Grüße,\r\n\t"Acme"</p>\n'
    file.write_text(template_json(TemplateContent=None))
    file.with_suffix(".html").write_bytes(html.encode())
    assert VerificationTemplate.from_file(file) == template(template_content=html)
    file.with_suffix(".html").write_bytes(b"\xef\xbb\xbf" + html.encode())
    assert VerificationTemplate.from_file(file) == template(template_content=html)


def test_the_html_is_in_one_place(file: Path) -> None:
    file.write_text(template_json(TemplateContent=None))
    with refuses("template-keys-invalid", "Got 'neither'. Fix: write a .html file beside it"):
        VerificationTemplate.from_file(file)
    file.write_text(template_json())
    file.with_suffix(".html").write_text(WELCOME)
    with refuses("template-keys-invalid", "Got 'both'. Fix: take TemplateContent or the file out"):
        VerificationTemplate.from_file(file)


def test_an_error_names_the_file_and_the_command_that_repairs_it() -> None:
    file = FOLDER / "pasted_html.json"
    with refuses("template-file-broken", f"{file}, line 5, column 29: TemplateContent: "):
        VerificationTemplate.from_file(file)
    with refuses(
        "template-file-broken",
        f"`python -m ops templates fix {file}` moves the HTML to its own file, pasted_html.html",
    ):
        VerificationTemplate.from_file(file)
    with refuses("template-file-broken", "templates fix"):
        VerificationTemplate.from_file(FOLDER / "powershell.json")
    with refuses("template-file-broken", "Fix: keep the HTML in a file of its own and pass it as html"):
        VerificationTemplate.from_json(file.read_text("utf-8"))


def test_a_file_that_cannot_be_read(file: Path) -> None:
    with refuses("template-file-broken", "Got 'No such file or directory'"):
        VerificationTemplate.from_file(file)
    file.write_text(template_json(TemplateContent=None))
    file.with_suffix(".html").write_bytes(b"<p>Jos\xe9</p>")
    with refuses("template-file-broken", "welcome.html, line 1, column 7: "):
        VerificationTemplate.from_file(file)


def test_what_is_submitted_is_ascii() -> None:
    submitted = template(template_content="<p>€ für José</p>", template_subject="Grüße").submitted()
    assert submitted["TemplateContent"] == "<p>&#8364; f&#252;r Jos&#233;</p>"
    assert submitted["TemplateSubject"] == "=?utf-8?b?R3LDvMOfZQ==?="


def test_the_address_is_normalized() -> None:
    assert template(from_email_address="Hello@Bücher.Example").submitted()["FromEmailAddress"] == (
        "Hello@xn--bcher-kva.example"
    )


@pytest.mark.parametrize(
    "option, value, code, fragment",
    [
        ("template_name", "a b", "template-name-invalid", "TemplateName: "),
        (
            "from_email_address",
            "Acme <a@example.com>",
            "email-address-invalid",
            "Welcome: FromEmailAddress: ",
        ),
        ("from_email_address", "a@example", "domain-single-label", "Welcome: FromEmailAddress: "),
        ("template_subject", "a\nb", "template-subject-invalid", "Welcome: TemplateSubject: "),
        ("template_content", "<a>x</a>", "template-content-invalid", "Welcome: TemplateContent, line 1"),
        (
            "template_subject",
            "Hello {{resolve:ssm:/name}}",
            "template-dynamic-reference",
            "Welcome: TemplateSubject, line 1: ",
        ),
        (
            "template_content",
            "<p>\n{{resolve:secretsmanager:db}}</p>",
            "template-dynamic-reference",
            "Welcome: TemplateContent, line 2: ",
        ),
        ("template_content", "x" * 10_000_000, "template-too-large", "Welcome: TemplateContent: "),
        ("success_redirection_url", "x", "template-url-invalid", "Welcome: SuccessRedirectionURL: "),
        (
            "failure_redirection_url",
            "http://x.example",
            "template-url-invalid",
            "Welcome: FailureRedirectionURL: ",
        ),
    ],
)
def test_refuses(option: str, value: str, code: str, fragment: str) -> None:
    with refuses(code, fragment):
        template(**{option: value})


@pytest.mark.parametrize(
    "address, identities",
    [
        ("hello@example.com", ["example.org", "example.com"]),
        ("hello@shop.example.com", ["example.com"]),
        ("hello@example.com", ["hello@example.com"]),
        ("hello@example.com", [TOKEN]),
        (TOKEN, []),
    ],
)
def test_a_sender_of_an_identity(address: str, identities: list[str]) -> None:
    template(from_email_address=address).require_sender(identities)


@pytest.mark.parametrize(
    "address, identities",
    [
        ("hello@example.com", []),
        ("hello@evilexample.com", ["example.com"]),
        ("hello@example.com", ["shop.example.com"]),
        ("hello@example.com", ["other@example.com"]),
        ("Hello@example.com", ["hello@example.com"]),
    ],
)
def test_a_sender_of_no_identity(address: str, identities: list[str]) -> None:
    with refuses("from-address-outside-identity", "Welcome: FromEmailAddress: "):
        template(from_email_address=address).require_sender(identities)


def test_a_template_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        template().template_name = "x"  # type: ignore[misc] # what is tested


def test_it_never_loads_the_cdk() -> None:
    code = "import sys, constructs_lib.verification.verification_template; sys.exit('aws_cdk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""The login that the rotation function makes, against SES's SMTP interface as the embedded AWS has it."""

import smtplib
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from constructs_lib.regions import ses_regions, smtp_host
from constructs_lib.runtimes.smtp_credentials import model
from constructs_lib.runtimes.smtp_credentials.model import Credentials, RotationError
from constructs_lib.runtimes.smtp_credentials.smtp_login import CONNECT_TO, login
from local.smtp_endpoint import HOST, TRUST, SmtpEndpoint

GOOD = ("AKIA1", "passw0rd", "eu-west-1")


@pytest.fixture
def endpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpEndpoint]:
    for name in (CONNECT_TO, TRUST):
        monkeypatch.setenv(name, "")
    with SmtpEndpoint(folder=tmp_path, accepts=lambda *found: found == GOOD) as server:
        server.start()
        yield server
        server.shutdown()


def credentials(*, username: str = GOOD[0], password: str = GOOD[1], region: str = GOOD[2]) -> Credentials:
    return Credentials(username=username, password=password, region=region)


@pytest.mark.usefixtures("endpoint")
def test_good_credentials_are_taken() -> None:
    assert login(credentials()) is None


@pytest.mark.usefixtures("endpoint")
@pytest.mark.parametrize(
    "wrong",
    [
        credentials(username="AKIA2"),
        credentials(password="password"),  # noqa: S106 - an example
        credentials(region="eu-west-2"),
        credentials(username="", password=""),
    ],
)
def test_wrong_ones_are_refused_without_being_quoted(wrong: Credentials) -> None:
    assert login(wrong) == f"email-smtp.{wrong.region}.amazonaws.com answered 535"


@pytest.mark.usefixtures("endpoint")
def test_nobody_else_can_pretend_to_be_ses(monkeypatch: pytest.MonkeyPatch) -> None:
    # Connected elsewhere, but only the certificates of the machine are trusted.
    monkeypatch.delenv(TRUST)
    refusal = login(credentials())
    assert refusal == "email-smtp.eu-west-1.amazonaws.com cannot be used: SSLCertVerificationError"


def test_a_host_that_cannot_be_reached(endpoint: SmtpEndpoint) -> None:
    endpoint.shutdown()
    endpoint.server_close()
    assert login(credentials()) == "email-smtp.eu-west-1.amazonaws.com cannot be used: ConnectionRefusedError"


def test_a_login_needs_tls_and_mail_is_not_taken(endpoint: SmtpEndpoint) -> None:
    context = ssl.create_default_context(cafile=str(endpoint.certificate))
    with smtplib.SMTP(HOST, int(endpoint.server_address[1]), timeout=5) as smtp:
        smtp.ehlo()
        assert not smtp.has_extn("auth")
        assert smtp.docmd("AUTH", "PLAIN AA==")[0] == 502
        smtp._host = "email-smtp.eu-west-1.amazonaws.com"  # type: ignore[attr-defined]
        smtp.starttls(context=context)
        smtp.user, smtp.password = GOOD[0], "password"
        smtp.ehlo()
        with pytest.raises(smtplib.SMTPAuthenticationError):
            smtp.auth("LOGIN", smtp.auth_login)
        assert smtp.docmd("MAIL", "FROM:<a@example.com>")[0] == 502


def test_the_function_knows_the_host_of_every_region_that_the_library_knows() -> None:
    for region, facts in ses_regions().items():
        if facts["smtp_host"] is not None:
            assert model.smtp_host(region) == smtp_host(region)


@pytest.mark.parametrize(
    "region", ["", "eu-west-1.evil.example", "evil.example/eu-west-1", "eu-west-1\n", "EU-WEST-1"]
)
def test_credentials_go_to_no_other_host(region: str) -> None:
    with pytest.raises(RotationError, match="not the name of a Region"):
        login(credentials(region=region))

"""``python -m local.mail``; its mail that works is in the rehearsed guides."""

import pytest

from local import mail
from local.embedded import EmbeddedAws


@pytest.fixture(autouse=True)
def exported(embedded_aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (embedded_aws.client_variables() | embedded_aws.mail_variables()).items():
        monkeypatch.setenv(name, value)


def test_without_the_variables_it_says_where_they_come_from(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("REHEARSAL_SMTP")
    with pytest.raises(SystemExit) as ended:
        mail.main(["send", "a@d.example", "b@d.example"])
    assert ended.value.code == 2
    assert capsys.readouterr().err == "REHEARSAL_SMTP is not set: export what `make local` prints.\n"


@pytest.mark.parametrize(
    "arguments, told",
    [
        (("send", "a@nobody.example", "b@d.example"), "refused: "),
        (("deliver", "a@d.example", "b@nobody.example"), "550 5.1.1"),
        (("events", "no-such-queue"), "refused: AWS.SimpleQueueService.NonExistentQueue"),
    ],
)
def test_what_is_refused_is_told_in_the_services_words(
    arguments: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mail.main(arguments) == 1
    assert told in capsys.readouterr().err

"""What is looked at, what is left out, and that it is said."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from constructs_lib.audit.data_events import DataEvents
from ops import audit_history
from ops.audit_history import History, read_history
from ops.errors import AuditLogUnreadableError, TrailMissingError
from stacks.audit_config import MailAudit
from stacks.config import MailEnvironment
from tests.ops.audit_fakes import NOW, TRAIL, FakeAudit, call, send
from tests.stacks.test_config import environment

AUDITED = environment(regions=("eu-west-1",), audit=MailAudit())
DAY = timedelta(days=1)


def read(gateway: FakeAudit, config: MailEnvironment = AUDITED, **options: Any) -> History:  # noqa: ANN401
    since = options.pop("since", DAY)
    return read_history(
        config,
        gateway,
        **{
            "regions": config.regions,
            "since": NOW - since,
            "now": NOW,
            "reads": False,
            "sends": True,
            "limit": 100,
            **options,
        },
    )


def names(history: History) -> list[str]:
    return [each.name for each in history.calls]


def test_calls_and_sends_in_the_order_of_time() -> None:
    gateway = FakeAudit(history={"eu-west-1": [call(), call("CreateEmailIdentity", ago=timedelta(hours=3))]})
    gateway.log([send(ago=timedelta(hours=2))])
    assert names(read(gateway)) == ["CreateEmailIdentity", "SendEmail", "DeleteIdentity"]


def test_a_call_that_both_sources_tell_is_there_once() -> None:
    record = call()
    gateway = FakeAudit(history={"eu-west-1": [record]})
    gateway.log([record, send()])
    assert sorted(names(read(gateway))) == ["DeleteIdentity", "SendEmail"]


def test_calls_that_read_are_a_choice() -> None:
    gateway = FakeAudit(history={"eu-west-1": [call("GetAccount", readOnly=True)]})
    gateway.log([call("ListIdentities", readOnly=True), send()])
    assert names(read(gateway)) == ["SendEmail"]
    # Those are in the event history, whatever a trail records.
    assert sorted(names(read(gateway, reads=True))) == ["GetAccount", "SendEmail"]


def test_regions_of_choice() -> None:
    gateway = FakeAudit(history={"eu-west-1": [call()], "us-east-1": [call("VerifyDomainIdentity")]})
    assert names(read(gateway, regions=("us-east-1",))) == ["VerifyDomainIdentity"]


def test_only_the_period_is_read() -> None:
    gateway = FakeAudit(history={"eu-west-1": [call(ago=timedelta(hours=25))]})
    old = gateway.log([send(ago=timedelta(hours=30))], ago=timedelta(hours=29))
    late = gateway.log(
        [send(ago=timedelta(hours=25)), send(ago=timedelta(hours=23))], ago=timedelta(hours=22)
    )
    assert names(read(gateway)) == ["SendEmail"]
    assert late in gateway.asked
    assert old not in gateway.asked


def test_a_limit_keeps_the_newest_and_says_so() -> None:
    gateway = FakeAudit(history={"eu-west-1": [call(ago=timedelta(minutes=n)) for n in range(1, 6)]})
    history = read(gateway, limit=2)
    assert [(NOW - each.at).total_seconds() / 60 for each in history.calls] == [2, 1]
    assert "older calls in eu-west-1: --limit 2 was reached." in history.notes
    # One more tells that there are more; the rest is never asked for.
    assert sum(each.startswith("event-") for each in gateway.asked) == 3


def test_the_limit_of_sends() -> None:
    gateway = FakeAudit()
    for n in range(3):
        gateway.log([send(ago=timedelta(minutes=10 * n + 5))], ago=timedelta(minutes=10 * n))
    history = read(gateway, limit=2)
    assert len(history.calls) == 2
    assert any("older sends in eu-west-1: 2 log files were read" in note for note in history.notes)


def test_log_files_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_history, "MAX_FILES", 1)
    gateway = FakeAudit()
    gateway.log([send()])
    assert not any("log files" in note for note in read(gateway).notes)
    gateway.log([send()])
    assert any("1 log files were read" in note for note in read(gateway).notes)


def test_a_prefix_of_the_trail_is_followed() -> None:
    gateway = FakeAudit(found=replace(TRAIL, prefix="trails/"))
    ours = gateway.log([send()], prefix="trails/")
    other = gateway.log([send()])
    assert names(read(gateway)) == ["SendEmail"]
    assert ours in gateway.asked
    assert other not in gateway.asked


@pytest.mark.parametrize(
    "config, options, note",
    [
        (environment(), {}, "sends: the environment has no audit trail."),
        (AUDITED, {"sends": False}, "sends: they were not asked for."),
        (
            replace(AUDITED, audit=MailAudit(data_events=None)),
            {},
            "sends: the audit trail records none (data_events).",
        ),
        (
            replace(
                AUDITED, audit=MailAudit(senders=("role/a",), data_events=DataEvents(known_senders=False))
            ),
            {},
            "sends of known senders: the audit trail leaves them out (known_senders).",
        ),
        (
            environment(),
            {"since": timedelta(days=91)},
            "calls of more than 90 days ago: the event history ends there.",
        ),
    ],
)
def test_what_is_not_shown_is_said(config: MailEnvironment, options: dict[str, Any], note: str) -> None:
    notes = read(FakeAudit(), config, **options).notes
    assert note in notes
    assert "sends over SMTP: CloudTrail never records them." in notes


def test_without_a_trail_none_is_asked_for() -> None:
    for gateway, config, options in (
        (FakeAudit(), environment(), {}),
        (FakeAudit(), AUDITED, {"sends": False}),
    ):
        read(gateway, config, **options)
        assert gateway.asked == []


def test_the_log_files_of_an_organizations_trail_are_not_looked_for() -> None:
    gateway = FakeAudit(found=replace(TRAIL, of_organization=True))
    key = gateway.log([send()])
    history = read(gateway)
    assert key not in gateway.asked
    assert any("are its organization's" in note for note in history.notes)


def test_a_trail_that_is_not_there() -> None:
    with pytest.raises(TrailMissingError, match="no trail test-mail in eu-west-1"):
        read(FakeAudit(found=None))


def test_a_log_file_that_somebody_wrote_into() -> None:
    gateway = FakeAudit()
    key = gateway.log(["no record"])
    with pytest.raises(AuditLogUnreadableError, match=key):
        read(gateway)

"""The whole examination of accounts made of values."""

import json
from dataclasses import replace

import pytest

from constructs_lib.identity.dns_records import RecordType
from ops.doctor.examination import examine
from ops.doctor.findings import Finding, Severity
from ops.doctor.ports import Existing, HostedZone, Kind
from ops.doctor.render import findings_json, lines, summary
from ops.errors import (
    AccountMismatchError,
    CredentialsError,
    ServiceError,
    UnreachableError,
)
from stacks.environments import environment
from tests.ops.doctor.support import ACCOUNT, HEALTHY, SERVERS, FakeAccount, FakeDelegations, codes
from tests.ops.support import TableLookUp
from tests.own_environment import DEV

PROD = environment("prod")
DENIED = frozenset({"all"})


def ready() -> FakeAccount:
    """An account where nothing is in the way of `dev`."""
    zone = HostedZone(name="dev.example.com", private=False, name_servers=SERVERS)
    return FakeAccount(zones={"Z0DEVEXAMPLE00000001": zone}, record_sets={"Z0DEVEXAMPLE00000001": ()})


def public() -> TableLookUp:
    return TableLookUp(
        values={
            ("amazonses.com", RecordType.TXT): ("v=spf1 ip4:199.255.192.0/22 -all",),
            ("dev.example.com._report._dmarc.example.com", RecordType.TXT): ("v=DMARC1",),
        }
    )


def of(account: FakeAccount) -> tuple[Finding, ...]:
    return examine(DEV, account, public=public(), delegations=FakeDelegations())


def test_nothing_is_in_the_way() -> None:
    assert of(ready()) == ()
    assert summary(()) == "Nothing found."


def test_the_worst_comes_first_and_every_finding_once() -> None:
    account = ready()
    account.sending["eu-west-1"] = replace(HEALTHY, suppressed_reasons=())
    account.things[Kind.TOPIC, "transactional-bounce"] = Existing(physical_id="arn")
    account.things[Kind.IDENTITY, "dev.example.com"] = Existing(physical_id="dev.example.com")
    account.suppressed_addresses["jo@example.net"] = "BOUNCE"
    findings = of(account)
    assert codes(findings) == [
        ("error", "identity-taken"),
        ("error", "topic-taken"),
        ("note", "suppression-off"),
    ]
    assert summary(findings) == "2 errors, 1 note"


def test_an_account_where_every_call_is_denied() -> None:
    """Nothing crashes; one finding for each permission, and none says that all is well."""
    findings = of(replace(ready(), denials=DENIED))
    assert {finding.severity for finding in findings} == {Severity.NOT_KNOWN}
    asked = {finding.fix for finding in findings}
    assert asked == {
        f"allow {each}"
        for each in (
            "caller",
            "sending_account",
            "existing",
            "hosted_zone",
            "zone_record_sets",
            "bootstrap_version",
            "simulate",
        )
    }
    (names,) = [finding for finding in findings if finding.fix == "allow existing"]
    assert "the configuration set transactional is there in eu-west-1" in names.what
    assert "the queue transactional-complaint-dlq is there" in names.what


def test_denied_questions_leave_the_others() -> None:
    account = replace(ready(), denials=frozenset({"sending_account", "hosted_zone", "simulate"}))
    account.things[Kind.POLICY, "dev-send-developers"] = Existing(physical_id="arn")
    assert codes(of(account)) == [
        ("error", "policy-taken"),
        ("not known", "not-known"),
        ("not known", "not-known"),
        ("not known", "not-known"),
    ]


@pytest.mark.parametrize(
    "error, code",
    [
        (CredentialsError("x", fix="y"), ("error", "region-not-enabled")),
        (UnreachableError("x", fix="y"), ("error", "region-unreachable")),
    ],
)
def test_a_region_that_does_not_answer_is_asked_no_further(error: Exception, code: tuple[str, str]) -> None:
    account = replace(ready(), sending={"eu-west-1": error})
    assert codes(of(account)) == [code]
    assert "existing" not in account.asked


def test_another_error_of_ses_is_not_known() -> None:
    account = replace(ready(), sending={"eu-west-1": ServiceError("AWS answered x.", fix="try again later")})
    assert codes(of(account)) == [("not known", "not-known")]
    assert "existing" in account.asked


@pytest.mark.parametrize(
    "account, error",
    [
        (replace(ready(), account="999999999999"), AccountMismatchError),
        (FakeAccount(), CredentialsError),
    ],
)
def test_nothing_is_asked_with_wrong_credentials(
    account: FakeAccount, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    if error is CredentialsError:
        monkeypatch.setattr(account, "caller", _no_credentials)
    with pytest.raises(error):
        of(account)
    assert set(account.asked) <= {"caller"}


def _no_credentials() -> None:
    raise CredentialsError("No usable AWS credentials.", fix="log in")


def test_text_and_json_have_the_same() -> None:
    account = ready()
    account.things[Kind.TOPIC, "transactional-bounce"] = Existing(physical_id="arn:\x1b[31m")
    findings = of(account)
    text = [str(line) for line in lines(DEV, findings)]
    assert text[0] == f"dev (account {ACCOUNT})"
    assert text[2] == "Errors: the deploy fails, or mail does not work after it"
    assert text[3].startswith("  The topic transactional-bounce is there in eu-west-1;")
    assert text[3].endswith(" [topic-taken]")
    assert text[4].startswith("      why  ")
    assert text[5].startswith("      fix  ")
    assert "\x1b" not in "".join(text)
    assert text[-1] == "1 error"
    document = json.loads(findings_json(DEV, findings))
    assert list(document) == ["environment", "account", "findings"]
    (finding,) = document["findings"]
    assert list(finding) == ["severity", "code", "what", "why", "fix", "page"]
    assert finding["page"] == "docs/reference/doctor.md#topic-taken"


def test_a_finding_has_a_known_code() -> None:
    with pytest.raises(ValueError, match="not a code"):
        Finding(severity=Severity.NOTE, code="unknown", what="a", why="b", fix="c")

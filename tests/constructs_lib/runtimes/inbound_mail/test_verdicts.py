"""Which verdicts stop a message."""

import pytest

from constructs_lib.receiving.mail_processor import DmarcPolicy, VerdictPolicy
from constructs_lib.runtimes.inbound_mail.verdicts import Check, Verdict, stopping

PASSED = {check.value: "PASS" for check in Check}


def stops(
    policy: VerdictPolicy | None = None, *, dmarc_policy: str | None = None, **verdicts: str | None
) -> list[str]:
    policy = policy or VerdictPolicy()
    return stopping(
        {check: verdict for check, verdict in (PASSED | verdicts).items() if verdict is not None},
        dmarc_policy=dmarc_policy,
        stops={check: policy.of(check) for check in Check},
        dmarc_policies=policy.dmarc_policies,
    )


def test_mail_that_passed_is_not_stopped() -> None:
    assert stops() == []


@pytest.mark.parametrize(
    "check, stopped",
    [
        ("spam", {"FAIL", "PROCESSING_FAILED", "DISABLED"}),
        ("virus", {"FAIL", "GRAY", "PROCESSING_FAILED", "DISABLED"}),
        ("spf", set()),
        ("dkim", set()),
        ("dmarc", set()),
    ],
)
def test_every_verdict_by_default(check: str, stopped: set[str]) -> None:
    for verdict in Verdict:
        expected = [f"{check}-{verdict.lower().replace('_', '-')}"] if verdict in stopped else []
        assert stops(None, dmarc_policy=None, **{check: str(verdict)}) == expected


@pytest.mark.parametrize(
    "policy, stopped", [(None, False), ("none", False), ("quarantine", True), ("reject", True)]
)
def test_dmarc_stops_as_the_domain_asks(policy: str | None, stopped: bool) -> None:  # noqa: FBT001
    assert stops(dmarc="FAIL", dmarc_policy=policy) == ["dmarc-fail"] * stopped


def test_dmarc_without_a_policy_where_every_failure_stops() -> None:
    every = VerdictPolicy(dmarc_policies=tuple(DmarcPolicy))
    assert stops(every, dmarc="FAIL") == ["dmarc-fail"]


def test_a_dmarc_check_that_failed_has_no_policy() -> None:
    strict = VerdictPolicy(dmarc=(Verdict.FAIL, Verdict.PROCESSING_FAILED))
    assert stops(strict, dmarc="PROCESSING_FAILED") == ["dmarc-processing-failed"]


def test_not_mentioned_is_disabled_and_unknown_is_failed() -> None:
    assert stops(spam=None, virus=None) == ["spam-disabled", "virus-disabled"]
    assert stops(spam="SOMETHING_NEW", virus="pass") == ["spam-processing-failed"]

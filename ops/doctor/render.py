"""The findings as text and as JSON."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from rich.text import Text

from ops.doctor.findings import Finding, Severity
from ops.render import BAD, GOOD, OPEN
from ops.visible import visible
from stacks.config import MailEnvironment

_STYLES: Final = {
    Severity.ERROR: BAD,
    Severity.WARNING: OPEN,
    Severity.NOT_KNOWN: OPEN,
    Severity.NOTE: "",
}
_HEADLINES: Final = {
    Severity.ERROR: "Errors: the deploy fails, or mail does not work after it",
    Severity.WARNING: "Warnings: something goes otherwise than you may think",
    Severity.NOT_KNOWN: "Not known: it could not be asked",
    Severity.NOTE: "Notes",
}


def lines(environment: MailEnvironment, findings: Sequence[Finding]) -> Iterator[Text]:
    """The findings by severity; values are never cut, and colour only helps."""
    yield Text(f"{environment.name} (account {environment.account})", style="bold")
    for severity in Severity:
        here = [finding for finding in findings if finding.severity is severity]
        if here:
            yield Text()
            yield Text(_HEADLINES[severity], style="bold")
            for finding in here:
                yield from _finding_lines(finding)
    yield Text()
    yield Text(summary(findings), style="bold" if findings else f"bold {GOOD}")


def summary(findings: Sequence[Finding]) -> str:
    """One line to count by."""
    counts = Counter(finding.severity for finding in findings)
    told = [
        f"{counts[severity]} {_counted(severity, counts[severity])}"
        for severity in Severity
        if counts[severity]
    ]
    return ", ".join(told) or "Nothing found."


def findings_json(environment: MailEnvironment, findings: Sequence[Finding]) -> str:
    """The findings for programs; keys are only ever added."""
    document = {
        "environment": environment.name,
        "account": environment.account,
        "findings": [
            {
                "severity": str(finding.severity),
                "code": finding.code,
                "what": finding.what,
                "why": finding.why,
                "fix": finding.fix,
                "page": finding.page,
            }
            for finding in findings
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _finding_lines(finding: Finding) -> Iterator[Text]:
    yield Text.assemble(f"  {visible(finding.what)} ", (f"[{finding.code}]", _STYLES[finding.severity]))
    yield Text(f"      why  {visible(finding.why)}")
    yield Text(f"      fix  {visible(finding.fix)}")


def _counted(severity: Severity, count: int) -> str:
    plural = "" if count == 1 or severity is Severity.NOT_KNOWN else "s"
    return f"{severity}{plural}"

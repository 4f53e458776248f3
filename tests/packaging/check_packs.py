"""Run ``app.py`` of this folder, then print what the rule packs find: ``python -P check_packs.py PACKAGES``.

It runs in the environment of the wheel; only cdk-nag comes from ``PACKAGES``, behind everything else.
"""

import runpy
import sys
from typing import Any

import aws_cdk as cdk

sys.path.append(sys.argv[1])

from cdk_nag import (
    AwsSolutionsChecks,
    HIPAASecurityChecks,
    NIST80053R5Checks,
    PCIDSS321Checks,
    ServerlessChecks,
)

PACKS = (AwsSolutionsChecks, NIST80053R5Checks, HIPAASecurityChecks, PCIDSS321Checks, ServerlessChecks)

_synth = cdk.App.synth
_apps: list[cdk.App] = []


def _noting_synth(app: cdk.App, **options: Any) -> object:  # noqa: ANN401 - passed on
    _apps.append(app)
    return _synth(app, **options)


# The app is not to know of its check.
cdk.App.synth = _noting_synth  # type: ignore[assignment,method-assign]
runpy.run_path("app.py", run_name="__main__")
assert len(_apps) == 1, "one app, synthesized once"
for pack in PACKS:
    for violation in pack(_apps[0]).validate_scope(_apps[0]).violations:
        for resource in violation.violating_resources:
            print(f"{violation.rule_name}: {resource.resource_logical_id}")  # noqa: T201 - a command prints

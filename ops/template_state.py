"""Whether SES has the templates of the files: CloudFormation does not see what people change by hand."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from constructs_lib.verification.template_json import CONTENT_KEY
from constructs_lib.verification.verification_template import VerificationTemplate
from ops.ports import TemplateReader


class TemplateState(StrEnum):
    """What SES has of a template."""

    SAME = "same"
    DIFFERENT = "different"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class TemplateStatus:
    """One template in one Region.

    Attributes:
        name: Its name.
        region: The Region.
        state: What SES has of it.
        differences: Lines as of ``diff -u``: what SES has (-) and what the deploy would put there (+).
    """

    name: str
    region: str
    state: TemplateState
    differences: tuple[str, ...] = ()


def compare_templates(
    templates: Sequence[VerificationTemplate], *, regions: Sequence[str], gateway: TemplateReader
) -> tuple[TemplateStatus, ...]:
    """Compare each template with what each Region has of it.

    Args:
        templates: What should be there.
        regions: The Regions.
        gateway: Access to the account.

    Raises:
        AccessError: AWS could not be asked.
    """
    return tuple(
        _status(template, region, gateway.template(template.template_name, region=region))
        for region in regions
        for template in templates
    )


def _status(template: VerificationTemplate, region: str, there: Mapping[str, str] | None) -> TemplateStatus:
    wanted = template.submitted()
    if there is None:
        state = TemplateState.MISSING
    else:
        state = TemplateState.SAME if there == wanted else TemplateState.DIFFERENT
    lines: list[str] = []
    for key, value in wanted.items():
        found = (there or wanted)[key]
        if found == value:
            continue
        if key == CONTENT_KEY:
            lines += list(
                difflib.unified_diff(
                    found.splitlines(), value.splitlines(), f"{key} in SES", key, lineterm="", n=1
                )
            )
        else:
            lines += [f"-{key}: {found}", f"+{key}: {value}"]
    return TemplateStatus(name=template.template_name, region=region, state=state, differences=tuple(lines))

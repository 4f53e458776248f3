"""How many custom verification templates a Region holds, and how large those of a stack are. Plain Python."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Final

from constructs_lib.errors import ConfigurationError
from constructs_lib.verification.verification_template import VerificationTemplate

MAX_TEMPLATES: Final = 50
"""SES keeps 50 for an account (SES Developer Guide, custom verification email FAQ, Q1)."""

MAX_STACK_CONTENT: Final = 900_000
"""Bytes that the templates of one stack may have: CloudFormation takes a template of 1 MB (CloudFormation
quotas), and the rest of the stack needs some of it."""


def require_templates(templates: Sequence[VerificationTemplate], *, option: str = "templates") -> None:
    """Refuse what one Region, or the template of one stack, cannot hold.

    Args:
        templates: The templates.
        option: The option that they are from.

    Raises:
        ConfigurationError: ``templates-invalid``, ``template-too-large``.
    """
    names = Counter(template.template_name for template in templates)
    twice = sorted(name for name, count in names.items() if count > 1)
    if twice or not 1 <= len(templates) <= MAX_TEMPLATES:
        raise ConfigurationError(
            "templates-invalid",
            option=option,
            rule=f"1 to {MAX_TEMPLATES}, each name once (SES Developer Guide, custom verification FAQ).",
            got=twice or f"{len(templates)} templates",
            fix="rename one of those with the same name, or leave out what nobody sends with",
        )
    sizes = {item.template_name: len(json.dumps(item.submitted())) for item in templates}
    if sum(sizes.values()) > MAX_STACK_CONTENT:
        largest = max(sizes, key=lambda name: sizes[name])
        raise ConfigurationError(
            "template-too-large",
            option=option,
            rule="SES takes 10 MB, but CloudFormation 1 MB for a whole stack: the templates of one stack may"
            f" have {MAX_STACK_CONTENT} bytes, a character beyond ASCII as its reference (&#8364;).",
            got=f"{sum(sizes.values())} bytes, {sizes[largest]} of them in {largest}",
            fix='use smaller images, or images that stand on the web (<img src="https://...">), or a second'
            " stack",
        )

"""Whether a template can be rendered with its data; when not, SES accepts the call and sends nothing.

SES Developer Guide, "Using templates to send personalized email". The emulator replaces `{{name}}` and leaves
everything else of the template language as it stands, so only a template of plain variables is judged here.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

_PARTS: Final = ("SubjectPart", "TextPart", "HtmlPart")
_LANGUAGE: Final = re.compile(r"\{\{\s*[#/>^!&{]")
_VARIABLE: Final = re.compile(r"\{\{\s*([A-Za-z_][\w-]*)\s*\}\}")
_PROVIDED: Final = frozenset({"amazonSESUnsubscribeUrl"})


def missing_variable(template: Mapping[str, str], *data: str) -> str | None:
    """The first variable that no data has; None when all are there, or the template has more than variables.

    Args:
        template: SubjectPart, TextPart and HtmlPart.
        data: JSON objects; what one leaves out another may have.
    """
    text = "\n".join(template.get(part) or "" for part in _PARTS)
    if _LANGUAGE.search(text):
        return None
    known = {*_PROVIDED, *(name for part in data for name in _object(part))}
    return next((name for name in _VARIABLE.findall(text) if name not in known), None)


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except json.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}

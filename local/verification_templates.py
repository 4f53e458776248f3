"""Custom verification e-mail templates: one list for both versions of the API and for CloudFormation."""

import re
from collections import defaultdict
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from local import emulator
from local.address_verification import require_address
from local.ses_errors import Fault, SesError
from local.template_content import content_problem
from local.verification_links import Redirects

MAX_TEMPLATES: Final = 50
"""Templates in an account (SES Developer Guide, custom verification email frequently asked questions, Q1)."""

_URL: Final = re.compile(r"https?://[a-z0-9[][!-~]*", re.IGNORECASE)

REQUIRED: Final = (
    "TemplateName",
    "FromEmailAddress",
    "TemplateSubject",
    "TemplateContent",
    "SuccessRedirectionURL",
    "FailureRedirectionURL",
)
"""What a template consists of, in the words of both versions of the API and of CloudFormation."""


@dataclass(frozen=True, kw_only=True)
class VerificationTemplate:
    """One template.

    Attributes:
        name: Its name.
        sender: The address that the mail is from, without a display name.
        subject: Subject of the mail.
        content: HTML of the mail; SES adds the link.
        redirects: Where a click leads.
        tags: Its tags.
    """

    name: str
    sender: str
    subject: str
    content: str
    redirects: Redirects
    tags: Sequence[Mapping[str, str]] = ()

    @classmethod
    def of(cls, data: Mapping[str, Any], tags: Sequence[Mapping[str, str]] = ()) -> Self:
        """Read a template from a request.

        Raises:
            SesError: a part is missing or not possible.
        """
        for name in REQUIRED:
            if not data.get(name):
                raise SesError(Fault.INVALID_PARAMETER, f"{name} is required.")
        require_address(data["FromEmailAddress"])
        for kind in ("Success", "Failure"):
            _require_url(data[f"{kind}RedirectionURL"], kind.lower())
        problem = content_problem(data["TemplateContent"])
        if problem:
            raise SesError(Fault.INVALID_CONTENT, problem)
        return cls(
            name=data["TemplateName"],
            sender=data["FromEmailAddress"],
            subject=data["TemplateSubject"],
            content=data["TemplateContent"],
            redirects=Redirects(success=data["SuccessRedirectionURL"], failure=data["FailureRedirectionURL"]),
            tags=tuple(tags),
        )

    def whole(self) -> dict[str, str]:
        """What Get shows in both versions of the API."""
        return dict(
            zip(
                REQUIRED,
                (
                    self.name,
                    self.sender,
                    self.subject,
                    self.content,
                    self.redirects.success,
                    self.redirects.failure,
                ),
                strict=True,
            )
        )

    def summary(self) -> dict[str, str]:
        """What List shows: everything but the content."""
        return {name: value for name, value in self.whole().items() if name != "TemplateContent"}


@dataclass(kw_only=True)
class VerificationTemplates:
    """The templates of every account and Region; each request sees its own."""

    _by_owner: dict[tuple[str, str], dict[str, VerificationTemplate]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def own(self) -> MutableMapping[str, VerificationTemplate]:
        """By name, the templates of the request's account and Region."""
        return self._by_owner[emulator.account_id(), emulator.region()]

    def get(self, name: str) -> VerificationTemplate:
        """One template.

        Raises:
            SesError: there is none of that name.
        """
        template = self.own().get(name)
        if template is None:
            raise SesError(
                Fault.NO_TEMPLATE,
                f"Custom verification email template <{name}> does not exist",
                {"CustomVerificationEmailTemplateName": name},
            )
        return template


def _require_url(url: str, kind: str) -> None:
    if not _URL.fullmatch(url):
        raise SesError(Fault.INVALID_PARAMETER, f"The {kind} redirection URL is invalid")

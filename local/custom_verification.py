"""What SES does with custom verification e-mails, whichever version of its API asks.

Source: SES API reference, the calls of both versions; SES Developer Guide, using custom verification email
templates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from local import emulator
from local.address_verification import AddressVerification, require_address
from local.event_publishing import publish_events
from local.sending_metrics import SendingMetrics
from local.ses_errors import Fault, SesError, sending_paused
from local.ses_outgoing import Outgoing
from local.ses_sending import MAIL_FROM_MESSAGE, Refusal, Send, annotate, decide, sent_count
from local.verification_mail import custom_mail
from local.verification_templates import MAX_TEMPLATES, VerificationTemplate, VerificationTemplates


@dataclass(frozen=True, kw_only=True)
class CustomVerification:
    """The calls.

    Attributes:
        addresses: Verification of addresses.
        templates: The templates.
        metrics: What SES counts in CloudWatch.
    """

    addresses: AddressVerification
    templates: VerificationTemplates
    metrics: SendingMetrics

    def create(self, data: Mapping[str, Any], tags: Sequence[Mapping[str, str]] = ()) -> None:
        """CreateCustomVerificationEmailTemplate.

        Raises:
            SesError: a part is not possible, the sender is not verified, the name is taken, or there are 50.
        """
        template = VerificationTemplate.of(data, tags)
        self._require_verified(template)
        own = self.templates.own()
        if template.name in own:
            raise SesError(
                Fault.TEMPLATE_EXISTS,
                f"Custom verification email template <{template.name}> already exists",
                {"CustomVerificationEmailTemplateName": template.name},
            )
        if len(own) >= MAX_TEMPLATES:
            raise SesError(Fault.LIMIT, f"An account has {MAX_TEMPLATES} templates at most.")
        own[template.name] = template

    def update(self, name: str, changes: Mapping[str, Any]) -> None:
        """UpdateCustomVerificationEmailTemplate: what is left out stays, and so do the tags.

        Raises:
            SesError: there is no such template, a part is not possible, or the sender is not verified.
        """
        kept = self.templates.get(name)
        given = {key: value for key, value in changes.items() if value is not None}
        template = VerificationTemplate.of({**kept.whole(), **given, "TemplateName": name}, kept.tags)
        self._require_verified(template)
        self.templates.own()[name] = template

    def tag(self, name: str, tags: Sequence[Mapping[str, str]]) -> None:
        """Replace a template's tags."""
        self.templates.own()[name] = replace(self.templates.get(name), tags=tuple(tags))

    def delete(self, name: str) -> None:
        """DeleteCustomVerificationEmailTemplate.

        Raises:
            SesError: there is no such template.
        """
        self.templates.get(name)
        del self.templates.own()[name]

    def page(self, size: int | None, token: str | None) -> tuple[list[dict[str, str]], str | None]:
        """One page of the list, and the token of the next: the name that it starts with.

        Args:
            size: Entries of a page. Default, and for a size that is not 1 to 50: 50.
            token: The token that the page before gave.
        """
        names = [name for name in sorted(self.templates.own()) if name >= (token or "")]
        end = size if size and 1 <= size <= MAX_TEMPLATES else MAX_TEMPLATES
        summaries = [self.templates.get(name).summary() for name in names[:end]]
        return summaries, names[end] if names[end:] else None

    def send(self, address: str, template_name: str, configuration_set: str | None) -> str:
        """SendCustomVerificationEmail; the id of the message.

        Raises:
            SesError: the account is in the sandbox, or a part is missing or not verified.
        """
        require_address(address)
        if not emulator.production_access():
            raise SesError(
                Fault.SANDBOX,
                "Custom verification e-mails need production access: this account is in the sandbox.",
            )
        template = self.templates.get(template_name)
        self._require_verified(template)
        send = Send(sender=template.sender, configuration_set_name=configuration_set or None)
        verdict = decide(send, self.addresses.store)
        if verdict.refusal is Refusal.NO_CONFIGURATION_SET:
            name = str(verdict.configuration_set_name)
            raise SesError(
                Fault.NO_CONFIGURATION_SET,
                f"Configuration set <{name}> does not exist.",
                {"ConfigurationSetName": name},
            )
        if verdict.refusal is Refusal.SET_PAUSED:
            raise sending_paused(str(verdict.configuration_set_name))
        if verdict.refusal is Refusal.MAIL_FROM_NOT_VERIFIED:
            raise SesError(Fault.MAIL_FROM_NOT_VERIFIED, MAIL_FROM_MESSAGE)
        link = self.addresses.link_to(self.addresses.pending(address), template.redirects)
        mail = custom_mail(subject=template.subject, content=template.content, link=link)
        first = sent_count()
        message_id = emulator.send_mail(
            template.sender, [address], mail.subject, mail.text, mail.html, "SendCustomVerificationEmail"
        )
        annotate(first, send, verdict)
        publish_events(first, [_outgoing(address)], verdict, metrics=self.metrics)
        return message_id

    def _require_verified(self, template: VerificationTemplate) -> None:
        if self.addresses.store.covering(template.sender) is None:
            raise SesError(
                Fault.SENDER_NOT_VERIFIED,
                f"The from email address <{template.sender}> is not verified",
                {"FromEmailAddress": template.sender},
            )


def _outgoing(address: str) -> Outgoing:
    return Outgoing(to=(address,), destination=(address,), headers=(("To", address),), content="", tags={})

"""Puts our SES in front of the emulator's: identities are ours, sends are checked, the rest passes through.

Two entry points of the emulator are wrapped, one for each version of the API.
"""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

from local import emulator
from local.address_verification import require_identity_name
from local.custom_verification import CustomVerification
from local.emulator import Handler, Query, Response
from local.event_publishing import publish_events
from local.sending_metrics import SendingMetrics
from local.ses_configuration_sets import configuration_sets, mirror_configuration_sets
from local.ses_errors import SesError, sending_paused
from local.ses_identity_calls import IdentityCalls, error, missing_configuration_set
from local.ses_outgoing import Outgoing, from_v1, from_v2
from local.ses_receipt_calls import ReceiptCalls
from local.ses_sending import (
    MAIL_FROM_MESSAGE,
    Refusal,
    Send,
    Verdict,
    annotate,
    decide,
    keep_content,
    sent_count,
)
from local.ses_store import IdentityStore
from local.ses_verification_tokens import answer_about_tokens
from local.ses_verification_v1 import VerificationCallsV1
from local.ses_verification_v2 import VerificationCallsV2
from local.suppression_list import SuppressionList

_V2_SENDS: Final = frozenset({"/v2/email/outbound-emails", "/v2/email/outbound-bulk-emails"})
_V1_SENDS: Final = frozenset({"SendEmail", "SendRawEmail", "SendTemplatedEmail", "SendBulkTemplatedEmail"})
_V1_VERIFY: Final = frozenset({"VerifyDomainIdentity", "VerifyDomainDkim"})


@dataclass(frozen=True, kw_only=True)
class SesRequests:
    """Both versions of the SES API.

    Attributes:
        store: The identities.
        custom: What SES does with custom verification e-mails, and addresses.
        receipts: The calls about receiving.
        metrics: What SES counts in CloudWatch.
        suppression: The account's suppression lists.
        v1: The emulator's own handler of the query API.
        v2: The emulator's own handler of the REST API.
    """

    store: IdentityStore
    custom: CustomVerification
    receipts: ReceiptCalls
    metrics: SendingMetrics
    suppression: SuppressionList
    v1: Handler
    v2: Handler

    async def handle_v2(
        self, method: str, path: str, headers: dict[str, str], body: bytes, query: Query
    ) -> Response:
        """Answer a request of the API v2."""
        self.store.refresh()
        identities = IdentityCalls(store=self.store, addresses=self.custom.addresses)
        answer = identities.answer(method, path, body, query)
        if answer is None:
            answer = VerificationCallsV2(custom=self.custom).answer(method, path, body, query)
        if answer is None:
            answer = self.suppression.answer(method, path, body)
        if answer is not None:
            return answer
        if path.rstrip("/") not in _V2_SENDS:
            before = configuration_sets()
            response = await self.v2(method, path, headers, body, query)
            mirror_configuration_sets(before)
            return response
        send = Send.from_v2(body)
        verdict = decide(send, self.store)
        if verdict.refusal is Refusal.NO_CONFIGURATION_SET:
            return missing_configuration_set(str(verdict.configuration_set_name))
        if verdict.refusal is Refusal.SET_PAUSED:
            return sending_paused(str(verdict.configuration_set_name)).v2()
        if verdict.refusal is Refusal.MAIL_FROM_NOT_VERIFIED:
            return error("MailFromDomainNotVerifiedException", MAIL_FROM_MESSAGE)
        taking = self.v2(method, path, headers, body, query)
        return await self._taken(taking, send, verdict, from_v2(body))

    async def handle_v1(
        self, method: str, path: str, headers: dict[str, str], body: bytes, query: Query
    ) -> Response:
        """Answer a request of the API v1; the emulator passes its own v2 requests on to `handle_v2`."""
        if path.startswith("/v2/"):
            return await self.handle_v2(method, path, headers, body, query)
        self.store.refresh()
        form = parse_qs(body.decode(errors="replace"), keep_blank_values=True)
        parameters = {key: values[0] for key, values in {**query, **form}.items() if values}
        action = parameters.get("Action", "")
        if action not in _V1_SENDS:
            answer = self._own_answer_v1(action, parameters)
            if answer is None:
                answering = self.v1(method, path, headers, body, query)
                answer = await self._others_v1(answering, action, parameters)
            return answer
        send = Send.from_v1(parameters)
        verdict = decide(send, self.store)
        if verdict.refusal is not None:
            return _v1_refusal(verdict)
        taking = self.v1(method, path, headers, body, query)
        return await self._taken(taking, send, verdict, from_v1(parameters))

    def _own_answer_v1(self, action: str, parameters: dict[str, str]) -> Response | None:
        """What is answered here, and what has to be done before the emulator answers."""
        answer = VerificationCallsV1(custom=self.custom).answer(action, parameters)
        if answer is None:
            answer = self.receipts.answer(action, parameters)
        if answer is not None:
            return answer
        try:
            self._before_v1(action, parameters)
        except SesError as problem:
            return problem.v1()
        return answer_about_tokens(action, parameters, self.store)

    async def _others_v1(
        self, answering: Awaitable[Response], action: str, parameters: dict[str, str]
    ) -> Response:
        """The emulator's answer, with both versions of the API kept alike."""
        before = configuration_sets()
        response = await answering
        mirror_configuration_sets(before)
        if action == "DeleteIdentity" and response[0] == HTTPStatus.OK:
            self.store.remove(parameters.get("Identity", ""))
        self.store.refresh()
        return response

    def _before_v1(self, action: str, parameters: dict[str, str]) -> None:
        """Keep the one identity that both versions of the API see.

        Verifying by the v1 calls starts the same process; doing it again changes nothing, as on AWS.
        """
        if action in _V1_VERIFY:
            name = parameters.get("Domain") or ""
            require_identity_name(name)
            if self.store.find(name) is None:
                self.store.put(self.store.new(name))
        elif action == "SetIdentityFeedbackForwardingEnabled":
            identity = self.store.find(parameters.get("Identity", ""))
            if identity is not None:
                enabled = parameters.get("ForwardingEnabled", "").lower() == "true"
                self.store.put(replace(identity, feedback_forwarding=enabled))

    async def _taken(
        self, taking: Awaitable[Response], send: Send, verdict: Verdict, outgoing: Sequence[Outgoing]
    ) -> Response:
        """Let the emulator take a send, then complete its records, publish and count its events.

        What is new on the list of sent mail is this send's: the emulator takes one without giving up control.
        """
        first = sent_count()
        response = await taking
        annotate(first, send, verdict)
        keep_content(first, outgoing)
        publish_events(first, outgoing, verdict, metrics=self.metrics)
        return response


def _v1_refusal(verdict: Verdict) -> Response:
    if verdict.refusal is Refusal.NO_CONFIGURATION_SET:
        return emulator.v1_no_configuration_set(str(verdict.configuration_set_name))
    if verdict.refusal is Refusal.SET_PAUSED:
        return sending_paused(str(verdict.configuration_set_name)).v1()
    return emulator.v1_error("MailFromDomainNotVerifiedException", MAIL_FROM_MESSAGE, HTTPStatus.BAD_REQUEST)

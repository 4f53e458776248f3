"""Pairs: outgoing mail, feedback, permissions."""

from dataclasses import replace
from typing import Any

from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from constructs_lib.sending.send_conditions import SendConditions
from stacks.config import MailEnvironment
from stacks.feedback_config import MailFeedback
from tests.ops.review.environments import (
    AGENCY,
    BILLING,
    BOUNCES,
    SCANNER,
    SENDING,
    Edited,
    setting,
)
from tests.ops.review.pair import CAUTION, DANGER, Pair


def _sends_as(*addresses: str, **conditions: Any) -> MailEnvironment:  # noqa: ANN401 - any condition
    sender = replace(BILLING, conditions=SendConditions(from_addresses=addresses, **conditions))
    return replace(SENDING, senders=(sender,))


_SET = "AWS::SES::ConfigurationSet"
_TWO_TOPICS = replace(
    SENDING,
    feedback=MailFeedback(topics=(BOUNCES, FeedbackTopic(kind=Feedback.COMPLAINT, queue=FeedbackQueue()))),
)

SENDING_PAIRS: tuple[Pair, ...] = (
    # Sending and feedback.
    Pair(
        "configuration set replaced",
        SENDING,
        replace(SENDING, configuration_set_name="marketing"),
        DANGER,
        "Configuration set transactional is replaced by marketing: every send that names the old one fails.",
    ),
    Pair(
        "TLS of sending made optional",
        SENDING,
        Edited(SENDING, setting(_SET, "DeliveryOptions.TlsPolicy", "OPTIONAL")),
        CAUTION,
        "Mail sent with transactional goes out without TLS too: it can be read on its way.",
    ),
    Pair(
        "sending off",
        SENDING,
        Edited(SENDING, setting(_SET, "SendingOptions.SendingEnabled", value=False)),
        DANGER,
        "Sending with transactional is switched off: SES refuses every mail that names it.",
    ),
    Pair(
        "complaints untold",
        _TWO_TOPICS,
        SENDING,
        CAUTION,
        "Events complaint of transactional go to transactional-complaint no more: whoever listens there "
        "learns nothing "
        "of them.",
    ),
    Pair(
        "subscriber removed",
        SENDING,
        replace(SENDING, feedback=MailFeedback(topics=(replace(BOUNCES, subscribers=()),))),
        CAUTION,
        "operators@example.net gets the notifications of transactional-bounce by email no more.",
    ),
    # Permissions.
    Pair(
        "grant_send widened",
        SENDING,
        _sends_as("*@example.com"),
        CAUTION,
        "Whoever has policy shop-send-billing may now send as *@example.com.",
    ),
    Pair(
        "grant_send narrowed",
        _sends_as("*@example.com"),
        SENDING,
        CAUTION,
        "Whoever has policy shop-send-billing may no longer send as *@example.com.",
    ),
    Pair(
        "recipients unbound",
        _sends_as("billing@example.com", recipients=("*@example.net",)),
        SENDING,
        CAUTION,
        "Whoever has policy shop-send-billing may now send as billing@example.com.",
    ),
    Pair(
        "anything on SES",
        SENDING,
        Edited(
            SENDING,
            setting(
                "AWS::IAM::ManagedPolicy",
                "PolicyDocument.Statement",
                [{"Effect": "Allow", "Action": "ses:*", "Resource": "*"}],
            ),
        ),
        DANGER,
        "Whoever has policy shop-send-billing may now call ses:* on *.",
    ),
    Pair(
        "another account may send",
        SENDING,
        replace(SENDING, delegates=(AGENCY,)),
        CAUTION,
        "arn:aws:iam::333333333333:root may now send as letters@example.com.",
    ),
    Pair(
        "SMTP user added",
        SENDING,
        replace(SENDING, senders=(BILLING, SCANNER)),
        CAUTION,
        "User Smtpscannereuwest1User may now send as scanner@example.com.",
    ),
    Pair(
        "SMTP user removed",
        replace(SENDING, senders=(BILLING, SCANNER)),
        SENDING,
        DANGER,
        "User Smtpscannereuwest1User is deleted: SMTP credentials made for it stop working at once.",
    ),
)

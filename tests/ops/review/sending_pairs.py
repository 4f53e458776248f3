"""Pairs: outgoing mail, feedback, permissions."""

from dataclasses import replace
from typing import Any

from constructs_lib.events.event_destinations import EventBridgeDestination
from constructs_lib.events.event_forward import EventForward, ForeignBus
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


_BUS = "arn:aws:events:eu-west-1:222222222222:event-bus/mail-events"
_ANALYTICS = EventForward(name="analytics", to=ForeignBus(arn=_BUS))


def _forwards(*forwards: EventForward) -> MailEnvironment:
    feedback = MailFeedback(topics=(BOUNCES,), event_bridge=EventBridgeDestination(), forwards=forwards)
    return replace(SENDING, feedback=feedback)


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
    Pair(
        "events sent to another account",
        _forwards(),
        _forwards(_ANALYTICS),
        CAUTION,
        f"Rule transactional-analytics sends events to another account: {_BUS}.",
    ),
    Pair(
        "events sent to another account no more",
        _forwards(_ANALYTICS),
        _forwards(),
        CAUTION,
        f"Rule transactional-analytics sends events to {_BUS} no more: whoever listens there learns nothing "
        "of them.",
    ),
    Pair(
        "a rule to another account switched off",
        _forwards(_ANALYTICS),
        Edited(_forwards(_ANALYTICS), setting("AWS::Events::Rule", "State", "DISABLED")),
        CAUTION,
        f"Rule transactional-analytics sends events to {_BUS} no more: whoever listens there learns nothing "
        "of them.",
    ),
    Pair(
        "a rule to another account matches more",
        _forwards(_ANALYTICS),
        Edited(_forwards(_ANALYTICS), setting("AWS::Events::Rule", "EventPattern", {"source": ["aws.ses"]})),
        CAUTION,
        f"Rule transactional-analytics sends other events than before to {_BUS}.",
    ),
    Pair(
        "a queue of another account may subscribe",
        SENDING,
        replace(
            SENDING,
            feedback=MailFeedback(
                topics=(replace(BOUNCES, subscribing_queues=("arn:aws:sqs:eu-west-1:222222222222:bounces",)),)
            ),
        ),
        CAUTION,
        "arn:aws:iam::222222222222:root may now call sns:Subscribe on topic transactional-bounce if "
        "sns:Endpoint = arn:aws:sqs:eu-west-1:222222222222:bounces and sns:Protocol = sqs.",
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

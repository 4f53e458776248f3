"""The rehearsal: deployed to the embedded AWS by ``make demo``. Names are reserved ones (RFC 2606)."""

from pathlib import Path
from typing import Final

from constructs_lib.audit.alert_receivers import AlertReceivers
from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from constructs_lib.events.subscribers import EmailSubscriber
from constructs_lib.identity.dmarc import DmarcPolicy
from constructs_lib.identity.dns import CreatedZone, ExternalDns
from constructs_lib.monitoring.spend_limit import SpendLimit
from constructs_lib.receiving.bounce_reply import MAILBOX_DOES_NOT_EXIST
from constructs_lib.receiving.mail_processor import Forwarding, MailProcessor
from constructs_lib.receiving.receipt_actions import Bounce, Stop, StoreInS3
from constructs_lib.receiving.receipt_rules import ReceiptRule
from constructs_lib.sending.send_conditions import SendConditions
from constructs_lib.verification.verification_template import VerificationTemplate
from stacks.audit_config import MailAudit
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.feedback_config import MailFeedback
from stacks.monitoring_config import MailMonitoring
from stacks.receiving_config import Inbox, MailReceiving
from stacks.senders_config import Delegate, Sender
from stacks.verification_config import MailAddress, VerificationWait

LOCAL: Final = MailEnvironment(
    name="local",
    account="000000000000",
    regions=("us-east-1",),
    configuration_set_name="transactional",
    retain=False,
    domains=(
        MailDomain(
            domain="rehearsal.example",
            dns=CreatedZone(zone_name="rehearsal.example"),
            dmarc=DmarcPolicy(rua=("mailto:dmarc@rehearsal.example",)),
            receives_mail=True,
        ),
        # A subdomain whose records belong in its parent's zone.
        MailDomain(domain="news.rehearsal.example", dns=CreatedZone(zone_name="rehearsal.example")),
        # Nobody adds these records here: it shows what is printed, and stays pending.
        MailDomain(domain="partner.example", dns=ExternalDns()),
    ),
    feedback=MailFeedback(
        topics=(
            FeedbackTopic(
                kind=Feedback.BOUNCE,
                queue=FeedbackQueue(),
                # Nobody clicks the link here: it shows how a subscription that is not confirmed looks.
                subscribers=(EmailSubscriber(address="mail-operators@partner.example"),),
            ),
            FeedbackTopic(kind=Feedback.COMPLAINT, queue=FeedbackQueue()),
            FeedbackTopic(kind=Feedback.DELIVERY, queue=FeedbackQueue(raw=True)),
            FeedbackTopic(kind=Feedback.FAILURE, queue=FeedbackQueue()),
        ),
    ),
    senders=(
        Sender(name="billing", conditions=SendConditions(from_addresses=("billing@rehearsal.example",))),
        Sender(
            name="newsletter",
            conditions=SendConditions(from_addresses=("letters@news.rehearsal.example",)),
            smtp=True,
        ),
    ),
    delegates=(
        Delegate(
            name="partner",
            account="111111111111",
            domain="rehearsal.example",
            conditions=SendConditions(from_addresses=("partner@rehearsal.example",)),
        ),
    ),
    addresses=(
        MailAddress(address="legal@partner.example"),
        MailAddress(address="jo@partner.example", template="Welcome"),
    ),
    templates=(VerificationTemplate.from_file(Path(__file__).parent / "templates" / "rehearsal.json"),),
    receiving=MailReceiving(
        rule_set_name="rehearsal",
        active=True,
        rules=(
            ReceiptRule(
                name="support",
                recipients=("support@rehearsal.example",),
                actions=(StoreInS3(prefix="support/"), Stop()),
            ),
            ReceiptRule(
                name="closed",
                recipients=("closed@rehearsal.example",),
                actions=(
                    Bounce(reply=MAILBOX_DOES_NOT_EXIST, sender="postmaster@rehearsal.example"),
                    Stop(),
                ),
            ),
        ),
        inboxes=(
            Inbox(
                name="support",
                processor=MailProcessor(
                    forwarding=Forwarding(
                        sender="forwarder@rehearsal.example",
                        mapping={"support@rehearsal.example": ("team@partner.example",)},
                        configuration_set="forwarding",
                    )
                ),
            ),
        ),
    ),
    monitoring=MailMonitoring(
        subscribers=(EmailSubscriber(address="mail-operators@partner.example"),),
        daily_quotas={"us-east-1": 50_000},
        pause=("transactional",),
        spend=SpendLimit(monthly_usd=10, tag="application"),
    ),
    # A queue, so that the rehearsal can read what was told.
    audit=MailAudit(receivers=AlertReceivers(queue=True)),
    # Its zone needs no registrar here.
    verification_wait=VerificationWait(for_people=True),
    tags={"application": "mail"},
)

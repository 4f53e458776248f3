"""Production: a domain in its own zone and two Regions, two in that zone, one with DNS elsewhere."""

from typing import Final

from constructs_lib.audit.alert_receivers import AlertReceivers
from constructs_lib.events.event_destinations import EventBridgeDestination
from constructs_lib.events.event_forward import EventForward, ForeignBus
from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from constructs_lib.events.subscribers import EmailSubscriber, HttpsSubscriber
from constructs_lib.identity.dmarc import Disposition, DmarcPolicy
from constructs_lib.identity.dns import ExternalDns, Route53Zone
from constructs_lib.identity.own_dkim import OwnDkimKey
from constructs_lib.identity.spf import SpfPolicy
from constructs_lib.monitoring.spend_limit import SpendLimit
from constructs_lib.receiving.mail_processor import Forwarding, MailProcessor
from constructs_lib.receiving.mail_reader import MailReader
from constructs_lib.receiving.mail_retention import MailRetention
from constructs_lib.receiving.receipt_actions import Stop, StoreInS3
from constructs_lib.receiving.receipt_rules import ReceiptRule
from constructs_lib.sending.send_conditions import SendConditions
from stacks.audit_config import MailAudit
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.feedback_config import MailFeedback
from stacks.monitoring_config import MailMonitoring
from stacks.receiving_config import Inbox, MailReceiving
from stacks.senders_config import Delegate, Sender

_OPERATORS: Final = EmailSubscriber(address="mail-operators@example.net")
_RECEIPTS_KEY: Final = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArpOUGWvv8/Cg9PP8UZXPKaIi3sdpUPPIRV71MnA4h1B/"
    "lddbAZbOtDBBk9hTUBAsSbF1+K2sRBb59Y8pSJPsmIxvGwMhZcLWgCWc51Dx2kFeZiGTqaB6aDngMdo9VSV80c++"
    "ut4BK27Nbeo1vQ5pIUWtqjVUTwFWPq3V9G6NV06FPTGtCycFZvXXsg6IQJ1+6wWjpFc6BfrG0oZ93m03yoJGiT9j"
    "0euS9DZ0WfTbA/P4hCx7BRiDxjdg7Rc4pmZw6EMcu3Kxhq86J4c+hOfVU9huiP9VBePr5sIFOdWIA5T9XfruBigs"
    "5HklWfKcdNE5Kx1VN57HpsH/LYgSsx3UPQIDAQAB"
)
"""What `python -m ops dkim create prod receipts.example.com --selector s2026` printed."""

_EXAMPLE_COM: Final = Route53Zone(zone_id="Z0PRODEXAMPLE0000001", zone_name="example.com")

PROD: Final = MailEnvironment(
    name="prod",
    account="222222222222",
    regions=("eu-west-1", "us-east-1"),
    configuration_set_name="transactional",
    domains=(
        MailDomain(
            domain="example.com",
            dns=_EXAMPLE_COM,
            regions=("eu-west-1", "us-east-1"),
            dmarc=DmarcPolicy(p=Disposition.QUARANTINE, rua=("mailto:dmarc@example.com",)),
            apex_spf=SpfPolicy(includes=("_spf.google.com",)),
        ),
        MailDomain(
            domain="news.example.com",
            dns=_EXAMPLE_COM,
            dmarc=DmarcPolicy(p=Disposition.REJECT, rua=("mailto:dmarc@example.com",)),
            # The agency's tool asks for the record by which SES verified domains before DKIM.
            legacy_txt=True,
        ),
        # The shop's own mail server signs with the same key, so the key is ours.
        MailDomain(
            domain="receipts.example.com",
            dns=_EXAMPLE_COM,
            own_dkim_key=OwnDkimKey(
                selector="s2026",
                public_key=_RECEIPTS_KEY,
                private_key_secret="prod/dkim/receipts.example.com/s2026",  # noqa: S106 - its name
            ),
        ),
        # Mail for people of example.com goes to another provider; customers write to this one.
        MailDomain(
            domain="support.example.com",
            dns=_EXAMPLE_COM,
            dmarc=DmarcPolicy(p=Disposition.REJECT, rua=("mailto:dmarc@example.com",)),
            receives_mail=True,
        ),
        # Its reports go to example.com, whose zone is ours: that zone authorizes them.
        MailDomain(
            domain="example.org",
            dns=ExternalDns(),
            dmarc=DmarcPolicy(rua=("mailto:dmarc@example.com",)),
        ),
    ),
    feedback=MailFeedback(
        topics=(
            FeedbackTopic(kind=Feedback.BOUNCE, queue=FeedbackQueue()),
            FeedbackTopic(
                kind=Feedback.COMPLAINT,
                queue=FeedbackQueue(),
                subscribers=(_OPERATORS, HttpsSubscriber(url="https://hooks.example.net/ses/complaints")),
            ),
            FeedbackTopic(
                kind=Feedback.FAILURE,
                subscribers=(_OPERATORS,),
                # A queue of the shop's account, which subscribes it.
                subscribing_queues=("arn:aws:sqs:eu-west-1:555555555555:mail-failures",),
            ),
        ),
        event_bridge=EventBridgeDestination(),
        # The analysts' account keeps every event; its `ForwardedEvents` names this rule.
        forwards=(
            EventForward(
                name="analytics",
                to=ForeignBus(arn="arn:aws:events:eu-west-1:444444444444:event-bus/mail-events"),
            ),
        ),
    ),
    senders=(
        Sender(name="billing", conditions=SendConditions(from_addresses=("billing@example.com",))),
        # An appliance that speaks SMTP only.
        Sender(
            name="scanner",
            conditions=SendConditions(
                from_addresses=("scanner-*@example.com",), recipients=("*@example.com", "*@example.net")
            ),
            smtp=True,
        ),
    ),
    delegates=(
        Delegate(
            name="agency",
            account="333333333333",
            domain="news.example.com",
            principals=("role/Newsletter",),
            conditions=SendConditions(from_addresses=("letters@news.example.com",)),
        ),
    ),
    receiving=MailReceiving(
        rule_set_name="prod",
        active=True,
        rules=(
            ReceiptRule(
                name="support",
                recipients=("support.example.com",),
                actions=(StoreInS3(prefix="support/"), Stop()),
            ),
        ),
        inboxes=(
            Inbox(
                name="support",
                processor=MailProcessor(
                    forwarding=Forwarding(
                        sender="forwarder@support.example.com",
                        mapping={"@support.example.com": ("helpdesk@example.net",)},
                        configuration_set="forwarding",
                    )
                ),
            ),
        ),
        retention=MailRetention(archive_after_days=90, expire_after_days=730),
        readers=(MailReader(account="444444444444", role="role/Analysts", prefixes=("support/",)),),
    ),
    monitoring=MailMonitoring(
        subscribers=(_OPERATORS,),
        no_send_after_hours={"eu-west-1": 24},
        # What SES granted; `aws sesv2 get-account` tells.
        daily_quotas={"eu-west-1": 50_000, "us-east-1": 50_000},
        # Forwarded spam is what bounces. What is not forwarded meanwhile waits in the dead-letter queue.
        pause=("forwarding",),
        spend=SpendLimit(monthly_usd=200, tag="environment"),
    ),
    audit=MailAudit(
        senders=("role/billing",),
        receivers=AlertReceivers(subscribers=(EmailSubscriber(address="security@example.net"),)),
    ),
    expected_daily_messages=50_000,
    tags={"application": "mail", "environment": "prod"},
)

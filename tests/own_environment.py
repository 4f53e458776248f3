"""An environment of the tests' own: a user's `stacks/environments` may hold anything."""

from typing import Final

from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from constructs_lib.identity.dmarc import DmarcPolicy
from constructs_lib.identity.dns import Route53Zone
from constructs_lib.sending.send_conditions import SendConditions
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.feedback_config import MailFeedback
from stacks.senders_config import Sender

DEV: Final = MailEnvironment(
    name="dev",
    account="111111111111",
    regions=("eu-west-1",),
    configuration_set_name="transactional",
    domains=(
        MailDomain(
            domain="dev.example.com",
            dns=Route53Zone(zone_id="Z0DEVEXAMPLE00000001", zone_name="dev.example.com"),
            dmarc=DmarcPolicy(rua=("mailto:dmarc@example.com",)),
        ),
    ),
    feedback=MailFeedback(
        topics=(
            FeedbackTopic(kind=Feedback.BOUNCE, queue=FeedbackQueue()),
            FeedbackTopic(kind=Feedback.COMPLAINT, queue=FeedbackQueue()),
        ),
    ),
    senders=(
        # The account is in the SES sandbox: only verified recipients get mail.
        Sender(
            name="developers",
            conditions=SendConditions(from_addresses=("*@dev.example.com",)),
            sandbox_recipients=("dev.example.com",),
        ),
    ),
    tags={"application": "mail", "environment": "dev"},
)

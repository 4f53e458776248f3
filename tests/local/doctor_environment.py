"""An environment for the doctor: everything that `local` declares, with names that no other test uses."""

from dataclasses import replace

from constructs_lib.identity.dmarc import DmarcPolicy
from constructs_lib.identity.dns import CreatedZone, Route53Zone
from constructs_lib.receiving.mail_processor import Forwarding, MailProcessor
from constructs_lib.receiving.receipt_actions import Stop, StoreInS3
from constructs_lib.receiving.receipt_rules import ReceiptRule
from constructs_lib.sending.send_conditions import SendConditions
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.environments import environment
from stacks.receiving_config import Inbox, MailReceiving
from stacks.senders_config import Sender
from stacks.verification_config import MailAddress


def everything(domain: str, zone: Route53Zone) -> MailEnvironment:
    """One domain in a zone that exists, one in a zone that the deploy makes."""
    local, unique = environment("local"), domain.removesuffix(".example")
    conditions = SendConditions(from_addresses=(f"a@{domain}",))
    return replace(
        local,
        name=unique,
        configuration_set_name=unique,
        domains=(
            MailDomain(
                domain=domain,
                dns=zone,
                dmarc=DmarcPolicy(rua=(f"mailto:dmarc@{domain}",)),
                receives_mail=True,
            ),
            MailDomain(domain=f"new-{domain}", dns=CreatedZone(zone_name=f"new-{domain}")),
        ),
        senders=(
            Sender(name="billing", conditions=conditions),
            Sender(name="newsletter", conditions=conditions, smtp=True),
        ),
        delegates=(),
        templates=(replace(local.templates[0], template_name=unique, from_email_address=f"a@{domain}"),),
        addresses=(MailAddress(address=f"legal@other-{domain}"),),
        receiving=MailReceiving(
            rule_set_name=unique,
            active=True,
            rules=(
                ReceiptRule(
                    name="in",
                    recipients=(f"in@{domain}",),
                    actions=(StoreInS3(prefix="in/"), Stop()),
                ),
            ),
            inboxes=(
                Inbox(
                    name="in",
                    processor=MailProcessor(
                        forwarding=Forwarding(
                            sender=f"f@{domain}",
                            mapping={f"in@{domain}": (f"team@other-{domain}",)},
                            configuration_set=f"{unique}-fw",
                        )
                    ),
                ),
            ),
        ),
        # What local names stands for its own configuration sets.
        monitoring=replace(local.monitoring, pause=()) if local.monitoring else None,
        expected_daily_messages=100_000,
    )

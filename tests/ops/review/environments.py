"""Small environments to review changes of, and their stacks as a review reads them."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from constructs_lib.events.subscribers import EmailSubscriber
from constructs_lib.identity.dmarc import Disposition, DmarcPolicy
from constructs_lib.identity.dns import ExternalDns, Route53Zone
from constructs_lib.receiving.receipt_actions import Stop, StoreInS3
from constructs_lib.receiving.receipt_rules import ReceiptRule
from constructs_lib.sending.send_conditions import SendConditions
from ops.review.assembly import Stacks, read_stage
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.feedback_config import MailFeedback
from stacks.mail_stage import MailStage
from stacks.receiving_config import MailReceiving
from stacks.senders_config import Delegate, Sender
from tests.synthesis import ACCOUNT, REGION, new_app

ZONE = Route53Zone(zone_id="Z0EXAMPLE00000000001", zone_name="example.com")
DOMAIN = MailDomain(domain="example.com", dns=ZONE, dmarc=DmarcPolicy(p=Disposition.NONE))
NEWS = MailDomain(domain="news.example.com", dns=ZONE)
PARTNER = MailDomain(domain="partner.example", dns=ExternalDns())
OPERATORS = EmailSubscriber(address="operators@example.net")
BOUNCES = FeedbackTopic(kind=Feedback.BOUNCE, queue=FeedbackQueue(), subscribers=(OPERATORS,))
BILLING = Sender(name="billing", conditions=SendConditions(from_addresses=("billing@example.com",)))
SCANNER = Sender(
    name="scanner", conditions=SendConditions(from_addresses=("scanner@example.com",)), smtp=True
)
AGENCY = Delegate(
    name="agency",
    account="333333333333",
    domain="example.com",
    conditions=SendConditions(from_addresses=("letters@example.com",)),
)
SUPPORT = ReceiptRule(
    name="support",
    recipients=("support@example.com",),
    actions=(StoreInS3(prefix="support/"), Stop()),
)
SALES = ReceiptRule(
    name="sales", recipients=("sales@example.com",), actions=(StoreInS3(prefix="sales/"), Stop())
)

DOMAINS = MailEnvironment(
    name="shop",
    account=ACCOUNT,
    regions=(REGION,),
    configuration_set_name="transactional",
    domains=(DOMAIN, NEWS),
)
SENDING = replace(DOMAINS, domains=(DOMAIN,), senders=(BILLING,), feedback=MailFeedback(topics=(BOUNCES,)))
RECEIVING = replace(
    DOMAINS,
    domains=(DOMAIN,),
    receiving=MailReceiving(rule_set_name="shop", active=True, rules=(SUPPORT, SALES)),
)


def deleting(config: MailEnvironment) -> MailEnvironment:
    """The same, whose resources go with their stack."""
    return replace(config, retain=False)


def with_domain(config: MailEnvironment, **changes: Any) -> MailEnvironment:  # noqa: ANN401 - any option
    first, *rest = config.domains
    return replace(config, domains=(replace(first, **changes), *rest))


def with_receiving(**changes: Any) -> MailEnvironment:  # noqa: ANN401 - any option
    assert RECEIVING.receiving
    return replace(RECEIVING, receiving=replace(RECEIVING.receiving, **changes))


Edit = Callable[[dict[str, dict[str, Any]]], None]
"""Changes templates, by the id of their stack."""


@dataclass(frozen=True)
class Edited:
    """An environment whose templates say what its configuration cannot."""

    config: MailEnvironment
    edit: Edit


def stacks(side: MailEnvironment | Edited) -> Stacks:
    config = side.config if isinstance(side, Edited) else side
    made = _synthesized(config)
    if isinstance(side, Edited):
        templates = {key: copy.deepcopy(dict(stack.template)) for key, stack in made.items()}
        side.edit(templates)
        return {key: replace(made[key], template=template) for key, template in templates.items()}
    return made


def _synthesized(config: MailEnvironment) -> Stacks:
    """Each environment is synthesized once; its values need not be hashable."""
    key = repr(config)
    if key not in _MADE:
        _MADE[key] = read_stage(Path(MailStage(new_app(), config.name, config=config).synth().directory))
    return _MADE[key]


_MADE: dict[str, Stacks] = {}


def resource(templates: dict[str, dict[str, Any]], kind: str, fragment: str = "") -> dict[str, Any]:
    """The first resource of a type whose logical id has a fragment."""
    found: dict[str, Any] = next(
        value
        for template in templates.values()
        for key, value in template["Resources"].items()
        if value["Type"] == kind and fragment in key
    )
    return found


def setting(kind: str, path: str, value: object, *, fragment: str = "") -> Edit:
    """Sets one property of a resource, by its path; None takes it away."""

    def edit(templates: dict[str, dict[str, Any]]) -> None:
        *steps, last = ("Properties", *path.split("."))
        target = resource(templates, kind, fragment)
        for step in steps:
            target = target[step]
        if value is None:
            del target[last]
        else:
            target[last] = value

    return edit

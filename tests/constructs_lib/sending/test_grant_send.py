"""Who may send what: the evaluator decides for each principal, From address, recipient, configuration set."""

import copy
import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_lib.identity.dns import ExternalDns
from constructs_lib.identity.domain_identity import DomainIdentity
from constructs_lib.sending.send_conditions import SendConditions
from constructs_lib.sending.send_permission import SendPermission
from constructs_lib.sending.send_policy import SendPolicy
from tests.iam import Policy, Request, evaluate, identity_policies
from tests.synthesis import ACCOUNT, REGION, new_stack, template_of

SERVICE = iam.ServicePrincipal("lambda.amazonaws.com")
SENDERS = ("billing@example.com", "billing-eu@example.com", "news@example.com", "ceo@example.com")
RECIPIENTS = (("ann@customer.test",), ("ann@customer.test", "eve@other.test"), ("eve@other.test",), ())
SETS = (None, "transactional", "marketing")
ACTIONS = {
    "ses:SendEmail": ("Invoice", None),
    "ses:SendRawEmail": (None,),
    "ses:SendTemplatedEmail": ("Invoice", "Newsletter"),
    "ses:SendBulkTemplatedEmail": ("Invoice",),
    "ses:SendBulkEmail": ("Invoice",),
}
BY_ADDRESS = {"ses:SendEmail", "ses:SendRawEmail", "ses:SendTemplatedEmail", "ses:SendBulkTemplatedEmail"}


@dataclass(frozen=True)
class Message:
    sender: str
    recipients: tuple[str, ...]
    configuration_set: str | None
    action: str
    template: str | None
    identity: str = "example.com"

    def request(self, policies: list[Policy]) -> Request:
        names = [f"identity/{self.identity}"]
        names += [f"configuration-set/{self.configuration_set}"] if self.configuration_set else []
        names += [f"template/{self.template}"] if self.template else []
        context: dict[str, str | tuple[str, ...]] = {"ses:FromAddress": self.sender}
        if self.recipients:
            context["ses:Recipients"] = self.recipients
        return Request(
            principal=f"arn:aws:iam::{ACCOUNT}:role/any",
            action=self.action,
            resources=[f"arn:aws:ses:{REGION}:{ACCOUNT}:{name}" for name in names],
            context=context,
            identity_policies=policies,
        )


MESSAGES = [
    Message(sender, recipients, configuration_set, action, template)
    for sender, recipients, configuration_set in itertools.product(SENDERS, RECIPIENTS, SETS)
    for action, templates in ACTIONS.items()
    for template in templates
]
RIGHT = Message("billing@example.com", ("ann@customer.test",), "transactional", "ses:SendEmail", "Invoice")
ONE_CHANGE = [
    RIGHT,
    *(replace(RIGHT, sender=sender) for sender in SENDERS),
    *(replace(RIGHT, recipients=recipients) for recipients in RECIPIENTS),
    *(replace(RIGHT, configuration_set=name) for name in SETS),
    *(replace(RIGHT, action=action, template=templates[0]) for action, templates in ACTIONS.items()),
    replace(RIGHT, template="Newsletter"),
    replace(RIGHT, identity="example.org"),
]


def billing_may(message: Message) -> bool:
    return (
        message.sender in {"billing@example.com", "billing-eu@example.com"}
        and message.recipients == ("ann@customer.test",)
        and message.configuration_set in {None, "transactional"}
        and message.template in {None, "Invoice"}
        and message.action in BY_ADDRESS
        and message.identity == "example.com"
    )


def news_may(message: Message) -> bool:
    return (
        message.sender == "news@example.com"
        and message.configuration_set in {None, "marketing"}
        and message.action in {"ses:SendEmail", "ses:SendRawEmail"}
        and message.template is None
    )


def nobody_may(_: Message) -> bool:
    return False


@cache
def policies() -> dict[str, list[Policy]]:
    """The policies of each principal: granted, by a group, by a managed policy, and none."""
    stack = new_stack()
    identity = DomainIdentity(
        stack, "Identity", domain="example.com", dns=ExternalDns(), configuration_set_name="transactional"
    )
    roles = {name: iam.Role(stack, name, assumed_by=SERVICE) for name in ("Granted", "Attached", "Stranger")}
    group = iam.Group(stack, "Group")
    user = iam.User(stack, "Member", groups=[group])
    identity.grant_send(
        roles["Granted"],
        from_addresses=["billing@example.com", "billing-*@example.com"],
        recipients=["*@customer.test"],
        templates=["Invoice"],
    )
    SendPolicy(
        stack,
        "News",
        permissions=[
            SendPermission(
                identities=["example.com"],
                configuration_set="marketing",
                conditions=SendConditions(from_addresses=["news@example.com"]),
            )
        ],
        groups=[group],
        roles=[roles["Attached"]],
    )
    template = template_of(stack)
    holders = {**roles, "Member": user}
    return {name: identity_policies(template, logical_id(holder)) for name, holder in holders.items()}


def decide(of_principals: Sequence[list[Policy]], messages: Sequence[Message]) -> list[list[Message]]:
    """What each principal may send, by its policies; one run of the evaluator for all of them."""
    decisions = iter(
        evaluate([message.request(documents) for documents in of_principals for message in messages])
    )
    return [[message for message in messages if next(decisions).allowed] for _ in of_principals]


def test_the_evaluator_allows_exactly_what_was_permitted() -> None:
    assert policies()["Attached"] == policies()["Member"]
    expected = {"Granted": billing_may, "Member": news_may, "Stranger": nobody_may}
    decided = decide([policies()[principal] for principal in expected], MESSAGES)
    for may, allowed in zip(expected.values(), decided, strict=True):
        assert allowed == [message for message in MESSAGES if may(message)]
    granted, *_ = decided
    assert {message.sender for message in granted} == {"billing@example.com", "billing-eu@example.com"}
    assert {message.action for message in granted} == BY_ADDRESS


WRONG: dict[str, Callable[[dict[str, Any]], object]] = {
    "no condition": lambda statement: statement.pop("Condition"),
    "any From address": lambda statement: statement["Condition"].pop("StringLike"),
    "any recipient": lambda statement: statement["Condition"].pop("ForAllValues:StringLike"),
    "no recipient": lambda statement: statement["Condition"].pop("Null"),
    "any resource": lambda statement: statement.update(Resource="*"),
    "any identity": lambda statement: statement["Resource"].append(
        f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/*"
    ),
    "no configuration set": lambda statement: statement["Resource"].pop(0),
    "no identity": lambda statement: statement["Resource"].pop(1),
    "no template": lambda statement: statement["Resource"].pop(2),
    "one action": lambda statement: statement.update(Action="ses:SendEmail"),
    "bulk without conditions": lambda statement: statement.update(Action="ses:Send*", Condition={}),
}


def test_a_wrong_policy_is_noticed() -> None:
    documents = []
    for change in WRONG.values():
        (document,) = copy.deepcopy(policies()["Granted"])
        change(document["Statement"][0])
        documents.append([document])
    right = [message for message in ONE_CHANGE if billing_may(message)]
    assert decide([policies()["Granted"]], ONE_CHANGE) == [right]
    for name, allowed in zip(WRONG, decide(documents, ONE_CHANGE), strict=True):
        assert allowed != right, name


def test_no_action_and_no_resource_is_a_wildcard() -> None:
    for documents in policies().values():
        for document in documents:
            for statement in document["Statement"]:
                assert "*" not in json.dumps([statement["Action"], statement["Resource"]])


def logical_id(holder: cdk.Resource) -> str:
    resource = holder.node.default_child
    assert isinstance(resource, cdk.CfnElement)
    return cdk.Stack.of(holder).get_logical_id(resource)

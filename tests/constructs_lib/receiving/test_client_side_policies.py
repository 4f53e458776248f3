"""Who may use the key of client-side encryption, and with what: decided by an independent evaluator."""

import json
from functools import cache
from typing import Any

import pytest
from aws_cdk import aws_iam as iam

from constructs_lib.receiving.receipt_actions import StoreInS3
from tests.constructs_lib.receiving import inbound_stacks
from tests.constructs_lib.receiving.client_side_stacks import encryption
from tests.constructs_lib.receiving.receiving_stacks import PREFIX, SET_ARN, build, rule, store
from tests.iam import Request, evaluate, identity_policies, resolve
from tests.synthesis import ACCOUNT, REGION, new_stack, resources, template_of

OTHER = "222222222222"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/5678abcd-12ab-34cd-56ef-1234567890ab"
OF_A_MESSAGE = {
    "kms:EncryptionContext:aws:ses:source-account": ACCOUNT,
    "kms:EncryptionContext:aws:ses:rule-name": "secret",
    "kms:EncryptionContext:aws:ses:message-id": "d6iitobk75ur44p8kdnnp7g2n800",
}


@cache
def template() -> dict[str, Any]:
    stack = new_stack()
    client_side = encryption(stack)
    mail = store(stack, client_side=client_side, client_side_prefixes=[PREFIX])
    build(stack, store=mail, rules=[rule("secret", StoreInS3(prefix=PREFIX, client_side_encryption=True))])
    inbound_stacks.build(stack, client_side=client_side)
    mail.grant_read(iam.Role(stack, "Reader", assumed_by=iam.AccountRootPrincipal()), PREFIX)
    return template_of(stack)


@cache
def names() -> dict[str, str]:
    found = {}
    for key in template()["Resources"]:
        found[key] = found[f"{key}.Arn"] = f"arn:aws:any:{REGION}:{ACCOUNT}:{key}"
        if key.startswith("ClientSideKey"):
            found[key] = found[f"{key}.Arn"] = KEY
        if key.startswith("MailBucket"):
            found[f"{key}.Arn"] = "arn:aws:s3:::mail"
    return found


def asks(role: str, action: str, principal: str = "", **context: str) -> Request:
    (role_id,) = (each for each in resources(template(), "AWS::IAM::Role") if each.startswith(role))
    (key,) = (each for each in resources(template(), "AWS::KMS::Key") if each.startswith("ClientSideKey"))
    return Request(
        principal=principal or f"arn:aws:iam::{ACCOUNT}:role/{role}",
        action=action,
        resources=[KEY],
        context=context,
        identity_policies=[] if principal else identity_policies(template(), role_id, names()),
        resource_policy=resolve(template()["Resources"][key]["Properties"]["KeyPolicy"], names()),
        resource_account=ACCOUNT,
    )


ROLES = {"MailWriter": "kms:GenerateDataKey", "InboundFunction": "kms:Decrypt", "Reader": "kms:Decrypt"}
ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt", "kms:Encrypt", "kms:PutKeyPolicy", "kms:CreateGrant")


@pytest.mark.parametrize("role", ROLES)
def test_ses_encrypts_and_readers_decrypt_with_what_ses_binds_to_a_message(role: str) -> None:
    decisions = evaluate([asks(role, action, **OF_A_MESSAGE) for action in ACTIONS])
    allowed = [action for action, found in zip(ACTIONS, decisions, strict=True) if found.allowed]
    assert allowed == [ROLES[role]]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", OF_A_MESSAGE)
def test_nothing_else_is_encrypted_or_decrypted_with_the_key(role: str, name: str) -> None:
    without = {key: value for key, value in OF_A_MESSAGE.items() if key != name}
    foreign = OF_A_MESSAGE | {"kms:EncryptionContext:aws:ses:source-account": OTHER}
    decisions = evaluate([asks(role, ROLES[role], **context) for context in (without, foreign, {})])
    assert [found.allowed for found in decisions] == [False] * 3


def test_ses_itself_has_no_use_of_the_key() -> None:
    """It takes the role, which only rules of this set get (test_mail_writer.py)."""
    source = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": f"{SET_ARN}:receipt-rule/secret"}
    (decision,) = evaluate(
        [asks("MailWriter", "kms:GenerateDataKey", "ses.amazonaws.com", **OF_A_MESSAGE, **source)]
    )
    assert not decision.allowed


def test_who_reads_another_prefix_has_no_use_of_the_key() -> None:
    stack = new_stack()
    mail = store(
        stack, prefixes=[PREFIX, "sales/"], client_side=encryption(stack), client_side_prefixes=[PREFIX]
    )
    mail.grant_read(iam.Role(stack, "Reader", assumed_by=iam.AccountRootPrincipal()), "sales/")
    (policy,) = (
        found for key, found in resources(template_of(stack), "AWS::IAM::Policy").items() if "Reader" in key
    )
    assert "MailKey" in json.dumps(policy)
    assert "ClientSideKey" not in json.dumps(policy)

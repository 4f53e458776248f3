"""Both sides of reading another account's mail, together: decided by an independent evaluator."""

import json
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib.owner_statements import OUTPUT
from constructs_lib.receiving.client_side_encryption import ClientSideEncryption
from constructs_lib.receiving.mail_reader import MailReader
from constructs_lib.receiving.mail_store import MailStore
from constructs_lib.receiving.stored_mail_access import StoredMailAccess
from tests.constructs_lib.receiving.client_side_stacks import lasting_reader
from tests.iam import Policy, Request, evaluate, identity_policies, resolve
from tests.support import refuses
from tests.synthesis import ACCOUNT, REGION, new_app, new_stack, only, outputs, resources, template_of
from tests.test_nag import PACKS, findings

OTHER, THIRD = "222222222222", "333333333333"
BUCKET_NAME = "received-mail"
BUCKET = f"arn:aws:s3:::{BUCKET_NAME}"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
CLIENT_SIDE_KEY = KEY.replace("1234abcd", "5678abcd")
SUPPORT = f"arn:aws:iam::{OTHER}:role/teams/Support"
READER = MailReader(account=OTHER, role="role/teams/Support", prefixes=("support/",))
TLS = {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}
THROUGH_S3 = {"kms:ViaService": f"s3.{REGION}.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": BUCKET}
BY_SES = {
    "kms:EncryptionContext:aws:ses:source-account": ACCOUNT,
    "kms:EncryptionContext:aws:ses:rule-name": "support",
    "kms:EncryptionContext:aws:ses:message-id": "m",
}
EVERYTHING: Policy = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:*", "kms:*"], "Resource": "*"}],
}


def store(stack: cdk.Stack, **overrides: Any) -> MailStore:  # noqa: ANN401 - any option
    options: dict[str, Any] = {
        "rule_set_name": "inbound",
        "prefixes": ["support/", "sales/"],
        "readers": [READER],
    }
    return MailStore(stack, "Mail", **(options | overrides))


def _text(value: object) -> str:
    """An output whose only token is the partition."""
    if isinstance(value, str):
        return value
    assert isinstance(value, dict)
    return "".join(
        part if isinstance(part, str) else "aws" if part == {"Ref": "AWS::Partition"} else "token"
        for part in value["Fn::Join"][1]
    )


@cache
def owner() -> dict[str, Any]:
    stack = new_stack()
    store(
        stack,
        client_side=ClientSideEncryption(
            stack,
            "ClientSide",
            reader=lasting_reader()["reader"],
            requirements=lasting_reader()["requirements"],
        ),
    )
    return template_of(stack)


@cache
def owner_names() -> dict[str, str]:
    """What the logical ids of the owner become."""
    found = {}
    for key, resource in owner()["Resources"].items():
        found[key] = found[f"{key}.Arn"] = f"arn:aws:any:::{key}"
        if resource["Type"] == "AWS::S3::Bucket" and key.startswith("MailBucket"):
            found[key], found[f"{key}.Arn"] = BUCKET_NAME, BUCKET
        if resource["Type"] == "AWS::KMS::Key":
            found[f"{key}.Arn"] = KEY if key.startswith("Mail") else CLIENT_SIDE_KEY
    return found


def bucket_policy() -> Policy:
    policies: list[Policy] = [
        resolve(each["Properties"]["PolicyDocument"], owner_names())
        for key, each in resources(owner(), "AWS::S3::BucketPolicy").items()
        if key.startswith("MailBucket")
    ]
    return policies[0]


def key_policy(beginning: str = "Mail") -> Policy:
    (found,) = (
        each for key, each in resources(owner(), "AWS::KMS::Key").items() if key.startswith(beginning)
    )
    policy: Policy = resolve(found["Properties"]["KeyPolicy"], owner_names())
    return policy


def reader_stack() -> cdk.Stack:
    return cdk.Stack(new_app(), "Stack", env=cdk.Environment(account=OTHER, region=REGION))


def access(stack: cdk.Stack, **overrides: Any) -> StoredMailAccess:  # noqa: ANN401 - any option
    options: dict[str, Any] = {
        "bucket_name": BUCKET_NAME,
        "key_arn": KEY,
        "prefixes": ["support/"],
        "client_side_key_arn": CLIENT_SIDE_KEY,
    }
    return StoredMailAccess(stack, "SupportMail", **(options | overrides))


@cache
def reader_policies() -> list[Policy]:
    stack = reader_stack()
    access(stack, roles=[iam.Role(stack, "Support", assumed_by=iam.AccountRootPrincipal())])
    template = template_of(stack)
    role, _ = only(template, "AWS::IAM::Role")
    return identity_policies(template, role)


def asks(
    action: str,
    resource: str,
    *,
    principal: str = SUPPORT,
    policies: list[Policy] | None = None,
    client_side: bool = False,
    context: Mapping[str, str] = MappingProxyType({}),
) -> Request:
    owned = bucket_policy()
    if action.startswith("kms:"):
        owned = key_policy("ClientSide" if client_side else "Mail")
    return Request(
        principal=principal,
        action=action,
        resources=[resource],
        context=TLS | {"aws:PrincipalArn": principal} | dict(context),
        identity_policies=reader_policies() if policies is None else policies,
        resource_policy=owned,
        resource_account=ACCOUNT,
    )


def test_exactly_this_role_lists_reads_and_decrypts_under_its_prefix() -> None:
    allowed = [
        asks("s3:GetObject", f"{BUCKET}/support/m"),
        asks("s3:ListBucket", BUCKET, context={"s3:prefix": "support/"}),
        asks("kms:Decrypt", KEY, context=THROUGH_S3),
        asks("kms:Decrypt", CLIENT_SIDE_KEY, client_side=True, context=BY_SES),
    ]
    denied = [
        asks("s3:GetObject", f"{BUCKET}/sales/m"),
        asks("s3:GetObject", f"{BUCKET}/m"),
        asks("s3:ListBucket", BUCKET, context={"s3:prefix": "sales/"}),
        asks("s3:ListBucket", BUCKET, context={"s3:prefix": ""}),
        asks("s3:ListBucket", BUCKET),
        asks("s3:PutObject", f"{BUCKET}/support/m"),
        asks("s3:DeleteObject", f"{BUCKET}/support/m"),
        asks("s3:GetObjectVersion", f"{BUCKET}/support/m"),
        asks("kms:Decrypt", KEY),
        asks("kms:Decrypt", KEY, context=(THROUGH_S3 | {"kms:ViaService": f"sqs.{REGION}.amazonaws.com"})),
        asks("kms:Decrypt", KEY, context=(THROUGH_S3 | {"kms:EncryptionContext:aws:s3:arn": f"{BUCKET}-2"})),
        asks("kms:GenerateDataKey", KEY, context=THROUGH_S3),
        asks("kms:Decrypt", CLIENT_SIDE_KEY, client_side=True),
        asks(
            "kms:Decrypt",
            CLIENT_SIDE_KEY,
            client_side=True,
            context=(BY_SES | {"kms:EncryptionContext:aws:ses:source-account": THIRD}),
        ),
    ]
    decisions = evaluate([*allowed, *denied])
    assert [found.allowed for found in decisions] == [True] * len(allowed) + [False] * len(denied)


@pytest.mark.parametrize(
    "principal",
    [
        f"arn:aws:iam::{OTHER}:role/teams/Sales",
        f"arn:aws:iam::{OTHER}:role/Support",
        f"arn:aws:iam::{OTHER}:user/Support",
        SUPPORT.replace(OTHER, THIRD),
    ],
)
def test_whoever_else_may_do_anything_in_his_own_account_is_denied_by_the_owner(principal: str) -> None:
    requests = [
        asks(
            action,
            resource,
            principal=principal,
            policies=[EVERYTHING],
            client_side=client_side,
            context=context,
        )
        for action, resource, client_side, context in (
            ("s3:GetObject", f"{BUCKET}/support/m", False, {}),
            ("s3:ListBucket", BUCKET, False, {"s3:prefix": "support/"}),
            ("kms:Decrypt", KEY, False, THROUGH_S3),
            ("kms:Decrypt", CLIENT_SIDE_KEY, True, BY_SES),
        )
    ]
    assert not any(found.allowed for found in evaluate(requests))


def test_the_role_needs_its_own_accounts_permission_too() -> None:
    requests = [
        asks("s3:GetObject", f"{BUCKET}/support/m", policies=[]),
        asks("kms:Decrypt", KEY, policies=[], context=THROUGH_S3),
    ]
    assert not any(found.allowed for found in evaluate(requests))


def test_the_owner_alone_keeps_a_role_with_every_permission_to_its_prefix() -> None:
    requests = [
        asks("s3:GetObject", f"{BUCKET}/sales/m", policies=[EVERYTHING]),
        asks("s3:ListBucket", BUCKET, policies=[EVERYTHING], context={"s3:prefix": "sales/"}),
        asks("s3:PutObject", f"{BUCKET}/support/m", policies=[EVERYTHING]),
        asks("kms:Encrypt", KEY, policies=[EVERYTHING], context=THROUGH_S3),
        asks("kms:Decrypt", KEY, policies=[EVERYTHING]),
    ]
    assert not any(found.allowed for found in evaluate(requests))


def test_nothing_goes_without_tls() -> None:
    (found,) = evaluate(
        [asks("s3:GetObject", f"{BUCKET}/support/m", context={"aws:SecureTransport": "false"})]
    )
    assert set(found.results.values()) == {"ExplicitlyDenied"}


def test_an_output_says_what_the_other_account_needs_and_that_is_what_the_construct_makes() -> None:
    text = outputs(owner())[f"For account {OTHER}: what role/teams/Support needs to read stored mail"]
    settings = json.loads(resolve(text, owner_names()))
    assert settings["Region"] == REGION
    assert settings["Bucket"] == BUCKET_NAME
    assert settings["Prefixes"] == ["support/"]
    assert settings["KeyArn"] == KEY
    (made,) = reader_policies()

    def plain(policy: Policy) -> Any:  # noqa: ANN401 - JSON
        as_lists = json.loads(json.dumps(policy))
        for statement in as_lists["Statement"]:
            for key in ("Action", "Resource"):
                if isinstance(statement[key], str):
                    statement[key] = [statement[key]]
            for operator in statement.get("Condition", {}).values():
                operator.update(
                    {key: [value] if isinstance(value, str) else value for key, value in operator.items()}
                )
        return as_lists

    assert plain(settings["IamPolicy"]) == plain(made)


def test_the_owner_of_another_key_is_told_what_its_policy_must_allow() -> None:
    stack = new_stack()
    store(stack, existing_key_arn=KEY)
    told = outputs(template_of(stack))
    (text,) = (value for description, value in told.items() if "DecryptMail" in description)
    bucket = next(key for key in template_of(stack)["Resources"] if key.startswith("MailBucket"))
    named = json.loads(resolve(text, {f"{bucket}.Arn": BUCKET}))
    assert named["PolicyOf"] == KEY
    statement = named["Statement"]
    policy = {"Version": "2012-10-17", "Statement": [statement]}

    def decrypts(principal: str, **context: str) -> Request:
        return Request(
            principal=principal,
            action="kms:Decrypt",
            resources=[KEY],
            context={"aws:PrincipalArn": principal} | THROUGH_S3 | context,
            identity_policies=[EVERYTHING],
            resource_policy=policy,
            resource_account=ACCOUNT,
        )

    ours, *others = evaluate(
        [
            decrypts(SUPPORT),
            decrypts(SUPPORT, **{"kms:EncryptionContext:aws:s3:arn": f"{BUCKET}-2"}),
            decrypts(f"arn:aws:iam::{OTHER}:role/any"),
        ]
    )
    assert ours.allowed
    assert not any(found.allowed for found in others)


def test_several_readers_each_get_their_own() -> None:
    stack = new_stack()
    sales = MailReader(account=THIRD, role="role/Sales", prefixes=("sales/", "support/"))
    store(stack, readers=[READER, sales])
    assert len(outputs(template_of(stack))) == 2


def test_the_owner_of_a_bucket_that_exists_is_told_what_its_policy_must_allow() -> None:
    stack = new_stack()
    store(stack, existing_key_arn=KEY, existing_bucket_name="their-mail")
    template = template_of(stack)
    assert not resources(template, "AWS::S3::BucketPolicy")
    told = [
        json.loads(resolve(value, {}))
        for description, value in outputs(template).items()
        if description.startswith(OUTPUT) and READER.label in description
    ]
    bucket = "arn:aws:s3:::their-mail"
    assert [each["PolicyOf"] for each in told].count(bucket) == len(told) - 1, "the other one is the key's"
    policy = {
        "Version": "2012-10-17",
        "Statement": [each["Statement"] for each in told if each["PolicyOf"] == bucket],
    }

    def reads(principal: str, key: str) -> Request:
        return Request(
            principal=principal,
            action="s3:GetObject",
            resources=[f"{bucket}/{key}"],
            context={"aws:PrincipalArn": principal} | TLS,
            identity_policies=[EVERYTHING],
            resource_policy=policy,
            resource_account=ACCOUNT,
        )

    ours, *others = evaluate(
        [
            reads(SUPPORT, "support/1"),
            reads(SUPPORT, "sales/1"),
            reads(f"arn:aws:iam::{OTHER}:role/any", "support/1"),
        ]
    )
    assert ours.allowed
    assert not any(found.allowed for found in others)


def test_owners_of_what_exists_are_asked_for_each_statement_of_a_reader() -> None:
    stack = new_stack()
    options: dict[str, Any] = dict(lasting_reader())
    client_side = ClientSideEncryption(stack, "ClientSide", **options, existing_key_arn=CLIENT_SIDE_KEY)
    store(stack, existing_key_arn=KEY, existing_bucket_name=BUCKET_NAME, client_side=client_side)
    told = [
        json.loads(text)
        for description, value in outputs(template_of(stack)).items()
        if description.startswith(OUTPUT) and OTHER in (text := _text(value))
    ]
    assert {each["PolicyOf"].split(":")[2] for each in told} == {"kms", "s3"}
    assert {each["PolicyOf"] for each in told} >= {KEY, CLIENT_SIDE_KEY}


def test_without_readers_nothing_is_shared() -> None:
    stack = new_stack()
    store(stack, readers=[])
    assert not outputs(template_of(stack))
    assert OTHER not in json.dumps(template_of(stack))


@pytest.mark.parametrize(
    "options, code, fragment",
    [
        ({"account": "1"}, "account-invalid", "readers: account"),
        ({"role": "Support"}, "mail-access-invalid", "role/<name>"),
        ({"role": "role/*"}, "mail-access-invalid", "without wildcards"),
        ({"role": SUPPORT}, "mail-access-invalid", "no ARN"),
        ({"prefixes": ()}, "mail-access-invalid", "one or more"),
        ({"prefixes": "support/"}, "mail-access-invalid", "readers: prefixes"),
        ({"prefixes": ("support/", "support/")}, "mail-access-invalid", "each once"),
        ({"prefixes": ("*",)}, "mail-prefix-invalid", "readers: prefixes"),
    ],
)
def test_a_reader_that_is_no_single_role_of_an_account_is_refused(
    options: dict[str, Any], code: str, fragment: str
) -> None:
    with refuses(code, fragment):
        MailReader(**({"account": OTHER, "role": "role/Support", "prefixes": ("support/",)} | options))


@pytest.mark.parametrize(
    "reader, fragment",
    [
        (MailReader(account=OTHER, role="role/a", prefixes=("billing/",)), "'billing/'"),
        (MailReader(account=ACCOUNT, role="role/a", prefixes=("support/",)), "grant_read"),
    ],
)
def test_what_the_store_does_not_have_is_not_shared(reader: MailReader, fragment: str) -> None:
    stack = new_stack()
    with refuses("mail-access-invalid", fragment):
        store(stack, readers=[reader])
    assert stack.node.try_find_child("Mail") is None


def test_one_role_twice_is_refused() -> None:
    with refuses("mail-access-invalid", "each role once"):
        store(
            new_stack(), readers=[READER, MailReader(account=OTHER, role=READER.role, prefixes=("sales/",))]
        )


@pytest.mark.parametrize(
    "options, code, fragment",
    [
        ({"bucket_name": BUCKET}, "mail-access-invalid", "bucket_name: "),
        ({"bucket_name": "Mail"}, "mail-access-invalid", "bucket_name: "),
        ({"key_arn": "alias/mail"}, "mail-access-invalid", "key_arn: "),
        ({"client_side_key_arn": "mail"}, "mail-access-invalid", "client_side_key_arn: "),
        ({"prefixes": []}, "mail-access-invalid", "prefixes: "),
        ({"prefixes": ["support"]}, "mail-prefix-invalid", "prefixes: "),
        ({"prefixes": [f"{'a' * 190}{n}/" for n in range(20)]}, "policy-too-large", "prefixes: "),
    ],
)
def test_refuses_before_anything_is_built(options: dict[str, Any], code: str, fragment: str) -> None:
    stack = reader_stack()
    with refuses(code, fragment):
        access(stack, **options)
    assert stack.node.try_find_child("SupportMail") is None


def test_a_stable_name_for_roles_of_others_and_no_client_side_mail_by_default() -> None:
    stack = reader_stack()
    access(stack, managed_policy_name="support-mail", client_side_key_arn=None)
    _, policy = only(template_of(stack), "AWS::IAM::ManagedPolicy")
    assert policy["Properties"]["ManagedPolicyName"] == "support-mail"
    assert "aws:ses" not in json.dumps(policy)


@pytest.mark.parametrize("pack", PACKS)
def test_the_rule_packs_are_clean(pack: Any) -> None:  # noqa: ANN401 - a class of cdk-nag
    reading, storing = reader_stack(), new_stack()
    access(reading)
    store(storing)
    assert findings(pack, reading) == set()
    assert findings(pack, storing) == set()

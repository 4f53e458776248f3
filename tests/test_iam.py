"""The evaluator decides as IAM documents it, so that a test which asks it means something."""

from dataclasses import replace

import pytest

from tests.iam import Policy, Request, evaluate, identity_policies, resolve
from tests.synthesis import ACCOUNT, REGION

OTHER_ACCOUNT = "999999999999"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sender"
OTHER_ROLE = f"arn:aws:iam::{OTHER_ACCOUNT}:role/sender"
IDENTITY = f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.com"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:feedback"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def policy(action: str, resource: str, **statement: object) -> Policy:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource} | statement],
    }


def test_an_identity_policy_allows_and_its_absence_denies() -> None:
    question = Request(principal=ROLE, action="ses:SendEmail", resources=[IDENTITY])
    allowed, denied = evaluate(
        [replace(question, identity_policies=[policy("ses:SendEmail", IDENTITY)]), question]
    )
    assert allowed.allowed
    assert denied.results == {IDENTITY: "ImplicitlyDenied"}


def test_every_resource_of_a_request_must_be_allowed() -> None:
    configuration_set = f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/transactional"
    (decision,) = evaluate(
        [
            Request(
                principal=ROLE,
                action="ses:SendEmail",
                resources=[IDENTITY, configuration_set],
                identity_policies=[policy("ses:SendEmail", IDENTITY)],
            )
        ]
    )
    assert decision.results == {IDENTITY: "Allowed", configuration_set: "ImplicitlyDenied"}
    assert not decision.allowed


SERVICE = {
    "Principal": {"Service": "ses.amazonaws.com"},
    "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": IDENTITY}},
}


@pytest.mark.parametrize("action, resource", [("sns:Publish", TOPIC), ("kms:Decrypt", KEY)])
def test_a_resource_policy_lets_a_service_in_only_from_its_source(action: str, resource: str) -> None:
    decisions = evaluate(
        [
            Request(
                principal="ses.amazonaws.com",
                action=action,
                resources=[resource],
                context={"aws:SourceAccount": account, "aws:SourceArn": IDENTITY},
                resource_policy=policy(action, resource, **SERVICE),
            )
            for account in (ACCOUNT, OTHER_ACCOUNT)
        ]
    )
    assert [decision.allowed for decision in decisions] == [True, False]


def test_another_account_needs_both_policies() -> None:
    own = policy("ses:SendEmail", IDENTITY)
    owners = policy("ses:SendEmail", IDENTITY, Principal={"AWS": OTHER_ROLE})
    decisions = evaluate(
        [
            Request(
                principal=OTHER_ROLE,
                action="ses:SendEmail",
                resources=[IDENTITY],
                identity_policies=identity,
                resource_policy=resource,
            )
            for identity, resource in (([own], owners), ([own], None), ([], owners))
        ]
    )
    assert [decision.allowed for decision in decisions] == [True, False, False]


def test_keys_that_the_action_lacks_are_reported() -> None:
    (decision,) = evaluate(
        [
            Request(
                principal=ROLE,
                action="ses:SendBulkEmail",
                resources=[IDENTITY],
                context={"ses:FromAddress": "billing@example.com"},
            )
        ]
    )
    assert decision.ignored == {"ses:FromAddress"}


@pytest.mark.parametrize(
    "action, resource, identity_policy",
    [
        ("ses:SendMail", IDENTITY, policy("ses:SendEmail", IDENTITY)),
        ("ses:SendRawEmail", TOPIC, policy("ses:SendEmail", IDENTITY)),
        ("ses:SendEmail", IDENTITY, {"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}),
    ],
)
def test_what_is_no_question_is_no_denial(action: str, resource: str, identity_policy: Policy) -> None:
    request = Request(
        principal=ROLE, action=action, resources=[resource], identity_policies=[identity_policy]
    )
    with pytest.raises(AssertionError, match=action):
        evaluate([request])


def test_parts_of_a_template_become_text() -> None:
    arn = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":ses:", {"Ref": "AWS::Region"}, ":x"]]}
    names = {"Topic": TOPIC, "Key.Arn": KEY}
    assert resolve([arn, {"Ref": "Topic"}, {"Fn::GetAtt": ["Key", "Arn"]}], names) == [
        f"arn:aws:ses:{REGION}:x",
        TOPIC,
        KEY,
    ]
    assert resolve({"Fn::Sub": "${AWS::AccountId}/${Key.Arn}"}, names) == f"{ACCOUNT}/{KEY}"
    with pytest.raises(KeyError):
        resolve({"Ref": "Unknown"})


def test_all_policies_of_a_user_are_found() -> None:
    documents = [policy("ses:SendEmail", f"{IDENTITY}{number}") for number in range(4)]
    template = {
        "Resources": {
            "User": {
                "Type": "AWS::IAM::User",
                "Properties": {
                    "Policies": [{"PolicyDocument": documents[0]}],
                    "ManagedPolicyArns": [{"Ref": "Managed"}, "arn:aws:iam::aws:policy/Any"],
                    "Groups": [{"Ref": "Group"}],
                },
            },
            "Group": {"Type": "AWS::IAM::Group"},
            "Managed": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": documents[1]}},
            "Inline": {
                "Type": "AWS::IAM::Policy",
                "Properties": {"PolicyDocument": documents[2], "Users": [{"Ref": "User"}]},
            },
            "OfGroup": {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": {"PolicyDocument": documents[3], "Groups": [{"Ref": "Group"}]},
            },
        }
    }
    assert identity_policies(template, "User") == documents
    assert identity_policies(template, "Group") == documents[3:]


def test_an_encryption_context_is_compared() -> None:
    name = "kms:EncryptionContext:aws:ses:rule-name"
    use = policy("kms:Decrypt", KEY, Condition={"StringEquals": {name: "a"}, "Null": {f"{name}-2": "false"}})
    # As every new key has it: what its account's own policies allow.
    root = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
    question = Request(
        principal=ROLE,
        action="kms:Decrypt",
        resources=[KEY],
        identity_policies=[use],
        resource_policy=policy("kms:*", "*", **root),
    )
    contexts: tuple[dict[str, str], ...] = (
        {name: "a", f"{name}-2": "b"},
        {name: "b", f"{name}-2": "b"},
        {name: "a"},
        {},
    )
    decisions = evaluate([replace(question, context=context) for context in contexts])
    assert not any(found.ignored for found in decisions)
    assert [found.allowed for found in decisions] == [True, False, False, False]

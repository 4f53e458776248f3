import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.errors import ConfigurationError
from constructs_lib.identity.domain_identity import DomainIdentity
from constructs_lib.sending.send_conditions import SendConditions
from constructs_lib.sending.sending_authorization import MAX_POLICY_SIZE, SendingAuthorization
from tests.iam import Request, evaluate
from tests.support import TOKEN, refuses
from tests.synthesis import new_stack

OWNER, OTHER, THIRD = "111111111111", "222222222222", "333333333333"
IDENTITY = f"arn:aws:ses:eu-west-1:{OWNER}:identity/example.com"
BILLING_ROLE = f"arn:aws:iam::{OTHER}:role/Billing"
BILLING = SendConditions(from_addresses=("billing@example.com",))


def authorization(**overrides: Any) -> SendingAuthorization:  # noqa: ANN401 - any option
    options: dict[str, Any] = {
        "name": "billing",
        "identity": "example.com",
        "account": OTHER,
        "principals": ("role/Billing",),
        "conditions": BILLING,
    }
    return SendingAuthorization(**(options | overrides))


def policy(**overrides: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    return authorization(**overrides).policy(identity_arn=IDENTITY, partition="aws")


def statement(**overrides: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    (found,) = policy(**overrides)["Statement"]
    content: dict[str, Any] = found
    return content


def test_the_policy_allows_sending_as_this_identity_to_these_principals_only() -> None:
    assert policy() == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Send",
                "Effect": "Allow",
                "Principal": {"AWS": [BILLING_ROLE]},
                "Action": ["ses:SendEmail", "ses:SendRawEmail"],
                "Resource": IDENTITY,
                "Condition": {"StringLike": {"ses:FromAddress": ["billing@example.com"]}},
            }
        ],
    }


def test_a_whole_account_is_its_root_in_its_partition() -> None:
    found = authorization(principals=()).policy(identity_arn=IDENTITY, partition="aws-cn")
    assert found["Statement"][0]["Principal"] == {"AWS": [f"arn:aws-cn:iam::{OTHER}:root"]}


def test_no_conditions_no_condition_element() -> None:
    assert "Condition" not in statement(conditions=SendConditions())


def test_templates_are_allowed_when_asked_for() -> None:
    assert statement(templated=True)["Action"] == [
        "ses:SendEmail",
        "ses:SendRawEmail",
        "ses:SendTemplatedEmail",
        "ses:SendBulkTemplatedEmail",
    ]


def test_an_action_that_the_conditions_could_never_allow_is_left_out() -> None:
    conditions = SendConditions(other={"ses:TenantName": ("a",)})
    assert statement(conditions=conditions, templated=True)["Action"] == ["ses:SendEmail"]


def test_the_identity_is_a_domain_an_address_or_a_construct() -> None:
    imported = DomainIdentity.from_domain(new_stack(), domain="example.com")
    assert authorization(identity="Example.COM.").identity_name == "example.com"
    assert authorization(identity="billing@Example.com").identity_name == "billing@example.com"
    assert authorization(identity=imported).identity_name == "example.com"


def test_the_named_role_may_send_as_it_is_told_and_nobody_else_may() -> None:
    item = authorization()
    settings = item.settings(identity_arn=IDENTITY, region="eu-west-1", partition="aws")
    theirs = json.loads(json.dumps(settings.iam_policy).replace("YOUR-CONFIGURATION-SET", "theirs"))
    configuration_set = f"arn:aws:ses:eu-west-1:{OTHER}:configuration-set/theirs"

    def send(
        sender: str = "billing@example.com",
        *,
        principal: str = BILLING_ROLE,
        identity: str = IDENTITY,
        action: str = "ses:SendEmail",
        **options: Any,  # noqa: ANN401 - any field
    ) -> Request:
        question: dict[str, Any] = {
            "principal": principal,
            "action": action,
            "resources": [identity],
            "context": {"ses:FromAddress": sender},
            "identity_policies": [theirs],
            "resource_policy": item.policy(identity_arn=IDENTITY, partition="aws"),
        }
        return Request(**(question | options))

    allowed = [send(), send(action="ses:SendRawEmail")]
    own = send(resources=[configuration_set], resource_policy=None)
    denied = [
        send("ceo@example.com"),
        send("Billing@example.com"),
        send(principal=f"arn:aws:iam::{OTHER}:role/Other"),
        send(principal=f"arn:aws:iam::{THIRD}:role/Billing"),
        send(identity=IDENTITY.replace("example.com", "example.org")),
        send(identity=IDENTITY.replace("example.com", "billing@example.com")),
        send(action="ses:DeleteEmailIdentity", context={}),
        send(identity_policies=[]),
        send(resource_policy=None),
    ]
    decisions = [decision.allowed for decision in evaluate([*allowed, own, *denied])]
    assert decisions == [True] * 3 + [False] * len(denied)


def test_a_whole_account_lets_its_administrators_decide() -> None:
    item = authorization(principals=())
    theirs = item.settings(identity_arn=IDENTITY, region="eu-west-1", partition="aws").iam_policy
    decisions = evaluate(
        [
            Request(
                principal=f"arn:aws:iam::{account}:user/any",
                action="ses:SendRawEmail",
                resources=[IDENTITY],
                context={"ses:FromAddress": "billing@example.com"},
                identity_policies=[theirs],
                resource_policy=item.policy(identity_arn=IDENTITY, partition="aws"),
            )
            for account in (OTHER, THIRD)
        ]
    )
    assert [decision.allowed for decision in decisions] == [True, False]


@pytest.mark.parametrize(
    "principal",
    [
        "role/service-role/team/Billing+a=b,c.d@e_f-g",
        "user/smtp",
        f"role/{'r' * 64}",
        f"role/{TOKEN}",
    ],
)
def test_roles_and_users_of_the_account_pass(principal: str) -> None:
    assert statement(principals=[principal])["Principal"] == {"AWS": [f"arn:aws:iam::{OTHER}:{principal}"]}


def test_an_account_that_only_the_deployment_knows_passes() -> None:
    assert authorization(account=TOKEN).account == TOKEN


@pytest.mark.parametrize(
    "option,value,code,fragment",
    [
        ("name", "", "sending-authorization-invalid", "name"),
        ("name", "a.b", "sending-authorization-invalid", "name"),
        ("name", "n" * 51, "sending-authorization-invalid", "1 to 50"),
        ("identity", "example", "domain-single-label", "identity"),
        ("identity", "*@example.com", "send-permission-invalid", "identities"),
        ("identity", "ceo@example.com", "from-address-outside-identity", "ceo@example.com"),
        ("identity", TOKEN, "sending-authorization-invalid", "write the name out"),
        ("account", "2222-2222-2222", "account-invalid", "billing: account"),
        ("account", "22222222222", "account-invalid", "12 digits"),
        ("account", "2222222222222", "account-invalid", "12 digits"),
        ("account", "222222222222\n", "account-invalid", "12 digits"),
        ("account", "٢٢٢٢٢٢٢٢٢٢٢٢", "account-invalid", "12 digits"),
        ("account", 222222222222, "account-invalid", "12 digits"),
        ("account", "*", "account-invalid", "12 digits"),
        ("principals", "role/Billing", "principal-invalid", "write a sequence"),
        ("principals", ["*"], "principal-invalid", "without wildcards"),
        ("principals", ["role/*"], "principal-invalid", "without wildcards"),
        ("principals", ["root"], "principal-invalid", "leave principals out"),
        ("principals", [OTHER], "principal-invalid", "leave principals out"),
        ("principals", ["group/all"], "principal-invalid", "roles or users"),
        ("principals", ["assumed-role/Billing/session"], "principal-invalid", "role/<name>"),
        ("principals", ["role/Billing\n"], "principal-invalid", "roles or users"),
        ("principals", [BILLING_ROLE], "principal-invalid", "no ARN"),
        (
            "conditions",
            SendConditions(from_addresses=("billing@evilexample.com",)),
            "from-address-outside-identity",
            "an address of example.com",
        ),
    ],
)
def test_refuses(option: str, value: object, code: str, fragment: str) -> None:
    with refuses(code, fragment):
        authorization(**{option: value})


def test_an_address_of_a_subdomain_or_from_the_deployment_passes() -> None:
    conditions = SendConditions(from_addresses=("billing@eu.example.com", TOKEN))
    assert authorization(conditions=conditions).conditions is conditions


def test_a_policy_longer_than_ses_takes_is_refused() -> None:
    def principals(count: int) -> list[str]:
        return [f"role/Role{number:08}" for number in range(count)]

    each = len(f'"arn:aws:iam::{OTHER}:role/Role00000000",')
    longest = (MAX_POLICY_SIZE - 300) // each
    text = json.dumps(policy(principals=principals(longest)), separators=(",", ":"))
    # With the longest mark of its owner that the function can add.
    stack = f"arn:aws-us-gov:cloudformation:us-gov-west-1:{OWNER}:stack/{'s' * 128}/{'0' * 36}"
    assert len(text) + len(f'"Id":"{stack}/{"l" * 255}",') <= 4096
    with refuses("sending-authorization-invalid", "SES takes 4 KB"):
        policy(principals=principals(longest + 10))


@given(st.one_of(st.text(), st.from_regex(r"[0-9]{12}", fullmatch=True), st.integers()))
def test_an_account_is_twelve_digits_or_refused(account: Any) -> None:  # noqa: ANN401 - from outside
    right = isinstance(account, str) and len(account) == 12 and set(account) <= set("0123456789")
    try:
        authorization(account=account, principals=())
    except ConfigurationError as error:
        assert error.code == "account-invalid"  # noqa: PT017 - either outcome is right
        assert not right
    else:
        assert right


@given(st.from_regex(r"(role|user)/.{0,80}", fullmatch=True) | st.text())
def test_no_principal_with_a_wildcard_passes(principal: str) -> None:
    try:
        (found,) = statement(principals=[principal])["Principal"]["AWS"]
    except ConfigurationError as error:
        assert error.code == "principal-invalid"  # noqa: PT017 - either outcome is right
    else:
        assert found.startswith(f"arn:aws:iam::{OTHER}:")
        assert not set(found) & set("*?$ \n")

from typing import Any

import aws_cdk as cdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.sending.send_conditions import KEYS_OF_ACTION, SendConditions
from constructs_lib.sending.send_permission import SendPermission
from constructs_lib.smtp.smtp_user import SmtpUser
from tests.iam import resolve
from tests.support import TOKEN, refuses
from tests.synthesis import ACCOUNT, new_stack

ARN = f"arn:aws:ses:eu-west-1:{ACCOUNT}"
PLAIN = ["ses:SendEmail", "ses:SendRawEmail"]
BILLING = SendConditions(from_addresses=["billing@example.com"])


def statement(*, smtp: bool = False, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    stack = new_stack()
    permission = SendPermission(**({"identities": ["example.com"]} | options))
    rendered: dict[str, Any] = stack.resolve(permission.statement(stack, smtp=smtp))
    return rendered


def test_default_is_an_identity_and_two_actions() -> None:
    assert statement() == {
        "Effect": "Allow",
        "Action": PLAIN,
        "Resource": [f"{ARN}:identity/example.com"],
    }


def test_one_statement_names_identities_configuration_set_and_templates() -> None:
    made = statement(
        identities=["Example.com.", "Ops@example.org"],
        configuration_set="transactional",
        templates=["Invoice"],
        conditions=BILLING,
    )
    assert made == {
        "Effect": "Allow",
        "Action": [*PLAIN, "ses:SendTemplatedEmail", "ses:SendBulkTemplatedEmail"],
        "Resource": [
            f"{ARN}:identity/example.com",
            f"{ARN}:identity/Ops@example.org",
            f"{ARN}:configuration-set/transactional",
            f"{ARN}:template/Invoice",
        ],
        "Condition": {"StringLike": {"ses:FromAddress": ["billing@example.com"]}},
    }


@pytest.mark.parametrize(
    "conditions, actions",
    [
        (SendConditions(), set(KEYS_OF_ACTION)),
        (SendConditions(recipients=["*@example.org"]), set(KEYS_OF_ACTION) - {"ses:SendBulkEmail"}),
        (SendConditions(other={"ses:TenantName": ["acme"]}), {"ses:SendEmail", "ses:SendBulkEmail"}),
    ],
)
def test_only_actions_that_pass_every_key_of_the_conditions(
    conditions: SendConditions, actions: set[str]
) -> None:
    assert set(statement(templates=["Invoice"], conditions=conditions)["Action"]) == actions


def test_smtp_is_raw_messages_without_templates() -> None:
    made = statement(smtp=True, templates=["Invoice"], conditions=BILLING, configuration_set="transactional")
    assert made["Action"] == ["ses:SendRawEmail"]
    assert made["Resource"] == [f"{ARN}:identity/example.com", f"{ARN}:configuration-set/transactional"]
    assert made["Condition"] == BILLING.block()
    with refuses("send-permission-invalid", "does not pass with ses:SendRawEmail"):
        statement(smtp=True, conditions=SendConditions(other={"ses:TenantName": ["acme"]}))


def test_an_smtp_user_takes_its_statements() -> None:
    stack = new_stack()
    permission = SendPermission(identities=["example.com"], templates=["Invoice"], conditions=BILLING)
    SmtpUser(name="billing", region="eu-west-1", statements=permission.smtp_statements(stack))
    with refuses("smtp-permission-invalid", "statements"):
        SmtpUser(name="billing", region="eu-west-1", statements=permission.statements(stack))


def test_each_region_has_its_own_resources() -> None:
    made = statement(regions=["eu-west-1", "us-east-1"], configuration_set="transactional")
    assert made["Resource"] == [
        f"arn:aws:ses:{region}:{ACCOUNT}:{name}"
        for region in ("eu-west-1", "us-east-1")
        for name in ("identity/example.com", "configuration-set/transactional")
    ]


def test_nobody_sends_from_a_sandbox_recipient() -> None:
    made = statement(identities=["example.com", "ops@example.org"], sandbox_recipients=["ann@example.net"])
    assert f"{ARN}:identity/ann@example.net" in made["Resource"]
    assert made["Condition"] == {
        "StringLike": {"ses:FromAddress": ["*@example.com", "*@*.example.com", "ops@example.org"]}
    }
    narrower = statement(conditions=BILLING, sandbox_recipients=["example.net"])
    assert narrower["Resource"][1:] == [f"{ARN}:identity/example.net"]
    assert narrower["Condition"] == BILLING.block()


def test_statements_are_the_same_for_the_cdk() -> None:
    stack = new_stack(None)
    permission = SendPermission(identities=["example.com"], conditions=BILLING)
    (api,), (smtp,) = permission.statements(stack), permission.smtp_statements(stack)
    rendered = stack.resolve(api.to_json())
    assert resolve(rendered) == statement(conditions=BILLING) | {"Resource": f"{ARN}:identity/example.com"}
    assert {"Ref": "AWS::Partition"} in rendered["Resource"]["Fn::Join"][1]
    assert list(smtp.actions) == ["ses:SendRawEmail"]
    assert list(smtp.resources) == list(api.resources)


@pytest.mark.parametrize(
    "option, value, code, fragment",
    [
        ("identities", [], "send-permission-invalid", "name the domain or address"),
        ("identities", "example.com", "send-permission-invalid", "identities=('example.com',)"),
        ("identities", ["*"], "domain-malformed", "identities"),
        ("identities", ["*@example.com"], "send-permission-invalid", "covers every address"),
        ("identities", ["a@b@example.com"], "email-address-invalid", "identities"),
        ("sandbox_recipients", ["*@example.com"], "send-permission-invalid", "sandbox_recipients"),
        ("configuration_set", "*", "configuration-set-name-invalid", "configuration_set"),
        ("templates", ["*"], "send-permission-invalid", "without a wildcard"),
        ("templates", ["Invoice?"], "send-permission-invalid", "templates"),
        ("templates", [""], "send-permission-invalid", "templates"),
        ("templates", "Invoice", "send-permission-invalid", "templates=('Invoice',)"),
        ("regions", ["mars-1"], "region-without-ses", "regions"),
    ],
)
def test_rejected(option: str, value: Any, code: str, fragment: str) -> None:  # noqa: ANN401 - wrong types too
    with refuses(code, fragment):
        statement(**{option: value})


@pytest.mark.parametrize(
    "address", ["ceo@example.org", "ceo@evilexample.com", "*@*.evilexample.com", "example.com@example.org"]
)
def test_a_from_address_outside_the_identity_is_refused(address: str) -> None:
    with refuses("from-address-outside-identity", "use an address of example.com or ops@example.net"):
        SendPermission(
            identities=["example.com", "ops@example.net"], conditions=SendConditions(from_addresses=[address])
        )


@pytest.mark.parametrize(
    "address", ["a@example.com", "a@mail.example.com", "*@*.example.com", "A@EXAMPLE.com", "ops@example.net"]
)
def test_a_from_address_of_an_identity_or_a_subdomain_passes(address: str) -> None:
    SendPermission(
        identities=["example.com", "ops@example.net"], conditions=SendConditions(from_addresses=[address])
    )


@pytest.mark.parametrize("address", ["ceo@example.net", "OPS@example.net", "o*s@example.net"])
def test_an_address_identity_is_one_address(address: str) -> None:
    with refuses("from-address-outside-identity", "its one address"):
        SendPermission(identities=["ops@example.net"], conditions=SendConditions(from_addresses=[address]))


def test_tokens_pass() -> None:
    stack = new_stack()
    domain = cdk.CfnParameter(stack, "Domain").value_as_string
    permission = SendPermission(
        identities=[domain],
        templates=[domain],
        configuration_set=domain,
        regions=[domain],
        conditions=BILLING,
    )
    assert "Ref" in str(stack.resolve(permission.statement(stack)["Resource"]))
    SendPermission(identities=["example.com"], conditions=SendConditions(from_addresses=[TOKEN]))


@given(
    st.from_regex(
        r"[a-z]{1,3}@([a-z]{1,3}\.){0,2}(example\.com|xexample\.com|example\.com\.au)", fullmatch=True
    )
)
def test_a_from_address_is_within_the_identity_or_refused(address: str) -> None:
    conditions = SendConditions(from_addresses=[address])
    if address.endswith(("@example.com", ".example.com")):
        SendPermission(identities=["example.com"], conditions=conditions)
    else:
        with refuses("from-address-outside-identity", address):
            SendPermission(identities=["example.com"], conditions=conditions)

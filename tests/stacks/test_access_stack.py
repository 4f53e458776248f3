"""The stack that says who may send: what is in it, and what a further sender costs."""

from collections import Counter
from typing import Any

import pytest

from tests.iam import Request, evaluate, resolve
from tests.stacks.test_config import domain, environment
from tests.stacks.test_senders_config import delegate, sender
from tests.support import refuses
from tests.synthesis import ACCOUNT, only, outputs, resources, stage_stacks, stage_templates

HOME, SECOND = "Access-eu-west-1", "Access-us-east-1"
DOMAINS = (domain(regions=("eu-west-1", "us-east-1")),)


def access(**options: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - of the environment
    templates = stage_templates(environment(domains=DOMAINS, **options))
    return {stack: template for stack, template in templates.items() if stack.startswith("Access-")}


def kinds(template: dict[str, Any]) -> Counter[str]:
    return Counter(resource["Type"] for resource in template["Resources"].values())


def test_without_senders_there_is_no_stack() -> None:
    assert access() == {}


def test_a_sender_by_the_api_is_one_policy_for_all_its_regions() -> None:
    templates = access(senders=(sender(),))
    assert templates.keys() == {HOME}
    assert kinds(templates[HOME]) == {"AWS::IAM::ManagedPolicy": 1}
    _, policy = only(templates[HOME], "AWS::IAM::ManagedPolicy")
    assert policy["Properties"]["ManagedPolicyName"] == "test-send-billing"
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert set(resolve(statement["Resource"])) == {
        f"arn:aws:ses:{region}:{ACCOUNT}:{name}"
        for region in ("eu-west-1", "us-east-1")
        for name in ("identity/example.com", "configuration-set/transactional")
    }
    assert outputs(templates[HOME]) == {"Attach to roles that send as billing": "test-send-billing"}


@pytest.mark.parametrize("stack, region", [(HOME, "eu-west-1"), (SECOND, "us-east-1")])
def test_a_sender_by_smtp_has_credentials_in_each_region_for_that_region(stack: str, region: str) -> None:
    billing = sender(smtp=True)
    template = access(senders=(billing,))[stack]
    _, secret = only(template, "AWS::SecretsManager::Secret")
    assert secret["Properties"]["Name"] == f"test/smtp/{region}/billing"
    assert environment(senders=(billing,)).smtp_secret_name(billing, region) == f"test/smtp/{region}/billing"
    assert outputs(template) == {
        "SMTP credentials of billing: read them from this secret": f"test/smtp/{region}/billing"
    }
    _, user = only(template, "AWS::IAM::User")
    (policy,) = user["Properties"]["Policies"]
    identity, configuration_set = (
        f"arn:aws:ses:{region}:{ACCOUNT}:{name}"
        for name in ("identity/example.com", "configuration-set/transactional")
    )
    decisions = evaluate(
        [
            Request(
                principal=f"arn:aws:iam::{ACCOUNT}:user/billing",
                action=action,
                resources=[identity, configuration_set],
                context={"ses:FromAddress": address},
                identity_policies=[resolve(policy["PolicyDocument"])],
            )
            for action, address in (
                ("ses:SendRawEmail", "billing@example.com"),
                ("ses:SendRawEmail", "ceo@example.com"),
                ("ses:SendEmail", "billing@example.com"),
            )
        ]
    )
    assert [decision.allowed for decision in decisions] == [True, False, False]


def test_another_account_is_authorized_in_each_region_and_told_what_to_set() -> None:
    for stack, template in access(delegates=(delegate(),)).items():
        _, resource = only(template, "Custom::SendingAuthorization")
        (statement,) = resource["Properties"]["Policy"]["Statement"]
        assert resolve(statement["Principal"]) == {"AWS": ["arn:aws:iam::222222222222:root"]}
        (settings,) = outputs(template).values()
        assert f'"Region":"{stack.removeprefix("Access-")}"' in resolve(settings)


def test_it_comes_after_the_identities_of_its_region() -> None:
    stacks = stage_stacks(environment(domains=DOMAINS, delegates=(delegate(),)))
    assert "example-com-eu-west-1" in stacks[HOME].dependencies
    assert "example-com-us-east-1" in stacks[SECOND].dependencies


@pytest.mark.parametrize("smtp", [False, True])
def test_a_further_sender_adds_no_function_and_at_most_three_resources(smtp: bool) -> None:  # noqa: FBT001
    def with_senders(count: int) -> dict[str, Counter[str]]:
        senders = tuple(sender(name=f"sender-{number}", smtp=smtp) for number in range(count))
        return {stack: kinds(template) for stack, template in access(senders=senders).items()}

    few, more = with_senders(2), with_senders(3)
    assert few.keys() == more.keys()
    for stack in few:
        added = more[stack] - few[stack]
        assert 1 <= added.total() <= 3
        assert "AWS::Lambda::Function" not in added


def test_reordering_senders_changes_no_resource() -> None:
    def made(*names: str) -> dict[str, Any]:
        senders = tuple(sender(name=name, smtp=name.startswith("smtp")) for name in names)
        return {stack: template["Resources"].keys() for stack, template in access(senders=senders).items()}

    assert made("a", "smtp-b", "smtp-c", "d") == made("d", "smtp-c", "a", "smtp-b")


@pytest.mark.parametrize(
    "option, value, code",
    [
        ("account", "2222", "account-invalid"),
        ("account", ACCOUNT, "sending-authorization-invalid"),
        ("principals", ("arn:aws:iam::333333333333:role/Other",), "principal-invalid"),
        ("principals", ("*",), "principal-invalid"),
    ],
)
def test_a_wrong_account_or_principal_is_refused_at_synthesis(option: str, value: object, code: str) -> None:
    with refuses(code, f"agency: {option}"):
        access(delegates=(delegate(**{option: value}),))


def test_no_secret_is_in_a_template() -> None:
    template = access(senders=(sender(smtp=True),))[HOME]
    (secret,) = resources(template, "AWS::SecretsManager::Secret").values()
    assert secret["Properties"]["SecretString"] == '{"username": "", "password": ""}'

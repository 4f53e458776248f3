"""What is asked of AWS and how answers are read; botocore checks both against the service models."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.stub import Stubber

from ops.aws_clients import AwsClients
from ops.doctor.account_gateway import AwsAccount
from ops.doctor.ports import Caller, Existing, HostedZone, Kind, SendingAccount, Simulated, StackResource
from ops.errors import PermissionDeniedError
from tests.ops.doctor.support import ACCOUNT, REGION
from tests.stubs import stubbed

Stub = Callable[[str], Stubber]
STACK_TIME = "2026-01-01T00:00:00Z"


@pytest.fixture
def account(clients: AwsClients) -> AwsAccount:
    return AwsAccount(clients)


@pytest.fixture
def stub(clients: AwsClients) -> Iterator[Stub]:
    with ExitStack() as stack:
        yield lambda service: stack.enter_context(stubbed(clients.client(service, REGION)))


@dataclass(frozen=True, kw_only=True)
class Name:
    """How a thing of a kind is asked for."""

    kind: Kind
    service: str
    call: str
    expected: dict[str, Any]
    missing: str
    answer: dict[str, Any] = field(default_factory=dict)
    physical_id: str = "n"
    import_id: str = ""


TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:n"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:n"
POLICY = f"arn:aws:iam::{ACCOUNT}:policy/n"
RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/n"
ROLE = {
    "Path": "/",
    "RoleName": "n",
    "RoleId": "AROAEXAMPLE000000000",
    "Arn": f"arn:aws:iam::{ACCOUNT}:role/n",
    "CreateDate": STACK_TIME,
}
NAMES = [
    Name(
        kind=Kind.IDENTITY,
        service="sesv2",
        call="get_email_identity",
        expected={"EmailIdentity": "n"},
        missing="NotFoundException",
    ),
    Name(
        kind=Kind.CONFIGURATION_SET,
        service="sesv2",
        call="get_configuration_set",
        expected={"ConfigurationSetName": "n"},
        missing="NotFoundException",
    ),
    Name(
        kind=Kind.RULE_SET,
        service="ses",
        call="describe_receipt_rule_set",
        expected={"RuleSetName": "n"},
        missing="RuleSetDoesNotExist",
    ),
    Name(
        kind=Kind.TEMPLATE,
        service="sesv2",
        call="get_custom_verification_email_template",
        expected={"TemplateName": "n"},
        missing="NotFoundException",
    ),
    Name(
        kind=Kind.TOPIC,
        service="sns",
        call="get_topic_attributes",
        expected={"TopicArn": TOPIC},
        missing="NotFound",
        physical_id=TOPIC,
    ),
    Name(
        kind=Kind.QUEUE,
        service="sqs",
        call="get_queue_url",
        expected={"QueueName": "n"},
        missing="QueueDoesNotExist",
        answer={"QueueUrl": "https://sqs/n"},
        physical_id="https://sqs/n",
    ),
    Name(
        kind=Kind.SECRET,
        service="secretsmanager",
        call="describe_secret",
        expected={"SecretId": "n"},
        missing="ResourceNotFoundException",
        answer={"ARN": SECRET},
        physical_id=SECRET,
    ),
    Name(
        kind=Kind.POLICY,
        service="iam",
        call="get_policy",
        expected={"PolicyArn": POLICY},
        missing="NoSuchEntity",
        physical_id=POLICY,
    ),
    Name(
        kind=Kind.ROLE,
        service="iam",
        call="get_role",
        expected={"RoleName": "n"},
        missing="NoSuchEntity",
        answer={"Role": ROLE},
    ),
    Name(
        kind=Kind.RULE,
        service="events",
        call="describe_rule",
        expected={"Name": "n"},
        missing="ResourceNotFoundException",
        answer={"Arn": RULE},
        import_id=RULE,
    ),
]


def test_every_kind_is_asked_for() -> None:
    assert {name.kind for name in NAMES} == set(Kind)


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name.kind)
def test_a_thing_by_its_name(account: AwsAccount, stub: Stub, name: Name) -> None:
    stubber = stub(name.service)
    stubber.add_response(name.call, name.answer, name.expected)
    stubber.add_client_error(name.call, name.missing, expected_params=name.expected)
    stubber.add_client_error(name.call, "AccessDenied", http_status_code=403)
    found = account.existing(name.kind, "n", region=REGION, account=ACCOUNT)
    assert found == Existing(physical_id=name.physical_id, import_id=name.import_id)
    assert account.existing(name.kind, "n", region=REGION, account=ACCOUNT) is None
    with pytest.raises(PermissionDeniedError):
        account.existing(name.kind, "n", region=REGION, account=ACCOUNT)


def test_sns_denies_in_its_own_word(account: AwsAccount, stub: Stub) -> None:
    stub("sns").add_client_error("get_topic_attributes", "AuthorizationError", http_status_code=403)
    with pytest.raises(PermissionDeniedError, match="sns:GetTopicAttributes"):
        account.existing(Kind.TOPIC, "n", region=REGION, account=ACCOUNT)


def test_a_secret_that_waits_for_its_deletion(account: AwsAccount, stub: Stub) -> None:
    answer = {"ARN": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:n", "DeletedDate": STACK_TIME}
    stub("secretsmanager").add_response("describe_secret", answer)
    found = account.existing(Kind.SECRET, "n", region=REGION, account=ACCOUNT)
    assert found is not None
    assert found.note == "it waits for its deletion"


def test_the_caller_and_ses(account: AwsAccount, stub: Stub) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:user/deployer"
    stub("sts").add_response("get_caller_identity", {"Account": ACCOUNT, "Arn": arn})
    assert account.caller() == Caller(account=ACCOUNT, arn=arn)
    ses = stub("sesv2")
    ses.add_response(
        "get_account",
        {
            "ProductionAccessEnabled": True,
            "SendingEnabled": True,
            "EnforcementStatus": "HEALTHY",
            "SendQuota": {"Max24HourSend": 200.0, "SentLast24Hours": 3.0},
            "SuppressionAttributes": {"SuppressedReasons": ["BOUNCE"]},
        },
        {},
    )
    ses.add_response("get_account", {})
    assert account.sending_account(region=REGION) == SendingAccount(
        production=True,
        sending=True,
        enforcement="HEALTHY",
        most_a_day=200.0,
        sent=3.0,
        suppressed_reasons=("BOUNCE",),
    )
    # What SES does not say is not taken to be well.
    assert not account.sending_account(region=REGION).production


def test_a_suppressed_address(account: AwsAccount, stub: Stub) -> None:
    ses, call = stub("sesv2"), "get_suppressed_destination"
    ses.add_response(
        call,
        {
            "SuppressedDestination": {
                "EmailAddress": "a@example.net",
                "Reason": "COMPLAINT",
                "LastUpdateTime": STACK_TIME,
            }
        },
        {"EmailAddress": "a@example.net"},
    )
    ses.add_client_error(call, "NotFoundException")
    assert account.suppressed("a@example.net", region=REGION) == "COMPLAINT"
    assert account.suppressed("a@example.net", region=REGION) is None


def resource(kind: str, physical_id: str, status: str = "CREATE_COMPLETE") -> dict[str, Any]:
    return {
        "LogicalResourceId": "L",
        "PhysicalResourceId": physical_id,
        "ResourceType": kind,
        "ResourceStatus": status,
        "LastUpdatedTimestamp": STACK_TIME,
    }


def test_the_resources_of_a_stack(account: AwsAccount, stub: Stub) -> None:
    stacks, call = stub("cloudformation"), "list_stack_resources"
    gone = resource("AWS::SNS::Topic", "gone", "DELETE_COMPLETE")
    stacks.add_response(
        call,
        {"StackResourceSummaries": [resource("AWS::SNS::Topic", "a"), gone], "NextToken": "2"},
        {"StackName": "s"},
    )
    stacks.add_response(
        call,
        {"StackResourceSummaries": [resource("AWS::SQS::Queue", "b")]},
        {"StackName": "s", "NextToken": "2"},
    )
    stacks.add_client_error(call, "ValidationError")
    assert account.stack_resources("s", region=REGION) == (
        StackResource(type="AWS::SNS::Topic", physical_id="a"),
        StackResource(type="AWS::SQS::Queue", physical_id="b"),
    )
    assert account.stack_resources("s", region=REGION) is None


def test_the_stack_that_holds_a_resource(account: AwsAccount, stub: Stub) -> None:
    """The answer is the whole stack, and may hold another thing of that id."""
    stacks, call = stub("cloudformation"), "describe_stack_resources"
    held = [
        {**resource(kind, physical_id), "StackName": "other", "Timestamp": STACK_TIME}
        for kind, physical_id in (("AWS::SQS::Queue", "a"), ("AWS::SNS::Topic", "a"))
    ]
    for each in held:
        del each["LastUpdatedTimestamp"]
    stacks.add_response(call, {"StackResources": held}, {"PhysicalResourceId": "a"})
    stacks.add_response(call, {"StackResources": held[:1]})
    stacks.add_client_error(call, "ValidationError")
    found = [account.stack_that_holds("a", resource_type="AWS::SNS::Topic", region=REGION) for _ in range(3)]
    assert found == ["other", None, None]


def test_a_hosted_zone(account: AwsAccount, stub: Stub) -> None:
    zones, call = stub("route53"), "get_hosted_zone"
    zone = {"Id": "/hostedzone/Z1", "Name": "Example.com.", "CallerReference": "r"}
    zones.add_response(
        call,
        {"HostedZone": zone, "DelegationSet": {"NameServers": ["NS-1.awsdns-01.org."]}},
        {"Id": "Z1"},
    )
    zones.add_response(call, {"HostedZone": {**zone, "Config": {"PrivateZone": True}}})
    zones.add_client_error(call, "NoSuchHostedZone")
    assert account.hosted_zone("Z1") == HostedZone(
        name="example.com", private=False, name_servers=("ns-1.awsdns-01.org",)
    )
    assert account.hosted_zone("Z1") == HostedZone(name="example.com", private=True)
    assert account.hosted_zone("Z1") is None


def test_the_bootstrap_version(account: AwsAccount, stub: Stub) -> None:
    parameters, call = stub("ssm"), "get_parameter"
    parameters.add_response(
        call, {"Parameter": {"Value": "30"}}, {"Name": "/cdk-bootstrap/hnb659fds/version"}
    )
    parameters.add_client_error(call, "ParameterNotFound")
    assert account.bootstrap_version(region=REGION) == 30
    assert account.bootstrap_version(region=REGION) is None


def test_permissions(account: AwsAccount, stub: Stub) -> None:
    iam = stub("iam")
    role = {
        "Path": "/p/",
        "RoleName": "R",
        "RoleId": "A" * 16,
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/p/R",
        "CreateDate": STACK_TIME,
    }
    iam.add_response("get_role", {"Role": role}, {"RoleName": "R"})
    iam.add_client_error("get_role", "NoSuchEntity")
    assert account.role_arn("R") == role["Arn"]
    assert account.role_arn("R") is None
    iam.add_response(
        "simulate_principal_policy",
        {
            "EvaluationResults": [
                {"EvalActionName": "a:A", "EvalDecision": "allowed"},
                {"EvalActionName": "a:B", "EvalDecision": "explicitDeny"},
                {
                    "EvalActionName": "a:C",
                    "EvalDecision": "implicitDeny",
                    "MissingContextValues": ["aws:Via"],
                },
            ]
        },
        {
            "PolicySourceArn": role["Arn"],
            "ActionNames": ["a:A", "a:B", "a:C"],
            "ResourceArns": ["arn"],
            "ContextEntries": [
                {
                    "ContextKeyName": "aws:RequestedRegion",
                    "ContextKeyValues": [REGION],
                    "ContextKeyType": "string",
                }
            ],
        },
    )
    iam.add_client_error("simulate_principal_policy", "NoSuchEntity")
    asked = (role["Arn"], ("a:A", "a:B", "a:C"))
    assert account.simulate(*asked, resource="arn", region=REGION) == (
        Simulated(action="a:A", allowed=True),
        Simulated(action="a:B", allowed=False),
        Simulated(action="a:C", allowed=False, certain=False),
    )
    assert account.simulate(*asked, resource="arn", region=REGION) is None

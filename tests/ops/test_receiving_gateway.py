"""The AWS edge of receipt rule sets: botocore's Stubber checks parameters and answers."""

from collections.abc import Callable, Iterator

import pytest
from botocore.stub import Stubber

from ops.aws_clients import AwsClients
from ops.errors import PermissionDeniedError
from ops.ports import ActiveRuleSet
from ops.receiving_gateway import SesReceivingGateway
from tests.ops.support import CHECKED, REGION
from tests.stubs import stubbed

ACTIVE, DESCRIBE = "describe_active_receipt_rule_set", "describe_receipt_rule_set"


@pytest.fixture
def gateway(clients: AwsClients) -> SesReceivingGateway:
    return SesReceivingGateway(clients)


@pytest.fixture
def ses(gateway: SesReceivingGateway) -> Iterator[Stubber]:
    with stubbed(gateway._client(REGION)) as stubber:
        yield stubber


def test_the_active_set_with_its_creation(gateway: SesReceivingGateway, ses: Stubber) -> None:
    ses.add_response(ACTIVE, {"Metadata": {"Name": "inbound", "CreatedTimestamp": CHECKED}, "Rules": []}, {})
    assert gateway.active_rule_set(region=REGION) == ActiveRuleSet(name="inbound", made_at=CHECKED)
    ses.add_response(ACTIVE, {"Metadata": {"Name": "inbound"}}, {})
    assert gateway.active_rule_set(region=REGION) == ActiveRuleSet(name="inbound")


def test_no_set_is_active(gateway: SesReceivingGateway, ses: Stubber) -> None:
    ses.add_response(ACTIVE, {}, {})
    assert gateway.active_rule_set(region=REGION) is None


def test_whether_a_set_exists(gateway: SesReceivingGateway, ses: Stubber) -> None:
    ses.add_response(DESCRIBE, {"Metadata": {"Name": "inbound"}}, {"RuleSetName": "inbound"})
    assert gateway.has_rule_set("inbound", region=REGION)
    ses.add_client_error(DESCRIBE, "RuleSetDoesNotExist")
    assert not gateway.has_rule_set("inbound", region=REGION)


CALLS: dict[str, Callable[[SesReceivingGateway], object]] = {
    ACTIVE: lambda gateway: gateway.active_rule_set(region=REGION),
    DESCRIBE: lambda gateway: gateway.has_rule_set("inbound", region=REGION),
}


@pytest.mark.parametrize("operation", CALLS)
def test_a_missing_permission_is_named(gateway: SesReceivingGateway, ses: Stubber, operation: str) -> None:
    ses.add_client_error(operation, "AccessDenied", "User: arn:aws:iam::1:user/x is not authorized")
    action = "".join(word.capitalize() for word in operation.split("_"))
    with pytest.raises(PermissionDeniedError, match=f"allow ses:{action} for") as caught:
        CALLS[operation](gateway)
    assert "arn:aws" not in str(caught.value)

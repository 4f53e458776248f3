"""An account's receipt rule sets and parameters behind real boto3 clients, and CloudFormation before them.

botocore checks every parameter against the service model, and the answers are checked here the same way; only
the network is missing.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import boto3
from botocore.awsrequest import AWSResponse
from botocore.model import OperationModel
from botocore.validate import ParamValidator

from constructs_lib.runtimes.custom_resource import NOT_CREATED, RefusedError, Request, RequestType
from constructs_lib.runtimes.rule_set_activation.gateway import SesAndSsm
from constructs_lib.runtimes.rule_set_activation.logic import activate

STACK: Final = "arn:aws:cloudformation:eu-west-1:111111111111:stack/Mail/c0ffee00-0000-0000-0000-000000000000"
PLACE: Final = "/receipt-rule-set-activation/stack/Mail/c0ffee00-0000-0000-0000-000000000000"
ATTEMPTS: Final = 3
"""How often Lambda calls for one event."""


class DiedError(BaseException):
    """The function ended without an answer: no ``except Exception`` sees it."""


class RollbackFailedError(Exception):
    """A stack that stands between two templates."""


class _CodeError(Exception):
    """An error of AWS."""


@dataclass(kw_only=True)
class Fault:
    """What goes wrong at one call of a delivery.

    Attributes:
        at: Number of the call within its delivery.
        after_effect: Whether AWS did what was asked.
        dies: Whether the function dies; otherwise AWS answers with an error.
        times: In how many deliveries.
    """

    at: int
    after_effect: bool = False
    dies: bool = True
    times: int = 1


@dataclass(kw_only=True)
class Account:
    """One account and Region.

    Attributes:
        sets: The receipt rule sets.
        active: The active one.
        parameters: Values by name.
        fault: What goes wrong next.
        calls: The calls of a delivery.
        history: All calls.
        request: What the function does.
        switches: What was active before and after each call that switched, and for which request.
    """

    sets: set[str] = field(default_factory=set)
    active: str | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    fault: Fault | None = None
    calls: list[str] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
    request: Request | None = None
    switches: list[tuple[str | None, str | None, Request | None]] = field(default_factory=list)

    def gateway(self) -> SesAndSsm:
        """A gateway as one delivery makes it."""
        self.calls.clear()
        _HERE[:] = [self]
        return SesAndSsm(_client("ses"), _client("ssm"))

    def delete_set(self, name: str) -> bool:
        """Whether SES deletes it: not while it is active. One that is gone already is fine."""
        if self.active == name:
            return False
        self.sets.discard(name)
        return True

    def answer(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        fault = self.fault if self.fault and self.fault.at == len(self.calls) and self.fault.times else None
        self.calls.append(operation)
        self.history.append(operation)
        if fault and not fault.after_effect:
            self._fail(fault)
        try:
            answered: dict[str, Any] = getattr(self, f"_{operation}")(**params)
        finally:
            if fault and fault.after_effect:
                self._fail(fault)
        return answered

    def _fail(self, fault: Fault) -> None:
        fault.times -= 1
        raise DiedError if fault.dies else _CodeError("InternalFailure")

    def _DescribeActiveReceiptRuleSet(self) -> dict[str, Any]:  # noqa: N802 - as SES calls it
        return _metadata(self.active) if self.active else {}

    def _DescribeReceiptRuleSet(self, *, RuleSetName: str) -> dict[str, Any]:  # noqa: N802, N803 - as above
        if RuleSetName not in self.sets:
            raise _CodeError("RuleSetDoesNotExist")
        return _metadata(RuleSetName)

    def _SetActiveReceiptRuleSet(self, *, RuleSetName: str | None = None) -> dict[str, Any]:  # noqa: N802, N803
        if RuleSetName is not None and RuleSetName not in self.sets:
            raise _CodeError("RuleSetDoesNotExist")
        self.switches.append((self.active, RuleSetName, self.request))
        self.active = RuleSetName
        return {}

    def _GetParameter(self, *, Name: str) -> dict[str, Any]:  # noqa: N802, N803 - as SSM calls it
        if Name not in self.parameters:
            raise _CodeError("ParameterNotFound")
        return {"Parameter": {"Name": Name, "Type": "String", "Value": self.parameters[Name]}}

    def _PutParameter(self, *, Name: str, Value: str, Overwrite: bool, **_: str) -> dict[str, Any]:  # noqa: N802, N803
        if Name in self.parameters and not Overwrite:
            raise _CodeError("ParameterAlreadyExists")
        self.parameters[Name] = Value
        return {"Version": 1}

    def _DeleteParameter(self, *, Name: str) -> dict[str, Any]:  # noqa: N802, N803 - as above
        if Name not in self.parameters:
            raise _CodeError("ParameterNotFound")
        del self.parameters[Name]
        return {}


def _metadata(name: str) -> dict[str, Any]:
    return {"Metadata": {"Name": name, "CreatedTimestamp": datetime(2026, 1, 31, tzinfo=UTC)}, "Rules": []}


_HERE: Final[list[Account]] = []
"""The account that the clients reach: making clients for each would take most of the time."""


@cache
def _client(service: str) -> Any:  # noqa: ANN401 - two kinds of client
    session: Any = boto3
    client = session.client(
        service,
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - nothing is called
    )
    client.meta.events.register("before-parameter-build", _keep)
    client.meta.events.register("before-call", _respond)
    return client


def _keep(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    context["kept"] = dict(params)


def _respond(
    model: OperationModel, context: dict[str, Any], **_: object
) -> tuple[AWSResponse, dict[str, Any]]:
    (account,) = _HERE
    try:
        answered = account.answer(model.name, context["kept"])
    except _CodeError as error:
        response = AWSResponse("", 400, {}, None)  # type: ignore[arg-type] # as botocore's Stubber does
        return response, {"Error": {"Code": str(error), "Message": "no"}}
    if model.output_shape:
        report = ParamValidator().validate(answered, model.output_shape)
        assert not report.has_errors(), report.generate_report()
    return AWSResponse("", 200, {}, None), answered  # type: ignore[arg-type] # as above


@dataclass(kw_only=True)
class Stack:
    """A stack with a rule set and its activation, deployed as CloudFormation does it.

    Attributes:
        deliveries: How often each request comes, when the first answer was given already.
        makes_sets: Whether the rule set is made before the activation.
        refusals: Reasons that the function gave.
        former: The attribute that the last good answer gave.
    """

    account: Account
    deliveries: int = 1
    makes_sets: bool = True
    owned: set[str] = field(default_factory=set)
    properties: dict[str, str] | None = None
    physical_id: str | None = None
    refusals: list[str] = field(default_factory=list)
    former: str | None = None

    def deploy(
        self,
        name: str,
        *,
        take_over: bool = False,
        fails_elsewhere: bool = False,
        fails_to_roll_back: bool = False,
    ) -> bool:
        """Whether the deployment went well; if not, it is rolled back, which must go well."""
        before, after = self.properties, {"RuleSetName": name, "TakeOver": str(take_over).lower()}
        new_set = {name} - self.owned if self.makes_sets else set()
        self.account.sets |= new_set
        self.owned |= new_set
        if before is None:
            done = self._ask(RequestType.CREATE, after)
            self.physical_id = done or NOT_CREATED
            if done and not fails_elsewhere:
                self.properties = after
                self._delete_sets(self.owned - {name})
                return True
            self._delete(after)
            self._delete_sets(new_set)
            return False
        done = self._ask(RequestType.UPDATE, after, before)
        if done and not fails_elsewhere:
            self.properties = after
            self._delete_sets(self.owned - {name})
            return True
        self.account.fault = None  # one at a time
        if fails_to_roll_back or not self._ask(RequestType.UPDATE, before, after):
            raise RollbackFailedError
        self._delete_sets(new_set)
        return False

    def destroy(self) -> bool:
        """Whether SES let the rule set go with its stack."""
        self._delete(self.properties or {})
        return self._delete_sets(set(self.owned))

    def deliver_again(self) -> None:
        """The last request once more, long after its answer."""
        if self.account.request:
            self._deliver(self.account.request)

    def _delete(self, properties: dict[str, str]) -> None:
        # CloudFormation asks again when a deletion fails; a person does after that.
        assert any(self._ask(RequestType.DELETE, properties) for _ in range(4))
        self.physical_id = self.properties = None

    def _delete_sets(self, names: set[str]) -> bool:
        gone = {name for name in names if self.account.delete_set(name)}
        self.owned -= gone
        return gone == names

    def _ask(
        self, kind: RequestType, properties: dict[str, str], old: dict[str, str] | None = None
    ) -> str | None:
        request = Request(
            type=kind,
            properties=properties,
            old_properties=old or {},
            physical_id=self.physical_id,
            stack_id=STACK,
            logical_id="ReceiptRuleSetActivation",
        )
        answer = None
        for _ in range(ATTEMPTS):
            answered, answer = self._deliver(request)
            if answered:
                break
        for _ in range(self.deliveries - 1):
            self._deliver(request)
        assert answer is None or self.physical_id in {None, answer}
        return answer

    def _deliver(self, request: Request) -> tuple[bool, str | None]:
        """Whether the function answered, and the physical id where it went well."""
        self.account.request = request
        try:
            done = activate(request, self.account.gateway())
        except RefusedError as error:
            self.refusals.append(str(error))
            return True, None
        except DiedError:
            return False, None
        self.former = done.attributes.get("Former", self.former)
        return True, done.physical_id

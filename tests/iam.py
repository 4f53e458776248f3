"""What IAM would decide, from an independent evaluator of policies that runs offline.

A test synthesizes a template, takes the policies of a principal out of it as concrete text, and asks::

    policies = identity_policies(template, role_logical_id)
    (decision,) = evaluate([
        Request(
            principal=f"arn:aws:iam::{ACCOUNT}:role/sender",
            action="ses:SendEmail",
            resources=[f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.com"],
            context={"ses:FromAddress": "billing@example.com"},
            identity_policies=policies,
        )
    ])
    assert decision.allowed

A policy that IAM would refuse, an action that does not exist and a resource that the action does not take
fail the test: they are no denial.
"""

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.support import BIN, ROOT
from tests.synthesis import ACCOUNT, REGION

Policy = Mapping[str, Any]

PSEUDO_PARAMETERS = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
}


@dataclass(frozen=True, kw_only=True)
class Request:
    """One call, as the service asks IAM about it.

    Attributes:
        principal: The ARN of a user or role, also of another account, or ``ses.amazonaws.com``.
        action: Such as ``ses:SendEmail``.
        resources: Every ARN that the service checks, and all of them must be allowed. SES checks the
            identity, the configuration set and the template.
        context: Values by condition key.
        identity_policies: All policies of the principal.
        resource_policy: The policy of the resource itself: a topic, a key, a queue, an identity.
        resource_account: The owner, where the ARN does not name it.
    """

    principal: str
    action: str
    resources: Sequence[str]
    context: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    identity_policies: Sequence[Policy] = ()
    resource_policy: Policy | None = None
    resource_account: str | None = None

    def _simulations(self) -> list[dict[str, Any]]:
        return [
            {
                "request": {
                    "principal": self.principal,
                    "action": self.action,
                    "resource": {
                        "resource": resource,
                        "accountId": self.resource_account or resource.split(":")[4] or ACCOUNT,
                    },
                    "contextVariables": {
                        key: value if isinstance(value, str) else list(value)
                        for key, value in self.context.items()
                    },
                },
                "identityPolicies": [
                    {"name": f"policy{number}", "policy": policy}
                    for number, policy in enumerate(self.identity_policies)
                ],
                "serviceControlPolicies": [],
                "resourceControlPolicies": [],
                "resourcePolicy": self.resource_policy,
            }
            for resource in self.resources
        ]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """IAM's answer. `results` has ``Allowed``, ``ImplicitlyDenied`` or ``ExplicitlyDenied`` by resource.

    `ignored`: keys of the context that the service does not pass with this action.
    """

    results: Mapping[str, str]
    ignored: frozenset[str]

    @property
    def allowed(self) -> bool:
        return set(self.results.values()) == {"Allowed"}


def evaluate(requests: Sequence[Request]) -> list[Decision]:
    """Decide all requests in one run of the evaluator: starting it costs more than a thousand decisions."""
    batches = [request._simulations() for request in requests]
    answers = iter(_run([simulation for batch in batches for simulation in batch]))
    decisions = []
    for request, batch in zip(requests, batches, strict=True):
        assert batch, f"a request names at least one resource: {request}"
        of_request = [next(answers) for _ in batch]
        for resource, answer in zip(request.resources, of_request, strict=True):
            assert not answer["error"], f"{request.action} on {resource}: {answer['error']}"
        decisions.append(
            Decision(
                results={
                    resource: answer["result"]
                    for resource, answer in zip(request.resources, of_request, strict=True)
                },
                ignored=frozenset(key for answer in of_request for key in answer["ignored"]),
            )
        )
    return decisions


def resolve(value: Any, names: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - any part of a template
    """A part of a template as the deployment would fill it in.

    `names`: what `Ref` of a logical id gives (``{"Topic": "arn:..."}``) and what `Fn::GetAtt` gives
    (``{"Key.Arn": "arn:..."}``). An unknown name is an error.
    """
    known = PSEUDO_PARAMETERS | dict(names or {})
    match value:
        case {"Ref": name}:
            value = known[name]
        case {"Fn::GetAtt": [name, attribute]}:
            value = known[f"{name}.{attribute}"]
        case {"Fn::Join": [separator, parts]}:
            value = separator.join(resolve(part, names) for part in parts)
        case {"Fn::Select": [int(index), {"Fn::Split": [separator, text]}]}:
            value = resolve(text, names).split(separator)[index]
        case {"Fn::Sub": str(text)}:
            value = re.sub(r"\$\{([^!}]+)\}", lambda found: known[found[1]], text)
        case dict():
            assert not any(key.startswith("Fn::") for key in value), f"not resolved here: {value}"
            value = {key: resolve(item, names) for key, item in value.items()}
        case list():
            value = [resolve(item, names) for item in value]
    return value


def identity_policies(
    template: Mapping[str, Any], logical_id: str, names: Mapping[str, str] | None = None
) -> list[Policy]:
    """Every policy of a role, user or group: inline, attached, managed, and those of its groups."""
    resources: Mapping[str, Any] = template["Resources"]
    properties = resources[logical_id].get("Properties", {})
    documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
    attached = [arn.get("Ref") for arn in properties.get("ManagedPolicyArns", []) if isinstance(arn, dict)]
    for policy_id, resource in resources.items():
        if resource["Type"] in {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}:
            policy = resource["Properties"]
            holders = [holder for kind in ("Roles", "Users", "Groups") for holder in policy.get(kind, [])]
            if {"Ref": logical_id} in holders or policy_id in attached:
                documents.append(policy["PolicyDocument"])
    found: list[Policy] = [resolve(document, names) for document in documents]
    for group in properties.get("Groups", []):
        found += identity_policies(template, group["Ref"], names)
    return found


_UNKNOWN: Final = "kms:EncryptionContext:"
_KNOWN: Final = f"aws:RequestTag/{_UNKNOWN}"
"""The evaluator knows names inside of a condition key behind a slash only, so it is asked with such a key
instead, in policies and context alike: both are compared as text."""


def _run(simulations: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The answer to each simulation; equal ones, such as the identity of many messages, are asked once."""
    texts = [json.dumps(simulation).replace(_UNKNOWN, _KNOWN) for simulation in simulations]
    distinct = list(dict.fromkeys(texts))
    process = subprocess.run(
        [BIN / "node", ROOT / "tests" / "evaluate.mjs"],
        input=f"[{','.join(distinct)}]",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert process.returncode == 0, process.stderr
    answers: dict[str, dict[str, Any]] = dict(zip(distinct, json.loads(process.stdout), strict=True))
    return [answers[text] for text in texts]


def from_service(
    action: str, resource: str, policy: Policy, who: tuple[str, str, str], **context: str
) -> Request:
    """A call of an AWS service over TLS: which one, for which account, for which resource."""
    service, account, source = who
    return Request(
        principal=service,
        action=action,
        resources=[resource],
        context={"aws:SourceAccount": account, "aws:SourceArn": source, "aws:SecureTransport": "true"}
        | context,
        resource_policy=policy,
        resource_account=ACCOUNT,
    )

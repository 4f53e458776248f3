"""A chain of waits for SES, with the function that waits and what it may read.

A user of the library does not make one: `VerificationGate` does. A wait is a custom resource,
`Custom::VerifiedIdentity`. One call of a function lasts 15 minutes at most, and CloudFormation waits an hour
for a custom resource, so longer waits are several in a row (`docs/decisions/0006-waits-in-a-chain.md`).

Example::

    waits = VerificationWaits(gate, "Waits", domain="example.com", timeout_seconds=900)
    template.node.add_dependency(waits.last)
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.acknowledgments import COMPLIANCE, acknowledge
from constructs_lib.runtime_function import RuntimeFunction
from constructs_lib.ses_arns import identity_arn

POLL_SECONDS: Final = 15
"""Far below the limits of SES, also where a stack has many gates."""

# A call of a function ends after 15 minutes (Lambda quotas). The first wait is short: only there a repeated
# call does not know when it all began, and it is there that a function that cannot run is found out.
_FIRST_SECONDS: Final = 2 * 60
_FURTHER_SECONDS: Final = 13 * 60
_FUNCTION_TIMEOUT_MINUTES: Final = 15

_SPARE_SECONDS: Final = 8 * 60
"""Lambda repeats a call that died after one minute, and that one after two more (Lambda Developer Guide,
asynchronous error handling). So even the third call of the first wait answers in time."""

_FUNCTION_ID: Final = "VerificationGateFunction"


class VerificationWaits(Construct):
    """Waits, one after the other.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        domain: What must be verified.
        timeout_seconds: How long all of them wait together.
        zone_id: The hosted zone with the domain's records, read when the wait ends badly. Default: DNS is
            elsewhere.
        mail_from: ``Mx`` and ``Spf``, the values that a MAIL FROM domain must hold, where one must be
            verified too. Default: it need not be.
        after: What is created before the first wait begins.

    Attributes:
        last: The last wait.
    """

    last: cdk.CustomResource

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        domain: str,
        timeout_seconds: int,
        zone_id: str | None = None,
        mail_from: Mapping[str, str] | None = None,
        after: Construct | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        stack = cdk.Stack.of(self)
        runtime = _function(stack)
        access = _access(self, runtime.role, domain, zone_id)
        wanted: dict[str, Any] = {"Domain": domain, "Timeout": timeout_seconds}
        if zone_id is not None:
            wanted["ZoneId"] = zone_id
        if mail_from is not None:
            wanted["MailFrom"] = dict(mail_from)
        # Whatever changes, the waits are other resources: an update that is rolled back never waits again.
        text = json.dumps(stack.resolve(wanted), sort_keys=True)
        parent = Construct(self, hashlib.sha256(text.encode()).hexdigest()[:8])
        for begin, end in _spans(timeout_seconds):
            # Each passes on what it got from the one before: when the first one began.
            since = {"Since": self.last.ref} if begin else {}
            self.last = cdk.CustomResource(
                parent,
                f"Until{end}",
                resource_type="Custom::VerifiedIdentity",
                service_token=runtime.function.function_arn,
                service_timeout=cdk.Duration.seconds(end - begin + _SPARE_SECONDS),
                # There is nothing to delete, so the function is not asked: should it be broken, neither a
                # deletion nor a rollback hangs.
                removal_policy=cdk.RemovalPolicy.RETAIN,
                properties={**wanted, **since, "Until": end, "PollSeconds": POLL_SECONDS},
            )
            if not begin:
                self.last.node.add_dependency(access, *([after] if after else []))


def _spans(seconds: int) -> Iterator[tuple[int, int]]:
    """Begin and end of each wait, in seconds after the start."""
    begin, length = 0, _FIRST_SECONDS
    while begin < seconds:
        end = min(seconds, begin + length)
        yield begin, end
        begin, length = end, _FURTHER_SECONDS


def _function(stack: cdk.Stack) -> RuntimeFunction:
    """The one function of all gates of a stack."""
    found = stack.node.try_find_child(_FUNCTION_ID)
    if isinstance(found, RuntimeFunction):
        return found
    return RuntimeFunction(
        stack,
        _FUNCTION_ID,
        runtime="verification_gate",
        description="Waits until Amazon SES has verified a domain",
        timeout=cdk.Duration.minutes(_FUNCTION_TIMEOUT_MINUTES),
        statements=[],
    )


def _access(parent: Construct, role: iam.Role, domain: str, zone_id: str | None) -> iam.Policy:
    stack = cdk.Stack.of(parent)
    identity = identity_arn(parent, domain)
    statements = [iam.PolicyStatement(actions=["ses:GetEmailIdentity"], resources=[identity])]
    if zone_id is not None:
        # Route 53's ARNs name neither Region nor account.
        zone = stack.format_arn(
            service="route53", region="", account="", resource="hostedzone", resource_name=zone_id
        )
        statements.append(iam.PolicyStatement(actions=["route53:ListResourceRecordSets"], resources=[zone]))
    policy = iam.Policy(parent, "Access", roles=[role], statements=statements)
    acknowledge(policy, {"IAMNoInlinePolicy": "It belongs to this function alone."}, packs=COMPLIANCE)
    return policy

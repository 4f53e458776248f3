"""Things that are there already under a name that the deploy is about to use, and whose they are.

CloudFormation refuses to make what exists. Identities, keys and queues stay when a stack is deleted, so what
is there is often the environment's own, of an earlier stack.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ops.doctor.expected import ExpectedName
from ops.doctor.findings import Finding, Severity
from ops.doctor.holders import Holders
from ops.doctor.ports import Kind, NamesGateway
from stacks.config import MailEnvironment


@dataclass(frozen=True, kw_only=True)
class _Rule:
    """What is to be said of a kind of thing.

    Attributes:
        code: Code of the finding.
        option: Where the environment file names it.
        remove: How to delete it, by hand.
        existing: What the environment file says where its owner keeps it. Default: it cannot say so.
    """

    code: str
    option: str
    remove: str
    existing: str = ""


_RULES: Final = {
    Kind.IDENTITY: _Rule(
        code="identity-taken",
        option="domains or addresses",
        remove="aws sesv2 delete-email-identity --email-identity {name}",
        existing="existing_identity=True",
    ),
    Kind.CONFIGURATION_SET: _Rule(
        code="configuration-set-taken",
        option="configuration_set_name or forwarding",
        remove="aws sesv2 delete-configuration-set --configuration-set-name {name}",
        existing="existing_configuration_set=True",
    ),
    Kind.RULE_SET: _Rule(
        code="rule-set-taken",
        option="receiving: rule_set_name",
        remove="aws ses delete-receipt-rule-set --rule-set-name {name}",
        existing="existing_rule_set=True",
    ),
    Kind.TEMPLATE: _Rule(
        code="template-taken",
        option="templates",
        remove="aws sesv2 delete-custom-verification-email-template --template-name {name}",
    ),
    Kind.TOPIC: _Rule(
        code="topic-taken",
        option="configuration_set_name or the inbox's name",
        remove="aws sns delete-topic --topic-arn {id}",
    ),
    Kind.QUEUE: _Rule(
        code="queue-taken",
        option="configuration_set_name or the inbox's name",
        remove="aws sqs delete-queue --queue-url {id}",
    ),
    Kind.SECRET: _Rule(
        code="secret-taken",
        option="the sender's name",
        remove="aws secretsmanager delete-secret --force-delete-without-recovery --secret-id {name}",
    ),
    Kind.POLICY: _Rule(
        code="policy-taken",
        option="the sender's name",
        remove="aws iam delete-policy --policy-arn {id}",
    ),
    Kind.ROLE: _Rule(
        code="role-taken",
        option="feedback: forwards: name",
        remove="aws iam delete-role --role-name {name}",
    ),
    Kind.RULE: _Rule(
        code="event-rule-taken",
        option="feedback: forwards: name",
        remove="aws events delete-rule --name {name}",
    ),
}


def name_findings(
    environment: MailEnvironment, expected: ExpectedName, gateway: NamesGateway, holders: Holders
) -> Iterator[Finding]:
    """What is there under one name.

    Raises:
        AccessError: AWS could not be asked whether it is there, or whose it is.
    """
    kind, name, region = expected.kind, expected.name, expected.region
    found = gateway.existing(kind, name, region=region, account=environment.account)
    if expected.existing:
        if found is None:
            yield _missing(expected)
        return
    if found is None:
        return
    holder = holders.holder(kind.resource_type, found.physical_id, region=region)
    if holder.ours:
        return
    rule = _RULES[kind]
    note = f"; {found.note}" if found.note else ""
    yield Finding(
        severity=Severity.ERROR if holder.error is None else Severity.WARNING,
        code=rule.code,
        what=f"The {kind} {name} is there in {region}; {holder.text}{note}.",
        why=f"The stack {environment.name}-{expected.stack} makes it, and CloudFormation refuses to make "
        "what exists.",
        fix=_fix(rule, expected, environment.name, found.physical_id),
    )
    if holder.error is not None:
        raise holder.error


def _missing(expected: ExpectedName) -> Finding:
    kind, name, region = expected.kind, expected.name, expected.region
    return Finding(
        severity=Severity.ERROR,
        code="existing-missing",
        what=f"The {kind} {name} is not there in {region}.",
        why="The environment says that it exists already, so the deploy does not make it.",
        fix="correct its name, have its owner make it, or let the deploy do so: take the option away whose "
        "name begins with existing_",
    )


def dkim_secret_findings(
    environment: MailEnvironment, secret: str, region: str, gateway: NamesGateway
) -> Iterator[Finding]:
    """Whether the secret of a DKIM key of one's own is there: the deploy reads it.

    Raises:
        AccessError: Secrets Manager could not be asked.
    """
    found = gateway.existing(Kind.SECRET, secret, region=region, account=environment.account)
    if found is None or found.note:
        yield Finding(
            severity=Severity.ERROR,
            code="dkim-secret-missing",
            what=f"The secret {secret} is {'going' if found else 'not there'} in {region}"
            f"{f': {found.note}' if found else ''}.",
            why="SES signs with the private key in it; CloudFormation reads it when it makes the identity.",
            fix=f"make it with `{_creation(environment, secret)}`, or replicate it to this Region",
        )


def _creation(environment: MailEnvironment, secret: str) -> str:
    domain, selector = next(
        (domain.domain, domain.own_dkim_key.selector)
        for domain in environment.domains
        if domain.own_dkim_key is not None and domain.own_dkim_key.private_key_secret == secret
    )
    return f"python -m ops dkim create {environment.name} {domain} --selector {selector}"


def _fix(rule: _Rule, expected: ExpectedName, environment: str, physical_id: str) -> str:
    remove = rule.remove.format(name=expected.name, id=physical_id)
    region = "" if expected.kind in {Kind.POLICY, Kind.ROLE} else f" --region {expected.region}"
    ways = [f"have the stack take it over (`python -m ops import-map {environment}` tells how)"]
    if rule.existing:
        ways.append(f"or leave it to its owner (`{rule.existing}`)")
    if expected.kind is not Kind.IDENTITY:  # an identity's name is the domain or address itself
        ways.append(f"or name ours otherwise ({rule.option})")
    ways.append(f"or, if nobody needs it, `{remove}{region}`")
    return ", ".join(ways)

"""What an environment consists of and what flows in it, from its templates.

A node is what a person speaks of: an identity, a configuration set, a topic, a queue, a rule, a bucket, a
function. What belongs to one of them is folded: roles, keys, policies, logs, dead-letter queues are counted.
Records and alarms of a stack are one node each, and so is what works only while CloudFormation deploys.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ops.review.assembly import Stack, Stacks
from ops.review.values import Reader

Id = tuple[str, str]
"""A stack, empty for what is outside of all, and a logical id or name in it."""

Resource = Mapping[str, Any]

APPLICATIONS: Final = ("", "Your applications")
RECIPIENTS: Final = ("", "Servers of recipients")
SENDERS: Final = ("", "Servers of senders")
_OUTSIDE_SES: Final = ("", "CloudWatch metrics"), ("", "EventBridge")
_MOST_EVENTS: Final = 2

_NODES: Final[Mapping[str, tuple[str, str]]] = {
    "AWS::Budgets::Budget": ("watch", "budget"),
    "AWS::CloudTrail::Trail": ("watch", "trail"),
    "AWS::CloudWatch::Dashboard": ("watch", "dashboard"),
    "AWS::IAM::ManagedPolicy": ("access", "policy"),
    "AWS::Lambda::Function": ("function", "function"),
    "AWS::S3::Bucket": ("store", "bucket"),
    "AWS::SES::ConfigurationSet": ("mail", "configuration set"),
    "AWS::SES::CustomVerificationEmailTemplate": ("mail", "verification template"),
    "AWS::SES::EmailIdentity": ("mail", "identity"),
    "AWS::SES::ReceiptRule": ("mail", "receipt rule"),
    "AWS::SNS::Topic": ("store", "topic"),
    "AWS::SQS::Queue": ("store", "queue"),
    "AWS::SecretsManager::Secret": ("access", "SMTP credentials"),
    "Custom::SendingAuthorization": ("access", "sending authorization"),
}
"""Kind and words of what is a node of its own."""

_GROUPS: Final[Mapping[str, tuple[str, str]]] = {
    "AWS::CloudWatch::Alarm": ("watch", "alarm"),
    "AWS::Events::Rule": ("watch", "event rule"),
    "AWS::Route53::RecordSet": ("dns", "DNS record"),
    "AWS::SES::ReceiptFilter": ("mail", "address filter"),
}
"""Kind and words of what is one node for a stack."""

_COUNTED: Final[Mapping[str, str]] = {
    "AWS::IAM::Policy": "policy",
    "AWS::IAM::Role": "role",
    "AWS::KMS::Key": "key",
    "AWS::Lambda::Permission": "policy",
    "AWS::Logs::LogGroup": "log",
    "AWS::S3::BucketPolicy": "policy",
    "AWS::SNS::TopicPolicy": "policy",
    "AWS::SQS::QueuePolicy": "policy",
}

_FLOWS: Final[Mapping[str, tuple[tuple[str, str, str], ...]]] = {
    "AWS::Budgets::Budget": (("", "NotificationsWithSubscribers[].Subscribers[].Address", "tells"),),
    "AWS::CloudTrail::Trail": (("", "S3BucketName", "writes to"),),
    "AWS::CloudWatch::Alarm": (("", "AlarmActions[]", "tell"),),
    "AWS::Events::Rule": (("", "Targets[].Arn", "tell"),),
    "AWS::IAM::ManagedPolicy": (("", "PolicyDocument.Statement[].Resource[]", "lets send with"),),
    "AWS::IAM::User": (("SECRET", "Policies[].PolicyDocument.Statement[].Resource[]", "let send with"),),
    "AWS::Lambda::EventSourceMapping": (("EventSourceArn", "FunctionName", "calls"),),
    "AWS::Lambda::Function": (
        ("", "Environment.Variables.CONFIGURATION_SET_NAME", "pauses"),
        ("", "Environment.Variables.INBOUND_MAIL", "forwards with"),
    ),
    "AWS::SES::ConfigurationSetEventDestination": (
        ("ConfigurationSetName", "EventDestination.SnsDestination.TopicARN", "EVENTS"),
        ("ConfigurationSetName", "EventDestination.EventBridgeDestination", "EVENTS"),
        ("ConfigurationSetName", "EventDestination.CloudWatchDestination", "EVENTS"),
    ),
    "AWS::SES::CustomVerificationEmailTemplate": (("", "FromEmailAddress", "is sent from"),),
    "AWS::SES::EmailIdentity": (("", "ConfigurationSetAttributes.ConfigurationSetName", "sends with"),),
    "AWS::SES::ReceiptRule": (
        ("After", "", "then"),
        ("", "Rule.Actions[].S3Action.BucketName", "stores in"),
        ("", "Rule.Actions[].S3Action.TopicArn", "announces to"),
        ("", "Rule.Actions[].LambdaAction.FunctionArn", "asks"),
    ),
    "AWS::SNS::Subscription": (("TopicArn", "Endpoint", ""),),
    "AWS::SecretsManager::RotationSchedule": (("RotationLambdaARN", "SecretId", "rotates"),),
    "Custom::SendingAuthorization": (("", "Identity", "lets another account send with"),),
}
"""Start and end of what flows, each a path of properties or nothing for the resource itself, and a verb."""


@dataclass(frozen=True)
class Node:
    """Something in the picture: its kind in a word, what it is called, what it is, and more."""

    kind: str
    title: str
    what: str = ""
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edge:
    """What flows from one node to another; a label is a verb or the kinds of events."""

    start: Id
    end: Id
    label: str = ""


@dataclass
class Architecture:
    """The nodes, what flows between them, and what is only counted in a stack."""

    nodes: dict[Id, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    counted: dict[str, Counter[str]] = field(default_factory=dict)

    def part(self, stacks: Collection[str]) -> "Architecture":
        """Some of the stacks with what is outside. What flows into others is said where it starts."""
        inside = {key for key in self.nodes if key[0] in stacks or not key[0]}
        edges = [
            edge
            for edge in self.edges
            if {edge.start, edge.end} <= inside and {edge.start[0], edge.end[0]} != {""}
        ]
        nodes = {}
        for key, node in self.nodes.items():
            leaving = [edge for edge in self.edges if edge.start == key and edge.end not in inside]
            said = tuple(f"{edge.label} {self.nodes[edge.end].title}" for edge in leaving)
            if key[0] in stacks or any(key in (edge.start, edge.end) for edge in edges):
                nodes[key] = replace(node, said=said)
        return Architecture(nodes, edges, {stack: self.counted[stack] for stack in stacks})

    def sentences(self) -> list[str]:
        """What flows, in words."""
        name = {key: node.title for key, node in self.nodes.items()}
        return [f"{name[edge.start]} {edge.label or 'leads to'} {name[edge.end]}." for edge in self.edges]


def architecture(stacks: Stacks) -> Architecture:
    """What the stacks of an environment, of one Region, make."""
    found = Architecture()
    readers = [_StackReader(stack, found) for stack in stacks.values()]
    for reader in readers:
        reader.place()
    edges = [edge for reader in readers for edge in reader.edges()]
    for outside in (APPLICATIONS, RECIPIENTS, SENDERS, *_OUTSIDE_SES):
        found.nodes[outside] = Node("outside", outside[1])
    found.edges = [*_from_outside(found, edges), *dict.fromkeys(edges)]
    used = {key for edge in found.edges for key in (edge.start, edge.end)}
    found.nodes = {key: node for key, node in found.nodes.items() if key[0] or key in used}
    return found


def _from_outside(found: Architecture, edges: list[Edge]) -> Iterator[Edge]:
    """How mail gets in and out."""
    after = {edge.end for edge in edges if edge.label == "then"}
    for key, node in found.nodes.items():
        if node.kind == "access" and node.what != "sending authorization":
            yield Edge(APPLICATIONS, key, "use")
        elif node.what == "configuration set":
            yield Edge(key, RECIPIENTS, "delivers to")
        elif node.what.startswith("receipt rule") and key not in after:
            yield Edge(SENDERS, key, "deliver to")


class _StackReader:
    def __init__(self, stack: Stack, found: Architecture) -> None:
        self._stack = stack
        self._found = found
        self._reader = Reader(stack)
        self._folded = set(_folded(stack.resources))
        self._places: dict[str, Id] = {}

    def place(self) -> None:
        """Add the nodes of the stack, and count the rest."""
        counted = self._found.counted.setdefault(self._stack.id, Counter())
        groups: Counter[tuple[str, str]] = Counter()
        at_deploy = []
        for key, resource in self._stack.resources.items():
            kind = resource["Type"]
            if kind in _NODES and key not in self._folded:
                self._places[key] = (self._stack.id, key)
                self._found.nodes[self._stack.id, key] = Node(*self._named(key, resource))
            elif kind in _GROUPS:
                groups[_GROUPS[kind]] += 1
                self._places[key] = (self._stack.id, _GROUPS[kind][1])
            elif kind.startswith("Custom::"):
                at_deploy.append(kind.removeprefix("Custom::"))
            elif word := self._counted_as(key, kind):
                counted[word] += 1
        for (kind, words), number in groups.items():
            self._found.nodes[self._stack.id, words] = Node(kind, number_of(number, words))
        if at_deploy:
            node = Node("deploy", ", ".join(dict.fromkeys(at_deploy)), "while it deploys")
            self._found.nodes[self._stack.id, "at deploy"] = node

    def edges(self) -> Iterator[Edge]:
        """What flows from, to and in the stack."""
        for key, resource in self._stack.resources.items():
            for start, end, label in _FLOWS.get(resource["Type"], ()):
                for first in self._ends(key, resource, start):
                    for last in self._ends(key, resource, end):
                        if first != last:
                            yield Edge(first, last, _events(resource) if label == "EVENTS" else label)
        records = (self._stack.id, "DNS record")
        if records in self._found.nodes:
            for place, node in self._found.nodes.items():
                if place[0] == self._stack.id and node.what.endswith("identity"):
                    yield Edge(records, place, "verify")

    def _counted_as(self, key: str, kind: str) -> str:
        """What is counted, in a word; nothing for what the picture shows in another way."""
        if key in self._folded:
            return "dead-letter queue" if kind == "AWS::SQS::Queue" else ""
        return _COUNTED.get(kind) or ("" if kind in _FLOWS else _words(kind))

    def _named(self, key: str, resource: Resource) -> tuple[str, str, str]:
        kind, what = _NODES[resource["Type"]]
        name = self._reader.name(key)
        match what:
            case "identity":
                return kind, name, f"{'address' if '@' in name else 'domain'} identity"
            case "receipt rule":
                whom = list(_values(resource, "Rule.Recipients[]"))
                more = f" and {len(whom) - 1} more" if len(whom) > 1 else ""
                return kind, name, f"receipt rule for {whom[0] if whom else 'everybody'}{more}"
            case "function":
                return kind, str(next(_values(resource, "Description"), name)), what
            case _:
                # Not "Trail" above "trail".
                return kind, name, "" if name.lower().endswith(what) else what

    def _ends(self, key: str, resource: Resource, path: str) -> Iterator[Id]:
        if path == "SECRET":
            yield from (place for place in self._places.values() if self._is_secret(place))
        elif not path:
            if key in self._places:
                yield self._places[key]
        elif path.endswith("CloudWatchDestination"):
            yield from (_OUTSIDE_SES[0] for _ in _values(resource, path))
        elif path.endswith("EventBridgeDestination"):
            yield from (_OUTSIDE_SES[1] for _ in _values(resource, path))
        else:
            for value in _values(resource, path):
                if target := self._target(resource, value):
                    yield target

    def _is_secret(self, place: Id) -> bool:
        return self._found.nodes[place].what == "SMTP credentials"

    def _target(self, resource: Resource, value: Any) -> Id | None:  # noqa: ANN401 - any value of a template
        if local := _referred(value):
            return self._places.get(local)
        text = self._reader.text(value)
        if ":configuration-set/" in text:
            return None  # whoever may send with an identity may use its set
        if forwards := re.search(r'"configuration_set":\s*"([\w-]+)"', text):
            text = forwards[1]
        if resource["Type"] == "AWS::SNS::Subscription" and resource["Properties"]["Protocol"] != "sqs":
            self._found.nodes["", text] = Node("outside", text)
            return "", text
        names = {node.title: key for key, node in self._found.nodes.items() if node.kind in {"mail", "store"}}
        tries = (text, text.rpartition(":")[2], text.rpartition("/")[2], text.rpartition("@")[2])
        return next((names[each] for each in tries if each in names), None)


def number_of(many: int, what: str) -> str:
    """How many of something, in words."""
    if many != 1:
        what = what.removesuffix("y") + "ies" if what.endswith("cy") else f"{what}s"
    return f"{many} {what}"


def _words(kind: str) -> str:
    """A type such as ``AWS::Route53::HostedZone`` in words: hosted zone."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.rpartition("::")[2]).lower()


def _folded(resources: Mapping[str, Resource]) -> Iterator[str]:
    """Dead-letter queues, buckets of access logs, and functions that CloudFormation alone calls."""
    served, called = set(), set()
    for resource in resources.values():
        for path in ("RedrivePolicy.deadLetterTargetArn", "LoggingConfiguration.DestinationBucketName"):
            yield from filter(None, map(_referred, _values(resource, path)))
        served |= {_referred(value) for value in _values(resource, "ServiceToken")}
        if resource["Type"] != "AWS::Lambda::Permission":
            for path in ("RotationLambdaARN", "FunctionName"):
                called |= {_referred(value) for value in _values(resource, path)}
    yield from filter(None, served - called)


def _referred(value: object) -> str | None:
    """The logical id that a value refers to; None for none."""
    if isinstance(value, Mapping) and len(value) == 1:
        ((key, argument),) = value.items()
        if key == "Ref":
            return str(argument)
        if key == "Fn::GetAtt":
            return str(argument[0])
    return None


def _values(resource: Resource, path: str) -> Iterator[Any]:
    """The values at a path such as ``Targets[].Arn``; a single value stands for a list of one."""
    found: list[Any] = [resource.get("Properties")]
    for step in path.split("."):
        name = step.removesuffix("[]")
        found = [value[name] for value in found if isinstance(value, Mapping) and name in value]
        if step.endswith("[]"):
            found = [each for value in found for each in (value if isinstance(value, list) else [value])]
    yield from found


def _events(resource: Resource) -> str:
    kinds = list(_values(resource, "EventDestination.MatchingEventTypes[]"))
    return ", ".join(kinds) if len(kinds) <= _MOST_EVENTS else f"{len(kinds)} kinds of events"

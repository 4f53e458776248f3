"""Receipt rules: whose mail they take, what they do with it, and what differs between two of one name."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ops.review.changes import Place
from ops.review.rating import Rating
from ops.review.sentence import Sentence, say
from ops.review.values import Reader

DROPS_SPAM: Final = "drop-spam"
"""The rule that ends spam before the others."""

Meaning = tuple[Rating, Sentence]
_Texts = Mapping[str, str]
_STORE: Final = "store in "
_SWITCHES: Final = {
    "tls": (
        (Rating.CAUTION, "Rule {} takes mail without TLS too: it can be read on its way."),
        (Rating.CAUTION, "Rule {} requires TLS: servers without it cannot deliver to it."),
    ),
    "scan": (
        (Rating.DANGER, "Rule {} is not scanned for spam and viruses any more."),
        (Rating.ROUTINE, "Rule {} is scanned for spam and viruses."),
    ),
    "enabled": (
        (Rating.DANGER, "Rule {} is switched off: mail passes it by."),
        (Rating.CAUTION, "Rule {} is switched on."),
    ),
}
"""What it means that something is switched off, or on."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One receipt rule of one side.

    Attributes:
        place: Where it is declared.
        recipients: Whose mail it takes, sorted; empty for everybody's.
        actions: What it does, in order and in words.
        tls: Whether mail must come over TLS.
        scan: Whether mail is scanned.
        enabled: Whether it does anything.
    """

    place: Place
    recipients: tuple[str, ...]
    actions: tuple[str, ...]
    tls: bool
    scan: bool
    enabled: bool

    @property
    def name(self) -> str:
        """Its name in the set."""
        return self.place.text("Rule.Name")

    @property
    def stores(self) -> bool:
        """Whether it stores mail."""
        return any(action.startswith(_STORE) for action in self.actions)


def rule_of(place: Place) -> Rule:
    """The rule that a resource declares."""
    reader = Reader(place.stack)
    return Rule(
        place=place,
        recipients=tuple(sorted(reader.text(each) for each in place.several("Rule.Recipients"))),
        actions=tuple(_action(action, reader) for action in place.several("Rule.Actions")),
        tls=place.get("Rule.TlsPolicy") == "Require",
        scan=place.get("Rule.ScanEnabled") is True,
        enabled=place.get("Rule.Enabled") is True,
    )


def removed(rule: Rule) -> Meaning:
    """What it means that a rule goes."""
    if rule.name == DROPS_SPAM:
        return Rating.DANGER, say("Spam and viruses are dropped first no more: every rule gets them.")
    if not rule.recipients:
        return Rating.DANGER, say("Rule {} goes: mail that no other rule takes is rejected.", rule.name)
    return Rating.DANGER, say("Rule {} goes: mail to {} gets no more of it.", rule.name, rule.recipients)


def added(rule: Rule) -> Meaning:
    """What it means that a rule comes."""
    if not rule.recipients:
        words = "Rule {} is new and catches all, every address of every verified domain: {}."
        return Rating.DANGER, say(words, rule.name, rule.actions)
    words = "Rule {} is new. Mail to {}: {}."
    return Rating.CAUTION, say(words, rule.name, rule.recipients, rule.actions)


def differences(before: Rule, after: Rule) -> Iterator[Meaning]:
    """What it means that a rule changes."""
    yield from _recipients(before, after)
    if before.actions != after.actions:
        yield _actions(before, after)
    for name, meanings in _SWITCHES.items():
        on = getattr(after, name)
        if getattr(before, name) != on:
            rating, words = meanings[on]
            yield rating, say(words, after.name)


def _recipients(before: Rule, after: Rule) -> Iterator[Meaning]:
    name = after.name
    if before.recipients and not after.recipients:
        yield Rating.DANGER, say("Rule {} catches all now: every address of every verified domain.", name)
    elif after.recipients and not before.recipients:
        yield Rating.DANGER, say("Rule {} catches all no more: only mail to {}.", name, after.recipients)
    else:
        if gone := sorted(set(before.recipients) - set(after.recipients)):
            yield Rating.DANGER, say("Rule {} applies to mail to {} no more.", name, gone)
        if come := sorted(set(after.recipients) - set(before.recipients)):
            yield Rating.CAUTION, say("Rule {} now applies to mail to {} too.", name, come)


def _actions(before: Rule, after: Rule) -> Meaning:
    old, new = before.actions or ("nothing",), after.actions or ("nothing",)
    if before.stores and not after.stores:
        return Rating.DANGER, say("Rule {} stores its mail no more: {} in place of {}.", after.name, new, old)
    if sorted(old) == sorted(new):
        return Rating.CAUTION, say("Rule {} does the same in another order: {}.", after.name, new)
    return Rating.CAUTION, say("Rule {} does other things: {} in place of {}.", after.name, new, old)


def _action(action: Any, reader: Reader) -> str:  # noqa: ANN401 - an item of a template
    if (
        not isinstance(action, Mapping)
        or not all(isinstance(it, Mapping) for it in action.values())
        or not action
    ):
        return reader.text(action)
    (kind, settings), *_ = action.items()
    texts = {key: reader.text(value).strip("<>") for key, value in settings.items()}
    words = _ACTIONS.get(kind)
    return words(texts) if words else f"{kind.removesuffix('Action')} {', '.join(texts.values())}"


def _stored(texts: _Texts) -> str:
    encrypted = ", encrypted by the client" if "KmsKeyArn" in texts else ""
    return f"{_STORE}{texts.get('BucketName', '')}/{texts.get('ObjectKeyPrefix', '')}{encrypted}"


def _run(texts: _Texts) -> str:
    waits = " and wait" if texts.get("InvocationType") == "RequestResponse" else ""
    return f"run {texts.get('FunctionArn', '')}{waits}"


_ACTIONS: Final[Mapping[str, Callable[[_Texts], str]]] = {
    "AddHeaderAction": lambda texts: f"add header {texts.get('HeaderName', '')}",
    "BounceAction": lambda texts: (
        f"bounce with {texts.get('SmtpReplyCode', '')} as {texts.get('Sender', '')}"
    ),
    "LambdaAction": _run,
    "S3Action": _stored,
    "SNSAction": lambda texts: f"publish to {texts.get('TopicArn', '')}",
    "StopAction": lambda _: "stop",
}

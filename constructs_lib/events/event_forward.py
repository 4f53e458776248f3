"""Where a rule sends the events of a configuration set on: a bus or a topic of another account. Plain values.

SES publishes to topics of event destinations and to the default bus of its own account (SES Developer Guide,
event destinations, which knows no topic of another account); EventBridge carries events on from that bus, to
a bus of another account or, in the same Region, to one of its topics (EventBridge User Guide, "Sending and
receiving events between AWS accounts", "Sending events to an AWS service in another account").

Example::

    EventForward(name="analytics", to=ForeignBus(arn=bus_arn))  # the output of `ForwardedEvents`
"""

import re
from dataclasses import dataclass
from typing import ClassVar, Final

from constructs_lib.arns import KEY_ARN, TOPIC_ARN, OfArn, arn_form, is_of_region
from constructs_lib.domain_name import is_token
from constructs_lib.errors import ConfigurationError
from constructs_lib.events.feedback import Feedback

MAX_RULE_NAME: Final = 48
"""EventBridge takes 64 characters (PutRule). The rule's role has the Region in its name besides, and IAM
takes 64 for that."""

_NAME: Final = re.compile(r"[a-z][a-z0-9-]*")
_BUS_ARN: Final = arn_form("events", "event-bus/[A-Za-z0-9._-]{1,256}")


@dataclass(frozen=True, kw_only=True)
class ForeignBus(OfArn):
    """An event bus of another account. Its policy lets our rule, as `ForwardedEvents` writes it.

    Attributes:
        arn: The bus. A rule of its own Region sends there.

    Raises:
        ConfigurationError: ``event-forwarding-invalid``.
    """

    action: ClassVar[str] = "events:PutEvents"
    arn: str

    def __post_init__(self) -> None:
        _parts(
            _BUS_ARN,
            "arn",
            self.arn,
            "an event bus: arn:<partition>:events:<region>:<account>:event-bus/<name>",
        )


@dataclass(frozen=True, kw_only=True)
class ForeignTopic(OfArn):
    """A topic of another account. Its policy and that of its key let our role, as `ForwardedTopic` writes.

    Subscribers get the SES event alone, as from a topic that SES publishes to.

    Attributes:
        arn: The standard topic. A rule of its own Region sends there.
        key_arn: The customer managed key that encrypts it, in the same Region. Default: it has none.

    Raises:
        ConfigurationError: ``event-forwarding-invalid``.
    """

    action: ClassVar[str] = "sns:Publish"
    arn: str
    key_arn: str | None = None

    def __post_init__(self) -> None:
        topic = _parts(
            TOPIC_ARN, "arn", self.arn, "a standard topic: arn:<partition>:sns:<region>:<account>:<name>"
        )
        if self.key_arn is not None:
            what = f"a KMS key in {topic['region']}: arn:<partition>:kms:<region>:<account>:key/<id>"
            if _parts(KEY_ARN, "key_arn", self.key_arn, what)["region"] != topic["region"]:
                raise _invalid("key_arn", f"the ARN of {what}", self.key_arn, "name the topic's own key")


@dataclass(frozen=True, kw_only=True)
class EventForward:
    """What a rule does with all events that a configuration set publishes to EventBridge.

    Attributes:
        name: Lower case letters, digits and hyphens, a letter first; its last word is no kind of `Feedback`,
            because queue and alarm of undelivered events would be named like those of a feedback topic. The
            rule is named ``<configuration set>-<name>``, by which the other account knows it.
        to: Where the events go.

    Raises:
        ConfigurationError: ``event-forwarding-invalid``.
    """

    name: str
    to: ForeignBus | ForeignTopic

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise _invalid(
                "name",
                "lower case letters, digits and hyphens, a letter first.",
                self.name,
                "choose such a name and keep it: the other account's policy names the rule",
            )
        # Names are joined by hyphens: only the last word can be taken for a kind, of any configuration set.
        if self.name.rpartition("-")[2] in set(Feedback):
            raise _invalid(
                "name",
                f"no name that ends in {', '.join(Feedback)}: feedback topics name queue and alarm so.",
                self.name,
                "name it after who gets the events, such as analytics",
            )

    def require_source(self, *, account: str, region: str) -> None:
        """Refuse a target that a rule of this account and Region does not reach, or need not; tokens pass.

        Events on the default bus of their own account would come back to the rule that sent them on.

        Args:
            account: Of the configuration set.
            region: Of the rule.

        Raises:
            ConfigurationError: ``event-forwarding-invalid``.
        """
        if not is_token(region) and self.to.region != region:
            raise _invalid(
                "forward",
                f"a bus or topic in {region}, the Region of the rule.",
                self.to.arn,
                "forward in each Region to a bus there, which a rule of that account may send on from",
            )
        if self.to.account == account:
            raise _invalid(
                "forward",
                f"a bus or topic of another account than {account}, whose default bus has the events.",
                self.to.arn,
                "make a rule of your own on the default bus, or a FeedbackTopic",
            )

    def rule_name(self, configuration_set_name: str) -> str:
        """The rule's name.

        Raises:
            ConfigurationError: ``event-forwarding-invalid``: it is too long.
        """
        name = f"{configuration_set_name}-{self.name}"
        if len(name) > MAX_RULE_NAME:
            raise _invalid(
                "name",
                f"<configuration set>-<name> has at most {MAX_RULE_NAME} characters: rule and role are named"
                " so.",
                name,
                "choose a shorter name",
            )
        return name

    def role_name(self, configuration_set_name: str) -> str:
        """The name of the role that the rule sends by; roles have no Region, so it is in the name."""
        return f"{self.rule_name(configuration_set_name)}-{self.to.region}"


def require_known_name(name: str, pattern: re.Pattern[str], *, option: str) -> None:
    """Refuse a name that the policies of the receiving side could not be written with.

    Args:
        name: Of something that both accounts name.
        pattern: What its service takes.
        option: The option's name, for the error.

    Raises:
        ConfigurationError: ``event-forwarding-invalid``.
    """
    if is_token(name) or not pattern.fullmatch(name):
        raise _invalid(
            option,
            f"a name that is known now and matches {pattern.pattern}.",
            name,
            "write the name, no ARN",
        )


def _parts(pattern: re.Pattern[str], option: str, arn: str, what: str) -> dict[str, str]:
    found = pattern.fullmatch(arn)
    if found is None or not is_of_region(found, found["region"]):
        raise _invalid(
            option,
            f"the ARN of {what}, known now, in the Region's own partition.",
            arn,
            "copy it from its owner's account",
        )
    return found.groupdict()


def _invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("event-forwarding-invalid", option=option, rule=rule, got=got, fix=fix)

"""Who gets alerts: people and queues behind a topic that is made, or a topic of one's own. Plain values.

Example::

    AlertReceivers(subscribers=(EmailSubscriber(address="security@example.net"),))
"""

import re
from dataclasses import dataclass
from typing import Final

from constructs_lib.arns import TOPIC_ARN, is_of_region
from constructs_lib.domain_name import is_token
from constructs_lib.errors import ConfigurationError
from constructs_lib.events.feedback import require_key_arn
from constructs_lib.events.subscribers import Subscriber, first_repeated

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")


@dataclass(frozen=True, kw_only=True)
class AlertReceivers:
    """Where alerts of one Region go.

    Attributes:
        subscribers: Who gets what is published to a topic that is made, each once. Default: nobody.
        queue: Whether alerts wait in a queue behind it too, for programs. Default: not.
        existing_topic_arn: A topic that exists already in place of that; it has subscribers of its own.
            Default: one is made.
        existing_topic_key_arn: The customer managed key of that topic, whose policy must leave permissions
            to IAM.

    Raises:
        ConfigurationError: ``abuse-alerts-invalid``.
    """

    subscribers: tuple[Subscriber, ...] = ()
    queue: bool = False
    existing_topic_arn: str | None = None
    existing_topic_key_arn: str | None = None

    def __post_init__(self) -> None:
        repeated = first_repeated(self.subscribers)
        if repeated is not None:
            raise _invalid(
                "subscribers", "each once, or SNS tells it twice.", repeated, "drop the repetition"
            )
        if self.existing_topic_arn is None:
            if self.existing_topic_key_arn is not None:
                raise _invalid(
                    "existing_topic_key_arn",
                    "the key of `existing_topic_arn`; a topic that is made has a key of its own.",
                    self.existing_topic_key_arn,
                    "give existing_topic_arn too, or leave this out",
                )
            return
        if not is_token(self.existing_topic_arn) and not TOPIC_ARN.fullmatch(self.existing_topic_arn):
            raise _invalid(
                "existing_topic_arn",
                "the ARN of a standard SNS topic.",
                self.existing_topic_arn,
                "write arn:<partition>:sns:<region>:<account>:<name>, or leave it out to have a topic made",
            )
        if self.queue or self.subscribers:
            raise _invalid(
                "existing_topic_arn",
                "a topic of your own has subscribers of its own.",
                self.existing_topic_arn,
                "subscribe them there, or leave existing_topic_arn out",
            )

    def require_region(self, region: str) -> None:
        """Refuse a topic or key of another Region: a rule publishes in its own only; tokens pass.

        Raises:
            ConfigurationError: ``abuse-alerts-invalid``, ``encryption-key-unusable``.
        """
        if self.existing_topic_key_arn is not None:
            require_key_arn(self.existing_topic_key_arn, region=region)
        found = TOPIC_ARN.fullmatch(self.existing_topic_arn or "")
        if found and not is_of_region(found, region):
            raise _invalid(
                "existing_topic_arn",
                f"a topic in {region}: a rule publishes in its own Region only.",
                self.existing_topic_arn,
                "name a topic for each Region",
            )


def require_alert_name(name: str) -> str:
    """Refuse a name that no topic and queue can have; tokens pass.

    Raises:
        ConfigurationError: ``abuse-alerts-invalid``.
    """
    if not is_token(name) and not _NAME.fullmatch(name):
        raise _invalid(
            "name",
            "1 to 80 letters, digits, hyphens and underscores (SQS API, CreateQueue).",
            name,
            "choose a name such as prod-abuse",
        )
    return name


def _invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("abuse-alerts-invalid", option=option, rule=rule, got=got, fix=fix)

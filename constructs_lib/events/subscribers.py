"""Who gets what a topic publishes: an inbox, a web hook, somebody's queue. Plain values.

An inbox and a web hook must confirm within three days, or SNS drops the subscription and the events are
lost to it (SNS Developer Guide, subscription confirmation). So must a queue of another account, unless its
owner subscribes it: `FeedbackTopic.subscribing_queues` lets that account, and `TopicQueue` does it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from constructs_lib.arns import arn_form
from constructs_lib.domain_name import is_token
from constructs_lib.email_address import normalize_address
from constructs_lib.errors import ConfigurationError
from constructs_lib.https_url import UrlFault, split_https_url, without_password

_Value = TypeVar("_Value")
_QUEUE_ARN: Final = arn_form("sqs", "[A-Za-z0-9_-]{1,80}")
_SECRET: Final = re.compile(r"\{\{resolve:secretsmanager:[^{}]+\}\}")
_FIXES: Final = {
    UrlFault.CHARACTERS: "write other characters percent-encoded, and no white space",
    UrlFault.HOST: "write a host name after https:// and, if need be, a port number",
    UrlFault.SCHEME: "serve the web hook over TLS and write https://: over http anybody on the way reads the"
    " events",
    UrlFault.CREDENTIALS: "keep the URL with its password in Secrets Manager and write"
    " {{resolve:secretsmanager:<name>}}",
}


@dataclass(frozen=True, kw_only=True)
class EmailSubscriber:
    """A person's or a team's inbox. Somebody there must click the link in the first mail.

    Attributes:
        address: A bare address. It must not be one that the domain's own mail bounces to.

    Raises:
        ConfigurationError: ``email-address-invalid`` or a code of `normalize_domain`.
    """

    address: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "address", normalize_address(self.address, option="address"))


@dataclass(frozen=True, kw_only=True)
class HttpsSubscriber:
    """A web hook. It must confirm the subscription, which most of them do by themselves.

    Attributes:
        url: ``https://`` only. A web hook that asks for a user name and password in its URL, as
            django-anymail does, keeps the whole URL in Secrets Manager:
            ``{{resolve:secretsmanager:hooks/bounces}}``. Templates hold the reference, never the value.

    Raises:
        ConfigurationError: ``subscriber-url-invalid``.
    """

    url: str

    def __post_init__(self) -> None:
        if is_token(self.url) or _SECRET.fullmatch(self.url):
            return
        why = _refusal(self.url)
        if why is not None:
            raise ConfigurationError(
                "subscriber-url-invalid",
                option="url",
                rule="an absolute https:// URL with a host, without credentials, white space or fragment.",
                # A password is in no error message either.
                got=without_password(self.url),
                fix=why,
            )


@dataclass(frozen=True, kw_only=True)
class QueueSubscriber:
    """A standard queue that exists already: another team's, another account's or another Region's.

    Its owner must let ``sns.amazonaws.com`` send to it, and use its key if it is encrypted, for this
    topic's ARN as ``aws:SourceArn``; in another account its owner must also confirm the subscription. There
    `FeedbackTopic.subscribing_queues` needs no person.

    Attributes:
        queue_arn: The queue's ARN. SES topics are standard topics, which cannot feed a .fifo queue.
        raw: Whether the queue gets the event alone. Default: inside the SNS notification, which web hook
            libraries read.

    Raises:
        ConfigurationError: ``queue-arn-invalid``.
    """

    queue_arn: str
    raw: bool = False

    def __post_init__(self) -> None:
        if not is_token(self.queue_arn):
            queue_owner(self.queue_arn, option="queue_arn")


def queue_owner(queue_arn: str, *, option: str) -> str:
    """The account of a standard queue.

    Raises:
        ConfigurationError: ``queue-arn-invalid``, for a token too: the account is not known then.
    """
    found = _QUEUE_ARN.fullmatch(queue_arn)
    if found is None:
        raise ConfigurationError(
            "queue-arn-invalid",
            option=option,
            rule="the ARN of a standard SQS queue: partition, Region, 12-digit account, name.",
            got=queue_arn,
            fix="copy the ARN, not the URL, of a queue whose name does not end in .fifo",
        )
    return found["account"]


Subscriber = EmailSubscriber | HttpsSubscriber | QueueSubscriber


def _refusal(url: str) -> str | None:
    """What to change in a URL, or nothing."""
    parts = split_https_url(url)
    if isinstance(parts, UrlFault):
        return _FIXES[parts]
    return "write nothing after a #: no web hook is told it" if parts.fragment else None


def first_repeated(values: Iterable[_Value]) -> _Value | None:
    """The first value that is there a second time: SNS would tell it twice. None if there is none."""
    seen: list[_Value] = []
    for value in values:
        if value in seen:
            return value
        seen.append(value)
    return None

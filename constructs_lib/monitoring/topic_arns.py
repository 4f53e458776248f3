"""Topics of one's own for alarms, by name or ARN. Plain values for environment files; loads no CDK."""

import re
from typing import Final

from constructs_lib.arns import TOPIC_ARN, is_of_region
from constructs_lib.domain_name import is_token
from constructs_lib.errors import ConfigurationError

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,76}")


def require_topic_name(name: str, *, option: str) -> str:
    """Refuse a name that a standard topic and the queue behind it cannot have; a token passes.

    Raises:
        ConfigurationError: ``alarm-topic-invalid``.
    """
    if is_token(name) or _NAME.fullmatch(name):
        return name
    raise ConfigurationError(
        "alarm-topic-invalid",
        option=option,
        rule="1 to 76 ASCII letters, digits, hyphens and underscores (SNS API, CreateTopic; SQS quotas).",
        got=name,
        fix="choose such a name",
    )


def require_topic_arn(arn: str, *, region: str, option: str) -> str:
    """Refuse a topic that an alarm cannot publish to: it must be of the alarm's Region; a token passes.

    CloudWatch User Guide, Notifying users on alarm changes. A topic of another account must let
    ``cloudwatch.amazonaws.com`` publish, and use its key.

    Raises:
        ConfigurationError: ``alarm-topic-invalid``.
    """
    if is_token(arn):
        return arn
    found = TOPIC_ARN.fullmatch(arn)
    if found is not None and is_of_region(found, region):
        return arn
    raise ConfigurationError(
        "alarm-topic-invalid",
        option=option,
        rule=f"the ARN of a standard SNS topic in {region}, where its alarms are.",
        got=arn,
        fix=f"write arn:<partition>:sns:{region}:<account>:<name>, or leave it out to have a topic made",
    )

"""Things that exist already: what they may be, and which options do not go with them. Loads no CDK.

An option that names such a thing begins with ``existing_`` (docs/decisions/0010). Nothing is made in its
place, and nothing of it is changed or deleted.
"""

import re
from collections.abc import Mapping
from typing import Final

from constructs_lib.arns import TOPIC_ARN, is_of_region
from constructs_lib.domain_name import is_token
from constructs_lib.errors import ConfigurationError

_BUCKET: Final = re.compile(
    r"(?!xn--|sthree-|amzn-s3-demo-)(?!.*(\.\.|-s3alias$|--ol-s3$))[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
)


def require_existing_topic(arn: str, *, region: str, account: str, option: str) -> str:
    """Refuse a topic that SES could not publish to for a configuration set of this account and Region.

    SES publishes to standard topics of its own Region (SES Developer Guide, SNS event destination). Of this
    account, so that ``python -m ops existing`` can read its policy. Tokens pass.

    Args:
        arn: The topic's ARN.
        region: The Region of the configuration set.
        account: Its account.
        option: The option's name, for the error.

    Raises:
        ConfigurationError: ``existing-resource-invalid``.
    """
    if is_token(arn):
        return arn
    found = TOPIC_ARN.fullmatch(arn)
    if (
        found is None
        or not is_of_region(found, region)
        or (not is_token(account) and found["account"] != account)
    ):
        raise _invalid(
            option,
            f"the ARN of a standard SNS topic in {region}, account {account}.",
            arn,
            "write arn:<partition>:sns:<region>:<account>:<name>, or leave it out to have a topic made",
        )
    return arn


def require_existing_bucket(name: str, *, option: str) -> str:
    """Refuse what is no name of a bucket; tokens pass.

    Raises:
        ConfigurationError: ``existing-resource-invalid`` (S3 User Guide, bucket naming rules).
    """
    if is_token(name) or _BUCKET.fullmatch(name):
        return name
    raise _invalid(
        option,
        "the name of a bucket, not its ARN: 3 to 63 lower case letters, digits, dots and hyphens (S3 User "
        "Guide, bucket naming rules).",
        name,
        "write what stands after arn:<partition>:s3:::",
    )


def refuse_beside_existing(existing: str, given: Mapping[str, object]) -> None:
    """Refuse options that describe what is made, where it exists already.

    Args:
        existing: The option that says so.
        given: The others, those that are given with a value that is not None and not False.

    Raises:
        ConfigurationError: ``existing-resource-invalid``.
    """
    for option, value in given.items():
        if value is not None and value is not False:
            raise _invalid(
                option,
                f"not together with {existing}: what exists is as its owner has it.",
                value,
                f"leave it out, or {existing}",
            )


def require_beside_existing(existing: str, *, there: object, option: str, value: object) -> None:
    """Refuse an option that only goes with something that exists.

    Raises:
        ConfigurationError: ``existing-resource-invalid``.
    """
    if value is not None and not there:
        raise _invalid(
            option,
            f"only together with {existing}.",
            value,
            f"give {existing} too, or leave it out",
        )


def _invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("existing-resource-invalid", option=option, rule=rule, got=got, fix=fix)

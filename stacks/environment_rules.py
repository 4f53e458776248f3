"""What an environment refuses of its name, its place, its senders and what exists already. Loads no CDK.

Its parts refuse what is wrong with themselves: `domain_rules`, `receiving_config`, `monitoring_config`.
"""

import re
from collections.abc import Mapping
from typing import Final

from constructs_lib.account_id import require_account_id
from constructs_lib.domain_name import normalize_domain
from constructs_lib.events.feedback import FeedbackTopic, require_key_arn
from constructs_lib.regions import require_ses_region
from stacks.config_errors import environment_invalid, require_own_regions
from stacks.senders_config import Delegate, Sender

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,19}")


def require_name_and_place(name: str, *, account: str, regions: tuple[str, ...]) -> None:
    """Refuse a name that stacks and secrets cannot have, and a place where SES is not.

    Raises:
        ConfigurationError: ``environment-invalid``, ``account-invalid``, ``region-without-ses``.
    """
    if not _NAME.fullmatch(name):
        raise environment_invalid(
            "name", "2 to 20 lower case letters, digits, hyphens, a letter first.", name, "a short word"
        )
    require_account_id(account, option=f"{name}: account")
    if not regions:
        raise environment_invalid(
            f"{name}: regions", "at least one Region.", regions, 'such as ("eu-west-1",)'
        )
    if len(set(regions)) != len(regions):
        raise environment_invalid(f"{name}: regions", "each Region once.", regions, "drop the repeated one")
    for region in regions:
        require_ses_region(region, option=f"{name}: regions")


def require_existing(
    key_arns: Mapping[str, str],
    topics: tuple[FeedbackTopic, ...],
    *,
    environment: str,
    account: str,
    regions: tuple[str, ...],
) -> None:
    """Refuse keys and topics that exist elsewhere than where they would be used.

    Raises:
        ConfigurationError: ``environment-invalid``, ``encryption-key-unusable``,
            ``existing-resource-invalid``.
    """
    require_own_regions(key_arns, regions, option=f"{environment}: existing_key_arns")
    for region, key_arn in key_arns.items():
        require_key_arn(key_arn, region=region)
    for topic in topics:
        option = f"{environment}: feedback: {topic.kind}: existing_topic_arns"
        require_own_regions(topic.existing_topic_arns, regions, option=option)
        for region in topic.existing_topic_arns:
            topic.require_existing(region, account)


def require_senders(
    senders: tuple[Sender, ...],
    delegates: tuple[Delegate, ...],
    *,
    environment: str,
    domains: Mapping[str, tuple[str, ...]],
) -> None:
    """Refuse senders and delegates whose permissions no stack could hold.

    Args:
        senders: Those of the environment.
        delegates: Its other accounts.
        environment: Its name, for errors.
        domains: The Regions that send for each of its domains, by the domain's name.

    Raises:
        ConfigurationError: ``environment-invalid``, ``from-address-outside-identity``.
    """
    for option, names in (
        ("senders", [sender.name for sender in senders]),
        ("delegates", [delegate.name for delegate in delegates]),
    ):
        if len(set(names)) != len(names):
            raise environment_invalid(
                f"{environment}: {option}", "each name once.", names, "rename one of them"
            )
    for sender in senders:
        used = sender.domains_among(domains)
        if len({domains[name] for name in used}) > 1:
            raise environment_invalid(
                f"{environment}: senders: {sender.name}",
                "its domains are sent for from the same Regions.",
                used,
                "make a sender for each of these domains",
            )
    for delegate in delegates:
        if normalize_domain(delegate.domain, option="delegates: domain") not in domains:
            raise environment_invalid(
                f"{environment}: delegates: {delegate.name}: domain",
                "a domain of the environment: " + ", ".join(sorted(domains)) + ".",
                delegate.domain,
                "declare it in `domains`: the permission belongs to its identity",
            )

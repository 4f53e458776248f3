"""How the values of an environment fit together. Nothing here loads the CDK."""

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.account_id import require_account_id
from constructs_lib.domain_name import normalize_domain
from constructs_lib.email_address import require_addresses
from constructs_lib.events.feedback import require_key_arn
from constructs_lib.regions import require_ses_region
from stacks.config_errors import environment_invalid, require_own_regions
from stacks.domain_rules import require_domains
from stacks.monitoring_config import require_monitoring
from stacks.receiving_config import require_receiving

if TYPE_CHECKING:
    from stacks.config import MailEnvironment

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,19}")


def require_environment(environment: "MailEnvironment") -> None:
    """Refuse an environment whose values do not fit together, before anything is built.

    Raises:
        ConfigurationError: see ``docs/errors.md``.
    """
    _require_name_and_place(environment)
    environment.feedback.require_regions(environment.regions, option=f"{environment.name}: feedback")
    for forward in environment.feedback.forwards:
        forward.rule_name(environment.configuration_set_name)
    _require_existing(environment)
    if environment.audit is not None:
        environment.audit.require_regions(environment.regions, option=f"{environment.name}: audit")
    require_own_regions(
        tuple(environment.mail_from_hosts), environment.regions, option=f"{environment.name}: mail_from_hosts"
    )
    require_domains(
        environment.domains,
        environment=environment.name,
        account=environment.account,
        regions=environment.regions,
        hosts=environment.mail_from_hosts,
    )
    _require_senders(environment)
    _require_addresses(environment)
    require_receiving(
        environment.receiving,
        environment.domains,
        environment=environment.name,
        account=environment.account,
        regions=environment.regions,
        configuration_set=environment.configuration_set_name,
        existing_key_arns=environment.existing_key_arns,
    )
    require_monitoring(
        environment.monitoring,
        environment=environment.name,
        regions=environment.regions,
        sets=tuple(
            {
                name: None
                for region in environment.regions
                for name in environment.configuration_sets_in(region)
            }
        ),
        cloud_watch=environment.feedback.cloud_watch,
        tags=environment.tags,
    )


def _require_name_and_place(environment: "MailEnvironment") -> None:
    if not _NAME.fullmatch(environment.name):
        raise environment_invalid(
            "name",
            "2 to 20 lower case letters, digits, hyphens, a letter first.",
            environment.name,
            "a short word",
        )
    require_account_id(environment.account, option=f"{environment.name}: account")
    if not environment.regions:
        raise environment_invalid(
            f"{environment.name}: regions",
            "at least one Region.",
            environment.regions,
            'such as ("eu-west-1",)',
        )
    if len(set(environment.regions)) != len(environment.regions):
        raise environment_invalid(
            f"{environment.name}: regions", "each Region once.", environment.regions, "drop the repeated one"
        )
    for region in environment.regions:
        require_ses_region(region, option=f"{environment.name}: regions")
    if environment.expected_daily_messages is not None and environment.expected_daily_messages < 1:
        raise environment_invalid(
            f"{environment.name}: expected_daily_messages",
            "a positive number of messages.",
            environment.expected_daily_messages,
            "leave it out where nothing is expected",
        )


def _require_existing(environment: "MailEnvironment") -> None:
    require_own_regions(
        environment.existing_key_arns, environment.regions, option=f"{environment.name}: existing_key_arns"
    )
    for region, key_arn in environment.existing_key_arns.items():
        require_key_arn(key_arn, region=region)
    for topic in environment.feedback.topics:
        option = f"{environment.name}: feedback: {topic.kind}: existing_topic_arns"
        require_own_regions(topic.existing_topic_arns, environment.regions, option=option)
        for region in topic.existing_topic_arns:
            topic.require_existing(region, environment.account)


def _require_addresses(environment: "MailEnvironment") -> None:
    require_addresses(
        [each.address for each in environment.addresses], option=f"{environment.name}: addresses"
    )
    for each in environment.addresses:
        option = f"{environment.name}: addresses: {each.address}"
        require_own_regions(
            environment.regions_of_address(each), environment.regions, option=f"{option}: regions"
        )
    there = {each.template_name: environment.regions_of_template(each) for each in environment.templates}
    senders = {
        environment.identity_of(template): template.template_name for template in environment.templates
    }
    for each in environment.addresses:
        each.require_template(
            there,
            regions=environment.regions_of_address(each),
            sends=senders.get(each.address),
            option=f"{environment.name}: addresses: {each.address}: template",
        )


def _require_senders(environment: "MailEnvironment") -> None:
    for option, names in (
        ("senders", [sender.name for sender in environment.senders]),
        ("delegates", [delegate.name for delegate in environment.delegates]),
    ):
        if len(set(names)) != len(names):
            raise environment_invalid(
                f"{environment.name}: {option}", "each name once.", names, "rename one of them"
            )
    for sender in environment.senders:
        regions = {environment.regions_of_identity(name) for name in environment.domains_of(sender)}
        if len(regions) > 1:
            raise environment_invalid(
                f"{environment.name}: senders: {sender.name}",
                "its domains are sent for from the same Regions.",
                environment.domains_of(sender),
                "make a sender for each of these domains",
            )
    declared = {domain.domain for domain in environment.domains}
    for delegate in environment.delegates:
        if normalize_domain(delegate.domain, option="delegates: domain") not in declared:
            raise environment_invalid(
                f"{environment.name}: delegates: {delegate.name}: domain",
                "a domain of the environment: " + ", ".join(sorted(declared)) + ".",
                delegate.domain,
                "declare it in `domains`: the permission belongs to its identity",
            )

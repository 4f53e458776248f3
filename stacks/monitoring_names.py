"""What is watched in an environment, by names that every stack and the operator's commands know.

Nothing here loads the CDK, and no stack exports anything: a name says whose it is.
"""

from constructs_lib.monitoring.alarm_names import RATES, AlarmKind
from constructs_lib.regions import has_budgets
from stacks.config import MailEnvironment
from stacks.receiving_config import Inbox
from stacks.stack_names import alerts_name


def topic_name(config: MailEnvironment) -> str:
    """The topic of the environment's alarms, one of that name in each Region."""
    return f"{config.name}-alarms"


def dashboard_name(config: MailEnvironment) -> str:
    """The environment's dashboard, which shows all of its Regions."""
    return f"{config.name}-mail"


def account_prefix(config: MailEnvironment) -> str:
    """How the names of alarms of the account's Region begin."""
    return f"{config.name}-account"


def set_prefix(config: MailEnvironment, configuration_set: str) -> str:
    """How the names of alarms of a configuration set begin."""
    return f"{config.name}-set-{configuration_set}"


def inbox_queue_name(config: MailEnvironment, inbox: Inbox) -> str:
    """The queue of an inbox; what could not be dealt with is in ``<name>-dlq``."""
    return f"{config.name}-inbox-{inbox.name}"


def inbox_queues(config: MailEnvironment, region: str) -> dict[str, str]:
    """The queues of incoming mail by inbox."""
    if config.receiving is None or region not in config.receiving_regions:
        return {}
    return {inbox.name: inbox_queue_name(config, inbox) for inbox in config.receiving.inboxes}


def feedback_queues(config: MailEnvironment) -> dict[str, str]:
    """The queues of feedback by kind."""
    return {
        str(topic.kind): topic.kind.topic_name(config.configuration_set_name)
        for topic in config.feedback.topics
        if topic.queue is not None
    }


def forward_rules(config: MailEnvironment, region: str) -> dict[str, str]:
    """The rules that send events on to other accounts, by where to; each has an alarm of its own."""
    return {
        f"events to {forward.name}": forward.rule_name(config.configuration_set_name)
        for forward in config.feedback.forwards_in(region)
    }


def watched_dead_letters(config: MailEnvironment, region: str) -> dict[str, str]:
    """What has a dead-letter queue that nothing else watches: kinds of feedback, and the alarms' topic.

    By what it is called; the queue is ``<value>-dlq``, its alarm ``<value>-dead-letters``.
    """
    found = {
        str(topic.kind): topic.kind.topic_name(config.configuration_set_name)
        for topic in config.feedback.topics
        if topic.has_receivers
    }
    monitoring = config.monitoring
    if monitoring is not None and monitoring.subscribers and region not in monitoring.existing_topic_arns:
        found["alarms"] = topic_name(config)
    return found


def dead_letter_queues(config: MailEnvironment, region: str) -> dict[str, str]:
    """Every queue that waits for a person, by what it is called."""
    sources = {
        **inbox_queues(config, region),
        **watched_dead_letters(config, region),
        **forward_rules(config, region),
    }
    return {label: f"{name}-dlq" for label, name in sources.items()}


def alarm_names(config: MailEnvironment, region: str) -> tuple[str, ...]:
    """The alarms of a Region: of the account, of each configuration set, then of what waits and what ages."""
    monitoring = config.monitoring
    if monitoring is None:
        return ()
    account = [*RATES, *([AlarmKind.QUOTA] if region in monitoring.daily_quotas else [])]
    found = [kind.name_below(account_prefix(config)) for kind in account]
    for name in config.configuration_sets_in(region):
        kinds = [*RATES]
        if name == config.configuration_set_name and region in monitoring.no_send_after_hours:
            kinds.append(AlarmKind.NO_SEND)
        if name in monitoring.pause:
            kinds.append(AlarmKind.PAUSE_FAILURE)
        found += [kind.name_below(set_prefix(config, name)) for kind in kinds]
    inboxes = inbox_queues(config, region).values()
    dead = [
        *inboxes,
        *watched_dead_letters(config, region).values(),
        *forward_rules(config, region).values(),
    ]
    found += [AlarmKind.DEAD_LETTERS.name_below(name) for name in dead]
    found += [AlarmKind.AGE.name_below(name) for name in inboxes]
    if config.audit is not None:
        found.append(AlarmKind.DEAD_LETTERS.name_below(alerts_name(config)))
    if any(sender.smtp and region in config.regions_of_sender(sender) for sender in config.senders):
        found += [kind.name_below(config.name) for kind in (AlarmKind.SMTP_KEY_AGE, AlarmKind.SMTP_ROTATION)]
    return tuple(found)


def budget_region(config: MailEnvironment) -> str | None:
    """The Region whose stack makes the environment's budget; AWS Budgets itself has no Regions."""
    if config.monitoring is None or config.monitoring.spend is None:
        return None
    return next(region for region in config.regions if has_budgets(region))

"""Who gets feedback: what SNS says of each subscriber in the file, and what to do next."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from constructs_lib.events.feedback import Feedback, FeedbackTopic
from constructs_lib.events.subscribers import EmailSubscriber, HttpsSubscriber, QueueSubscriber, Subscriber
from ops import cli
from ops.advice import ADMINISTRATOR, DEPLOYER, NOBODY
from ops.environment_status import Tone
from ops.errors import PermissionDeniedError
from ops.ports import SubscriptionAnswer
from ops.subscription_section import subscription_section
from ops.subscriptions import SubscriptionState, SubscriptionStatus, read_subscriptions
from stacks.config import MailEnvironment
from stacks.environments import environment
from stacks.feedback_config import MailFeedback
from stacks.monitoring_config import MailMonitoring
from tests.ops.support import REGION, FakeGateway

ACCOUNT = "111111111111"
TOPIC = "transactional-bounce"
INBOX = EmailSubscriber(address="ops@example.net")
HOOK = HttpsSubscriber(url="https://hooks.example.net/ses")
SECRET_HOOK = HttpsSubscriber(url="{{resolve:secretsmanager:hooks/bounces}}")
QUEUE = QueueSubscriber(queue_arn="arn:aws:sqs:eu-west-1:222222222222:theirs")


def config(*subscribers: Subscriber, regions: tuple[str, ...] = (REGION,)) -> MailEnvironment:
    return MailEnvironment(
        name="test",
        account=ACCOUNT,
        regions=regions,
        configuration_set_name="transactional",
        domains=(),
        feedback=MailFeedback(
            topics=(
                FeedbackTopic(kind=Feedback.BOUNCE, subscribers=subscribers),
                FeedbackTopic(kind=Feedback.DELIVERY),
            )
        ),
    )


def answer(protocol: str, endpoint: str, *, confirmed: bool = True) -> SubscriptionAnswer:
    return SubscriptionAnswer(protocol=protocol, endpoint=endpoint, confirmed=confirmed)


def read(config: MailEnvironment, *answers: SubscriptionAnswer) -> tuple[SubscriptionStatus, ...]:
    return read_subscriptions(config, FakeGateway(topics={(TOPIC, REGION): answers}))


def test_a_queue_that_its_owner_subscribes_is_there_or_waits_for_its_owner() -> None:
    arn = QUEUE.queue_arn
    elsewhere = arn.replace(REGION, "us-east-1")
    topic = FeedbackTopic(kind=Feedback.BOUNCE, subscribing_queues=(arn, elsewhere))
    shared = replace(config(), regions=(REGION, "us-east-1"), feedback=MailFeedback(topics=(topic,)))
    there, other = read(shared, answer("sqs", arn))
    assert (there.endpoint, there.state) == (arn, SubscriptionState.CONFIRMED)
    assert (other.region, other.endpoint) == ("us-east-1", elsewhere)
    waits, _ = read(shared)
    assert (waits.state, waits.next_step.who) == (SubscriptionState.MISSING, "account 222222222222")
    assert "TopicQueue" in waits.next_step.action


@pytest.mark.parametrize(
    "subscriber, protocol, endpoint, how",
    [
        (INBOX, "email", "ops@example.net", "Click the link"),
        (HOOK, "https", "https://hooks.example.net/ses", "Let the web hook answer"),
        (QUEUE, "sqs", QUEUE.queue_arn, "open its SubscribeURL"),
    ],
)
def test_each_kind_of_subscriber_in_each_state(
    subscriber: Subscriber, protocol: str, endpoint: str, how: str
) -> None:
    (confirmed,) = read(config(subscriber), answer(protocol, endpoint))
    assert (confirmed.topic, confirmed.region) == (TOPIC, REGION)
    assert (confirmed.protocol, confirmed.endpoint) == (protocol, endpoint)
    assert (confirmed.state, confirmed.next_step.who) == (SubscriptionState.CONFIRMED, NOBODY)

    (pending,) = read(config(subscriber), answer(protocol, endpoint, confirmed=False))
    assert pending.state is SubscriptionState.PENDING
    assert pending.next_step.who == f"whoever runs {endpoint}"
    assert how in pending.next_step.action

    (missing,) = read(config(subscriber), answer(protocol, f"{endpoint}x"))
    assert (missing.state, missing.next_step.who) == (SubscriptionState.MISSING, DEPLOYER)
    assert "not confirmed in three days" in missing.next_step.action


def test_without_the_topic_nothing_is_deployed() -> None:
    (status,) = read_subscriptions(config(INBOX), FakeGateway())
    assert status.state is SubscriptionState.NOT_DEPLOYED
    assert status.next_step.action == "Deploy it: cdk deploy 'test/*'"


def test_without_the_permission_it_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = FakeGateway()

    def denied(topic_name: str, *, account: str, region: str) -> tuple[SubscriptionAnswer, ...]:
        raise PermissionDeniedError(f"May not list {topic_name} of {account} in {region}.", fix="allow it")

    monkeypatch.setattr(gateway, "subscriptions", denied)
    for status in read_subscriptions(config(INBOX, SECRET_HOOK), gateway):
        assert (status.state, status.next_step.who) == (None, ADMINISTRATOR)
        assert "To know it, allow it" in status.next_step.action
    (item, _) = subscription_section(read_subscriptions(config(INBOX, QUEUE), gateway)).items
    assert (item.word, item.tone) == ("not known", Tone.OPEN)


def test_every_region_is_asked() -> None:
    both = config(INBOX, regions=(REGION, "us-east-1"))
    states = {status.region: status.state for status in read(both, answer("email", INBOX.address))}
    assert states == {REGION: SubscriptionState.CONFIRMED, "us-east-1": SubscriptionState.NOT_DEPLOYED}


@pytest.mark.parametrize(
    "answers, state",
    [
        ([answer("https", "https://user:****@x.example/")], SubscriptionState.CONFIRMED),
        ([answer("https", "https://user:****@x.example/", confirmed=False)], SubscriptionState.PENDING),
        ([], SubscriptionState.MISSING),
    ],
)
def test_a_url_from_a_secret_is_what_the_file_does_not_name_and_is_never_shown(
    answers: list[SubscriptionAnswer], state: SubscriptionState
) -> None:
    named, secret = read(config(HOOK, SECRET_HOOK), answer("https", HOOK.url), *answers)
    assert named.state is SubscriptionState.CONFIRMED
    assert (secret.endpoint, secret.state) == (SECRET_HOOK.url, state)
    assert "x.example" not in repr(secret)


def test_the_status_command_shows_what_is_pending_and_keeps_its_exit_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    local = environment("local")
    (bounce, *_) = local.feedback.topics
    (inbox,) = bounce.subscribers
    assert isinstance(inbox, EmailSubscriber)
    pending = answer("email", inbox.address, confirmed=False)
    gateway = FakeGateway(account=local.account, topics={(TOPIC, "us-east-1"): (pending,)})
    monkeypatch.setattr(cli, "SesGateway", lambda _: gateway)

    plain = CliRunner().invoke(cli.app, ["status", "local"], catch_exceptions=False)
    # The alarms' topic has a subscriber too, and is not deployed in this account.
    assert "0 of 2 subscriptions confirmed\n" in plain.stdout
    assert f"  {TOPIC} in us-east-1, email {inbox.address}: pending confirmation\n" in plain.stdout
    assert f"    next (whoever runs {inbox.address}): Click the link" in plain.stdout

    document = CliRunner().invoke(cli.app, ["status", "local", "--json"], catch_exceptions=False).stdout
    shown, alarms = json.loads(document)["subscriptions"]
    assert (alarms["topic"], alarms["state"]) == ("local-alarms", "not deployed")
    assert list(shown) == ["region", "topic", "protocol", "endpoint", "state", "next"]
    assert shown["state"] == "pending confirmation"


def test_who_hears_alarms_is_asked_for_in_each_region_with_a_topic_of_ours() -> None:
    theirs = {"us-east-1": "arn:aws:sns:us-east-1:111111111111:pager"}
    watched = replace(
        config(regions=(REGION, "us-east-1")),
        monitoring=MailMonitoring(subscribers=(INBOX,), existing_topic_arns=theirs),
    )
    pending = answer("email", INBOX.address, confirmed=False)
    (status,) = read_subscriptions(watched, FakeGateway(topics={("test-alarms", REGION): (pending,)}))
    assert (status.topic, status.region, status.state) == ("test-alarms", REGION, SubscriptionState.PENDING)

"""Where the mail of an environment is, as its stacks tell."""

from dataclasses import replace

import pytest

from constructs_lib.receiving.mail_function import MailFunction
from ops.errors import InboxMissingError
from ops.inboxes import Inbox, read_inboxes
from stacks.config import MailEnvironment
from stacks.receiving_config import Inbox as DeclaredInbox
from tests.ops.mailboxes import OUTPUTS, STACK, FakeStore, environment

SUPPORT = DeclaredInbox(name="support")
SALES = DeclaredInbox(name="sales-eu", prefix="sales/")


@pytest.fixture
def config() -> MailEnvironment:
    return environment(SUPPORT, SALES, prefixes=("sales/", "support/", "archive/"))


@pytest.fixture
def store() -> FakeStore:
    return FakeStore(stacks={STACK: {**OUTPUTS, "DeadLettersSalesEu": "arn:sales"}})


def test_inboxes_are_those_of_the_environment_in_its_order(config: MailEnvironment, store: FakeStore) -> None:
    support, sales, _ = read_inboxes(config, store)
    assert support == Inbox(
        name="support",
        region="eu-west-1",
        bucket="mail",
        prefix="support/",
        dead_letters=OUTPUTS["DeadLettersSupport"],
        summarized=True,
    )
    assert (sales.name, sales.prefix, sales.dead_letters) == ("sales-eu", "sales/", "arn:sales")


def test_what_is_only_stored_is_called_by_its_prefix(config: MailEnvironment, store: FakeStore) -> None:
    assert read_inboxes(config, store)[2] == Inbox(
        name="archive/",
        region="eu-west-1",
        bucket="mail",
        prefix="archive/",
        dead_letters=None,
        summarized=False,
    )


def test_a_function_of_yours_writes_no_summaries(store: FakeStore) -> None:
    yours = DeclaredInbox(name="support", function=MailFunction(folder="functions/x", handler="x.handle"))
    (found,) = read_inboxes(environment(yours, prefixes=("support/",)), store)
    assert (found.dead_letters, found.summarized) == (OUTPUTS["DeadLettersSupport"], False)


def test_one_inbox(config: MailEnvironment, store: FakeStore) -> None:
    assert [each.name for each in read_inboxes(config, store, name="sales-eu")] == ["sales-eu"]
    assert [each.name for each in read_inboxes(config, store, name="archive/")] == ["archive/"]


def test_each_region_that_receives_or_one() -> None:
    config = environment(
        SUPPORT,
        prefixes=("support/",),
        regions=("eu-west-1", "us-east-1"),
        receiving_regions=("eu-west-1", "us-east-1"),
    )
    stacks = {f"test-Receiving-{region}": dict(OUTPUTS) for region in config.regions}
    store = FakeStore(stacks=stacks)
    assert [each.region for each in read_inboxes(config, store)] == ["eu-west-1", "us-east-1"]
    assert [each.region for each in read_inboxes(config, store, region="us-east-1")] == ["us-east-1"]


def test_a_region_that_does_not_receive_is_no_empty_answer(store: FakeStore) -> None:
    config = environment(SUPPORT, prefixes=("support/",), regions=("eu-west-1", "us-east-1"))
    with pytest.raises(InboxMissingError, match=r"no mail in us-east-1.*one of eu-west-1$"):
        read_inboxes(config, store, region="us-east-1")


@pytest.mark.parametrize("name", ["Support", "suppor", "support/", ""])
def test_another_inbox(config: MailEnvironment, store: FakeStore, name: str) -> None:
    with pytest.raises(InboxMissingError, match="one of support, sales-eu, archive/"):
        read_inboxes(config, store, name=name)


def test_an_environment_without_mail(config: MailEnvironment, store: FakeStore) -> None:
    for name in (None, "support"):
        with pytest.raises(InboxMissingError, match="test stores no mail"):
            read_inboxes(replace(config, receiving=None), store, name=name)


@pytest.mark.parametrize("missing", ["MailBucket", "DeadLettersSupport"])
def test_what_is_not_deployed_yet_is_told(config: MailEnvironment, store: FakeStore, missing: str) -> None:
    del store.stacks[STACK][missing]
    with pytest.raises(InboxMissingError, match=f"no output {missing}. Fix: cdk deploy 'test/"):
        read_inboxes(config, store)
    store.stacks.clear()
    with pytest.raises(InboxMissingError, match="support is not deployed in eu-west-1"):
        read_inboxes(config, store, name="support")

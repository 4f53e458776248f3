"""What is mail among the objects of a bucket, and which of it is the newest."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from ops.errors import MailAmbiguousError, MailMissingError, RecordUnreadableError
from ops.inboxes import Inbox
from ops.received_mail import StoredObject, find_mail, list_mail
from tests.ops.mailboxes import LONG_AGO, NOW, FakeStore, inbox, summary

SUPPORT, SALES = inbox("support"), inbox("sales")
SETUP = "AMAZON_SES_SETUP_NOTIFICATION"


def ids(store: FakeStore, *inboxes: Inbox, limit: int = 50) -> list[str]:
    return [mail.id for mail in list_mail(inboxes, store, since=None, limit=limit)]


def test_the_newest_come_first_wherever_they_are() -> None:
    store = FakeStore()
    for minutes, key in enumerate(["support/c", "sales/a", "support/b"]):
        store.put(key, at=NOW - timedelta(minutes=minutes))
    assert ids(store, SUPPORT, SALES) == ["c", "a", "b"]
    assert ids(store, SUPPORT) == ["c", "b"]


def test_messages_of_the_same_second_have_an_order() -> None:
    store = FakeStore()
    for name in "bca":
        store.put(f"support/{name}")
    assert ids(store, SUPPORT) == ["c", "b", "a"]


def test_since_includes_its_moment() -> None:
    store = FakeStore()
    store.put("support/old", at=NOW - timedelta(seconds=1))
    store.put("support/new", at=NOW)
    assert [mail.id for mail in list_mail((SUPPORT,), store, since=NOW, limit=9)] == ["new"]


def test_a_message_with_what_was_noted_about_it() -> None:
    store = FakeStore()
    store.put("support/a", b"12345", at=LONG_AGO)
    store.put("support/a/summary.json", summary())
    (mail,) = list_mail((SUPPORT,), store, since=None, limit=1)
    assert (mail.id, mail.inbox, mail.stored_at, mail.size) == ("a", SUPPORT, LONG_AGO, 5)
    assert (mail.summary, mail.problem, mail.key_arn) == (summary(), None, None)
    assert find_mail((SUPPORT,), store, "a").key_arn == "arn:key"


def test_a_message_that_nobody_dealt_with_yet() -> None:
    store = FakeStore()
    store.put("support/a")
    assert list_mail((SUPPORT,), store, since=None, limit=1)[0].summary is None
    assert find_mail((SUPPORT,), store, "a").summary is None


def test_what_is_no_mail_is_not_listed_and_not_found() -> None:
    store = FakeStore()
    store.put("support/")  # a folder, as the console makes it
    store.put(f"support/{SETUP}")
    store.put("support/a/summary.json", summary())
    store.put("support/a/attachments/1-x.txt")
    assert ids(store, SUPPORT) == []
    for name in ("", SETUP, "a/summary.json", "a/attachments/1-x.txt", "b"):
        with pytest.raises(MailMissingError, match=r"in support \(eu-west-1\)"):
            find_mail((SUPPORT,), store, name)


def test_an_inbox_below_another_one() -> None:
    outer, inner = inbox("outer", "mail/"), inbox("inner", "mail/vip/")
    store = FakeStore()
    store.put("mail/a")
    store.put("mail/vip/b")
    assert (ids(store, outer), ids(store, inner)) == (["a"], ["b"])
    for name in ("vip/b", "vip", "b"):
        with pytest.raises(MailMissingError):
            find_mail((outer,), store, name)
    assert find_mail((outer, inner), store, "b").inbox == inner


def test_a_message_that_two_rules_stored_is_ambiguous() -> None:
    store = FakeStore()
    store.put("support/a")
    store.put("sales/a")
    with pytest.raises(MailAmbiguousError, match=r"in support \(eu-west-1\), sales \(eu-west-1\)"):
        find_mail((SUPPORT, SALES), store, "a")
    assert find_mail((SALES,), store, "a").inbox == SALES


@pytest.mark.parametrize("noted", [b"no JSON", b'{"version": 2}'])
def test_a_summary_that_cannot_be_read_hides_no_message(noted: bytes) -> None:
    store = FakeStore()
    for name in "ab":
        store.put(f"support/{name}")
    store.put("support/a/summary.json", noted)
    store.put("support/b/summary.json", summary())
    good, bad = list_mail((SUPPORT,), store, since=None, limit=9)
    assert (good.id, good.problem) == ("b", None)
    assert (bad.id, bad.summary, type(bad.problem)) == ("a", None, RecordUnreadableError)
    assert "support/a/summary.json" in str(find_mail((SUPPORT,), store, "a").problem)


def test_of_thousands_only_the_newest_are_asked_about() -> None:
    class Full(FakeStore):
        def raw_messages(self, inbox: Inbox) -> Iterator[StoredObject]:
            for number in range(20_000):
                shuffled = number * 7919 % 20_000
                yield StoredObject(
                    key=f"{inbox.prefix}{shuffled:05d}", stored_at=NOW + timedelta(seconds=shuffled), size=1
                )

    store = Full()
    assert ids(store, SUPPORT, limit=3) == ["19999", "19998", "19997"]
    assert store.asked == [f"support/{name}/summary.json" for name in ("19999", "19998", "19997")]

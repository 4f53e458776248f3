from datetime import UTC, datetime, timedelta

from local.verification_links import Link, Links

START = datetime(2026, 1, 1, tzinfo=UTC)
OWNER = {"account": "000000000000", "region": "us-east-1", "address": "me@example.com"}


def issue(links: Links, **changes: str) -> Link:
    owner = {**OWNER, **changes}
    return links.issue(
        account=owner["account"],
        region=owner["region"],
        address=owner["address"],
        now=START,
        redirects=None,
    )


def test_no_two_links_are_the_same_and_none_is_short() -> None:
    links = Links()
    tokens = {issue(links).token for _ in range(100)}
    assert len(tokens) == 100
    assert min(len(token) for token in tokens) >= 43
    assert all(links.find(token) for token in tokens)
    assert links.find("guessed") is None


def test_a_link_works_once() -> None:
    links = Links()
    link = issue(links)
    assert links.spend(link, now=START)
    assert not links.spend(link, now=START)
    assert links.find(link.token) == link


def test_a_link_works_for_24_hours_less_a_moment() -> None:
    links = Links()
    late, in_time = issue(links), issue(links)
    assert links.spend(in_time, now=START + timedelta(hours=24) - timedelta(microseconds=1))
    assert not links.spend(late, now=START + timedelta(hours=24))


def test_deleting_an_identity_revokes_its_links_only() -> None:
    links = Links()
    gone = [issue(links), issue(links)]
    others = [
        issue(links, region="eu-west-1"),
        issue(links, account="111111111111"),
        issue(links, address="Me@example.com"),
    ]
    links.revoke(**OWNER)
    assert not any(links.spend(link, now=START) for link in gone)
    assert all(links.spend(link, now=START) for link in others)

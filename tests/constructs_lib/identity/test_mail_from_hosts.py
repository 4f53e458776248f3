import pytest

from constructs_lib.identity.mail_from_hosts import MailFromHosts, mail_from_hosts
from constructs_lib.regions import ses_regions
from tests.support import TOKEN, refuses

STATED = MailFromHosts(feedback_host="Feedback.Example.NET.", spf_include="spf.example.net")


def test_published_hosts_are_taken_as_they_are() -> None:
    assert mail_from_hosts("us-gov-west-1") == MailFromHosts(
        feedback_host="feedback-smtp.us-gov-west-1.amazonses.com", spf_include="amazonses.com"
    )
    assert mail_from_hosts("eu-west-1", mail_from_hosts("eu-west-1")) == mail_from_hosts("eu-west-1")


def test_unpublished_hosts_are_stated_or_refused() -> None:
    unpublished = {name for name, facts in ses_regions().items() if facts["feedback_host"] is None}
    assert "eusc-de-east-1" in unpublished
    for region in unpublished:
        assert mail_from_hosts(region, STATED).feedback_host == "feedback.example.net"
        with refuses("mail-from-feedback-host-unknown", region):
            mail_from_hosts(region)


def test_a_stack_without_a_region_takes_what_is_stated() -> None:
    assert mail_from_hosts(TOKEN, STATED) == STATED
    assert TOKEN in mail_from_hosts(TOKEN).feedback_host


def test_others_than_the_published_are_refused() -> None:
    with refuses("mail-from-hosts-published", "feedback-smtp.eu-west-1.amazonses.com"):
        mail_from_hosts("eu-west-1", STATED)
    with refuses("region-without-ses", "eu-west-9"):
        mail_from_hosts("eu-west-9", STATED)


@pytest.mark.parametrize("value", ["10 feedback.example.net", "https://example.net"])
@pytest.mark.parametrize("name", ["feedback_host", "spf_include"])
def test_a_host_is_a_domain_name(name: str, value: str) -> None:
    hosts = {"feedback_host": "feedback.example.net", "spf_include": "spf.example.net"}
    with refuses("domain-malformed", name):
        MailFromHosts(**(hosts | {name: value}))

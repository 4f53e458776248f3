"""A raw message is on the list of sent mail as SES was given it, byte for byte."""

from typing import Any

import pytest

from local.errors import RehearsalError
from local.mailbox import read_message, read_raw
from tests.local.conftest import Aws

CONTENTS = [
    b"From: {sender}\r\nTo: list@elsewhere.example\r\nSubject: s\r\n\r\nbody\r\n",
    b"From: {sender}\nSubject: \xe9\xff\n\nbare\nlines + & = % \x00\n",
    b"From: {sender}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nno end",
    b"From: {sender}\r\nContent-Type: text/html; charset=nonsense\r\n\r\n<p>\xfe\r\n",
    b"From: {sender}\r\nSubject: large\r\n\r\n" + b"0123456789" * 100_000,
]


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize("template", CONTENTS, ids=range(len(CONTENTS)))
def test_byte_for_byte(aws: Aws, domain: str, version: str, template: bytes) -> None:
    aws.verified_domain(domain)
    sender, to = f"me@{domain}", ["a@elsewhere.example", "b@elsewhere.example"]
    content = template.replace(b"{sender}", sender.encode())
    if version == "v1":
        sent: Any = aws.ses_v1.send_raw_email(Source=sender, Destinations=to, RawMessage={"Data": content})
    else:
        sent = aws.ses.send_email(
            FromEmailAddress=sender, Destination={"ToAddresses": to}, Content={"Raw": {"Data": content}}
        )
    assert read_raw(aws.endpoint_url, sent["MessageId"]) == content
    message = read_message(aws.endpoint_url, sent["MessageId"])
    assert (message.sender, message.recipients) == (sender, tuple(to))


def test_without_destinations_the_headers_say_who_gets_it(aws: Aws, domain: str) -> None:
    aws.verified_domain(domain)
    content = f"From: me@{domain}\r\nTo: A <a@elsewhere.example>\r\nBcc: b@elsewhere.example\r\n\r\n".encode()
    sent = aws.ses_v1.send_raw_email(RawMessage={"Data": content})
    message = read_message(aws.endpoint_url, sent["MessageId"])
    assert message.recipients == ("a@elsewhere.example", "b@elsewhere.example")


def test_others_have_no_bytes_of_their_own(aws: Aws, domain: str) -> None:
    aws.verified_domain(domain)
    for message_id in (aws.send(f"me@{domain}"), "unknown"):
        with pytest.raises(RehearsalError, match=message_id):
            read_raw(aws.endpoint_url, message_id)

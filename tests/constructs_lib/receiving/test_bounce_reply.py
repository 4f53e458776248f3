import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.errors import ConfigurationError
from constructs_lib.receiving import bounce_reply
from constructs_lib.receiving.bounce_reply import BounceReply
from tests.support import TOKEN, refuses


@pytest.mark.parametrize(
    "name, codes, message",
    [
        ("MAILBOX_DOES_NOT_EXIST", ("550", "5.1.1"), "Mailbox does not exist"),
        ("MESSAGE_TOO_LARGE", ("552", "5.3.4"), "Message too large"),
        ("MAILBOX_FULL", ("552", "5.2.2"), "Mailbox full"),
        ("MESSAGE_CONTENT_REJECTED", ("500", "5.6.1"), "Message content rejected"),
        ("UNKNOWN_FAILURE", ("554", "5.0.0"), "Unknown failure"),
        ("TEMPORARY_FAILURE", ("450", "4.0.0"), "Temporary failure"),
    ],
)
def test_the_templates_of_ses(name: str, codes: tuple[str, str], message: str) -> None:
    reply = getattr(bounce_reply, name)
    assert ((reply.smtp_reply_code, reply.status_code), reply.message) == (codes, message)


@pytest.mark.parametrize(
    "code, status, message, fragment",
    [
        ("250", "2.0.0", "Fine", "smtp_reply_code: "),
        ("5500", "5.1.1", "x", "smtp_reply_code: "),
        ("560", "5.1.1", "x", "smtp_reply_code: "),
        ("550 ", "5.1.1", "x", "smtp_reply_code: "),
        ("550", "4.1.1", "x", "of class 5"),
        ("450", "5.1.1", "x", "of class 4"),
        ("550", "5.1", "x", "status_code: "),
        ("550", "5.01.1", "x", "status_code: "),
        ("550", "5.1.1000", "x", "status_code: "),
        ("550", "", "x", "status_code: "),
        ("550", "5.1.1", "", "message: "),
        ("550", "5.1.1", "two\r\nlines", "message: "),
        ("550", "5.1.1", "voilà", "message: "),
        ("550", "5.1.1", "x" * 501, "512 octets"),
    ],
)
def test_refuses_what_smtp_does_not_know(code: str, status: str, message: str, fragment: str) -> None:
    with refuses("bounce-reply-invalid", fragment):
        BounceReply(smtp_reply_code=code, status_code=status, message=message)


def test_the_longest_message_and_a_token_pass() -> None:
    longest = "x" * (512 - len("550 5.1.1 \r\n"))
    assert BounceReply(smtp_reply_code="550", status_code="5.1.1", message=longest)
    assert BounceReply(smtp_reply_code="559", status_code="5.999.0", message=TOKEN)


@given(code=st.text(max_size=4), status=st.text(max_size=8), message=st.text(max_size=20))
def test_what_passes_is_a_reply_line(code: str, status: str, message: str) -> None:
    try:
        reply = BounceReply(smtp_reply_code=code, status_code=status, message=message)
    except ConfigurationError:
        return
    line = f"{reply.smtp_reply_code} {reply.status_code} {reply.message}"
    assert re.fullmatch(r"([45])[0-5][0-9] \1\.\d{1,3}\.\d{1,3} [\t -~]+", line, re.ASCII)

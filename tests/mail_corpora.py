"""Messages that nobody here wrote, and structures that broke other forwarders.

Two corpora, read where they are installed: the test messages of django-mailbox (PyPI, MIT), which is a
requirement of the tests, and those of CPython's own email tests, which some distributions leave out.
"""

import importlib.util
from collections.abc import Mapping
from functools import cache
from pathlib import Path

DJANGO_MAILBOX = "django-mailbox"
CPYTHON = "cpython"


@cache
def corpus(name: str) -> Mapping[str, bytes]:
    """Messages by file name; none where the corpus is not installed."""
    package, folder = {
        DJANGO_MAILBOX: ("django_mailbox", "tests/messages"),
        CPYTHON: ("test.test_email", "data"),
    }[name]
    try:
        found = importlib.util.find_spec(package)
    except ModuleNotFoundError:
        return {}
    if found is None or found.origin is None:
        return {}
    files = sorted((Path(found.origin).parent / folder).glob("*"))
    return {file.name: file.read_bytes() for file in files if file.suffix in {".eml", ".txt"}}


_HEAD = b"From: Ann <ann@example.net>\r\nTo: info@example.com\r\nSubject: x\r\n"


def structures() -> dict[str, bytes]:
    """Small messages, each with something that is known to go wrong."""
    mixed = _HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    text = b"Content-Type: text/plain\r\n\r\nhello\r\n"
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (depth, depth)
        for depth in range(60)
    )
    return {
        "8 bit without a charset": _HEAD + b"\r\n\xe4\xf6\xfc \x80\r\n",
        "8 bit in fields": b"From: J\xf6rg <j@example.net>\r\nSubject: Gr\xfc\xdfe\r\n\r\nx",
        "utf-8 in fields": "From: Jörg <j@example.net>\r\nSubject: Grüße\r\n\r\nx".encode(),
        "windows-1252": _HEAD + b"Content-Type: text/plain; charset=windows-1252\r\n\r\n\x93quoted\x94\r\n",
        "nested message": mixed
        + b"--b\r\nContent-Type: message/rfc822\r\n\r\n"
        + _HEAD
        + b"\r\nin\r\n--b--\r\n",
        "nested message of nothing": mixed + b"--b\r\nContent-Type: message/rfc822\r\n\r\n--b--\r\n",
        "boundary missing": _HEAD + b"Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n",
        "boundary never comes": mixed + b"nothing\r\n",
        "boundary empty": _HEAD
        + b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n\r\nx\r\n----\r\n',
        "boundary of others inside": mixed + b"--bb\r\n--b\r\n" + text + b"--b-\r\n--b--x\r\n--b--",
        "boundary not closed": mixed + b"--b\r\n" + text + b"--b\r\n" + text,
        "part without a header": mixed + b"--b\r\n\r\nhello\r\n--b\r\nno field\r\n--b--",
        "delimiters only": mixed + b"--b\r\n" * 3000,
        "very deep": _HEAD + nested,
        "empty": b"",
        "one line end": b"\r\n",
        "one LF": b"\n",
        "one CR": b"\r",
        "spaces": b"   \r\n \r\n",
        "only a header": _HEAD,
        "only a header, cut": b"From: ann@example.net\r\nSubject: cut",
        "only a body": b"\r\nhello\r\n",
        "no separator": _HEAD + b"this is no field\r\n\r\nhello\r\n",
        "no header": b"this is no field\r\nhello\r\n",
        "colon alone": b": x\r\nFrom: ann@example.net\r\n\r\nx",
        "folded from the start": b" x\r\nFrom: ann@example.net\r\n\r\nx",
        "folded by white space only": b"From: ann@example.net\r\nSubject: a\r\n \r\n\t\r\n b\r\n\r\nx",
        "mbox line": b"From ann@example.net Mon Jun  1 08:00:00 2026\n" + _HEAD + b"\r\nx",
        "LF only": (_HEAD + b"\r\nhello\r\n").replace(b"\r\n", b"\n"),
        "CR only": (_HEAD + b"\r\nhello\r\n").replace(b"\r\n", b"\r"),
        "mixed line ends": b"From: ann@example.net\nSubject: x\r\nTo: info@example.com\n\r\nhello\n\r\n\r",
        "CR CR LF": (_HEAD + b"\r\nhello\r\n").replace(b"\r\n", b"\r\r\n"),
        "bare CR in a field": b"From: ann@example.net\r\nSubject: a\rBcc: x@example.net\r\n\r\nx",
        "NUL": b"From: ann@example.net\r\nSubject: a\0b\r\nX\0Y: z\r\n\r\n\0\0",
        "long line in a field": _HEAD + b"X-Long: " + b"a" * 200_000 + b"\r\n\r\nx",
        "long folded field": _HEAD + b"References: " + b"<1@example.net>\r\n " * 5_000 + b"\r\n\r\nx",
        "long lines in the body": _HEAD + b"\r\n" + b"b" * 200_000,
        "many fields": _HEAD + b"X-Many: 1\r\n" * 3_000 + b"\r\nx",
        "group": b"From: ann@example.net\r\nTo: Friends: a@x.net, B <b@x.net>;, c@x.net\r\n\r\nx",
        "empty group": b"From: ann@example.net\r\nTo: undisclosed-recipients:;\r\n\r\nx",
        "no from": b"To: info@example.com\r\n\r\nx",
        "empty from": b"From:\r\nTo: info@example.com\r\n\r\nx",
        "two froms": b"From: a@example.net\r\nFrom: b@example.net\r\n\r\nx",
        "several authors": b"From: a@example.net, B <b@example.net>\r\nSender: b@example.net\r\n\r\nx",
        "unclosed quote": b'From: "Ann <ann@example.net>\r\nTo: ((( <info@example.com>\r\n\r\nx',
        "words cut inside a character": b"From: =?utf-8?b?w?= =?utf-8?b?7Y=?= <a@example.net>\r\n"
        b"Subject: =?utf-8?q?Gr=C3?=\r\n =?utf-8?q?=BC=C3=9Fe?=\r\n\r\nx",
        "words of no charset": b"From: a@example.net\r\n"
        b"Subject: =?x-unknown?q?a?= =?utf-8?x?a?= =?punycode?b?//8=?=\r\n\r\nx",
        "parameter of RFC 2231": mixed
        + b"--b\r\nContent-Disposition: attachment;\r\n filename*0*=utf-8'de'%C3%A4;\r\n"
        b' filename*1="b.pdf"\r\n\r\nx\r\n--b--',
        "name that climbs": mixed
        + b'--b\r\nContent-Type: image/png; name="../../etc/passwd"\r\n\r\nx\r\n--b--',
        "name of dots": mixed + b'--b\r\nContent-Disposition: attachment; filename=".."\r\n\r\nx\r\n--b--',
        "broken base64": mixed
        + b"--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        b"a===b!\0aGVsbG8=aGVsbG8\r\n--b--",
        "broken quoted-printable": mixed + b"--b\r\nContent-Type: image/png\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n=\r\n=4\r\n=zz= \r\n=\r\n--b--",
        "unknown encoding": mixed
        + b"--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: x-yenc\r\n\r\nx\r\n--b--",
        "commands to SES": b"From: a@example.net\r\n"
        b"X-SES-CONFIGURATION-SET: theirs\r\nx-ses-source-arn : arn\r\n\r\nx",
    }

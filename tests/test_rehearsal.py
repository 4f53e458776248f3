"""``make demo`` as a newcomer runs it: the real CDK CLI, the embedded AWS, a message sent and read back."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import ROOT, processes_with

pytestmark = pytest.mark.rehearsal


MARKER = f"REHEARSAL_TEST=demo-of-{os.getpid()}"
"""An environment variable that everything a demo starts inherits."""


def start(*arguments: str) -> subprocess.Popen[str]:
    name, _, value = MARKER.partition("=")
    # A shell that runs a suite in the background has it ignore Ctrl-C, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | {name: value},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def running() -> list[str]:
    """Command lines of what a demo started and that still runs."""
    return processes_with(MARKER, file="environ")


@pytest.fixture
def demo() -> Iterator[subprocess.Popen[str]]:
    process = start("-m", "local.demo")
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_it_deploys_verifies_sends_receives_and_reports_what_became_of_it(
    demo: subprocess.Popen[str],
) -> None:
    output, _ = demo.communicate(timeout=240)
    assert demo.returncode == 0, output
    identities, addresses, records, message, smtp, received, events = re.split(
        r"\n\n(?:Addresses|DNS records|Message|Message over SMTP.*|Mail that came in|What became of the mail)"
        r"\n",
        output.split("\nIdentities\n")[1],
    )
    for domain in ("rehearsal.example", "news.rehearsal.example"):
        assert f"  {domain} in us-east-1: domain success, DKIM success, MAIL FROM success\n" in identities
    assert "  partner.example in us-east-1: domain pending, DKIM pending, MAIL FROM pending\n" in identities
    assert addresses.splitlines() == [
        "  legal@partner.example: success, by the link in SES's own mail, which led to a page of SES",
        (
            "  jo@partner.example: success, by the link in the template Welcome, which led to "
            "https://www.rehearsal.example/verified"
        ),
    ]
    created, by_hand = records.split("by hand at the DNS provider of partner.example\n")
    assert "created zone rehearsal.example\n" in created
    assert (
        '  _dmarc.rehearsal.example TXT "v=DMARC1; p=none; rua=mailto:dmarc@rehearsal.example"\n' in created
    )
    assert "  bounce.partner.example MX 10 feedback-smtp.us-east-1.amazonses.com\n" in by_hand
    for domain in ("rehearsal.example", "news.rehearsal.example"):
        assert len(re.findall(rf"  \w+\._domainkey\.{re.escape(domain)} CNAME \w+\.dkim\.", created)) == 3
    assert "hello@rehearsal.example" in message
    assert re.search(r"Configuration set: +transactional\n", message)
    assert re.search(r"MAIL FROM domain: +bounce\.rehearsal\.example\n", message)
    assert "Message over SMTP, credentials from the secret local/smtp/us-east-1/newsletter\n" in output
    assert re.search(r"From: +letters@news\.rehearsal\.example\n", smtp)
    assert re.search(r"Configuration set: +transactional\n", smtp)
    assert re.search(r"MAIL FROM domain: +bounce\.news\.rehearsal\.example\n", smtp)
    assert "  rehearsal.example MX 10 inbound-smtp.us-east-1.amazonaws.com\n" in created
    assert re.search(r"from +zoe@customer\.example, for support@rehearsal\.example\n", received)
    assert re.search(r"subject +Où est ma commande № 4711 \?\n", received)
    assert re.search(r"stored +s3://\S+/support/\S+, \d+ bytes\n", received)
    assert re.search(r"encrypted by +arn:aws:kms:us-east-1:000000000000:key/\S+\n", received)
    assert re.search(r"beside it +summary\.json, support/\S+/attachments/\S+order\.txt\n", received)
    assert re.search(r"forwarded +as forwarder@rehearsal\.example to team@partner\.example\n", received)
    assert re.search(r"its body +the same bytes", received)
    told = [line.split() for line in events.split("\n\n")[0].splitlines()]
    assert sorted(told) == [
        [kind, recipient, "from", "the", "queue", f"transactional-{kind.lower()}"]
        for kind, recipient in (
            ("Bounce", "bounce@simulator.amazonses.com"),
            ("Complaint", "complaint@simulator.amazonses.com"),
            ("Delivery", "complaint@simulator.amazonses.com"),
            ("Delivery", "jo@partner.example"),
            ("Delivery", "success+smtp@simulator.amazonses.com"),
            ("Delivery", "success@simulator.amazonses.com"),
        )
    ]
    alert = events.split("\nWhat looked like abuse\n")[1]
    assert "  alert          Amazon SES: an identity was created, verified or deleted\n" in alert
    assert "  what           CreateEmailIdentity rehearsa1.example\n" in alert
    assert "  who            arn:aws:iam::000000000000:user/intruder\n" in alert
    assert re.search(r"where +us-east-1, account 000000000000, from 127\.0\.0\.1\n", alert)
    assert re.search(r"when +20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ\n", alert)
    assert re.search(r"read from +the queue local-abuse, beside 1 about what else was done by hand\n", alert)
    assert re.search(r"Deploy the local environment \(cdk deploy\) +\d+\.\d s\n", events)
    assert running() == []


@pytest.mark.skipif(not Path("/proc").exists(), reason="sees what runs through /proc, which only Linux has")
@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopping_it_leaves_nothing_running(
    demo: subprocess.Popen[str], number: signal.Signals, status: int
) -> None:
    assert demo.stdout is not None
    for line in demo.stdout:
        if "Deploy the local environment" in line:
            break
    time.sleep(2)  # the CDK is at work now
    assert len(running()) > 2, "the demo, the server and the CDK should be running"
    demo.send_signal(number)
    demo.communicate(timeout=30)
    assert demo.returncode == status
    assert running() == []


def test_a_failure_names_the_step_the_cause_and_what_to_do() -> None:
    demo = start(
        "-c",
        "import sys; from pathlib import Path; from local import demo, deploy; "
        "deploy._CDK = Path('nowhere/cdk'); sys.exit(demo.main())",
    )
    output, _ = demo.communicate(timeout=60)
    assert demo.returncode == 1
    assert "Could not bootstrap the account: cdk cannot be run: No such file or directory." in output
    assert "Fix: run make setup." in output
    assert "Traceback" not in output
    assert running() == []

import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from local import embedded
from local.embedded import EmbeddedAws
from local.errors import RehearsalError
from local.server import PROJECT, main
from tests.support import processes_with

PARENT = """
import signal, sys, time
from local.embedded import EmbeddedAws
# Ignored, and inherited so, where the suite runs in the background.
signal.signal(signal.SIGINT, signal.default_int_handler)
with EmbeddedAws() as aws:
    print(aws.endpoint_url, aws.state_dir, flush=True)
    {then}
"""


def answers(endpoint_url: str) -> bool:
    try:
        urllib.request.urlopen(f"{endpoint_url}/_ministack/health", timeout=1).close()  # noqa: S310 - ours
    except (urllib.error.URLError, ConnectionError):
        return False
    return True


def gone(endpoint_url: str, state_dir: Path) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if not answers(endpoint_url) and not state_dir.exists() and not _processes(state_dir):
            return True
        time.sleep(0.05)
    return False


def _processes(state_dir: Path) -> list[str]:
    return processes_with(str(state_dir))


def test_it_answers_then_leaves_nothing_behind() -> None:
    with EmbeddedAws() as aws, EmbeddedAws() as other:
        assert answers(aws.endpoint_url)
        assert answers(other.endpoint_url)
        assert aws.endpoint_url != other.endpoint_url
        assert _processes(aws.state_dir)
        assert aws.state_dir.parent == PROJECT / ".local"
    assert gone(aws.endpoint_url, aws.state_dir)
    assert gone(other.endpoint_url, other.state_dir)
    aws.stop()


@pytest.mark.parametrize(
    "then,signal_number",
    [
        ("pass", None),
        ("raise ValueError", None),
        ("sys.exit(3)", None),
        ("time.sleep(60)", signal.SIGINT),
        ("time.sleep(60)", signal.SIGTERM),
        ("time.sleep(60)", signal.SIGKILL),
    ],
)
def test_nothing_outlives_its_parent(then: str, signal_number: signal.Signals | None) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT.format(then=then)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        endpoint_url, state_dir = parent.stdout.readline().split()
        if signal_number is not None:
            assert answers(endpoint_url)
            parent.send_signal(signal_number)
    assert gone(endpoint_url, Path(state_dir))


def test_a_client_cannot_reach_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_SES", "CDK_DEPLOY_ACCOUNT"):
        monkeypatch.setenv(name, "mine")
    monkeypatch.setenv("KEPT", "yes")
    with EmbeddedAws() as aws:
        environment = aws.environment()
        assert not Path(environment["AWS_CONFIG_FILE"]).exists()
        assert not Path(environment["AWS_SHARED_CREDENTIALS_FILE"]).exists()
    assert "mine" not in environment.values()
    assert environment["KEPT"] == "yes"
    assert environment["AWS_REGION"] == environment["AWS_DEFAULT_REGION"] == "us-east-1"
    assert environment["AWS_EC2_METADATA_DISABLED"] == "true"
    assert environment["CDK_HOME"].startswith(str(aws.state_dir))


def test_a_failed_start_keeps_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho the reason it died\nexit 7\n")
    python.chmod(0o755)
    log = tmp_path / "failed.log"
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(embedded, "FAILED_LOG", log)
    aws = EmbeddedAws()
    with pytest.raises(RehearsalError, match="status 7"):
        aws.start()
    assert log.read_text() == "the reason it died\n"
    assert not aws.state_dir.exists()


def test_a_failed_start_says_where_to_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    monkeypatch.setattr(embedded, "FAILED_LOG", tmp_path / "failed.log")
    with pytest.raises(RehearsalError) as caught:
        EmbeddedAws().start()
    assert caught.value.step == "start the embedded AWS"
    assert "(empty)" in caught.value.cause
    assert str(tmp_path / "failed.log") in caught.value.fix


def test_a_start_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "READY_SECONDS", 0.0)
    monkeypatch.setattr(embedded, "FAILED_LOG", tmp_path / "failed.log")
    aws = EmbeddedAws()
    with pytest.raises(RehearsalError, match="no answer within 0 seconds"):
        aws.start()
    assert gone(aws.endpoint_url, aws.state_dir)


def test_a_taken_port_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with EmbeddedAws() as aws:
        port = aws.endpoint_url.rpartition(":")[2]
        assert main(["--port", port]) == 1
    message = f"Could not listen on port {port}: Address already in use. Fix: stop what uses it"
    assert message in capsys.readouterr().out


def test_it_listens_on_loopback_only() -> None:
    with EmbeddedAws() as aws:
        port = int(aws.endpoint_url.rpartition(":")[2])
        listening = Path("/proc/net/tcp")
        if not listening.exists():
            pytest.skip("needs /proc")
        lines = [line.split() for line in listening.read_text().splitlines()[1:]]
        mine = [line[1] for line in lines if line[1].endswith(f":{port:04X}") and line[3] == "0A"]
        assert mine == [f"0100007F:{port:04X}"]

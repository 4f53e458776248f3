"""A private machine after cloud-init: Debian's Postfix and every file of a null client, exactly as rendered.

In place of what only an instance has, and of nothing else:

* ``aws`` gives the secret that the test put there;
* ``systemctl`` starts or reloads Postfix itself: there is no systemd;
* a name server answers that SES's host is this machine;
* the authorities that the machine trusts are the test's own.
"""

import grp
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Final, Self

import yaml
from dnslib import QTYPE, RR, A, DNSRecord

from constructs_lib.ec2.null_client import Distribution, NullClient, SmtpSecret
from tests.debian_postfix import postfix_files
from tests.private_machine import PrivateMachine, require_root

SECRET: Final = SmtpSecret(name="prod/smtp/eu-west-1/billing", region="eu-west-1", ses_region="eu-west-1")
HOST: Final = "email-smtp.eu-west-1.amazonaws.com"
PROGRAM_NAME: Final = "ses-smtp-credentials"
PROGRAM: Final = f"/usr/local/sbin/{PROGRAM_NAME}"
PASSWORDS: Final = "/etc/postfix/sasl_passwd"
APPLICATION: Final = 1000
"""User id of whoever sends."""

_GIVEN_SECRET = "/var/lib/null-client-secret.json"  # noqa: S105 - a path
_AWS = f"""#!/bin/sh
[ "$1 $2" = "secretsmanager get-secret-value" ] || exit 1
exec cat {_GIVEN_SECRET}
"""
_SYSTEMCTL = """#!/bin/sh
[ "$*" = "reload-or-restart postfix.service" ] || exit 1
[ -e /etc/postfix/sasl_passwd ] || exit 0
postfix status 2>/dev/null && exec postfix reload
exec postfix start
"""


def rendered(**options: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - of NullClient
    """The files in the user data, as cloud-init reads them."""
    client = NullClient(origin="example.com", distribution=Distribution.DEBIAN, **options)
    files: list[dict[str, Any]] = yaml.safe_load(client.cloud_config(SECRET))["write_files"]
    return files


class NullClientMachine(PrivateMachine):
    """The machine.

    Args:
        trusts: PEM of the authority that it trusts.
    """

    def __init__(self, *, trusts: str) -> None:
        require_root()
        files = postfix_files()
        self._names: socket.socket | None = None
        self._own = Path(tempfile.mkdtemp(prefix="usr-"))
        self._own.chmod(0o755)
        super().__init__([self._own, files / "usr"])
        self._users()
        self._postfix_as_installed(files)
        self._write_usr("/usr/bin/aws", _AWS)
        self._write_usr("/usr/bin/systemctl", _SYSTEMCTL)
        if not Path("/usr/bin/python3").exists():
            (self._own / "bin/python3").symlink_to(Path(sys.executable).resolve())
        self.write(Distribution.DEBIAN.ca_file, trusts)
        for file in rendered():
            if file["path"].startswith("/usr/"):
                self._write_usr(file["path"], file["content"])
        self.configure()

    def configure(self, **options: Any) -> None:  # noqa: ANN401 - of NullClient
        """Write the files of cloud-init; those below ``/usr`` are the same with any options."""
        self.configured = rendered(**options)
        for file in self.configured:
            if not file["path"].startswith("/usr/"):
                self.write(file["path"], file["content"], int(file["permissions"], 8))
        (self.root / f"run/{PROGRAM_NAME}").unlink(missing_ok=True)  # The program then reloads Postfix.

    def __enter__(self) -> Self:
        super().__enter__()
        self._names = self.listen(53, kind=socket.SOCK_DGRAM)
        threading.Thread(target=_answer, args=(self._names,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        if self._names:
            self._names.close()
        shutil.rmtree(self._own)

    def give_secret(self, username: str, password: str, host: str = HOST) -> None:
        value = json.dumps({"host": host, "username": username, "password": password})
        self.write(_GIVEN_SECRET, json.dumps({"SecretString": value}))

    def refresh(self) -> subprocess.CompletedProcess[str]:
        """What the timer starts."""
        return self.run(PROGRAM, check=False)

    def before_the_first_boot(self) -> None:
        """Not running, without credentials."""
        if self.running():
            self.run("sh", "-c", f"postsuper -d ALL && postfix stop && rm {PASSWORDS} /run/{PROGRAM_NAME}")
        self.configure()
        self.log.clear()

    def as_booted(self, username: str, password: str) -> None:
        """Running with the default configuration, an empty queue and these credentials."""
        self.give_secret(username, password)
        if self.configured != rendered() or not self.running():
            self.configure()
        assert self.refresh().returncode == 0
        self.run("sh", "-c", "postsuper -d ALL && postqueue -f")  # Forgets also which servers failed.
        self.log.clear()

    def running(self) -> bool:
        """Whether Postfix runs."""
        return self.run("postfix", "status", check=False).returncode == 0

    def sendmail(self, text: str, sender: str = "billing@example.com", to: str = "you@example.net") -> None:
        self.run("sendmail", "-i", "-f", sender, to, text=text, user=APPLICATION)

    def logged(self, fragment: str, *, seconds: float = 10) -> str:
        """The line of the log with a fragment, as soon as it is there."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for line in self.log:
                if fragment in line:
                    return line
            time.sleep(0.02)
        raise AssertionError(f"{fragment!r} is not in the log:\n" + "\n".join(self.log))

    def listening(self) -> set[int]:
        """TCP ports of the machine that somebody listens on."""
        return {
            int(line.split()[1].rpartition(":")[2], 16)
            for family in ("tcp", "tcp6")
            for line in self.run("cat", f"/proc/net/{family}", check=False).stdout.splitlines()[1:]
            if line.split()[3] == "0A"
        }

    def _write_usr(self, path: str, content: str) -> None:
        file = self._own / path.removeprefix("/usr/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
        file.chmod(0o755)

    def _users(self) -> None:
        self._postfix, self._postdrop = _id("postfix", 890), _id("postdrop", 891)
        users = {"root": 0, "postfix": self._postfix, "application": APPLICATION, "nobody": 65534}
        passwd = [f"{name}:x:{number}:{number}::/:/bin/sh\n" for name, number in users.items()]
        group = [f"{name}:x:{number}:\n" for name, number in (users | {"postdrop": self._postdrop}).items()]
        self.write("/etc/passwd", "".join(passwd))
        self.write("/etc/group", "".join(group))
        self.write("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n")
        self.write("/etc/hosts", "127.0.0.1 localhost\n")
        self.write("/etc/resolv.conf", "nameserver 127.0.0.1\n")
        self.write("/etc/services", "smtp 25/tcp mail\n")

    def _postfix_as_installed(self, files: Path) -> None:
        """What Debian's package does when it is installed, besides unpacking."""
        for name in ("post-install", "postfix-files", "postfix-script"):
            file = files / "etc/postfix" / name
            if file.exists():
                self.write(f"/etc/postfix/{name}", file.read_text("utf-8"), file.stat().st_mode & 0o777)
        for name, mode in (("maildrop", 0o1730), ("public", 0o2710)):
            folder = self.root / "var/spool/postfix" / name
            folder.mkdir(parents=True)
            os.chown(folder, self._postfix, self._postdrop)
            folder.chmod(mode)
        for name in ("postdrop", "postqueue"):
            program = self._own / "sbin" / name
            program.parent.mkdir(exist_ok=True)
            shutil.copy(files / "usr/sbin" / name, program)
            shutil.chown(program, group=self._postdrop)
            program.chmod(0o2555)


def _id(name: str, default: int) -> int:
    """The id of a group that this machine has, else one that is as good."""
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        return default


def _answer(names: socket.socket) -> None:
    """A name server: SES's host is this machine, and there are no other names."""
    while True:
        try:
            text, client = names.recvfrom(512)
        except OSError:  # closed
            return
        question = DNSRecord.parse(text)
        reply = question.reply()
        if str(question.q.qname).rstrip(".") == HOST and question.q.qtype == QTYPE.A:
            reply.add_answer(RR(HOST, rdata=A("127.0.0.1"), ttl=1))
        names.sendto(reply.pack(), client)

"""A machine inside this one: a root, users, a network with loopback only and processes of their own.

Its ``/usr`` is this machine's with folders laid over it, read only; all else is empty. It ends with the test,
whatever still runs in it. Root is needed, for namespaces; nothing of this machine is changed.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from tests import private_machine_inside
from tests.debian_postfix import UnavailableError

HOSTNAME = "ip-10-0-0-10.eu-west-1.compute.internal"
_NAMESPACES = ("--mount", "--net", "--pid", "--uts", "--ipc", "--fork", "--kill-child")
_ENTERED = ("--mount", "--net", "--pid", "--uts", "--ipc", "--root", "--wd")
_LISTEN = """
import socket, sys
sender, kind, host, port = socket.socket(fileno=int(sys.argv[1])), *sys.argv[2:]
listener = socket.socket(socket.AF_INET, int(kind))
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
if int(kind) == socket.SOCK_STREAM:
    listener.listen()
socket.send_fds(sender, [b"."], [listener.fileno()])
"""


def require_root() -> None:
    """Refuse to begin where no private machine can be made.

    Raises:
        UnavailableError: always says why.
    """
    if os.geteuid() != 0 or not (shutil.which("unshare") and shutil.which("nsenter")):
        raise UnavailableError("a private machine needs root, unshare and nsenter")


class PrivateMachine:
    """The machine; a context manager.

    Args:
        layers: Folders to lay over ``/usr``, the uppermost one first.
    """

    def __init__(self, layers: Iterable[Path] = ()) -> None:
        require_root()
        self.root = Path(tempfile.mkdtemp(prefix="machine-"))
        self._layers = list(dict.fromkeys([*map(str, layers), "/usr"]))
        self.log: list[str] = []
        """What its programs wrote to syslog."""
        for folder in ("dev", "etc", "proc", "root", "run", "tmp", "usr", "var/lib", "var/spool"):
            (self.root / folder).mkdir(parents=True)
        (self.root / "tmp").chmod(0o1777)
        for name in ("bin", "lib", "lib64", "sbin"):
            (self.root / name).symlink_to(f"usr/{name}")
        self.root.chmod(0o755)

    def write(self, path: str, content: str, mode: int = 0o644) -> None:
        """Write a file that is not below ``/usr``."""
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
        file.chmod(mode)

    def read(self, path: str) -> str:
        return (self.root / path.lstrip("/")).read_text(encoding="utf-8")

    def __enter__(self) -> Self:
        self._syslog = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._syslog.bind(str(self.root / "dev/log"))
        (self.root / "dev/log").chmod(0o666)
        threading.Thread(target=self._keep_log, daemon=True).start()
        inside = [sys.executable, private_machine_inside.__file__, str(self.root), HOSTNAME, *self._layers]
        self._process = subprocess.Popen(
            ["unshare", *_NAMESPACES, *inside],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        assert self._process.stderr
        if self._process.stdout.readline() != "ready\n":
            reason = self._process.stderr.read().strip().splitlines()
            self.__exit__()
            raise UnavailableError(f"no namespaces here: {reason[-1] if reason else 'no reason given'}")
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text("ascii")
        self._enter = ["nsenter", f"--target={children.split()[0]}"]
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate("")
        self._syslog.close()
        shutil.rmtree(self.root)

    def run(
        self, *command: str, user: int = 0, text: str = "", check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the machine."""
        done = subprocess.run(
            [*self._enter, *_ENTERED, f"--setuid={user}", f"--setgid={user}", *command],
            input=text,
            env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert not check or done.returncode == 0, done.stderr
        return done

    def listen(self, port: int, *, kind: int = socket.SOCK_STREAM) -> socket.socket:
        """A socket on the machine's loopback address, for a server in this process."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            arguments = (str(theirs.fileno()), str(int(kind)), "127.0.0.1", str(port))
            subprocess.run(
                [*self._enter, "--net", sys.executable, "-c", _LISTEN, *arguments],
                pass_fds=[theirs.fileno()],
                check=True,
                timeout=30,
            )
            _, descriptors, _, _ = socket.recv_fds(ours, 1, 1)
        return socket.socket(fileno=descriptors[0])

    def _keep_log(self) -> None:
        while True:
            try:
                line = self._syslog.recv(65536)
            except OSError:  # closed
                return
            self.log.append(line.decode("utf-8", "replace"))

"""Debian's Postfix as files: the machine's own, or unpacked into a folder that git ignores.

Nothing is installed and no user is added: `tests.private_machine` shows these files to the processes that it
starts, and to no other.
"""

import platform
import re
import shutil
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path

from tests.support import ROOT

SECONDS = 45
"""How long a download may take, all in all; it takes about three, or twelve without a list of packages."""

_WANTED = ("postfix", "libsasl2-modules")
_NEEDED = re.compile(r"^Inst ((?:postfix|lib)\S*) \(", re.MULTILINE)  # Not installed yet: no [version].


class UnavailableError(Exception):
    """Why there is no Postfix here."""


@cache
def postfix_files() -> Path:
    """The root of a tree with Postfix in ``usr`` and ``etc``.

    Raises:
        UnavailableError: it is not installed and cannot be fetched.
    """
    if Path("/usr/sbin/postfix").exists():
        return Path("/")
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise UnavailableError("Postfix is not installed, and this is not Debian")
    release = platform.freedesktop_os_release()
    folder = ROOT / ".cache" / f"postfix-{release['ID']}-{release.get('VERSION_ID', '')}-{platform.machine()}"
    if not folder.exists():
        folder.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            fetched = _fetch(Path(scratch))
            if not folder.exists():  # Another process may have been faster.
                fetched.rename(folder)
    return folder


def _fetch(scratch: Path) -> Path:
    deadline = time.monotonic() + SECONDS
    own = [f"Dir::State::Lists={scratch}/lists", f"Dir::Cache={scratch}/cache"]
    files, packages = scratch / "files", scratch / "packages"
    for folder in (files, packages, scratch / "lists/partial", scratch / "cache/archives/partial"):
        folder.mkdir(parents=True)
    try:
        _download(packages, deadline, [])
    except UnavailableError:  # Without lists of packages, or with old ones.
        _apt(["update"], deadline, own)
        _download(packages, deadline, own)
    for package in packages.glob("*.deb"):
        subprocess.run(["dpkg-deb", "--extract", package, files], check=True, timeout=SECONDS)
    if (files / "lib").exists():
        shutil.copytree(files / "lib", files / "usr/lib", symlinks=True, dirs_exist_ok=True)
    return files


def _download(folder: Path, deadline: float, options: list[str]) -> None:
    plan = _apt(["install", "--simulate", "--no-install-recommends", *_WANTED], deadline, options)
    _apt(["download", *_NEEDED.findall(plan)], deadline, options, folder)


def _apt(arguments: list[str], deadline: float, options: list[str], folder: Path = ROOT) -> str:
    settings = ["APT::Sandbox::User=root", "Acquire::Retries=0", "Acquire::http::Timeout=10", *options]
    command = ["apt-get", *(f"-o{setting}" for setting in settings), *arguments]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=max(1, deadline - time.monotonic()),
        )
    except subprocess.TimeoutExpired:
        raise UnavailableError(f"apt-get {arguments[0]} took longer than {SECONDS} seconds") from None
    if done.returncode:
        raise UnavailableError(
            f"apt-get {arguments[0]}: {(done.stderr.strip() or 'failed').splitlines()[-1]}"
        )
    return done.stdout

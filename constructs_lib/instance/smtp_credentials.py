#!/usr/bin/python3
"""Give Postfix the SMTP credentials that Secrets Manager holds now: at boot, and again after a rotation.

Ends with 1 when there are none yet or something failed; systemd tries again. It says what it did, never what
it read.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SETTINGS = Path("/etc/ses-smtp-credentials.json")
PASSWORDS = Path("/etc/postfix/sasl_passwd")
# Which file Postfix has read: when telling it fails after the file was written, the next run tells it again.
IN_USE = Path("/run/ses-smtp-credentials")

# What SES makes user names and passwords of. Nothing else: a blank, colon or line end would be another field.
WORD = re.compile(r"[A-Za-z0-9+/=]+")


class NotNowError(Exception):
    """Why Postfix keeps what it has."""


def run(*command: str) -> str:
    """Run a command of the machine; what it writes on its standard error goes to the journal."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=90, check=False)
    if done.returncode:
        raise NotNowError(f"{' '.join(command[:3])} ended with {done.returncode}")
    return done.stdout


def read_secret(settings: dict[str, Any]) -> dict[str, Any]:
    """The credentials that are current now."""
    answer = run(
        *("aws", "secretsmanager", "get-secret-value", "--output", "json"),
        *("--cli-connect-timeout", "10", "--cli-read-timeout", "20"),
        *("--region", settings["region"], "--secret-id", settings["secret"]),
    )
    credentials: dict[str, Any] = json.loads(json.loads(answer)["SecretString"])
    return credentials


def table(settings: dict[str, Any], credentials: dict[str, Any]) -> str:
    """The one line of the password table: no other host is ever given these credentials."""
    if not credentials["username"]:
        raise NotNowError("the secret holds no credentials yet: its first rotation is not done")
    if credentials["host"] != settings["host"]:
        raise NotNowError(f"the secret is for another host than {settings['host']}")
    username, password = credentials["username"], credentials["password"]
    if not WORD.fullmatch(username) or not WORD.fullmatch(password):
        raise NotNowError("the secret holds something else than SMTP credentials")
    return f"[{settings['host']}]:{settings['port']} {username}:{password}\n"


def put(path: Path, text: str) -> None:
    """Write a file that root alone reads, whole or not at all."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink()
        raise


def content(path: Path) -> str:
    """What a file holds; nothing when it is not there."""
    return path.read_text(encoding="ascii") if path.exists() else ""


def main() -> int:
    """Read the secret; when it changed, write it, let Postfix read it and try again what waits."""
    try:
        settings = json.loads(SETTINGS.read_text(encoding="ascii"))
        wanted = table(settings, read_secret(settings))
        if content(PASSWORDS) != wanted or PASSWORDS.stat().st_mode & 0o077:
            put(PASSWORDS, wanted)
        version = str(PASSWORDS.stat().st_mtime_ns)
        if content(IN_USE) != version:
            run("systemctl", "reload-or-restart", "postfix.service")
            run("postqueue", "-f")
            put(IN_USE, version)
            sys.stderr.write("Postfix uses the credentials that are current now\n")
    except NotNowError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (OSError, ValueError, KeyError, TypeError, subprocess.SubprocessError) as error:
        # Not the error's text: it may quote what was read.
        sys.stderr.write(f"failed: {type(error).__name__}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

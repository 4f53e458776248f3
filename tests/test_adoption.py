"""Adoption as its page tells it: every command of the page, in its order, with the real CDK CLI.

What was made by hand is made by API calls here. All the while somebody looks whether the domain is verified
with the same DKIM keys.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from local.deploy import bootstrap
from local.embedded import EmbeddedAws
from tests.local.conftest import Aws
from tests.support import BIN, ROOT

pytestmark = pytest.mark.rehearsal

PAGE = (ROOT / "docs" / "reference" / "adoption.md").read_text(encoding="utf-8")
DOMAIN = "shop.example"
ZONE_ID = "Z0SHOPEXAMPLE0000001"
COMEBACK = "existing_records=(Purpose.DKIM, Purpose.MAIL_FROM_MX, Purpose.MAIL_FROM_SPF, Purpose.DMARC)"
LEAVING = "$ aws sesv2 delete-email-identity"


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command of the page.

    Attributes:
        line: The command.
        exit_code: What it ends with.
        output: Lines of what it prints, in order, without what differs each time.
    """

    line: str
    exit_code: int
    output: tuple[str, ...]


def commands() -> Iterator[Command]:
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            line, *output = part.splitlines()
            command, _, note = line.partition(" # exit code ")
            yield Command(line=command, exit_code=int(note or 0), output=tuple(output))


@dataclass(kw_only=True)
class Watch:
    """Asks SES about the domain, again and again."""

    aws: Aws
    tokens: list[str]
    faults: list[str] = field(default_factory=list)
    looks: int = 0

    def look(self) -> None:
        found = self.aws.ses.get_email_identity(EmailIdentity=DOMAIN)
        self.looks += 1
        if not found["VerifiedForSendingStatus"] or found["DkimAttributes"]["Status"] != "SUCCESS":
            self.faults.append(found["VerificationStatus"])
        if found["DkimAttributes"]["Tokens"] != self.tokens:
            self.faults.append("other tokens")

    @contextmanager
    def kept_up(self) -> Iterator[None]:
        done = threading.Event()

        def keep_looking() -> None:
            while not done.wait(0.2):
                self.look()

        thread = threading.Thread(target=keep_looking)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


@pytest.fixture(scope="module")
def embedded() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as aws:
        bootstrap(aws)
        yield aws


def project(folder: Path, zone_id: str) -> None:
    """A repository with the page's environment alone."""
    for name in ("constructs_lib", "ops"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "app.py", folder)
    shutil.copytree(ROOT / "stacks", folder / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    environments = folder / "stacks" / "environments"
    (environments / "shop.py").write_text(code.replace(ZONE_ID, zone_id), encoding="utf-8")
    package = (environments / "__init__.py").read_text(encoding="utf-8")
    package = re.sub(r"from stacks\.environments\.\w+ import \w+\n", "", package)
    package = package.replace("(LOCAL, DEV, PROD)", "(SHOP,)")
    first = package.index("ENVIRONMENTS: Final")
    imported = "from stacks.environments.shop import SHOP\n\n"
    (environments / "__init__.py").write_text(package[:first] + imported + package[first:], encoding="utf-8")
    configuration = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))
    configuration["app"] = f"{sys.executable} app.py"
    (folder / "cdk.json").write_text(json.dumps(configuration), encoding="utf-8")


def come_back(folder: Path) -> None:
    """Change the environment as the page says."""
    assert f"`{COMEBACK}`" in PAGE
    file = folder / "stacks" / "environments" / "shop.py"
    code = file.read_text(encoding="utf-8")
    file.write_text(code.replace("existing_records=(Purpose.DKIM,)", COMEBACK), encoding="utf-8")


def aws_cli(aws: Aws, line: str) -> None:
    """What the AWS CLI would call, which the project does not install."""
    _, service, verb, *arguments = shlex.split(line)
    options: dict[str, Any] = {}
    name = ""
    for argument in arguments:
        if argument.startswith("--"):
            name = "".join(map(str.capitalize, argument.removeprefix("--").split("-")))
            options[name] = None
        else:
            options[name] = argument if options[name] is None else [*_listed(options[name]), argument]
    assert options.pop("Region") == aws.region
    getattr(aws._client(service), verb.replace("-", "_"))(**options)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def run(embedded: EmbeddedAws, folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    path = [str(BIN), str(ROOT / "node_modules" / ".bin"), os.environ["PATH"]]
    variables = embedded.environment() | {
        "PATH": os.pathsep.join(path),
        "NO_COLOR": "1",
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "COLUMNS": "1000",
    }
    return subprocess.run(
        shlex.split(line),
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )


def printed(text: str) -> list[str]:
    """Lines without the marks of a terminal."""
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    return [line.rstrip() for line in plain.splitlines()]


def require_output(command: Command, text: str) -> None:
    lines = iter(printed(text))
    for shown in command.output:
        assert any(shown.rstrip() == line for line in lines), f"{command.line}\nlacks: {shown}\n{text}"


def test_every_command_of_the_page(embedded: EmbeddedAws, tmp_path: Path) -> None:
    aws = Aws(endpoint_url=embedded.endpoint_url)
    zone_id = aws.verified_domain(DOMAIN).removeprefix("/hostedzone/")
    aws.ses.create_configuration_set(ConfigurationSetName="shop-mail")
    project(tmp_path, zone_id)
    watch = Watch(
        aws=aws, tokens=aws.ses.get_email_identity(EmailIdentity=DOMAIN)["DkimAttributes"]["Tokens"]
    )
    told = list(commands())
    last = next(n for n, command in enumerate(told) if f"$ {command.line}".startswith(LEAVING))

    def follow(some: list[Command]) -> None:
        for command in some:
            if "doctor" in command.line:
                come_back(tmp_path)
            if command.line.startswith("aws "):
                aws_cli(aws, command.line)
                continue
            done = run(embedded, tmp_path, command.line)
            assert done.returncode == command.exit_code, f"{command.line}\n{done.stdout}"
            require_output(command, done.stdout)
            if not command.line.startswith("python -m ops status"):
                continue
            if DOMAIN in done.stdout and "not deployed" not in done.stdout:
                aws.send(f"hello@{DOMAIN}")

    with watch.kept_up():
        follow(told[:last])
    assert watch.looks > 100
    assert watch.faults == []
    aws.send(f"hello@{DOMAIN}")
    follow(told[last:])
    with pytest.raises(aws.ses.exceptions.ClientError):
        aws.send(f"hello@{DOMAIN}")


def test_the_page_has_commands_to_follow() -> None:
    lines = [command.line for command in commands()]
    for needed in ("cdk import", "cdk diff", "cdk deploy", "cdk destroy", "python -m ops import-map"):
        assert any(line.startswith(needed) for line in lines), needed

"""A Postfix that only sends: what `cloud-init` writes on an instance so that ``sendmail`` goes through SES.

A user gets ``sendmail`` and its queue: what an application hands over waits until SES takes it, over TLS 1.2
or later, with SES's certificate and name checked, never without, never on port 25. Postfix listens to no
network and delivers nothing on the machine. The credentials are in no file that is rendered here: a program
on the instance reads them from Secrets Manager at boot and every 15 minutes, and writes them for root alone.
Until they are there Postfix does not start, and mail waits.

What a person must still do: let the instance reach the package repository, Secrets Manager and SES.

Example::

    client = NullClient(origin="example.com")
    secret = SmtpSecret(name="prod/smtp/eu-west-1/billing", region="eu-west-1", ses_region="eu-west-1")
    user_data = client.cloud_config(secret)
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from importlib import resources
from typing import Final

from constructs_lib.domain_name import normalize_domain
from constructs_lib.ec2.postfix_files import PASSWORDS, postfix_files
from constructs_lib.errors import ConfigurationError
from constructs_lib.regions import smtp_host
from constructs_lib.runtimes.smtp_credentials.model import TLS_WRAPPER_PORTS
from constructs_lib.secret_name import SECRET_NAME
from constructs_lib.sending.configuration_set_name import require_configuration_set_name
from constructs_lib.smtp.smtp_port import require_smtp_ports

MAX_REFRESH_MINUTES: Final = 12 * 60
"""A former key works for at least one day after its rotation: half of that leaves room for failures."""

_LOCAL_PART: Final = re.compile(r"[A-Za-z0-9._+-]{1,64}")
_PROGRAM: Final = "/usr/local/sbin/ses-smtp-credentials"


class Distribution(Enum):
    """What the instance runs: the packages that it needs, and the file of authorities that it trusts."""

    AMAZON_LINUX_2023 = (("postfix", "cyrus-sasl-plain"), "/etc/pki/tls/certs/ca-bundle.crt")
    DEBIAN = (
        ("postfix", "libsasl2-modules", "ca-certificates", "awscli"),
        "/etc/ssl/certs/ca-certificates.crt",
    )

    def __init__(self, packages: tuple[str, ...], ca_file: str) -> None:
        self.packages = packages
        self.ca_file = ca_file


@dataclass(frozen=True, kw_only=True)
class SmtpSecret:
    """A secret of `SmtpCredentials`, as an instance finds it.

    Attributes:
        name: Its name.
        region: The Region of Secrets Manager, or a stack's token.
        ses_region: The Region whose SMTP interface takes what it holds.

    Raises:
        ConfigurationError: ``null-client-invalid``, ``region-without-ses``, ``smtp-host-unknown``.
    """

    name: str
    region: str
    ses_region: str

    def __post_init__(self) -> None:
        smtp_host(self.ses_region, option="ses_region")
        if not SECRET_NAME.fullmatch(self.name):
            raise ConfigurationError(
                "null-client-invalid",
                option="name",
                rule="1 to 512 letters, digits and /_+=.@- (Secrets Manager API Reference, CreateSecret).",
                got=self.name,
                fix="take it from SmtpCredentials.secret_name()",
            )


@dataclass(frozen=True, kw_only=True)
class InstanceFile:
    """A file on the instance, owned by root.

    Attributes:
        path: Absolute path.
        content: Whole lines of ASCII text.
        executable: Whether it is a program. Default: it is not.
    """

    path: str
    content: str
    executable: bool = False

    @property
    def permissions(self) -> str:
        """Its mode; all may read it, because it holds nothing secret."""
        return "0755" if self.executable else "0644"


@dataclass(frozen=True, kw_only=True)
class NullClient:
    """Options of the null client.

    Attributes:
        origin: The domain of addresses that are written without one, such as cron's ``root``. SES takes
            senders of verified domains only.
        sender: Every message goes out from this address, in its envelope and its From, whose name is kept.
            Default: from whatever the application wrote.
        configuration_set_name: Every message goes out with this configuration set, whatever the application
            wrote. Default: the identity's own default.
        port: 587 or 2587 (STARTTLS), 465 or 2465 (TLS from the start). Default: 587.
        distribution: Default: Amazon Linux 2023.
        refresh_minutes: How often the secret is read again, 1 to 720. Default: 15.

    Raises:
        ConfigurationError: ``null-client-invalid``, ``smtp-port-invalid``, ``configuration-set-name-invalid``
            and the codes of `normalize_domain`.
    """

    origin: str
    sender: str | None = None
    configuration_set_name: str | None = None
    port: int = 587
    distribution: Distribution = Distribution.AMAZON_LINUX_2023
    refresh_minutes: int = 15

    def __post_init__(self) -> None:
        object.__setattr__(self, "origin", normalize_domain(self.origin, option="origin"))
        if self.sender is not None:
            object.__setattr__(self, "sender", _normalize_address(self.sender))
        if self.configuration_set_name is not None:
            require_configuration_set_name(self.configuration_set_name)
        require_smtp_ports([self.port], option="port")
        if not 1 <= self.refresh_minutes <= MAX_REFRESH_MINUTES:
            raise ConfigurationError(
                "null-client-invalid",
                option="refresh_minutes",
                rule=f"1 to {MAX_REFRESH_MINUTES} minutes: a former key works for a day or longer.",
                got=self.refresh_minutes,
                fix="leave it out for every 15 minutes",
            )

    def files(self, secret: SmtpSecret) -> tuple[InstanceFile, ...]:
        """Every file that cloud-init writes. None of them holds a credential."""
        host = smtp_host(secret.ses_region)
        postfix = postfix_files(
            relay=f"[{host}]:{self.port}",
            wrapper=self.port in TLS_WRAPPER_PORTS,
            origin=self.origin,
            ca_file=self.distribution.ca_file,
            sender=self.sender,
            configuration_set_name=self.configuration_set_name,
        )
        settings = {"secret": secret.name, "region": secret.region, "host": host, "port": self.port}
        return (
            *(InstanceFile(path=path, content=content) for path, content in postfix.items()),
            InstanceFile(path="/etc/ses-smtp-credentials.json", content=json.dumps(settings) + "\n"),
            InstanceFile(path=_PROGRAM, content=_program(), executable=True),
            InstanceFile(path=f"{_UNITS}/ses-smtp-credentials.service", content=_SERVICE),
            InstanceFile(path=f"{_UNITS}/ses-smtp-credentials.timer", content=_timer(self.refresh_minutes)),
            # Debian 12 runs Postfix as an instance of the second one.
            InstanceFile(path=f"{_UNITS}/postfix.service.d/ses.conf", content=_NOT_BEFORE),
            InstanceFile(path=f"{_UNITS}/postfix@.service.d/ses.conf", content=_NOT_BEFORE),
        )

    def cloud_config(self, secret: SmtpSecret) -> str:
        """The user data: ``#cloud-config``, as YAML. It may be merged with other parts.

        The files are written before the packages are installed, so that Postfix never runs with another
        configuration. Both package managers keep a configuration file that is there already.
        """
        lines = [
            "#cloud-config",
            "merge_how: list(append)+dict(no_replace,recurse_list)+str()",
            "package_update: true",
            "packages:",
            *(f"- {package}" for package in self.distribution.packages),
            "write_files:",
            *(line for file in self.files(secret) for line in _yaml(file)),
            "runcmd:",
            "- [systemctl, daemon-reload]",
            "- [systemctl, enable, postfix.service]",
            "- [systemctl, enable, --now, ses-smtp-credentials.timer]",
        ]
        return "\n".join(lines) + "\n"


def _normalize_address(address: str) -> str:
    local_part, at, domain = address.rpartition("@")
    if at and _LOCAL_PART.fullmatch(local_part):
        return f"{local_part}@{normalize_domain(domain, option='sender')}"
    raise ConfigurationError(
        "null-client-invalid",
        option="sender",
        rule="an address; its local part is 1 to 64 letters, digits, dots, hyphens, underscores, plus signs.",
        got=address,
        fix="write for example noreply@example.com",
    )


def _yaml(file: InstanceFile) -> Sequence[str]:
    """An entry of ``write_files``; in a literal block every line of text means itself."""
    return [
        f"- path: {file.path}",
        f'  permissions: "{file.permissions}"',
        "  content: |",
        *(f"    {line}".rstrip() for line in file.content.removesuffix("\n").split("\n")),
    ]


def _program() -> str:
    return resources.files("constructs_lib").joinpath("instance/smtp_credentials.py").read_text("ascii")


_UNITS: Final = "/etc/systemd/system"

_NOT_BEFORE: Final = f"""\
[Unit]
ConditionPathExists={PASSWORDS}
"""
"""Without credentials SES would refuse mail for good; not started, Postfix leaves it in its queue."""

_SERVICE: Final = f"""\
[Unit]
Description=SMTP credentials of Amazon SES for Postfix
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=oneshot
ExecStart={_PROGRAM}
Restart=on-failure
RestartSec=30
UMask=0077
"""


def _timer(minutes: int) -> str:
    return f"""\
[Unit]
Description=Reads the SMTP credentials of Amazon SES at boot and again

[Timer]
OnActiveSec=0
OnUnitInactiveSec={minutes}min

[Install]
WantedBy=timers.target
"""

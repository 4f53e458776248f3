"""``python -m ops dkim``: DKIM keys of one's own."""

from typing import Annotated, Final

import typer
from rich.text import Text

from ops.arguments import EnvironmentName, declared_domain
from ops.aws_clients import AwsClients
from ops.dkim_keys import CreatedKey, create_dkim_key
from ops.secrets_gateway import AwsSecrets
from ops.status import require_account
from ops.terminal import print_lines, told_errors
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.environments import environment

app = typer.Typer(
    help="DKIM keys of your own (BYODKIM), where Easy DKIM is not wanted.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_CREATE: Final = """\b
Example:
  python -m ops dkim create prod example.com --selector s2026

\b
Exit codes:
  0  the key is stored
  2  wrong usage, the selector was used before, or AWS could not be asked

\b
Permissions: secretsmanager:DescribeSecret, secretsmanager:CreateSecret
"""


@app.callback()
def main() -> None:
    """DKIM keys of your own (BYODKIM), where Easy DKIM is not wanted."""


@app.command(epilog=_CREATE)
def create(
    env: EnvironmentName,
    domain: Annotated[str, typer.Argument(metavar="DOMAIN", help="A domain of the environment.")],
    *,
    selector: Annotated[
        str, typer.Option(metavar="NAME", help="Name of the key in DNS, never used before, such as s2026.")
    ],
) -> None:
    """Make a key: the private half goes to Secrets Manager, the public one is printed for the environment.

    The private key is written to no file and shown to nobody. A selector that has a key is refused.
    """
    with told_errors():
        config = environment(env)
        declared = declared_domain(config, domain, option="DOMAIN")
        clients = AwsClients(region=config.regions[0])
        require_account(config, clients)
        made = create_dkim_key(config, declared, selector, AwsSecrets(clients))
    print_lines(Text(line) for line in _lines(config, declared, made))


def _lines(config: MailEnvironment, domain: MailDomain, made: CreatedKey) -> list[str]:
    key = made.key
    used = domain.own_dkim_key
    retiring = (
        []
        if used is None
        else [
            "    retiring=(",
            f'        PublishedDkimKey(selector="{used.selector}", public_key="{used.public_key}"),',
            "    ),",
        ]
    )
    return [
        f"The private key is in the secret {key.private_key_secret} in {', '.join(made.regions)}.",
        f"Write this into {domain.domain} in the environment {config.name}, then deploy:",
        "",
        "own_dkim_key=OwnDkimKey(",
        f'    selector="{key.selector}",',
        f'    public_key="{key.public_key}",',
        f'    private_key_secret="{key.private_key_secret}",',
        *retiring,
        "),",
    ]

"""``python -m ops zone-role``: the other side of a zone in another account. Options and output only."""

import json
import sys
from typing import Annotated, Final

import typer

from ops.arguments import EnvironmentName, declared_domain
from ops.terminal import told_errors
from ops.zone_roles import zone_role
from stacks.environments import environment

EPILOG: Final = """\b
Examples:
  python -m ops zone-role prod example.com > zone-role.json
  aws cloudformation deploy --template-file zone-role.json \\
    --stack-name mail-records --capabilities CAPABILITY_NAMED_IAM

\b
Exit codes:
  0  written
  2  wrong usage, the domain's zone is in no other account, or ENV writes
     nothing there

\b
The owner of the zone deploys the template with credentials of their own
account, once, in any Region, before ENV is deployed; and again when a domain,
a Region or an option that adds a record name comes to ENV.
Permissions: none; nothing is asked.
"""


def zone_role_command(
    env: EnvironmentName,
    domain: Annotated[str, typer.Argument(metavar="DOMAIN", help="A domain with CrossAccountZone.")],
) -> None:
    """Write the template of the role that lets ENV write records into a zone of another account.

    The role permits the names and types of the records that ENV writes into that zone by it, and nothing
    else; only functions of ENV's account may assume it. Where domains of one zone have several roles, each
    is printed for one of its domains.
    """
    with told_errors():
        config = environment(env)
        template = zone_role(config, declared_domain(config, domain, option="DOMAIN"))
    sys.stdout.write(json.dumps(template, indent=2) + "\n")

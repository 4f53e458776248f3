"""What every stack of an environment is: of its account, in one Region."""

import aws_cdk as cdk
from constructs import Construct

from stacks.config import MailEnvironment


class RegionStack(cdk.Stack):
    """A stack of an environment.

    Args:
        scope: The environment's stage.
        construct_id: Its id there.
        config: The environment.
        region: Its Region.
        description: What is in it, for the CloudFormation console.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, config: MailEnvironment, region: str, description: str
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            env=cdk.Environment(account=config.account, region=region),
            description=description,
        )

"""What becomes of what holds data or reputation when its stack goes (docs/decisions/0002)."""

import aws_cdk as cdk

from stacks.config import MailEnvironment


def removal_policy(config: MailEnvironment) -> cdk.RemovalPolicy:
    """Retained, but for what a failed first deploy made; nothing of a rehearsal stays."""
    return cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if config.retain else cdk.RemovalPolicy.DESTROY

"""The wait for a domain that something of an environment needs verified."""

import aws_cdk as cdk
from constructs import Construct

from constructs_lib.verification.verification_gate import VerificationGate
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain


def verified_domain(scope: Construct, config: MailEnvironment, domain: MailDomain) -> VerificationGate:
    """A gate that waits as long as the environment says."""
    return VerificationGate(
        scope,
        f"Verified.{domain.domain}",
        identity=domain.domain,
        dns=domain.dns,
        timeout=cdk.Duration.minutes(config.verification_wait.minutes),
        wait_for_people=config.verification_wait.for_people,
    )

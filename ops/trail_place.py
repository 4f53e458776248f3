"""Where the audit trail of an environment is, and what a trail is like."""

from dataclasses import dataclass

from ops.errors import TrailMissingError
from stacks.audit_config import ExistingTrail
from stacks.config import MailEnvironment
from stacks.stack_names import trail_name


@dataclass(frozen=True, kw_only=True)
class TrailPlace:
    """How to ask CloudTrail for a trail.

    Attributes:
        name: Its name, or its ARN where it exists outside of the environment.
        region: Its home.
        ours: Whether a stack of the environment makes it.
    """

    name: str
    region: str
    ours: bool


@dataclass(frozen=True, kw_only=True)
class Trail:
    """A trail as CloudTrail tells it.

    Attributes:
        arn: Its ARN.
        region: Its home.
        bucket: Where its log files are.
        prefix: What their keys begin with; empty, or with a slash at its end.
        every_region: Whether it records all Regions.
        validated: Whether CloudTrail signs digests of its log files.
        of_organization: Whether it is of every account of an organization.
    """

    arn: str
    region: str
    bucket: str
    prefix: str
    every_region: bool
    validated: bool
    of_organization: bool = False

    @property
    def partition(self) -> str:
        """The partition of its account."""
        return self.arn.split(":")[1]


def place_of(config: MailEnvironment) -> TrailPlace | None:
    """The trail of an environment; None without `audit`."""
    if config.audit is None:
        return None
    if isinstance(config.audit.trail, ExistingTrail):
        return TrailPlace(name=config.audit.trail.arn, region=config.audit.trail.region, ours=False)
    return TrailPlace(name=trail_name(config), region=config.audit.home(config.regions), ours=True)


def missing_trail(config: MailEnvironment, place: TrailPlace) -> TrailMissingError:
    """The error of a trail that CloudTrail does not know."""
    return TrailMissingError(
        f"CloudTrail has no trail {place.name} in {place.region}.",
        fix=f"cdk deploy '{config.name}/*', or correct `audit` of the environment",
    )

"""What an environment says about its audit trail and alerts on abuse. Nothing here loads the CDK."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from constructs_lib.arns import OfArn, arn_form
from constructs_lib.audit.alert_receivers import AlertReceivers
from constructs_lib.audit.data_events import DataEvents
from constructs_lib.audit.known_principals import require_principals
from constructs_lib.audit.trail_settings import TrailSettings, require_senders
from stacks.config_errors import environment_invalid, require_own_regions, require_tuples

_TRAIL_ARN: Final = arn_form("cloudtrail", "trail/[A-Za-z0-9._-]{3,128}")


@dataclass(frozen=True, kw_only=True)
class ExistingTrail(OfArn):
    """A trail of this account that somebody else owns. Nothing of it is in a template.

    `python -m ops trail ENV` shows which sends it should record and does not, and adds that to it.

    Attributes:
        arn: Its ARN; the Region in it is its home. It should record management events in every Region.

    Raises:
        ConfigurationError: ``environment-invalid``.
    """

    arn: str

    def __post_init__(self) -> None:
        if not _TRAIL_ARN.fullmatch(self.arn):
            raise environment_invalid(
                "audit: trail: arn",
                "the ARN of a trail: partition, Region, 12-digit account, name.",
                self.arn,
                "copy it from `aws cloudtrail describe-trails`",
            )

    @property
    def name(self) -> str:
        """Its name."""
        return self.arn.rpartition("/")[2]


@dataclass(frozen=True, kw_only=True)
class MailAudit:
    """The audit trail of an environment, and who learns of calls that look like abuse.

    Attributes:
        trail: Default: one is made, ``<environment>-mail``, in the first Region for all Regions.
        data_events: Which sends are recorded; each costs. Default: all. None: no send is, and no send alerts.
        senders: Roles and users of the account that may send by the API, as ``role/Billing``; ``*`` may end a
            name. Whoever else sends raises an alert. Default: it is not told who sends, only from where.
        deployers: Roles and users whose changes are ordinary, in the same way. Default: the role by which
            CloudFormation deploys for the CDK, in each Region.
        receivers: Who gets alerts, by a topic ``<environment>-abuse`` in each Region. Default: nobody.
        receivers_by_region: Who gets them in a Region in place of that, such as a topic of your own.

    Raises:
        ConfigurationError: ``audit-trail-invalid``, ``environment-invalid``, ``known-principal-invalid``.
    """

    trail: TrailSettings | ExistingTrail = field(default_factory=TrailSettings)
    data_events: DataEvents | None = field(default_factory=DataEvents)
    senders: tuple[str, ...] = ()
    deployers: tuple[str, ...] = ()
    receivers: AlertReceivers = field(default_factory=AlertReceivers)
    receivers_by_region: Mapping[str, AlertReceivers] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_tuples(self, option="audit")
        require_principals(self.senders, option="audit: senders")
        require_principals(self.deployers, option="audit: deployers")
        require_senders(self.data_events, self.senders)

    def receivers_in(self, region: str) -> AlertReceivers:
        """Who gets the alerts of a Region."""
        return self.receivers_by_region.get(region, self.receivers)

    def require_regions(self, regions: tuple[str, ...], *, option: str) -> None:
        """Refuse receivers of a Region that the environment does not have, or a topic that is elsewhere.

        Raises:
            ConfigurationError: ``environment-invalid``, and the codes of `AlertReceivers`.
        """
        require_own_regions(self.receivers_by_region, regions, option=f"{option}: receivers_by_region")
        for region in regions:
            self.receivers_in(region).require_region(region)

    def home(self, regions: tuple[str, ...]) -> str:
        """The Region of the trail: the first one, or that of the trail that exists."""
        return self.trail.region if isinstance(self.trail, ExistingTrail) else regions[0]

    def makes_trail(self, regions: tuple[str, ...], region: str) -> bool:
        """Whether the stack of a Region makes the trail."""
        return isinstance(self.trail, TrailSettings) and region == self.home(regions)

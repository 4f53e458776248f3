"""How many messages a configuration set sent, and what came of them, as CloudWatch metrics of that set.

A user gets what `ReputationAlarms` and `MailDashboard` count a configuration set by. One resource,
`AWS::SES::ConfigurationSetEventDestination`; it goes with its stack. CloudWatch charges for each of its five
metrics. A set has it once: a second one would count everything twice.

Example::

    EventCounts(stack, "Counts", configuration_set=SendingProfile(...))
"""

from constructs import Construct

from constructs_lib.events.event_destinations import COUNTED
from constructs_lib.events.event_publishing import EventPublishing
from constructs_lib.sending.configuration_set_name import require_configuration_set_name
from constructs_lib.sending.sending_profile import SendingProfile
from constructs_lib.ses_arns import configuration_set_arn


class EventCounts(Construct):
    """The counts of one configuration set.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        configuration_set: The sending profile; the destination is created after it. A name stands for a
            configuration set that exists already.

    Raises:
        ConfigurationError: ``configuration-set-name-invalid``.

    Attributes:
        destination: For the ``event_metrics`` of `ReputationAlarms`.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, configuration_set: SendingProfile | str
    ) -> None:
        if isinstance(configuration_set, SendingProfile):
            name, after = configuration_set.configuration_set_name, [configuration_set]
        else:
            name, after = require_configuration_set_name(configuration_set, option="configuration_set"), []
        super().__init__(scope, construct_id)
        self.destination = COUNTED
        EventPublishing(
            scope=self,
            configuration_set_name=name,
            configuration_set_arn=configuration_set_arn(self, name),
            after=after,
        ).to_cloud_watch(COUNTED, name="counts")

"""How mail is sent: one configuration set with the safe settings on.

A user gets a configuration set that requires TLS, publishes reputation metrics,
suppresses addresses that bounced or complained and keeps sending switched on. One
resource appears, `AWS::SES::ConfigurationSet`. It stays when the stack is deleted: SES
refuses each send of an identity whose default configuration set is gone (SES Developer
Guide, default configuration sets), and identities stay too. Applications name it in each
send, so its name is chosen, stable and never generated.

Example::

    profile = SendingProfile(stack, "Sending", configuration_set_name="transactional")
"""

from collections.abc import Sequence
from enum import StrEnum

import aws_cdk as cdk
from aws_cdk import aws_ses as ses
from constructs import Construct

from constructs_lib.regions import require_ses_region
from constructs_lib.sending.configuration_set_name import require_configuration_set_name
from constructs_lib.ses_arns import configuration_set_arn


class SuppressionReason(StrEnum):
    """Why SES stops sending to an address (SES API v2, SuppressionOptions)."""

    BOUNCE = "BOUNCE"
    COMPLAINT = "COMPLAINT"


class SendingProfile(Construct):
    """A configuration set whose settings protect the sender's reputation.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        configuration_set_name: Stable name, 1 to 64 letters, digits, hyphens, underscores. Changing it
            makes another set; the old one is kept without its event destinations.
        suppression_reasons: Default: bounces and complaints are both suppressed.
        removal_policy: Default: it is kept; a failed creation is cleaned up.

    Raises:
        ConfigurationError: ``configuration-set-name-invalid``, ``region-without-ses``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        configuration_set_name: str,
        suppression_reasons: Sequence[SuppressionReason] = tuple(SuppressionReason),
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        name = require_configuration_set_name(configuration_set_name)
        require_ses_region(cdk.Stack.of(scope).region, option="env.region")
        super().__init__(scope, construct_id)
        self._resource = ses.CfnConfigurationSet(
            self,
            "ConfigurationSet",
            name=name,
            delivery_options=ses.CfnConfigurationSet.DeliveryOptionsProperty(tls_policy="REQUIRE"),
            reputation_options=ses.CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True
            ),
            sending_options=ses.CfnConfigurationSet.SendingOptionsProperty(sending_enabled=True),
            suppression_options=ses.CfnConfigurationSet.SuppressionOptionsProperty(
                suppressed_reasons=[str(reason) for reason in suppression_reasons]
            ),
        )
        self._resource.apply_removal_policy(removal_policy)
        self.configuration_set_name = name
        self.configuration_set_arn = configuration_set_arn(self, name)

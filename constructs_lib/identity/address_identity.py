"""Single e-mail addresses that may send: their SES identities, verified by whoever reads their mail.

A user gets one `AWS::SES::EmailIdentity` for each address. When it is made, SES mails a link to the address,
which somebody must follow within 24 hours; after that it has failed, until the mail is sent again
(``python -m ops verify ENV ADDRESS``). Identities stay when the stack is deleted; what a failed first
deployment made is cleaned up. An address of a verified domain needs no identity of its own; one that has one
has its own settings, and policies on it take precedence over those on its domain.

Example::

    AddressIdentities(
        stack, "Addresses", addresses=["legal@example.net"], configuration_set_name="transactional"
    )
"""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_ses as ses
from constructs import Construct

from constructs_lib.email_address import require_addresses
from constructs_lib.regions import require_ses_region
from constructs_lib.sending.configuration_set_name import require_configuration_set_name


class AddressIdentities(Construct):
    """The address identities of one Region.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        addresses: Bare addresses, each once. SES compares them as they are written, the domain too, which is
            why that is put into lower case here. ``me+label@example.com`` is another address than
            ``me@example.com``, which may send with labels once it is verified.
        configuration_set_name: The default configuration set; it must exist before.
        removal_policy: Default: identities are kept; a failed creation is cleaned up.

    Attributes:
        identities: The resources by address.

    Raises:
        ConfigurationError: ``email-address-invalid``, ``address-duplicate``,
            ``configuration-set-name-invalid``, ``region-without-ses``; before anything is built.
    """

    identities: Mapping[str, ses.CfnEmailIdentity]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        addresses: Sequence[str],
        configuration_set_name: str,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        require_ses_region(cdk.Stack.of(scope).region, option="env.region")
        names = require_addresses(addresses, option="addresses")
        require_configuration_set_name(configuration_set_name)

        super().__init__(scope, construct_id)
        cdk.RemovalPolicies.of(self).apply(removal_policy)
        self.identities = {
            name: ses.CfnEmailIdentity(
                self,
                # The address itself, so that their order means nothing. A slash would be a path.
                name.replace("/", "|"),
                email_identity=name,
                configuration_set_attributes=ses.CfnEmailIdentity.ConfigurationSetAttributesProperty(
                    configuration_set_name=configuration_set_name
                ),
                feedback_attributes=ses.CfnEmailIdentity.FeedbackAttributesProperty(
                    email_forwarding_enabled=True
                ),
            )
            for name in names
        }

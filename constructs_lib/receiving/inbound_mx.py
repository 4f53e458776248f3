"""The MX record that brings a domain's mail to SES, only where somebody asks for it.

A user gets one `AWS::Route53::RecordSet` where the domain's DNS is in Route 53, or a stack output where it is
elsewhere. The record stays when the stack is deleted, as identity records do; what a failed first deployment
made is cleaned up. Route 53 refuses to create it where an MX record exists that nobody declared.

What a person must still do: with DNS elsewhere, add the record; before that, make the receipt rule set the
active one, or SES rejects the mail that comes.

Example::

    InboundMx(stack, "InboundMx", domain="mail.example.com", dns=ExternalDns())
"""

from collections.abc import Sequence

import aws_cdk as cdk
from constructs import Construct

from constructs_lib.identity.cross_account_record import place_record
from constructs_lib.identity.dns import ExternalDns, WritableZone, require_zone_covers
from constructs_lib.identity.mail_records import inbound_mx_record


class InboundMx(Construct):
    """The MX record of a domain whose mail SES receives in the stack's Region.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        domain: The domain of the addresses; never a MAIL FROM domain, whose MX is another one.
        dns: Where its records belong.
        known_mx: What its MX records are known to be, see `inbound_mx_record`. Default: nothing is known.
        removal_policy: Default: the record stays; a failed creation is cleaned up.

    Attributes:
        record: The record as data.

    Raises:
        ConfigurationError: ``inbound-mx-taken``, ``region-without-receiving``, ``zone-mismatch``, a code of
            `normalize_domain`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        domain: str,
        dns: WritableZone | ExternalDns,
        known_mx: Sequence[str] = (),
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        self.record = inbound_mx_record(domain, cdk.Stack.of(scope).region, known_mx=known_mx)
        require_zone_covers(dns, self.record.name)

        super().__init__(scope, construct_id)
        if not isinstance(dns, ExternalDns):
            place_record(self, "Record", record=self.record, zone=dns, removal_policy=removal_policy)
        else:
            cdk.CfnOutput(
                self,
                "Record",
                value=f"{self.record.name} {self.record.type} {' '.join(self.record.values)}",
                description=f"Add to DNS by hand, for {self.record.name}: {self.record.purpose}",
            )

"""What needs a verified domain waits until SES has verified it, for a bounded time.

A gate is a few custom resources, `Custom::VerifiedIdentity`, that wait one after the other, an
`AWS::IAM::Policy`, and once for all gates of a stack a function with its role and log. It only reads. When
the time is over, or when waiting is pointless, the deployment fails, and the reason names each record that
is missing or wrong. Deleting a gate deletes nothing else, and asks nobody.

Where a person must act before SES can see the records, a gate does not wait and consists of nothing: with DNS
elsewhere, and in a zone that the same app makes and does not delegate. `wait_for_people` makes it wait
there as well. What a person must still do: put the gate into another stack than a *new* identity, because a
first deployment that fails takes the identity back (`docs/reference/verification_gate.md`).

Example::

    gate = VerificationGate(stack, "Verified", identity=identity)
    gate.hold(verification_email_template)
"""

import aws_cdk as cdk
from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.domain_name import normalize_domain
from constructs_lib.errors import ConfigurationError
from constructs_lib.identity.dns import (
    CreatedZone,
    CrossAccountZone,
    DnsLocation,
    Route53Zone,
    require_zone_covers,
)
from constructs_lib.identity.dns_records import Purpose
from constructs_lib.identity.domain_identity import DomainIdentity, ImportedIdentity
from constructs_lib.identity.mail_from_hosts import MailFromHosts
from constructs_lib.identity.mail_records import mail_records
from constructs_lib.identity.mail_zone import MailZone
from constructs_lib.regions import require_ses_region
from constructs_lib.verification.gate_time import DEFAULT_TIMEOUT_SECONDS, MAX_TIMEOUT_SECONDS
from constructs_lib.verification.verification_waits import VerificationWaits


class VerificationGate(Construct):
    """A bounded wait for the verification of a domain.

    Args:
        scope: Parent construct. Its stack is in the identity's account and Region.
        construct_id: Id below the parent.
        identity: The domain, or its construct. What this app makes is made before the wait begins.
        dns: Where its records are. Default: where the `DomainIdentity` puts them; other identities need it.
        timeout: Whole seconds, up to two hours. Default: 15 minutes.
        mail_from: Whether its MAIL FROM domain must be verified too. Default: the domain and its DKIM only.
        mail_from_hosts: As for the `DomainIdentity`, where they are stated and `mail_from` is asked for.
        wait_for_people: Whether to wait also where a person must act first. Default: not.

    Attributes:
        waits: Whether it waits; otherwise nothing is built.

    Raises:
        ConfigurationError: ``verification-gate-invalid``, ``zone-mismatch``, ``region-without-ses``,
            a code of `mail_from_hosts`, the codes of `normalize_domain`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        identity: DomainIdentity | ImportedIdentity | str,
        dns: DnsLocation | None = None,
        timeout: cdk.Duration | None = None,
        mail_from: bool = False,
        mail_from_hosts: MailFromHosts | None = None,
        wait_for_people: bool = False,
    ) -> None:
        region = cdk.Stack.of(scope).region
        require_ses_region(region, option="env.region")
        domain = (
            normalize_domain(identity, option="identity") if isinstance(identity, str) else identity.domain
        )
        location = _location(identity, dns)
        require_zone_covers(location, domain)
        seconds = _seconds(timeout)
        mail_from_values = _mail_from_values(domain, region, mail_from_hosts) if mail_from else None

        super().__init__(scope, construct_id)
        self._identity = identity if isinstance(identity, DomainIdentity) else None
        self._waits = (
            VerificationWaits(
                self,
                "Waits",
                domain=domain,
                timeout_seconds=seconds,
                zone_id=location.zone_id if isinstance(location, Route53Zone) else None,
                mail_from=mail_from_values,
                after=self._identity,
            )
            if wait_for_people or not _needs_people(location)
            else None
        )
        self.waits = self._waits is not None

    def hold(self, construct: Construct) -> None:
        """Let something be created or changed only when the domain is verified.

        Where the gate does not wait, it comes at least after an identity that this app makes.
        """
        if self._waits is not None:
            construct.node.add_dependency(self._waits.last)
        elif self._identity is not None:
            construct.node.add_dependency(self._identity)


def _location(identity: DomainIdentity | ImportedIdentity | str, dns: DnsLocation | None) -> DnsLocation:
    if dns is not None:
        return dns
    if isinstance(identity, DomainIdentity):
        return identity.dns
    raise ConfigurationError(
        "verification-gate-invalid",
        option="dns",
        rule="an identity that is not made here does not say where its records are.",
        got=dns,
        fix="pass the Route53Zone or CrossAccountZone that holds them, or ExternalDns()",
    )


def _needs_people(dns: DnsLocation) -> bool:
    """Whether a person must act before SES can see the records: add them, or delegate a new zone."""
    if isinstance(dns, CreatedZone):
        return dns.parent is None
    if not isinstance(dns, Route53Zone):
        return not isinstance(dns, CrossAccountZone)
    token = cdk.Tokenization.reverse_string(dns.zone_id).first_token
    if not isinstance(token, cdk.Reference) or not isinstance(token.target, route53.CfnHostedZone):
        return False
    made = token.target.node.scope
    return not (isinstance(made, MailZone) and made.delegated)


def _seconds(timeout: cdk.Duration | None) -> int:
    seconds = DEFAULT_TIMEOUT_SECONDS if timeout is None else timeout.to_seconds(integral=False)
    if seconds != int(seconds) or not 1 <= seconds <= MAX_TIMEOUT_SECONDS:
        raise ConfigurationError(
            "verification-gate-invalid",
            option="timeout",
            rule="whole seconds, at least one and at most two hours.",
            got=f"{seconds:g} seconds",
            fix="leave it out for 15 minutes, or write up to cdk.Duration.hours(2)",
        )
    return int(seconds)


def _mail_from_values(domain: str, region: str, hosts: MailFromHosts | None) -> dict[str, str]:
    """What every MAIL FROM domain of this Region must hold; SES knows which one the identity has."""
    records = mail_records(domain, region=region, mail_from=domain, dkim=(), dmarc=None, stated_hosts=hosts)
    values = {record.purpose: record.values[0] for record in records}
    return {"Mx": values[Purpose.MAIL_FROM_MX], "Spf": values[Purpose.MAIL_FROM_SPF]}

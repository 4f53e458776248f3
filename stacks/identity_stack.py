"""The domains of one zone that this deploy makes, or one domain: a unit that succeeds or fails alone."""

from collections.abc import Sequence

from constructs import Construct

from constructs_lib.identity.dns import CreatedZone
from constructs_lib.identity.dns_records import Purpose
from constructs_lib.identity.domain_identity import DomainIdentity
from constructs_lib.identity.legacy_verification import LegacyVerification
from constructs_lib.identity.mail_zone import MailZone
from constructs_lib.receiving.inbound_mx import InboundMx
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.region_stack import RegionStack
from stacks.retention import removal_policy


class IdentityStack(RegionStack):
    """Domain identities in one Region, with the zone that holds their records where this deploy makes it.

    One domain is one stack, so that a domain whose records cannot be created never rolls another back,
    and a stack never grows. Domains in a zone made here share its stack: only it knows the zone's id.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: MailEnvironment,
        domains: Sequence[MailDomain],
        region: str,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            config=config,
            region=region,
            description="Amazon SES: domain identities and their DNS records",
        )
        dns = domains[0].dns
        if isinstance(dns, CreatedZone):
            zone = MailZone(
                self,
                "Zone",
                zone_name=dns.zone_name,
                parent=dns.parent,
                removal_policy=removal_policy(config),
            )
            dns = zone.location
        self.identities = [
            DomainIdentity(
                self,
                domain.domain,
                domain=domain.domain,
                dns=dns,
                configuration_set_name=config.configuration_set_name,
                mail_from_domain=domain.mail_from_in(region),
                mail_from_hosts=config.mail_from_hosts.get(region),
                dkim_key_length=domain.dkim_key_length,
                own_dkim_key=domain.own_dkim_key,
                dmarc=domain.dmarc if config.publishes_policies(domain, region) else None,
                apex_spf=domain.apex_spf if config.publishes_policies(domain, region) else None,
                report_zones=config.zones(),
                existing_identity=domain.existing_identity,
                existing_records=[purpose for purpose in Purpose if domain.has_record(purpose)],
                removal_policy=removal_policy(config),
            )
            for domain in domains
        ]
        received = [
            domain
            for domain in domains
            if config.has_inbound_mx(domain, region) and isinstance(domain.inbound_mx_dns, CreatedZone)
        ]
        if received:
            # Only this stack knows the zone's id; nobody sends mail before the zone is delegated.
            mx = Construct(self, "InboundMx")
            for domain in received:
                InboundMx(
                    mx, domain.domain, domain=domain.domain, dns=dns, removal_policy=removal_policy(config)
                )
        legacy = Construct(self, "LegacyVerification")
        for domain, identity in zip(domains, self.identities, strict=True):
            if domain.legacy_txt:
                LegacyVerification(
                    legacy, domain.domain, domain=identity, dns=dns, removal_policy=removal_policy(config)
                )

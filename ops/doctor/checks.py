"""Every subject of the examination, one check each: to add one, add it here."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from constructs_lib.identity.dns import CreatedZone, ExternalDns
from ops.dns_check import LookUp
from ops.doctor.bootstrap import bootstrap_findings
from ops.doctor.delegation import (
    Delegations,
    created_zone_findings,
    external_findings,
    route53_zone_findings,
    zones_of,
)
from ops.doctor.deploy_permissions import caller_findings
from ops.doctor.dns_conflicts import conflict_findings, records_by_zone
from ops.doctor.expected import dkim_secrets, expected_names
from ops.doctor.findings import Finding
from ops.doctor.foreign_zones import foreign_zone_findings, foreign_zones_of
from ops.doctor.holders import Holders
from ops.doctor.names import dkim_secret_findings, name_findings
from ops.doctor.ports import Caller, DoctorGateway
from ops.doctor.report_authorization import report_findings
from ops.doctor.rule_set import rule_set_findings
from ops.doctor.spf_lookups import spf_findings, spf_records
from ops.doctor.suppression import recipients_in, suppression_findings
from stacks.config import MailEnvironment


@dataclass(frozen=True, kw_only=True)
class Check:
    """One subject.

    Attributes:
        about: What is not known when it cannot be asked.
        ask: Gives findings; an AccessError ends it, and what it gave before counts.
    """

    about: str
    ask: Callable[[], Iterable[Finding]]


@dataclass(frozen=True, kw_only=True)
class Checks:
    """What is asked about an environment.

    Attributes:
        environment: The environment.
        gateway: Read access to its account.
        public: Asked about records in public DNS.
        delegations: Asked what the parents of zones say.
    """

    environment: MailEnvironment
    gateway: DoctorGateway
    public: LookUp
    delegations: Delegations

    def all(self, caller: Caller | None, regions: tuple[str, ...]) -> Iterator[Check]:
        """Every check.

        Args:
            caller: Whose credentials these are; None where that is not known.
            regions: The Regions that can be asked.
        """
        holders = Holders(self.environment, self.gateway, regions)
        if caller is not None and regions:
            yield Check(
                about="whether the credentials may use the CDK's roles",
                ask=partial(caller_findings, self.environment, caller, regions, self.gateway),
            )
        for region in regions:
            yield from self._names(region, holders)
            yield from self._account(region)
        yield from self._zones(holders)
        yield from self._records(holders)

    def _names(self, region: str, holders: Holders) -> Iterator[Check]:
        for expected in expected_names(self.environment, region):
            yield Check(
                about=f"whether the {expected.kind} {expected.name} is there in {region}, and whose it is",
                ask=partial(name_findings, self.environment, expected, self.gateway, holders),
            )
        for secret, where in dkim_secrets(self.environment):
            if where == region:
                yield Check(
                    about=f"whether the secret {secret} is there in {region}",
                    ask=partial(dkim_secret_findings, self.environment, secret, region, self.gateway),
                )

    def _account(self, region: str) -> Iterator[Check]:
        for address in recipients_in(self.environment, region):
            yield Check(
                about=f"whether {address} is suppressed in {region}",
                ask=partial(suppression_findings, address, region, self.gateway),
            )
        yield Check(
            about=f"the active receipt rule set in {region}",
            ask=partial(rule_set_findings, self.environment, region, self.gateway),
        )
        yield Check(
            about=f"what CloudFormation may do in {region}",
            ask=partial(bootstrap_findings, self.environment, region, self.gateway),
        )

    def _zones(self, holders: Holders) -> Iterator[Check]:
        for zone in zones_of(self.environment):
            yield Check(
                about=f"the hosted zone of {zone.zone_name}",
                ask=partial(created_zone_findings, zone, self.gateway, holders, self.delegations)
                if isinstance(zone, CreatedZone)
                else partial(route53_zone_findings, zone, self.gateway, self.delegations),
            )
        for foreign in foreign_zones_of(self.environment):
            yield Check(
                about=f"the delegation of {foreign[0].zone_name}",
                ask=partial(foreign_zone_findings, foreign, self.delegations),
            )
        for domain in self.environment.domains:
            if isinstance(domain.dns, ExternalDns):
                yield Check(
                    about=f"the delegation of {domain.domain}",
                    ask=partial(external_findings, domain.domain, self.delegations),
                )

    def _records(self, holders: Holders) -> Iterator[Check]:
        for records in records_by_zone(self.environment):
            place = records[0].place.text
            yield Check(
                about=f"what stands where records go: {place}",
                ask=partial(conflict_findings, records, self.gateway, self.public, holders),
            )
            yield Check(
                about=f"report authorizations: {place}", ask=partial(report_findings, records, self.public)
            )
        for record in spf_records(self.environment):
            yield Check(
                about=f"the look-ups of the SPF record of {record.name}",
                ask=partial(spf_findings, record, self.public),
            )

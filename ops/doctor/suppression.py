"""Addresses that the environment has mail sent to, and that SES sends nothing to."""

from collections.abc import Iterator

from ops.doctor.findings import Finding, Severity
from ops.doctor.ports import DoctorGateway
from stacks.config import MailEnvironment


def recipients_in(environment: MailEnvironment, region: str) -> tuple[str, ...]:
    """Whom SES sends mail of the environment's own to in a Region, each once, sorted."""
    found = {address.address for address in environment.addresses_in(region)}
    if environment.receiving is not None and region in environment.receiving_regions:
        for inbox in environment.receiving.inboxes:
            forwarding = inbox.forwarding
            if forwarding is not None:
                found.update(target for targets in forwarding.mapping.values() for target in targets)
    for sender in environment.senders:
        if region in environment.regions_of_sender(sender):
            found.update(recipient for recipient in sender.sandbox_recipients if "@" in recipient)
    return tuple(sorted(found))


def suppression_findings(address: str, region: str, gateway: DoctorGateway) -> Iterator[Finding]:
    """Whether one address is on the account's list.

    Raises:
        AccessError: SES could not be asked.
    """
    reason = gateway.suppressed(address, region=region)
    if reason is not None:
        yield Finding(
            severity=Severity.WARNING,
            code="address-suppressed",
            what=f"{address} is on the account's suppression list in {region} ({reason.lower()}).",
            why="SES accepts mail to it and sends none.",
            fix="once its owner wants mail again: aws sesv2 delete-suppressed-destination --email-address "
            f"{address} --region {region}",
        )

"""Verifies the addresses of an environment as their owners do: by the link in the mail that arrived."""

from dataclasses import dataclass

from local.errors import RehearsalError
from local.mailbox import find_link, follow_link
from ops.address_verification import Mail, Request, send_verification
from ops.pace import Pace
from ops.ports import AddressGateway, State
from stacks.config import MailEnvironment


@dataclass(frozen=True, kw_only=True)
class VerifiedAddress:
    """An address whose owner followed the link.

    Attributes:
        address: The address.
        mail: Which mail SES sent.
        template: The template of a custom mail; None for SES's own.
        landed: The URL that the link led to; None for SES's own page.
    """

    address: str
    mail: Mail
    template: str | None
    landed: str | None


def verify_addresses(
    config: MailEnvironment, gateway: AddressGateway, *, endpoint_url: str
) -> tuple[VerifiedAddress, ...]:
    """Send what the deploy has not sent, follow each link, and see that SES says so.

    Raises:
        RehearsalError: A mail did not arrive, or its link verified nothing.
        OpsError: SES refused to send, or to set the default configuration set.
    """
    region = config.regions[0]
    found, pace = [], Pace()
    for each in config.addresses_in(region):
        mail = Mail.OWN
        if each.template is not None:
            request = Request(
                address=each.address,
                region=region,
                template=each.template,
                configuration_set=config.configuration_set_name,
            )
            sent = send_verification(request, gateway, pace=pace)
            if sent.not_set is not None:
                raise sent.not_set
            mail = sent.mail
        landing = follow_link(find_link(endpoint_url, each.address, region=region))
        state = gateway.address_state(each.address, region=region)
        if state is not State.SUCCESS:
            raise RehearsalError(
                step=f"verify {each.address}",
                cause=f"its link answered {landing.status}, and SES says {state}.",
                fix="this is a fault of the embedded AWS: report it with the output of make demo.",
            )
        found.append(
            VerifiedAddress(address=each.address, mail=mail, template=each.template, landed=landing.location)
        )
    return tuple(found)

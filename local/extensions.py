"""The one seam between this project and the emulator: everything that is added or replaced, in one place."""

import socket
from datetime import timedelta
from pathlib import Path

from local import (
    cloudformation_identity,
    cloudformation_verification_template,
    contract,
    emulator,
    secret_rotation,
    sns_subscriptions,
)
from local.access_keys import takes_smtp_credentials, with_limit
from local.address_verification import AddressVerification
from local.addresses import with_labels
from local.cloudformation_identity import EmailIdentityType
from local.cloudformation_verification_template import VerificationTemplateType
from local.custom_verification import CustomVerification
from local.identity import dkim_tokens
from local.secret_rotation import RotationScheduleType, SecretValues, rotate_secret
from local.sent_mail import SentMail
from local.ses_requests import SesRequests
from local.ses_store import IdentityStore
from local.smtp_endpoint import SmtpEndpoint
from local.smtp_submission import Submission
from local.sns_subscriptions import PendingSubscriptions
from local.verification_clicks import VerificationClicks
from local.verification_links import Links
from local.verification_templates import VerificationTemplates


def install(
    *,
    verification_window: timedelta,
    link_window: timedelta,
    endpoint_url: str,
    smtp_listener: socket.socket,
    smtp_certificate: Path,
) -> None:
    """Extend the emulator in this process; once, before it serves.

    Args:
        verification_window: How long SES looks for DNS records before it gives up.
        link_window: How long the link in a verification mail works.
        endpoint_url: Where the emulator is going to answer.
        smtp_listener: An open socket for SES's SMTP interface.
        smtp_certificate: Where its certificate is written.

    Raises:
        ContractError: the installed emulator is not the one that is extended here.
    """
    contract.check()
    _extend_ses(
        IdentityStore(window=verification_window, links=Links(window=link_window)), endpoint_url=endpoint_url
    )

    subscription = emulator.resource_types[sns_subscriptions.RESOURCE_TYPE]
    pending = PendingSubscriptions(
        create_inner=subscription["create"], list_inner=contract.SUBSCRIPTIONS_BY_TOPIC.take()
    )
    subscription["create"] = pending.create
    contract.SUBSCRIPTIONS_BY_TOPIC.replace(pending.list_by_topic)

    _extend_secrets()
    SmtpEndpoint(
        listener=smtp_listener,
        certificate=smtp_certificate,
        accepts=takes_smtp_credentials,
        takes=Submission(endpoint_url=endpoint_url).take,
    ).start()


def _extend_ses(store: IdentityStore, *, endpoint_url: str) -> None:
    addresses = AddressVerification(store=store, endpoint_url=endpoint_url)
    custom = CustomVerification(addresses=addresses, templates=VerificationTemplates())
    requests = SesRequests(
        store=store, custom=custom, v1=contract.V1_REQUEST.take(), v2=contract.V2_REQUEST.take()
    )
    contract.V1_REQUEST.replace(requests.handle_v1)
    contract.V2_REQUEST.replace(requests.handle_v2)
    contract.V1_TOKENS.replace(_tokens)
    contract.IDENTITY_VERIFIED.replace(with_labels(contract.IDENTITY_VERIFIED.take()))
    sent = SentMail(inner=contract.MESSAGES.take())
    contract.MESSAGES.replace(VerificationClicks(inner=sent.handle, addresses=addresses).handle)

    identity = EmailIdentityType(store=store, addresses=addresses)
    emulator.resource_types[cloudformation_identity.RESOURCE_TYPE] = {
        "create": identity.create,
        "update": identity.update,
        "delete": identity.delete,
    }
    emulator.replacing_properties[cloudformation_identity.RESOURCE_TYPE] = cloudformation_identity.REPLACING
    template = VerificationTemplateType(custom=custom)
    emulator.resource_types[cloudformation_verification_template.RESOURCE_TYPE] = {
        "create": template.create,
        "update": template.update,
        "delete": template.delete,
    }
    emulator.replacing_properties[cloudformation_verification_template.RESOURCE_TYPE] = (
        cloudformation_verification_template.REPLACING
    )


def _extend_secrets() -> None:
    emulator.iam_calls["CreateAccessKey"] = with_limit(emulator.iam_calls["CreateAccessKey"])
    values = SecretValues(get=contract.GET_SECRET_VALUE.take(), put=contract.PUT_SECRET_VALUE.take())
    contract.GET_SECRET_VALUE.replace(values.get)
    contract.PUT_SECRET_VALUE.replace(values.put)
    contract.ROTATE_SECRET.replace(rotate_secret)
    schedule = RotationScheduleType()
    emulator.resource_types[secret_rotation.RESOURCE_TYPE] = {
        "create": schedule.create,
        "update": schedule.update,
        "delete": schedule.delete,
    }
    emulator.replacing_properties[secret_rotation.RESOURCE_TYPE] = secret_rotation.REPLACING


def _tokens(domain: str) -> list[str]:
    return list(dkim_tokens(account=emulator.account_id(), region=emulator.region(), domain=domain))

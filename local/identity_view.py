"""What the SES API v2 answers about an identity: shapes of GetEmailIdentity and ListEmailIdentities."""

from collections.abc import Sequence
from typing import Any

from local.identity import SIGNING_HOSTED_ZONE, Identity
from local.verification import Progress, Status


def full_view(identity: Identity, tags: Sequence[dict[str, str]]) -> dict[str, Any]:
    """The response of GetEmailIdentity."""
    view: dict[str, Any] = {
        **creation_view(identity),
        "FeedbackForwardingStatus": identity.feedback_forwarding,
        "MailFromAttributes": _mail_from(identity),
        "Policies": dict(identity.policies),
        "Tags": list(tags),
        "VerificationStatus": identity.verification.status,
        "VerificationInfo": _verification_info(identity.verification),
    }
    if identity.configuration_set_name:
        view["ConfigurationSetName"] = identity.configuration_set_name
    return view


def creation_view(identity: Identity) -> dict[str, Any]:
    """The response of CreateEmailIdentity."""
    return {
        "IdentityType": identity_type(identity),
        "VerifiedForSendingStatus": identity.verification.may_send,
        "DkimAttributes": _dkim(identity),
    }


def summary_view(identity: Identity) -> dict[str, Any]:
    """One entry of ListEmailIdentities."""
    return {
        "IdentityType": identity_type(identity),
        "IdentityName": identity.name,
        "SendingEnabled": identity.verification.may_send,
        "VerificationStatus": identity.verification.status,
    }


def identity_type(identity: Identity) -> str:
    """The identity's type in the words of the API v2."""
    return "DOMAIN" if identity.is_domain else "EMAIL_ADDRESS"


def _dkim(identity: Identity) -> dict[str, Any]:
    if not identity.is_domain:
        return {"SigningEnabled": False, "Status": Status.NOT_STARTED, "Tokens": []}
    common = {
        "SigningEnabled": identity.signing_enabled,
        "Status": identity.verification.status,
        "Tokens": list(identity.tokens),
    }
    if identity.own_key is not None:
        return {**common, "SigningAttributesOrigin": "EXTERNAL"}
    return {
        **common,
        "SigningAttributesOrigin": "AWS_SES",
        "SigningHostedZone": SIGNING_HOSTED_ZONE,
        "CurrentSigningKeyLength": identity.key_length,
        "NextSigningKeyLength": identity.key_length,
        "LastKeyGenerationTimestamp": identity.verification.started.timestamp(),
    }


def _mail_from(identity: Identity) -> dict[str, str]:
    behavior = {"BehaviorOnMxFailure": identity.mx_failure}
    if identity.mail_from is None:
        return {**behavior}
    status = identity.mail_from.progress.status
    return {"MailFromDomain": identity.mail_from.domain, "MailFromDomainStatus": status, **behavior}


def _verification_info(progress: Progress) -> dict[str, Any]:
    info: dict[str, Any] = {}
    if progress.last_checked is not None:
        info["LastCheckedTimestamp"] = progress.last_checked.timestamp()
    if progress.last_success is not None:
        info["LastSuccessTimestamp"] = progress.last_success.timestamp()
    if progress.error is not None:
        info["ErrorType"] = progress.error
    return info

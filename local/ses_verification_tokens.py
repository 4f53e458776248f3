"""SES API v1 calls that tell the token of the legacy verification record, as the API reference has them.

The emulator gives every account and Region the same token, and tells it to VerifyDomainIdentity only. The
record is not looked for: identities are verified by DKIM here, as those of this project are.
"""

from collections.abc import Mapping
from http import HTTPStatus
from xml.sax.saxutils import escape

from local import emulator
from local.emulator import Response
from local.identity import Identity
from local.ses_store import V1_STATUS, IdentityStore


def answer_about_tokens(action: str, parameters: Mapping[str, str], store: IdentityStore) -> Response | None:
    """The response to VerifyDomainIdentity or GetIdentityVerificationAttributes, None to any other call."""
    match action:
        case "VerifyDomainIdentity":
            identity = store.find(parameters.get("Domain", ""))
            return _response(action, _token(identity)) if identity else None
        case "GetIdentityVerificationAttributes":
            names = (value for key, value in parameters.items() if key.startswith("Identities.member."))
            # SES leaves out what it does not know.
            entries = "".join(_entry(name, identity) for name in names if (identity := store.find(name)))
            return _response(action, f"<VerificationAttributes>{entries}</VerificationAttributes>")
    return None


def _entry(name: str, identity: Identity) -> str:
    status = f"<VerificationStatus>{V1_STATUS[identity.verification.status]}</VerificationStatus>"
    return f"<entry><key>{escape(name)}</key><value>{status}{_token(identity)}</value></entry>"


def _token(identity: Identity) -> str:
    token = identity.legacy_token
    return f"<VerificationToken>{token}</VerificationToken>" if token else ""


def _response(action: str, result: str) -> Response:
    return emulator.v1_response(
        HTTPStatus.OK, f"{action}Response", f"<{action}Result>{result}</{action}Result>"
    )

"""SES API v2 calls about identities, answered as the API reference documents them.

A request that is not about identities is answered with None: the emulator takes it.
"""

import json
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import unquote

from local import emulator
from local.address_verification import AddressVerification, require_identity_name
from local.emulator import Query, Response
from local.identity import Identity
from local.identity_view import creation_view, full_view, summary_view
from local.ses_configuration_sets import configuration_set_exists
from local.ses_errors import SesError
from local.ses_identity_policies import InvalidPolicyError, TooManyPoliciesError, with_policy, without_policy
from local.ses_store import IdentityStore, identity_arn, with_mail_from, with_signing

_MAX_PAGE: Final = 1000


@dataclass(frozen=True, kw_only=True)
class IdentityCalls:
    """The calls.

    Attributes:
        store: The identities.
        addresses: Sends the mail that verifies an address.
    """

    store: IdentityStore
    addresses: AddressVerification

    def answer(self, method: str, path: str, body: bytes, query: Query) -> Response | None:
        """The response to an API v2 request about identities, None to any other."""
        parts = [unquote(part) for part in path.strip("/").split("/")[2:]]
        match (method, parts):
            case ("POST", ["identities"]):
                return self.create(_json(body))
            case ("GET", ["identities"]):
                return self.list_all({key: values[0] for key, values in query.items() if values})
            case ("POST", ["list-identities"]):
                return self.list_all(_json(body))
            case (_, ["identities", name, *rest]):
                identity = self.store.find(name)
                if identity is None:
                    return error("NotFoundException", f"Email identity {name} does not exist.", status=404)
                return self._about(identity, method, rest, body)
        return None

    def create(self, data: dict[str, Any]) -> Response:
        """CreateEmailIdentity."""
        name = data.get("EmailIdentity") or ""
        if not name:
            return error("BadRequestException", "EmailIdentity is required.")
        try:
            require_identity_name(name)
        except SesError as problem:
            return problem.v2()
        if self.store.find(name) is not None:
            return error("AlreadyExistsException", f"Email identity {name} already exist.")
        configuration_set = data.get("ConfigurationSetName") or None
        if configuration_set and not configuration_set_exists(configuration_set):
            return missing_configuration_set(configuration_set)
        try:
            identity = with_signing(self.store.new(name), data.get("DkimSigningAttributes") or {})
        except ValueError as refused:
            return error("BadRequestException", str(refused))
        self.store.put(replace(identity, configuration_set_name=configuration_set))
        self.store.set_tags(name, data.get("Tags") or [])
        self.addresses.start(self._stored(name))
        return success(creation_view(self._stored(name)))

    def list_all(self, data: dict[str, Any]) -> Response:
        """ListEmailIdentities; the next token is the name that the next page starts with."""
        wanted = data.get("Filter") or {}
        views = [summary_view(self._stored(name)) for name in sorted(self.store.names())]
        views = [
            view
            for view in views
            if wanted.get("IDENTITY_NAME_CONTAINS", "") in view["IdentityName"]
            and wanted.get("IDENTITY_TYPE", view["IdentityType"]) == view["IdentityType"]
            and wanted.get("VERIFICATION_STATUS", view["VerificationStatus"]) == view["VerificationStatus"]
            and view["IdentityName"] >= (data.get("NextToken") or "")
        ]
        size = int(data.get("PageSize") or _MAX_PAGE)
        rest = views[size:]
        page: dict[str, Any] = {"EmailIdentities": views[:size]}
        return success({**page, "NextToken": rest[0]["IdentityName"]} if rest else page)

    def _about(self, identity: Identity, method: str, rest: list[str], body: bytes) -> Response | None:
        match (method, rest):
            case ("GET", []):
                return success(full_view(identity, self.store.tags(identity.name)))
            case ("DELETE", []):
                self.store.remove(identity.name)
                return success({})
            case ("PUT", [attributes]):
                return self._put(identity, attributes, _json(body))
            case ("GET", ["policies"]):
                return success({"Policies": dict(identity.policies)})
            case ("POST" | "PUT" | "DELETE", ["policies", policy_name]):
                return self._policy(identity, method, policy_name, _json(body))
        return None

    def _policy(self, identity: Identity, method: str, name: str, data: dict[str, Any]) -> Response:
        """CreateEmailIdentityPolicy, UpdateEmailIdentityPolicy, DeleteEmailIdentityPolicy."""
        if method == "POST" and name in identity.policies:
            return error("AlreadyExistsException", f"Policy {name} already exists for {identity.name}.")
        try:
            changed = (
                without_policy(identity, name)
                if method == "DELETE"
                else with_policy(identity, name, data.get("Policy") or "", arn=identity_arn(identity.name))
            )
        except TooManyPoliciesError as problem:
            return error("LimitExceededException", str(problem))
        except InvalidPolicyError as problem:
            return error("BadRequestException", str(problem))
        self.store.put(changed)
        return success({})

    def _put(self, identity: Identity, attributes: str, data: dict[str, Any]) -> Response | None:
        """PutEmailIdentity...Attributes, by the last part of the path."""
        mail_from, configuration_set = data.get("MailFromDomain"), data.get("ConfigurationSetName")
        if mail_from and not is_subdomain(mail_from, identity):
            message = f"Provided MAIL-FROM domain <{mail_from}> is not subdomain of <{identity.name}>."
            return error("BadRequestException", message)
        if configuration_set and not configuration_set_exists(configuration_set):
            return missing_configuration_set(configuration_set)
        changed = _changed(identity, attributes, data)
        if changed is None:
            return None
        self.store.put(changed)
        return success({})

    def _stored(self, name: str) -> Identity:
        identity = self.store.find(name)
        if identity is None:
            raise KeyError(name)
        return identity


def _changed(identity: Identity, attributes: str, data: dict[str, Any]) -> Identity | None:
    """The identity after a Put call, by the last part of the call's path; None for an unknown one."""
    match attributes:
        case "mail-from":
            return with_mail_from(identity, data.get("MailFromDomain"), data.get("BehaviorOnMxFailure"))
        case "dkim":
            return replace(identity, signing_enabled=bool(data.get("SigningEnabled")))
        case "configuration-set":
            return replace(identity, configuration_set_name=data.get("ConfigurationSetName") or None)
        case "feedback":
            return replace(identity, feedback_forwarding=bool(data.get("EmailForwardingEnabled")))
    return None


def is_subdomain(mail_from: str, identity: Identity) -> bool:
    """Whether a MAIL FROM domain is a subdomain of the identity's domain (SES Developer Guide)."""
    return mail_from.lower().endswith("." + identity.name.rpartition("@")[2].lower())


def success(data: dict[str, Any]) -> Response:
    """A response of the API v2."""
    return 200, {"Content-Type": "application/json"}, json.dumps(data).encode()


def error(code: str, message: str, *, status: int = 400) -> Response:
    """An error of the API v2."""
    return emulator.v2_error(code, message, status)


def missing_configuration_set(name: str) -> Response:
    """What the API v2 says about a configuration set that does not exist."""
    return error("NotFoundException", f"Configuration set <{name}> does not exist.", status=404)


def _json(body: bytes) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(body) if body else {}
    return data

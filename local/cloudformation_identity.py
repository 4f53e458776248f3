"""``AWS::SES::EmailIdentity`` as CloudFormation provides it, on the identities of `local.ses_store`.

Template reference: every property updates without interruption, except ``EmailIdentity``, which replaces;
attributes are DkimDNSTokenName1..3 and DkimDNSTokenValue1..3; a name that exists already fails the stack.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from local.address_verification import AddressVerification, require_identity_name
from local.identity import Identity
from local.ses_configuration_sets import configuration_set_exists
from local.ses_identity_calls import is_subdomain
from local.ses_store import IdentityStore, with_mail_from, with_signing

RESOURCE_TYPE: Final = "AWS::SES::EmailIdentity"
REPLACING: Final = ("EmailIdentity",)
"""Properties whose change makes a new resource."""

Properties = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class EmailIdentityType:
    """The resource type's handlers; parameter names and order are the emulator's.

    Attributes:
        store: The identities.
        addresses: Sends the mail that verifies an address.
    """

    store: IdentityStore
    addresses: AddressVerification

    def create(self, logical_id: str, props: Properties, stack_name: str) -> tuple[str, dict[str, str]]:
        """Create the identity.

        Raises:
            ValueError: it exists already, or a property is not possible; the stack then fails with this text.
        """
        del logical_id, stack_name  # the domain is the name: nothing is generated
        name = props["EmailIdentity"]
        require_identity_name(name)
        if self.store.find(name) is not None:
            message = (
                f"Resource of type '{RESOURCE_TYPE}' with identifier '{name}' already exists. "
                "(HandlerErrorCode: AlreadyExists)"
            )
            raise ValueError(message)
        identity = self.store.new(name)
        created = self._apply(identity, props)
        self.addresses.start(identity)
        return created

    def update(
        self, physical_id: str, old_props: Properties, new_props: Properties, stack_name: str
    ) -> tuple[str, dict[str, str]]:
        """Apply changed properties; verification and tokens stay.

        Raises:
            ValueError: the identity is gone, or a property is not possible.
        """
        del old_props, stack_name  # the template is the whole truth about an identity
        identity = self.store.find(physical_id)
        if identity is None:
            raise ValueError(f"Email identity {physical_id} does not exist. (HandlerErrorCode: NotFound)")
        return self._apply(identity, new_props)

    def delete(self, physical_id: str, props: Properties) -> None:
        """Delete the identity; one that is gone already is fine."""
        del props
        self.store.remove(physical_id)

    def _apply(self, identity: Identity, props: Properties) -> tuple[str, dict[str, str]]:
        mail_from = props.get("MailFromAttributes") or {}
        domain = mail_from.get("MailFromDomain")
        if domain and not is_subdomain(domain, identity):
            raise ValueError(f"MAIL FROM domain <{domain}> is not a subdomain of <{identity.name}>.")
        configuration_set = (props.get("ConfigurationSetAttributes") or {}).get("ConfigurationSetName")
        if configuration_set and not configuration_set_exists(configuration_set):
            raise ValueError(f"Configuration set <{configuration_set}> does not exist.")
        identity = with_mail_from(identity, domain, mail_from.get("BehaviorOnMxFailure"))
        identity = with_signing(identity, props.get("DkimSigningAttributes") or {})
        identity = replace(
            identity,
            configuration_set_name=configuration_set or None,
            signing_enabled=_switch(props, "DkimAttributes", "SigningEnabled"),
            feedback_forwarding=_switch(props, "FeedbackAttributes", "EmailForwardingEnabled"),
        )
        self.store.put(identity)
        self.store.set_tags(identity.name, props.get("Tags") or [])
        return identity.name, identity_attributes(identity)


def identity_attributes(identity: Identity) -> dict[str, str]:
    """What Fn::GetAtt gives."""
    attributes = {}
    for number, record in enumerate(identity.dkim_records, start=1):
        attributes[f"DkimDNSTokenName{number}"] = record.name
        attributes[f"DkimDNSTokenValue{number}"] = record.target
    return attributes


def _switch(props: Properties, group: str, name: str) -> bool:
    """A boolean property that is on unless the template says otherwise; templates may carry it as text."""
    return str((props.get(group) or {}).get(name, True)).lower() == "true"

"""``AWS::SES::CustomVerificationEmailTemplate`` as CloudFormation provides it.

Template reference: TemplateName replaces, everything else updates without interruption; Ref is the name.

Nothing here makes SES look for DNS records, which takes SES a while: a deployment that creates a domain's
records and goes on at once finds the domain pending. Each call of SES's API looks, so whoever waits by it
goes on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from local.custom_verification import CustomVerification
from local.verification_templates import REQUIRED

RESOURCE_TYPE: Final = "AWS::SES::CustomVerificationEmailTemplate"
REPLACING: Final = ("TemplateName",)
"""Properties whose change makes a new resource."""

Properties = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class VerificationTemplateType:
    """The resource type's handlers; parameter names and order are the emulator's.

    Attributes:
        custom: What SES does with custom verification e-mails.
    """

    custom: CustomVerification

    def create(self, logical_id: str, props: Properties, stack_name: str) -> tuple[str, dict[str, str]]:
        """Create the template.

        Raises:
            SesError: SES refuses it, for one because the sender is not verified; the stack then fails with
                SES's words.
        """
        del logical_id, stack_name  # the name is a property: nothing is generated
        self.custom.create(props, props.get("Tags") or ())
        return props["TemplateName"], {}

    def update(
        self, physical_id: str, old_props: Properties, new_props: Properties, stack_name: str
    ) -> tuple[str, dict[str, str]]:
        """Apply the template's properties.

        Raises:
            SesError: SES refuses them.
        """
        del old_props, stack_name  # the template is the whole truth
        self.custom.update(physical_id, {name: new_props.get(name, "") for name in REQUIRED})
        self.custom.tag(physical_id, new_props.get("Tags") or ())
        return physical_id, {}

    def delete(self, physical_id: str, props: Properties) -> None:
        """Delete the template; one that is gone already is fine."""
        del props
        if physical_id in self.custom.templates.own():
            self.custom.delete(physical_id)

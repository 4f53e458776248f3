"""Resource import for the types of mail that the emulator does not import itself.

CloudFormation User Guide, "Import AWS resources into a CloudFormation stack": a resource is named by its
primary identifier, it has to be there, and nothing of it is compared with the template or changed.

``AWS::Route53::RecordSet`` is left out: users report that CloudFormation does not import it
(cloudformation-coverage-roadmap, issues 560 and 1681).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from local import cloudformation_identity, cloudformation_receipt, emulator
from local.cloudformation_identity import identity_attributes
from local.receipt_state import ReceiptState
from local.ses_configuration_sets import configuration_set_exists
from local.ses_store import IdentityStore

CONFIGURATION_SET: Final = "AWS::SES::ConfigurationSet"
HOSTED_ZONE: Final = "AWS::Route53::HostedZone"

Find = Callable[[str], dict[str, str] | None]
"""The attributes of a resource by its identifier, or None."""


@dataclass(frozen=True, kw_only=True)
class Imports:
    """What is imported, and by what.

    Attributes:
        identities: The identities of SES.
        receipts: The receipt rule sets.
    """

    identities: IdentityStore
    receipts: ReceiptState

    def install(self) -> None:
        """Have the emulator import these types."""
        self._let_import(cloudformation_identity.RESOURCE_TYPE, "EmailIdentity", self._identity)
        self._let_import(
            CONFIGURATION_SET, "Name", lambda name: {} if configuration_set_exists(name) else None
        )
        self._let_import(cloudformation_receipt.RULE_SET, "RuleSetName", self._rule_set)
        self._let_import(HOSTED_ZONE, "Id", _zone)

    def _let_import(self, kind: str, key: str, find: Find) -> None:
        def problem(value: str) -> str | None:
            missing = f"Resource of type '{kind}' with identifier '{value}' was not found."
            return missing if find(value) is None else None

        def adopt(identifier: dict[str, str]) -> tuple[str, dict[str, str]]:
            return identifier[key], find(identifier[key]) or {}

        emulator.imports[kind] = ((key,), problem)
        emulator.resource_types[kind]["import"] = adopt

    def _identity(self, name: str) -> dict[str, str] | None:
        identity = self.identities.find(name)
        return None if identity is None else identity_attributes(identity)

    def _rule_set(self, name: str) -> dict[str, str] | None:
        return {} if name in self.receipts.own().rule_sets.by_name else None


def _zone(zone_id: str) -> dict[str, str] | None:
    return {"Id": zone_id} if (emulator.account_id(), zone_id) in emulator.zones() else None

"""What a trail records: advanced event selectors of CloudTrail for Amazon SES. Plain values.

Sends are data events, which a trail records only where a selector asks for them, for a price by event; all
other calls of SES are management events. Sends over SMTP are no calls: CloudTrail never records them. A send
has ``readOnly`` true, so a selector of write events would record none (SES Developer Guide, logging with
CloudTrail; CloudTrail User Guide, filtering data events).

Example::

    DataEvents(identities=("example.com",), known_senders=False)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from constructs_lib.audit.known_principals import caller_patterns
from constructs_lib.domain_name import is_token, normalize_domain
from constructs_lib.email_address import normalize_address

IDENTITY: Final = "AWS::SES::EmailIdentity"
TYPES: Final = (IDENTITY, "AWS::SES::ConfigurationSet", "AWS::SES::Template")
"""The types of SES resources that have data events."""

Selector = dict[str, Any]
"""One advanced event selector, as the CloudTrail API and CloudFormation write it."""


@dataclass(frozen=True, kw_only=True)
class DataEvents:
    """Which sends are recorded. Each costs: a limit keeps the price down.

    Attributes:
        identities: Only sends from these domains, their addresses, or these addresses. Default: every send.
        known_senders: Whether sends of the principals that are known are recorded too. Without them the
            trail holds, and costs, only what the alerts look for; the history then shows no ordinary send.

    Raises:
        ConfigurationError: the codes of `normalize_domain` and `normalize_address`.
    """

    identities: tuple[str, ...] = ()
    known_senders: bool = True

    def __post_init__(self) -> None:
        names = tuple(
            normalize_address(name, option="identities")
            if "@" in name and not is_token(name)
            else normalize_domain(name, option="identities")
            for name in self.identities
        )
        object.__setattr__(self, "identities", names)

    def selectors(
        self, *, name: str, senders: Sequence[str], partition: str, account: str
    ) -> tuple[Selector, ...]:
        """The selectors that record these sends, in every Region of a trail.

        Args:
            name: Begins the name of each, by which they are found again.
            senders: The principals that are known, as `known_principals.require_principals` takes them.
            partition: Of the account.
            account: The account whose sends these are.
        """
        fields: list[Selector] = []
        if self.identities:
            fields.append({"Field": "resources.ARN", "EndsWith": list(_arn_ends(self.identities))})
        if senders and not self.known_senders:
            fields.append(_not_by(caller_patterns(senders, partition=partition, account=account)))
        types = (IDENTITY,) if self.identities else TYPES
        return tuple(
            {
                "Name": f"{name}: {kind}",
                "FieldSelectors": [
                    {"Field": "eventCategory", "Equals": ["Data"]},
                    {"Field": "resources.type", "Equals": [kind]},
                    *fields,
                ],
            }
            for kind in types
        )


def management_selector(*, reads: bool) -> Selector:
    """The selector of management events, of every service: a trail cannot choose one (CloudTrail API)."""
    fields: list[Selector] = [{"Field": "eventCategory", "Equals": ["Management"]}]
    if not reads:
        fields.append({"Field": "readOnly", "Equals": ["false"]})
    return {"Name": "Management events", "FieldSelectors": fields}


def _arn_ends(identities: Sequence[str]) -> list[str]:
    """How the ARNs of identities end, in any partition, Region and account.

    Whether a send from an address of a verified domain names the domain or the address is not documented.
    """
    ends = []
    for name in identities:
        ends.append(f":identity/{name}")
        if "@" not in name:
            ends.append(f"@{name}")
    return ends


def _not_by(patterns: Sequence[str]) -> Selector:
    """The field that leaves callers out; a condition of a selector has no wildcards, but prefixes."""
    prefixes = [pattern.removesuffix("*") for pattern in patterns if pattern.endswith("*")]
    whole = [pattern for pattern in patterns if not pattern.endswith("*")]
    field: Selector = {"Field": "userIdentity.arn"}
    if prefixes:
        field["NotStartsWith"] = prefixes
    if whole:
        field["NotEquals"] = whole
    return field

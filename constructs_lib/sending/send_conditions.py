"""When a send is allowed: the conditions of an IAM or sending authorization statement.

Sources: Service Authorization Reference, Amazon SES (which key SES passes with which action); SES Developer
Guide, sending policy examples (the keys compare with StringEquals and StringLike, and case counts); IAM User
Guide, multivalued context keys (``ForAllValues`` alone also matches a request without the key).

The configuration set is no condition: SES has no key for it, so a statement names its ARN as a resource.

Example::

    SendConditions(from_addresses=("billing@example.com",), recipients=("*@example.org",)).block()
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from constructs_lib.domain_name import is_token
from constructs_lib.email_address import normalize_address
from constructs_lib.errors import ConfigurationError

Block = dict[str, dict[str, list[str]]]

_MESSAGE_KEYS: Final = frozenset(
    {"ses:ApiVersion", "ses:FeedbackAddress", "ses:FromAddress", "ses:FromDisplayName", "ses:Recipients"}
)
_V2_KEYS: Final = frozenset({"ses:ApiVersion", "ses:MultiRegionEndpointId", "ses:TenantName"})

# SES documents no address key for SendBulkEmail: a statement that needs one cannot allow it.
KEYS_OF_ACTION: Final = {
    "ses:SendEmail": _MESSAGE_KEYS | _V2_KEYS,
    "ses:SendRawEmail": _MESSAGE_KEYS,
    "ses:SendTemplatedEmail": _MESSAGE_KEYS,
    "ses:SendBulkTemplatedEmail": _MESSAGE_KEYS,
    "ses:SendBulkEmail": _V2_KEYS,
}

# How each key of `SendConditions.other` is compared. SES passes the keys of ``aws:`` with each action.
_OTHER_OPERATORS: Final = {
    "aws:SecureTransport": "Bool",
    "aws:SourceIp": "IpAddress",
    "ses:ApiVersion": "StringEquals",
    "ses:MultiRegionEndpointId": "StringEquals",
    "ses:TenantName": "StringEquals",
}


@dataclass(frozen=True, kw_only=True)
class SendConditions:
    """What must hold for a message, all of it together; an empty option restricts nothing.

    Addresses compare as SES and IAM do: case counts. Domains are put into lower case here, the part before
    the @ stays as written, and a send must spell both in this way. ``*`` before the @ stands for any
    characters, and ``*.`` after it for the subdomains of a domain.

    Attributes:
        from_addresses: From addresses, such as ``billing@example.com`` or ``billing-*@example.com``.
        recipients: Every To, Cc and Bcc address must be among these.
        display_names: What stands before the From address in a message, compared exactly.
        feedback_addresses: Return-Path, where SES forwards bounces and complaints.
        other: Values by condition key: ``ses:ApiVersion``, ``ses:TenantName``,
            ``ses:MultiRegionEndpointId``, ``aws:SourceIp``, ``aws:SecureTransport``.

    Raises:
        ConfigurationError: ``condition-key-unknown``, ``condition-value-invalid``,
            ``email-address-invalid``, and the codes of `normalize_domain`.
    """

    from_addresses: Sequence[str] = ()
    recipients: Sequence[str] = ()
    display_names: Sequence[str] = ()
    feedback_addresses: Sequence[str] = ()
    other: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for option in ("from_addresses", "recipients", "feedback_addresses"):
            patterns = tuple(_address_pattern(value, option) for value in _values(self, option))
            object.__setattr__(self, option, patterns)
        for name in _values(self, "display_names"):
            if not is_token(name) and not _is_display_name(name):
                raise _invalid("display_names", name, "write one name, without * and control characters")
            _refuse_variable(name, "display_names")
        for key, values in self.other.items():
            if key not in _OTHER_OPERATORS:
                raise ConfigurationError(
                    "condition-key-unknown",
                    option="other",
                    rule="SES passes few keys with a send (Service Authorization Reference, Amazon SES), "
                    "and those of addresses and names have options of their own.",
                    got=key,
                    fix="use one of "
                    + ", ".join(_OTHER_OPERATORS)
                    + "; a configuration set is restricted by its ARN",
                )
            if isinstance(values, str) or not values:
                raise _invalid(f"other[{key!r}]", values, "write a sequence of values, or leave the key out")
            for value in values:
                if not value.strip() or value == "*":
                    raise _invalid(f"other[{key!r}]", value, "write the value, or leave the key out")
                _refuse_variable(value, f"other[{key!r}]")

    def block(self) -> Block:
        """The ``Condition`` element as plain data; empty where nothing is restricted."""
        block: Block = {}

        def add(operator: str, key: str, values: Sequence[str]) -> None:
            if values:
                block.setdefault(operator, {})[key] = list(values)

        add("StringLike", "ses:FromAddress", self.from_addresses)
        add("StringLike", "ses:FeedbackAddress", self.feedback_addresses)
        add("StringEquals", "ses:FromDisplayName", self.display_names)
        add("ForAllValues:StringLike", "ses:Recipients", self.recipients)
        # Without this, a request that passes no recipients would satisfy ForAllValues.
        add("Null", "ses:Recipients", ["false"] if self.recipients else [])
        for key, values in self.other.items():
            add(_OTHER_OPERATORS[key], key, values)
        return block

    def applies_to(self, action: str) -> bool:
        """Whether SES passes every key that these conditions need with an action of `KEYS_OF_ACTION`.

        Where it does not, a statement with these conditions never allows the action.
        """
        keys = {key for operator in self.block().values() for key in operator}
        return {key for key in keys if key.startswith("ses:")} <= KEYS_OF_ACTION[action]


def _values(conditions: SendConditions, option: str) -> tuple[str, ...]:
    values = getattr(conditions, option)
    if isinstance(values, str):
        raise _invalid(option, values, f"write a sequence: {option}=({values!r},)")
    return tuple(values)


def _address_pattern(value: str, option: str) -> str:
    if is_token(value):
        return value
    _refuse_variable(value, option)
    local, _, domain = value.rpartition("@")
    below = "*." if domain.startswith("*.") else ""
    domain = domain.removeprefix(below)
    if "?" in value or "*" in domain:
        raise _invalid(
            option,
            value,
            "put * before the @, or for the subdomains of a domain: *@*.example.com; no ? at all",
        )
    local, _, domain = normalize_address(f"{local}@{domain}", option=option).rpartition("@")
    return f"{local}@{below}{domain}"


def _is_display_name(name: str) -> bool:
    # Policy documents hold nothing above U+00FF (IAM User Guide, IAM name requirements).
    return bool(name.strip()) and name.isprintable() and "*" not in name and max(name) <= "\xff"


def _refuse_variable(value: str, option: str) -> None:
    if "${" in value and not is_token(value):
        raise _invalid(option, value, "leave ${ out: IAM would read a policy variable")


def _invalid(option: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError(
        "condition-value-invalid",
        option=option,
        rule="a condition names whole addresses and exact names; a bare * would restrict nothing.",
        got=got,
        fix=fix,
    )

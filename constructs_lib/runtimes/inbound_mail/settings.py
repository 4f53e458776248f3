"""What the function is told by its environment. The construct writes it, the handler reads it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

SETTINGS: Final = "INBOUND_MAIL"
"""The environment variable that holds the settings as JSON."""


@dataclass(frozen=True, kw_only=True)
class ForwardSettings:
    """How mail is forwarded.

    Attributes:
        sender: The From address of what is forwarded, of a verified identity.
        mapping: Destinations by recipient: an address, ``@domain``, or ``*`` for the rest.
        configuration_set: The one that sends use.
        automatic: Whether mail that says it was made automatically, but is no reply, is forwarded.
        bulk: Whether mailing lists and newsletters are forwarded.
        max_hops: More ``Received`` fields than this are a loop.
    """

    sender: str
    mapping: Mapping[str, Sequence[str]]
    configuration_set: str
    automatic: bool = False
    bulk: bool = True
    max_hops: int = 100

    def to_dict(self) -> dict[str, Any]:
        """See `Settings.to_dict`."""
        return _without_defaults(self)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything.

    Attributes:
        bucket: Where SES puts raw mail.
        prefix: Of the keys of raw mail, as the rule has it.
        key_arn: Encrypts what the function writes.
        stops: Verdicts that stop forwarding, by check: ``spam``, ``virus``, ``spf``, ``dkim``, ``dmarc``.
        dmarc_policies: With these policies of the author's domain, a DMARC verdict of `stops` counts.
        attachments: Whether attachments are stored.
        forward: None keeps mail without forwarding it.
        client_side_key_arn: What SES may have encrypted raw mail with before it came to S3.
    """

    bucket: str
    prefix: str
    key_arn: str
    stops: Mapping[str, Sequence[str]]
    dmarc_policies: Sequence[str]
    attachments: bool = True
    forward: ForwardSettings | None = None
    client_side_key_arn: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """For the environment variable; an option that has its default is left out, since space is short."""
        found = _without_defaults(self)
        if self.forward is not None:
            found["forward"] = self.forward.to_dict()
        return found

    @classmethod
    def from_json(cls, text: str) -> "Settings":
        """Read what `to_dict` gave."""
        value = json.loads(text)
        forward = value.pop("forward", None)
        return cls(**value, forward=None if forward is None else ForwardSettings(**forward))


def _without_defaults(settings: Settings | ForwardSettings) -> dict[str, Any]:
    values = asdict(settings)
    found = {each.name: values[each.name] for each in fields(settings) if values[each.name] != each.default}
    # With lists, not tuples: the CDK takes nothing else.
    plain: dict[str, Any] = json.loads(json.dumps(found))
    return plain

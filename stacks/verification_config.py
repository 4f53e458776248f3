"""What an environment says about single addresses and their verification. Nothing here loads the CDK."""

from dataclasses import dataclass
from typing import Final

from constructs_lib.email_address import normalize_address
from constructs_lib.gate_time import DEFAULT_TIMEOUT_SECONDS, MAX_TIMEOUT_SECONDS
from stacks.config_errors import environment_invalid

MAX_WAIT_MINUTES: Final = MAX_TIMEOUT_SECONDS // 60


@dataclass(frozen=True, kw_only=True)
class VerificationWait:
    """How long a deploy waits for a domain that something needs verified, such as a template.

    Attributes:
        minutes: 1 to 120. Default: 15.
        for_people: Whether to wait also where a person must act first: add records elsewhere, or delegate a
            zone that this deploy makes. Default: no, since nobody may be there to act.

    Raises:
        ConfigurationError: ``environment-invalid``.
    """

    minutes: int = DEFAULT_TIMEOUT_SECONDS // 60
    for_people: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.minutes <= MAX_WAIT_MINUTES:
            raise environment_invalid(
                "verification_wait: minutes",
                f"1 to {MAX_WAIT_MINUTES}: whoever deploys waits as long.",
                self.minutes,
                "leave it out for 15 minutes",
            )


@dataclass(frozen=True, kw_only=True)
class MailAddress:
    """A single address that may send, verified by whoever reads its mail.

    Attributes:
        address: The bare address. Case counts before the @; the domain is put into lower case.
        template: Name of the environment's template that the verification mail is made of, sent by
            ``python -m ops verify``. Default: SES's own mail, which the deploy has SES send.
        regions: Regions that send for it. Default: the environment's first Region only.

    Raises:
        ConfigurationError: ``email-address-invalid``, or a code of `normalize_domain`.
    """

    address: str
    template: str | None = None
    regions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "address", normalize_address(self.address, option="addresses", quoted=True))

"""What an environment says about single addresses and their verification. Nothing here loads the CDK."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from constructs_lib.email_address import normalize_address
from constructs_lib.existing import refuse_beside_existing
from constructs_lib.verification.gate_time import DEFAULT_TIMEOUT_SECONDS, MAX_TIMEOUT_SECONDS
from stacks.config_errors import environment_invalid, require_tuples

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
        existing_identity: Whether SES has its identity already in each of them, made by somebody else. Not
            together with `template`. Default: it is made.

    Raises:
        ConfigurationError: ``existing-resource-invalid``, ``email-address-invalid``, or a code of
            `normalize_domain`.
    """

    address: str
    template: str | None = None
    regions: tuple[str, ...] = ()
    existing_identity: bool = False

    def __post_init__(self) -> None:
        require_tuples(self, option=f"addresses: {self.address}")
        if self.existing_identity:
            refuse_beside_existing("existing_identity", {"template": self.template})
        object.__setattr__(self, "address", normalize_address(self.address, option="addresses", quoted=True))

    @property
    def is_made(self) -> bool:
        """Whether the deploy makes its identity; with a template the operator's command does."""
        return self.template is None and not self.existing_identity

    def require_template(
        self,
        templates: Mapping[str, tuple[str, ...]],
        *,
        regions: Sequence[str],
        sends: str | None,
        option: str,
    ) -> None:
        """Refuse a template that cannot verify this address.

        Args:
            templates: The Regions of each template of the environment, by its name.
            regions: The Regions of this address.
            sends: A template that is sent from this address, which no domain covers; None if there is none.
            option: The option's name, for the error.

        Raises:
            ConfigurationError: ``environment-invalid``.
        """
        if self.template is None:
            return
        if self.template not in templates:
            raise environment_invalid(
                option,
                "a template of the environment: " + (", ".join(templates) or "it has none") + ".",
                self.template,
                "add it to `templates`, or leave it out for SES's own mail",
            )
        if sends is not None:
            raise environment_invalid(
                option,
                f"the template {sends} is sent from this address, and SES takes no template before its "
                "sender is verified.",
                self.template,
                "leave it out: SES's own mail verifies the sender",
            )
        if not set(regions) <= set(templates[self.template]):
            raise environment_invalid(
                option,
                f"it is where its sender is, in {', '.join(templates[self.template])}, and verifies nobody "
                "elsewhere.",
                tuple(regions),
                "give its sender these Regions too, or leave it out for SES's own mail",
            )

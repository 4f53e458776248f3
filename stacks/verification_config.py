"""What an environment says about single addresses and their verification. Nothing here loads the CDK."""

from dataclasses import dataclass

from constructs_lib.email_address import normalize_address


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

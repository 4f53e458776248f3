"""Easy DKIM, with keys that SES makes and rotates: how long they are. Nothing here loads the CDK."""

from enum import StrEnum

from constructs_lib.errors import ConfigurationError
from constructs_lib.identity.own_dkim import OwnDkimKey


class DkimKeyLength(StrEnum):
    """Length of the signing key; SES changes it once a day at most (SES API v2, DkimSigningAttributes)."""

    RSA_1024_BIT = "RSA_1024_BIT"
    RSA_2048_BIT = "RSA_2048_BIT"


def key_length_of(requested: DkimKeyLength | None, own_key: OwnDkimKey | None) -> DkimKeyLength:
    """The length of the keys that SES makes.

    Args:
        requested: The caller's choice; None means 2048 bit.
        own_key: A key of one's own in place of Easy DKIM; its length is its own.

    Raises:
        ConfigurationError: ``dkim-key-invalid`` where both are chosen.
    """
    if requested is not None and own_key is not None:
        raise ConfigurationError(
            "dkim-key-invalid",
            option="dkim_key_length",
            rule="Easy DKIM or a key of one's own, whose length is its own.",
            got=f"{requested} and the key {own_key.selector}",
            fix="leave dkim_key_length out, or own_dkim_key",
        )
    return requested or DkimKeyLength.RSA_2048_BIT

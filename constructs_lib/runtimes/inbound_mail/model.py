"""S3 and SES as the function uses them."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from .header import Raw


class Objects(Protocol):
    """S3 as claims need it."""

    def write_claim(self, key: str, body: bytes, *, instead_of: str | None) -> str | None:
        """Write if there is no object, or if its ETag is `instead_of`. The new ETag; None if it is not so."""

    def read_claim(self, key: str) -> tuple[bytes, str]:
        """The object and its ETag."""


class Gateway(Objects, Protocol):
    """S3 and SES as the function uses them."""

    def read(self, key: str) -> Raw:
        """A raw message.

        Raises:
            StoreError: it could not be read as a whole.
        """

    def write(self, key: str, body: bytes, *, content_type: str) -> None:
        """Write or overwrite an object.

        Raises:
            StoreError: it may not be there.
        """

    def write_pieces(self, key: str, pieces: Iterable[bytes]) -> int:
        """Write or overwrite an object from pieces that are made meanwhile. The size in bytes.

        Raises:
            StoreError: it may not be there.
        """

    def send(
        self,
        destinations: Sequence[str],
        *,
        sender: str,
        header: bytes,
        raw: Raw,
        body: int,
        configuration_set: str,
    ) -> str:
        """Send a header followed by the body of a message. SES's id of it.

        Raises:
            NotSentError: certainly not sent.
            OutcomeUnknownError: perhaps sent.
        """

"""What an environment says about incoming mail. Nothing here loads the CDK."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from constructs_lib.errors import ConfigurationError
from constructs_lib.mail_processing import MailProcessor
from constructs_lib.receipt_rules import IpFilter, ReceiptRule

BUCKET_OUTPUT: Final = "MailBucket"
"""The output of a receiving stack that names the bucket of its mail."""

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")


def dead_letters_output(inbox: str) -> str:
    """The output of a receiving stack that names the dead-letter queue of an inbox."""
    return "DeadLetters" + "".join(part.capitalize() for part in inbox.split("-"))


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """A rule that keeps mail in S3, and what is done with it.

    Attributes:
        name: 1 to 32 lower case letters, digits and hyphens: the rule's name, and the prefix of its keys.
        recipients: Addresses, domains, and ``.example.com`` for all subdomains.
        catch_all: Whether it is for every recipient of a verified domain; then there are no recipients.
        processor: What is done with each message. Default: a summary and its attachments are stored beside
            it, and nothing is forwarded.
        tls_required: Whether mail that comes without TLS is refused. Default: yes.
        last: Whether no rule after it sees its mail. Default: not.

    Raises:
        ConfigurationError: ``environment-invalid``. Recipients are checked where the rule is built.
    """

    name: str
    recipients: tuple[str, ...] = ()
    catch_all: bool = False
    processor: MailProcessor = field(default_factory=MailProcessor)
    tls_required: bool = True
    last: bool = False

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ConfigurationError(
                "environment-invalid",
                option="receiving: inboxes: name",
                rule="1 to 32 lower case letters, digits and hyphens, a letter first.",
                got=self.name,
                fix="choose such a name and keep it: the keys of its mail begin with it",
            )

    @property
    def prefix(self) -> str:
        """What the keys of its mail begin with."""
        return f"{self.name}/"

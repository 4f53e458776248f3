"""What can go wrong, and what it means for a message.

::

    InboundMailError
    ├── StoreError             S3 did not do what it was asked
    ├── NotSentError           SES certainly did not take it
    ├── OutcomeUnknownError    SES may have taken it
    ├── ClaimLostError         a claim is not what it was
    └── NotFinishedError       another attempt, or a person
"""


class InboundMailError(Exception):
    """Something went wrong. The text names calls and codes, never anything of a message."""


class StoreError(InboundMailError):
    """S3 did not do what it was asked. Nothing was sent by that; the queue tries again."""


class NotSentError(InboundMailError):
    """SES certainly did not take a message: it refused it, or was not reached."""


class OutcomeUnknownError(InboundMailError):
    """SES may or may not have taken a message: no answer, or a fault on its side."""


class NotFinishedError(InboundMailError):
    """A message needs another attempt, or in the end a person."""


class ClaimLostError(InboundMailError):
    """A claim changed although it was this attempt's. Somebody else was here; nobody knows more."""

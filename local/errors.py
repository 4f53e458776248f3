"""The errors of the embedded AWS that people see.

::

    RuntimeError
    └── RehearsalError        a step of the rehearsal did not work: step, cause, what to do
        ├── ContractError     the installed emulator is not the one that this project extends
        └── SmtpRefusedError  SES answered a submission with another code than 250
"""


class RehearsalError(RuntimeError):
    """A step of the rehearsal did not work.

    Args:
        step: What was being done, for example ``start the embedded AWS``.
        cause: Why it stopped, with the telling lines of a log where there is one.
        fix: What to do next.
    """

    def __init__(self, *, step: str, cause: str, fix: str) -> None:
        self.step = step
        self.cause = cause
        self.fix = fix
        super().__init__(f"Could not {step}: {cause} Fix: {fix}")


class ContractError(RehearsalError):
    """The installed emulator moved something that this project extends or relies on."""


class SmtpRefusedError(RehearsalError):
    """SES did not take a message that was submitted over SMTP.

    Args:
        reply: Its answer: the reply code and the words of SES.
    """

    def __init__(self, reply: str) -> None:
        self.reply = reply
        super().__init__(
            step="submit a message over SMTP",
            cause=f"SES answered {reply}.",
            fix="as SES says: the sender's domain or address must be verified.",
        )

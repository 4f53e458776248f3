"""Errors of the operator's commands: one sentence, what to do, a stable code.

::

    OpsError                          anything below; the command exits 2 unless stated otherwise
    ├── AccessError                   the answer could not be had
    │   ├── PermissionDeniedError     aws-access-denied
    │   ├── CredentialsError          aws-credentials
    │   ├── UnreachableError          aws-unreachable
    │   └── ServiceError              aws-refused (throttling that outlasted the retries included)
    ├── AccountMismatchError          aws-account-mismatch
    ├── ZoneAmbiguousError            zone-ambiguous
    ├── AuditLogUnreadableError       audit-log-unreadable
    ├── ClaimChangedError             claim-changed
    ├── ClaimInUseError               claim-in-use
    ├── ConfigurationSetMissingError  configuration-set-missing
    ├── FileError                     file-unwritable
    ├── InboxMissingError             inbox-missing
    ├── MailAmbiguousError            mail-ambiguous
    ├── MailMissingError              mail-missing
    ├── MailUnreadableError           mail-unreadable
    ├── QuantityError                 quantity-impossible
    ├── RecordUnreadableError         record-unreadable
    ├── RedriveRunningError           redrive-running
    ├── ResolverError                 resolver-invalid
    ├── ReviewRefError                review-ref-unknown
    ├── ReviewSynthesisError          review-synthesis-failed
    ├── ReviewToolError               review-tool-missing
    ├── AddressVerifiedError          address-verified
    ├── SandboxError                  account-in-sandbox
    ├── VerificationFailedError       address-failed; the command exits 1
    ├── VerificationNotDoneError      address-pending; the command exits 1
    ├── SecretExistsError             secret-exists
    ├── TemplateAmbiguousError        template-ambiguous
    ├── TemplateFileExistsError       template-file-exists
    ├── TemplateMissingError          template-missing
    ├── TrailChangedError             trail-changed
    ├── TrailMissingError             trail-missing
    ├── TrailSelectorsError           trail-selectors-basic
    └── VerificationError             carries the statuses; the command exits 1
        ├── VerificationTimeoutError  verification-timeout
        └── VerificationBlockedError  verification-blocked

Messages name actions, Regions and names, never request or response bodies.
"""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ops.identity_status import IdentityStatus

CODES: Final = {
    "account-in-sandbox": "SES sends no custom verification mail from its sandbox",
    "address-failed": "The link in a verification mail expired",
    "address-pending": "Nobody followed the link of a verification mail yet",
    "address-verified": "An address is verified already",
    "audit-log-unreadable": "A file in the bucket of a trail is no log file",
    "aws-access-denied": "The credentials may not do what the command needs",
    "aws-account-mismatch": "The credentials belong to another account than the environment",
    "aws-credentials": "No usable AWS credentials were found",
    "aws-refused": "AWS did not answer the request",
    "aws-unreachable": "The AWS endpoint could not be reached",
    "claim-changed": "Somebody else settled or sent a batch meanwhile",
    "claim-in-use": "The function may still be sending a batch",
    "configuration-set-missing": "SES has no configuration set of that name in that Region",
    "file-unwritable": "A file given on the command line cannot be written",
    "inbox-missing": "The environment has no such inbox, or it is not deployed",
    "mail-ambiguous": "Several inboxes have a message of that id",
    "mail-missing": "No message of that id is stored",
    "mail-unreadable": "A stored message cannot be decrypted",
    "quantity-impossible": "A number or plan given for the price cannot be",
    "record-unreadable": "This release cannot read what was noted about a message",
    "redrive-running": "SQS is moving the dead letters of a queue already",
    "resolver-invalid": "A DNS server is named as HOST or HOST:PORT",
    "review-ref-unknown": "A side of a review is no commit and no directory of an app",
    "review-synthesis-failed": "A side of a review could not be synthesized",
    "review-tool-missing": "What compares templates is not installed, or failed",
    "secret-exists": "A secret is never replaced",
    "template-ambiguous": "A broken template file can be read in two ways",
    "template-file-exists": "A file is in the way that the command does not overwrite",
    "template-missing": "SES has no template of that name",
    "trail-changed": "Somebody else changed a trail meanwhile",
    "trail-missing": "The environment has no audit trail, or it is not there",
    "trail-selectors-basic": "A trail cannot be extended without loss",
    "verification-blocked": "Waiting cannot verify the domain",
    "verification-timeout": "A domain was not verified in time",
    "zone-ambiguous": "Several public hosted zones have the same name",
}


class OpsError(Exception):
    """Something that the operator has to change before the command can answer.

    Args:
        message: What happened, one sentence.
        fix: What to do about it.

    Attributes:
        code: Stable identifier, a key of `CODES`.
        sentence: Code, message and fix in one line.
    """

    code: str

    def __init__(self, message: str, *, fix: str) -> None:
        self.message = message
        self.fix = fix
        self.sentence = f"[{self.code}] {message} Fix: {fix}"
        super().__init__(self.sentence)


class AccessError(OpsError):
    """AWS did not give an answer."""


class PermissionDeniedError(AccessError):
    """The credentials lack a permission."""

    code = "aws-access-denied"


class CredentialsError(AccessError):
    """There are no credentials, or they are not valid any more."""

    code = "aws-credentials"


class UnreachableError(AccessError):
    """No connection to the endpoint."""

    code = "aws-unreachable"


class ServiceError(AccessError):
    """The service answered with another error, after the retries."""

    code = "aws-refused"


class AccountMismatchError(OpsError):
    """The credentials are valid, for the wrong account."""

    code = "aws-account-mismatch"


class ZoneAmbiguousError(OpsError):
    """A zone name does not tell which zone is meant."""

    code = "zone-ambiguous"


class AuditLogUnreadableError(OpsError):
    """A log file that somebody changed, or that is something else."""

    code = "audit-log-unreadable"


class ClaimChangedError(OpsError):
    """A claim that is not as it was read."""

    code = "claim-changed"


class ClaimInUseError(OpsError):
    """A claim whose holder may still be at work."""

    code = "claim-in-use"


class ConfigurationSetMissingError(OpsError):
    """A configuration set that is not deployed."""

    code = "configuration-set-missing"


class FileError(OpsError):
    """A file given on the command line cannot be written."""

    code = "file-unwritable"


class InboxMissingError(OpsError):
    """An inbox that nobody declared or deployed."""

    code = "inbox-missing"


class MailAmbiguousError(OpsError):
    """A message that several rules stored."""

    code = "mail-ambiguous"


class MailMissingError(OpsError):
    """A message that is not stored."""

    code = "mail-missing"


class MailUnreadableError(OpsError):
    """A message that SES encrypted before it came to S3, and that cannot be decrypted."""

    code = "mail-unreadable"


class QuantityError(OpsError):
    """A month that cannot be: a number outside of what is possible, or a plan that SES does not have."""

    code = "quantity-impossible"


class RecordUnreadableError(OpsError):
    """A summary or a claim of another release, or one that somebody damaged."""

    code = "record-unreadable"


class RedriveRunningError(OpsError):
    """A queue whose messages are moved already."""

    code = "redrive-running"


class ResolverError(OpsError):
    """A DNS server given on the command line cannot be used."""

    code = "resolver-invalid"


class ReviewRefError(OpsError):
    """A side of a review that cannot be found."""

    code = "review-ref-unknown"


class ReviewSynthesisError(OpsError):
    """A side of a review whose app did not synthesize."""

    code = "review-synthesis-failed"


class ReviewToolError(OpsError):
    """The program that compares templates cannot be run."""

    code = "review-tool-missing"


class AddressVerifiedError(OpsError):
    """There is nothing to verify."""

    code = "address-verified"


class SandboxError(OpsError):
    """The account is in the SES sandbox."""

    code = "account-in-sandbox"


class VerificationFailedError(OpsError):
    """SES gave up on an address."""

    code = "address-failed"


class VerificationNotDoneError(OpsError):
    """Time ran out before somebody followed the link."""

    code = "address-pending"


class SecretExistsError(OpsError):
    """A secret of that name exists, and may be in use."""

    code = "secret-exists"


class TemplateAmbiguousError(OpsError):
    """A template file that only a person can repair."""

    code = "template-ambiguous"


class TemplateFileExistsError(OpsError):
    """A file that would be overwritten."""

    code = "template-file-exists"


class TemplateMissingError(OpsError):
    """A template that SES does not have in that Region."""

    code = "template-missing"


class TrailChangedError(OpsError):
    """A trail that is not as it was read."""

    code = "trail-changed"


class TrailMissingError(OpsError):
    """A trail that nobody declared or made."""

    code = "trail-missing"


class TrailSelectorsError(OpsError):
    """A trail whose selectors are of the kind that would be replaced."""

    code = "trail-selectors-basic"


class VerificationError(OpsError):
    """The wait ended without every identity verified.

    Its text has, after the sentence, a line for each record that is missing or wrong.

    Args:
        message: What happened, one sentence.
        fix: What to do about it.
        statuses: The last status of every identity of the environment.
    """

    def __init__(self, message: str, *, fix: str, statuses: "tuple[IdentityStatus, ...]") -> None:
        super().__init__(message, fix=fix)
        self.statuses = statuses

    def __str__(self) -> str:
        return "\n".join([self.sentence, *(item.summary() for item in self.statuses if not item.verified)])


class VerificationTimeoutError(VerificationError):
    """Time ran out."""

    code = "verification-timeout"


class VerificationBlockedError(VerificationError):
    """SES gave up, or the identity does not exist: time alone changes nothing."""

    code = "verification-blocked"

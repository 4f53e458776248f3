"""Errors that people can act on.

::

    ValueError
    └── ConfigurationError     a value that the deployment cannot be built from

Every error names the option, the rule, what it got and how to fix it, and carries a
stable code. ``docs/errors.md`` has a section for each code in `CODES`; a test keeps
the two equal.
"""

import sys
from types import TracebackType
from typing import Final

CODES: Final = {
    "abuse-alerts-invalid": "Alerts on abuse go to a topic in the Region of their rules",
    "account-invalid": "An AWS account id is 12 digits",
    "address-duplicate": "Each address is declared once",
    "alarm-topic-invalid": "Alarms are told to a standard topic of their Region",
    "audit-trail-invalid": "A trail has a name, days that its files are kept, and senders that it leaves out",
    "bounce-reply-invalid": "A bounce has codes of RFC 5321 and RFC 3463 and one line of text",
    "client-side-encryption-missing": "Mail that SES encrypts goes where it can be read",
    "condition-key-unknown": "SES passes few condition keys with a send",
    "condition-value-invalid": "A condition compares whole addresses and exact names",
    "configuration-set-name-invalid": "SES restricts configuration set names",
    "created-zone-regions": "A hosted zone made by this deploy serves one Region",
    "cross-account-record-invalid": "A record set in a zone of another account is written once, as a whole",
    "delegated-sending-invalid": "Another account's identity is sent with in its own Region",
    "dkim-key-invalid": "A DKIM key of one's own has a selector, a public key and a secret",
    "dmarc-invalid": "RFC 7489 restricts DMARC tags",
    "dns-value-invalid": "A DNS record cannot be written as given",
    "domain-duplicate": "A domain may be declared once per environment",
    "domain-malformed": "A domain name follows RFC 1035 and RFC 5890",
    "domain-single-label": "SES verifies domains of two labels or more",
    "domain-too-long": "DNS limits labels to 63 octets and names to 253",
    "email-address-invalid": "An e-mail address follows RFC 5321, in ASCII",
    "encryption-key-unusable": "SES must be able to use the key of a topic",
    "environment-invalid": "An environment file holds a value that is not possible",
    "environment-unknown": "No environment of that name is declared",
    "event-destination-invalid": "SES restricts event destinations",
    "event-forwarding-invalid": "A rule sends events on to a bus or a topic of its Region",
    "event-pattern-too-long": "EventBridge limits the characters of an event pattern",
    "existing-resource-invalid": "Something that exists already cannot be used here",
    "feedback-topics-invalid": "Every kind of feedback goes to one topic, every subscriber gets it once",
    "forwarding-invalid": "Forwarding leads out of the mapping, from a verified address",
    "from-address-outside-identity": "SES sends only from addresses of the identity",
    "hosted-zone-id-invalid": "A Route 53 hosted zone id starts with Z",
    "hosted-zone-private": "SES and receivers look records up in public DNS",
    "inbound-mail-invalid": "A queue for incoming mail has one function and limits that AWS takes",
    "inbound-mx-taken": "A domain's mail goes to one provider, in one Region",
    "instance-metadata-unprotected": "IMDSv2 is required where the instances are described",
    "instance-permission-invalid": "An instance may send through the API and do nothing else",
    "instance-sender-invalid": "The options of an EC2 sender belong together",
    "ip-filter-invalid": "A filter allows or blocks one IPv4 range",
    "known-principal-invalid": "Whom the audit knows is a role or a user of the account",
    "legacy-verification-invalid": "A domain has one legacy verification record in a stack",
    "mail-access-invalid": "Stored mail is read by single roles of other accounts, folder by folder",
    "mail-dashboard-invalid": "A dashboard has a name CloudWatch takes and shows everything once",
    "mail-from-feedback-host-unknown": "The feedback MX host of this Region is not published",
    "mail-from-hosts-published": "MAIL FROM domains of this Region use other hosts",
    "mail-from-invalid": "MAIL FROM is a subdomain of the identity, used for nothing else",
    "mail-function-invalid": "Your function on mail has code and limits that Lambda takes",
    "mail-prefix-invalid": "Mail is stored in folders that IAM reads literally",
    "mail-processor-invalid": "The built-in mail function has room, time and a short mapping",
    "mail-reader-missing": "What reads client-side encrypted mail is installed for Lambda first",
    "mail-retention-invalid": "Stored mail is kept for whole days, archived before it expires",
    "null-client-invalid": "An option of the null client is not possible",
    "policy-too-large": "IAM limits the characters of a policy",
    "principal-invalid": "An authorization names roles or users of one other account",
    "queue-arn-invalid": "A topic feeds standard queues, named by ARN",
    "receipt-action-invalid": "SES restricts the actions of a receipt rule",
    "receipt-domain-unknown": "SES receives mail for verified domains only",
    "receipt-rule-invalid": "A receipt rule has a name, recipients and actions that SES takes",
    "receipt-rule-set-invalid": "A receipt rule set has a name, and a place for what it stores",
    "receipt-rules-invalid": "Receipt rules have names of their own and can all apply",
    "recipients-too-many": "IAM limits the characters of a policy, recipients included",
    "region-without-budgets": "CloudFormation makes budgets in some Regions",
    "region-without-receiving": "Amazon SES does not receive mail in this Region",
    "region-without-ses": "Amazon SES is not offered in this Region",
    "reputation-alarms-invalid": "A reputation alarm watches something that is counted",
    "reputation-pause-invalid": "A critical reputation pauses one configuration set, never the account",
    "reputation-thresholds-invalid": "Alarms come before SES reviews or pauses an account",
    "rule-set-activation-invalid": "A stack makes one receipt rule set the active one, by its name",
    "send-permission-invalid": "A permission to send names what it is for",
    "sending-authorization-invalid": "SES limits the policies of an identity",
    "smtp-endpoint-invalid": "A VPC endpoint with private DNS needs DNS in its VPC",
    "smtp-host-unknown": "The SMTP host of this Region is not published",
    "smtp-name-invalid": "The name of an SMTP secret is chosen, short and without tokens",
    "smtp-permission-invalid": "An SMTP user may do ses:SendRawEmail and nothing else",
    "smtp-port-invalid": "SES listens for SMTP on 587, 2587, 465 and 2465",
    "smtp-rotation-invalid": "SMTP keys are rotated in whole days and watched after that",
    "smtp-senders-invalid": "A stack holds SMTP credentials for 1 to 20 senders, each once",
    "spend-limit-invalid": "A limit has an amount, and shares of it to tell",
    "spf-invalid": "RFC 7208 restricts SPF records",
    "stack-too-large": "CloudFormation holds at most 500 resources a stack",
    "subscriber-url-invalid": "A web hook is called over https, without a password in its URL",
    "template-content-invalid": "SES takes some HTML in a custom verification template",
    "template-dynamic-reference": "CloudFormation would put a value in place of {{resolve:...}}",
    "template-file-broken": "A template file is JSON as the AWS CLI takes it",
    "template-keys-invalid": "A template file has the keys of the AWS CLI",
    "template-name-invalid": "SES restricts template names",
    "template-subject-invalid": "A subject is one line",
    "template-too-large": "SES and CloudFormation limit the size of templates",
    "template-url-invalid": "A redirection URL is absolute and starts with https",
    "templates-invalid": "SES keeps 50 custom verification templates, each name once",
    "topic-queue-invalid": "A queue holds the events of one standard topic of its Region",
    "user-data-not-multipart": "Cloud-init takes the null client beside other user data in MIME parts",
    "user-data-too-large": "EC2 takes at most 16 KB of user data",
    "verdict-policy-invalid": "Spam and viruses are never forwarded",
    "verification-gate-invalid": "A gate waits at most two hours and knows where the records are",
    "zone-mismatch": "Records go to the zone of the domain or of a parent of it",
    "zone-parent-invalid": "A zone is delegated by the zone of a domain above it",
    "zone-role-invalid": "A role for a zone has a name, and names of that zone that it may write",
}


class ConfigurationError(ValueError):
    """A value that the deployment cannot be built from.

    Args:
        code: Stable identifier, a key of `CODES`.
        option: The option as the caller spelled it, for example ``mail_from_domain``.
        rule: What must hold, with its source (RFC, SES or CloudFormation document).
        got: The refused value.
        fix: What to write instead.
    """

    def __init__(self, code: str, *, option: str, rule: str, got: object, fix: str) -> None:
        self.code = code
        self.title = CODES[code]
        self.option = option
        self.rule = rule
        self.got = got
        self.fix = fix
        super().__init__(f"[{code}] {option}: {rule} Got {got!r}. Fix: {fix}")


def show_configuration_errors_plainly() -> None:
    """Let an app end with the message of a `ConfigurationError` instead of a traceback.

    The message says what to change; a traceback in front of it hides that. Other errors keep theirs.
    """
    inherited = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, ConfigurationError):
            sys.stderr.write(f"{error}\n")
        else:
            inherited(kind, error, trace)

    sys.excepthook = hook

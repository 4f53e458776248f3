r"""What ``--help`` says after the options: an example and the exit codes, line by line.

``\b`` starts a paragraph whose line breaks Click keeps.
"""

from typing import Final

STATUS: Final = """\b
Examples:
  python -m ops status prod
  python -m ops status prod --wait --timeout 30    after a deploy
  python -m ops status prod --html status.html     a page to send to others

\b
Exit codes:
  0  every identity whose DNS is in Route 53 is verified
  1  something is pending or failed, or --wait ran out of time
  2  wrong usage, AWS could not be asked, or FILE cannot be written

\b
Everything else is shown and changes no exit code: people confirm addresses and
subscriptions, `templates diff` judges templates, `records --check` DNS.

\b
Permissions: ses:GetEmailIdentity, route53:ListResourceRecordSets,
route53:ListHostedZonesByName, sns:ListSubscriptionsByTopic;
cloudformation:ListStackResources to tell since when MAIL FROM and
addresses are pending;
for templates ses:GetCustomVerificationEmailTemplate;
for incoming mail ses:DescribeActiveReceiptRuleSet, ses:DescribeReceiptRuleSet;
for domains with legacy_txt ses:GetIdentityVerificationAttributes
Only the first three must be there: without the others the status says what
is not known.
"""

RECORDS: Final = """\b
Examples:
  python -m ops records prod --format zone > prod.zone
  python -m ops records prod --check --domain example.org
  python -m ops records prod --check --resolver 192.0.2.53

\b
Exit codes:
  0  listed; with --check: every record is right
  1  with --check: some are not right, or not known before the deploy
  2  wrong usage, AWS could not be asked, or no name server answered

\b
Verdicts of --check:
  right, missing, wrong
  duplicated          several values where one is allowed
  doubled name        the provider added the zone: x.example.com.example.com
  not yet everywhere  the domain's name servers disagree
  unreachable         nobody could be asked, so nothing is known

\b
Permissions: ses:GetEmailIdentity,
for domains with legacy_txt ses:GetIdentityVerificationAttributes
"""

TEMPLATE_FIX: Final = """\b
Examples:
  python -m ops templates fix templates/welcome.json

\b
Before                    after
  welcome.json  broken      welcome.json      valid JSON, without TemplateContent
                            welcome.html      the HTML, each character as it was
                            welcome.json.bak  the broken file, to compare and delete

\b
Exit codes:
  0  repaired, or nothing to repair
  1  repaired, and the template breaks another rule, which is told
  2  nothing was written: only a person can repair it, or a file is in the way
"""

TEMPLATE_CHECK: Final = """\b
Examples:
  python -m ops templates check templates/*.json

\b
Exit codes:
  0  SES and CloudFormation should take every file
  1  some have an error, which is told
  2  wrong usage
"""

TEMPLATE_LIST: Final = """\b
Examples:
  python -m ops templates list prod

\b
Exit codes:
  0  listed
  2  wrong usage, or AWS could not be asked

\b
Permissions: ses:ListCustomVerificationEmailTemplates
"""

TEMPLATE_SHOW: Final = """\b
Examples:
  python -m ops templates show prod welcome --region eu-west-1

\b
Exit codes:
  0  shown; without --region: as the first Region of ENV has it
  2  wrong usage, no such template, or AWS could not be asked

\b
Permissions: ses:GetCustomVerificationEmailTemplate
"""

TEMPLATE_DIFF: Final = """\b
Examples:
  python -m ops templates diff prod
  python -m ops templates diff prod templates/*.json    before they are declared

\b
Exit codes:
  0  SES has all of them as ENV or the files say
  1  some are different or missing
  2  wrong usage, or AWS could not be asked

\b
Permissions: ses:GetCustomVerificationEmailTemplate
"""

TEMPLATE_UPDATE: Final = """\b
Examples:
  python -m ops templates update prod
  python -m ops templates update prod templates/welcome.json --region eu-west-1

\b
Exit codes:
  0  done, or nothing to do
  1  stopped at a question
  2  wrong usage, no such template, or AWS could not be asked

\b
Permissions: ses:GetCustomVerificationEmailTemplate,
ses:UpdateCustomVerificationEmailTemplate
"""

TEMPLATE_DELETE: Final = """\b
Examples:
  python -m ops templates delete prod old-welcome --region eu-west-1

\b
Exit codes:
  0  done
  1  stopped at a question
  2  wrong usage, no such template, or AWS could not be asked

\b
Permissions: ses:DeleteCustomVerificationEmailTemplate
"""

MAIL_LIST: Final = """\b
Examples:
  python -m ops mail list prod --since 24h
  python -m ops mail list prod --inbox support --json

\b
Exit codes:
  0  listed
  2  wrong usage, not deployed, or AWS could not be asked; or listed, and a
     summary cannot be read by this release

\b
Permissions: cloudformation:DescribeStacks, s3:ListBucket, s3:GetObject,
kms:Decrypt on the key of the mail
"""

MAIL_SHOW: Final = """\b
Examples:
  python -m ops mail show prod 0123456789abcdefghijklmnopqrstuvwxyz0123

\b
Exit codes:
  0  shown
  2  wrong usage, no such message, its summary cannot be read by this release,
     or AWS could not be asked

\b
Permissions: as of `list`
"""

MAIL_DOWNLOAD: Final = """\b
Examples:
  python -m ops mail download prod 0123456789abcdefghijklmnopqrstuvwxyz0123 mail.eml

\b
Exit codes:
  0  written
  2  wrong usage, no such message, FILE is there already, it cannot be decrypted,
     or AWS could not be asked

\b
Permissions: as of `list`; for a message that SES encrypted also kms:Decrypt on
the key that `show` names
"""

MAIL_SETTLE: Final = """\b
Examples:
  python -m ops mail settle prod 0123456789abcdefghijklmnopqrstuvwxyz0123 --not-sent
  python -m ops mail redrive prod --inbox support

\b
Exit codes:
  0  noted, or there was nothing to settle
  2  wrong usage, no such message, its function may still be sending, somebody
     settled it meanwhile, or AWS could not be asked

\b
Permissions: as of `list`, s3:PutObject, kms:GenerateDataKey
"""

MAIL_REDRIVE: Final = """\b
Examples:
  python -m ops mail redrive prod
  python -m ops mail redrive prod --inbox support --yes

\b
Exit codes:
  0  SQS moves them, there are none, or nobody wanted it
  1  stopped at a question
  2  wrong usage, not deployed, SQS moves them already, or AWS could not be
     asked

\b
Permissions: cloudformation:DescribeStacks; on the dead-letter queue
sqs:GetQueueUrl, sqs:GetQueueAttributes, sqs:ListMessageMoveTasks,
sqs:StartMessageMoveTask, sqs:ReceiveMessage and sqs:DeleteMessage, on the
queue sqs:SendMessage, on their key kms:Decrypt and kms:GenerateDataKey
"""

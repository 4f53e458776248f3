r"""What ``--help`` says after the options: an example and the exit codes, line by line.

``\b`` starts a paragraph whose line breaks Click keeps.
"""

from typing import Final

STATUS: Final = """\b
Examples:
  python -m ops status prod
  python -m ops status prod --wait --timeout 30    after a deploy

\b
Exit codes:
  0  every identity whose DNS is in Route 53 is verified
  1  something is pending or failed, or --wait ran out of time
  2  wrong usage, or AWS could not be asked

\b
Subscriptions are confirmed by people: they are shown, and change no exit code.

\b
Permissions: ses:GetEmailIdentity, route53:ListResourceRecordSets,
route53:ListHostedZonesByName, sns:ListSubscriptionsByTopic,
for domains with legacy_txt ses:GetIdentityVerificationAttributes
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

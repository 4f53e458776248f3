"""What another account sets to send with an identity of ours. Part of `sending_authorization`.

Pure data with nothing secret in it, to be printed and handed over.

Sources: SES Developer Guide, sending authorization: "Overview" (whose quota, reputation, sandbox and Region
count), "Delegate sender tasks" (parameters, headers and configuration sets).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

CONFIGURATION_SET: Final = "YOUR-CONFIGURATION-SET"
TEMPLATE: Final = "YOUR-TEMPLATE"
"""Stand in the IAM policy for names that only the other account knows."""


@dataclass(frozen=True, kw_only=True)
class DelegateSettings:
    """The other account's side of one authorization.

    Attributes:
        region: Where to send: the identity's Region and no other.
        api_v2: Parameters of SendEmail and SendBulkEmail of the SES API v2.
        api_v1: Parameters of SendEmail and SendRawEmail of the API v1; ``FromArn`` is SendRawEmail's.
        smtp_headers: Headers of a message that is sent by SMTP; SES removes them.
        conditions: What each message must be like, as in an IAM policy; empty: any address of the domain.
        iam_policy: The policy that the sending role or user needs in its own account.
        notes: What a person has to know.
    """

    region: str
    api_v2: Mapping[str, str]
    api_v1: Mapping[str, str]
    smtp_headers: Mapping[str, str]
    conditions: Mapping[str, Any]
    iam_policy: Mapping[str, Any]
    notes: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """Everything as plain data, to be written as JSON."""
        return {
            "Region": self.region,
            "ApiV2": dict(self.api_v2),
            "ApiV1": dict(self.api_v1),
            "SmtpHeaders": dict(self.smtp_headers),
            "Conditions": dict(self.conditions),
            "IamPolicy": dict(self.iam_policy),
            "Notes": list(self.notes),
        }


def delegate_settings(
    *,
    identity_arn: str,
    region: str,
    partition: str,
    account: str,
    actions: Sequence[str],
    conditions: Mapping[str, Any],
    configuration_set: str = CONFIGURATION_SET,
) -> DelegateSettings:
    """Work out what the other account sets.

    Args:
        identity_arn: The identity, in its owner's account.
        region: The identity's Region.
        partition: The partition of both accounts.
        account: The other account.
        actions: What it may do.
        conditions: Under which conditions, as a ``Condition`` element.
        configuration_set: The other account's configuration set. Default: a word that stands for it.
    """
    theirs = [f"configuration-set/{configuration_set}"]
    if any("Templated" in action for action in actions):
        theirs.append(f"template/{TEMPLATE}")
    resources = [identity_arn, *(f"arn:{partition}:ses:{region}:{account}:{name}" for name in theirs)]
    return DelegateSettings(
        region=region,
        api_v2={
            "FromEmailAddressIdentityArn": identity_arn,
            "FeedbackForwardingEmailAddressIdentityArn": identity_arn,
        },
        api_v1={"SourceArn": identity_arn, "FromArn": identity_arn, "ReturnPathArn": identity_arn},
        smtp_headers={
            "X-SES-SOURCE-ARN": identity_arn,
            "X-SES-FROM-ARN": identity_arn,
            "X-SES-RETURN-PATH-ARN": identity_arn,
        },
        conditions=conditions,
        iam_policy={
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": list(actions), "Resource": resources},
            ],
        },
        notes=(
            f"Name a configuration set of account {account} in each send, in place of {CONFIGURATION_SET}.",
            f"Bounces and complaints count for account {account}: let that set publish its events.",
            "Both accounts must be out of the SES sandbox in this Region.",
            f"Sending quota and bill are those of account {account}.",
        ),
    )

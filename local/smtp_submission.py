"""What SES does with a message that came by SMTP: the same as with SendRawEmail."""

from collections.abc import Sequence
from dataclasses import dataclass

import boto3
from botocore.exceptions import ClientError


@dataclass(frozen=True, kw_only=True)
class Submission:
    """Gives messages to the embedded SES.

    Attributes:
        endpoint_url: Where it answers.
    """

    endpoint_url: str

    def take(self, mail_from: str, recipients: Sequence[str], message: bytes, region: str) -> str:
        """Send a message.

        Returns:
            SMTP's reply in the words of SES: ``250 Ok`` with the message id, or 554 and why not.
        """
        client = boto3.client(
            "ses",
            region_name=region,
            endpoint_url=self.endpoint_url,
            aws_access_key_id="smtp",
            aws_secret_access_key="smtp",  # noqa: S106 - the emulator takes anything
        )
        try:
            sent = client.send_raw_email(
                Source=mail_from, Destinations=list(recipients), RawMessage={"Data": message}
            )
        except ClientError as error:
            answer = error.response["Error"]
            # SMTP says so, the API has it as the code (AWS re:Post, SES 554 or 400 "Message rejected").
            rejected = "Message rejected: " if answer["Code"] == "MessageRejected" else ""
            return f"554 {rejected}{' '.join(answer['Message'].split())}"
        return f"250 Ok {sent['MessageId']}"

"""The message of a Bounce action: a delivery status notification (RFC 3464). Pure."""

from collections.abc import Mapping, Sequence
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from local.inbound_names import inbound_host
from local.message_headers import header_section
from local.received_mail import ReceivedMail


def bounce_message(mail: ReceivedMail, recipients: Sequence[str], action: Mapping[str, str]) -> bytes:
    """The bounce of a message.

    Args:
        mail: The message.
        recipients: The recipients that it bounces for.
        action: The members of the Bounce action.
    """
    host = inbound_host(mail.region)
    status = action.get("StatusCode") or f"{action['SmtpReplyCode'][:1]}.0.0"
    bounce = MIMEMultipart("report", report_type="delivery-status", policy=SMTP)
    bounce["From"] = action["Sender"]
    bounce["To"] = mail.source
    bounce["Subject"] = "Delivery Status Notification (Failure)"
    bounce["Date"] = format_datetime(mail.arrived)
    bounce["Message-ID"] = make_msgid(domain=host)
    bounce["Auto-Submitted"] = "auto-replied"  # RFC 3834: so that nothing answers to it
    bounce.attach(MIMEText(action["Message"], policy=SMTP))
    report = Message(policy=SMTP)
    report["Content-Type"] = "message/delivery-status"
    report.set_payload([_fields({"Reporting-MTA": f"dns; {host}"})])
    for recipient in recipients:
        report.attach(
            _fields(
                {
                    "Final-Recipient": f"rfc822; {recipient}",
                    "Action": "failed",
                    "Status": status,
                    "Diagnostic-Code": f"smtp; {action['SmtpReplyCode']} {status} {action['Message']}",
                }
            )
        )
    bounce.attach(report)
    # As bytes in an encoding of its own: a header section may hold anything.
    returned = MIMEText(header_section(mail.content).decode("utf-8", "replace"), "rfc822-headers", "utf-8")
    bounce.attach(returned)
    return bounce.as_bytes()


def _fields(fields: Mapping[str, str]) -> Message:
    block = Message(policy=SMTP)
    for name, value in fields.items():
        block[name] = " ".join(value.split())
    return block

"""Custom verification templates in SES.

Permissions: ``ses:ListCustomVerificationEmailTemplates``, ``ses:GetCustomVerificationEmailTemplate``, and
for the commands that write ``ses:UpdateCustomVerificationEmailTemplate``,
``ses:DeleteCustomVerificationEmailTemplate``. SES takes one such call a second: botocore's retries wait.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from constructs_lib.verification.template_json import KEYS
from ops.aws_clients import AwsGateway
from ops.aws_errors import as_ops_errors
from ops.errors import TemplateMissingError

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client


class SesTemplateGateway(AwsGateway):
    """See `ops.ports.TemplateGateway`."""

    def template_names(self, *, region: str) -> tuple[str, ...]:
        """See `ops.ports.TemplateGateway`."""
        with as_ops_errors("ses:ListCustomVerificationEmailTemplates", f"in {region}"):
            client = self._client(region)
            answer = client.list_custom_verification_email_templates()
            names = [item["TemplateName"] for item in answer["CustomVerificationEmailTemplates"]]
            while "NextToken" in answer:
                answer = client.list_custom_verification_email_templates(NextToken=answer["NextToken"])
                names += [item["TemplateName"] for item in answer["CustomVerificationEmailTemplates"]]
        return tuple(names)

    def template(self, name: str, *, region: str) -> Mapping[str, str] | None:
        """See `ops.ports.TemplateReader`."""
        with as_ops_errors("ses:GetCustomVerificationEmailTemplate", f"on {name} in {region}"):
            client = self._client(region)
            try:
                answer = client.get_custom_verification_email_template(TemplateName=name)
            except client.exceptions.NotFoundException:
                return None
        return {key: str(answer.get(key, "")) for key in KEYS}

    def update_template(self, values: Mapping[str, str], *, region: str) -> None:
        """See `ops.ports.TemplateGateway`."""
        name = values["TemplateName"]
        with as_ops_errors("ses:UpdateCustomVerificationEmailTemplate", f"on {name} in {region}"):
            client = self._client(region)
            try:
                client.update_custom_verification_email_template(
                    TemplateName=name,
                    FromEmailAddress=values["FromEmailAddress"],
                    TemplateSubject=values["TemplateSubject"],
                    TemplateContent=values["TemplateContent"],
                    SuccessRedirectionURL=values["SuccessRedirectionURL"],
                    FailureRedirectionURL=values["FailureRedirectionURL"],
                )
            except client.exceptions.NotFoundException as error:
                raise TemplateMissingError(
                    f"{region} has no template {name}, or its sender {values['FromEmailAddress']} is not"
                    " verified there.",
                    fix="deploy it first; `python -m ops status ENV` shows what is verified",
                ) from error

    def delete_template(self, name: str, *, region: str) -> None:
        """See `ops.ports.TemplateGateway`."""
        with as_ops_errors("ses:DeleteCustomVerificationEmailTemplate", f"on {name} in {region}"):
            client = self._client(region)
            try:
                client.delete_custom_verification_email_template(TemplateName=name)
            except client.exceptions.NotFoundException as error:
                raise TemplateMissingError(
                    f"{region} has no template {name}.", fix="list them: python -m ops templates list ENV"
                ) from error

    def _client(self, region: str) -> "SESV2Client":
        client: SESV2Client = self._clients.client("sesv2", region)
        return client

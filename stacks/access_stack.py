"""Who may send in one Region: policies, SMTP credentials, and what other accounts may."""

import aws_cdk as cdk
from constructs import Construct

from constructs_lib.sending.send_permission import SendPermission
from constructs_lib.sending.send_policy import SendPolicy
from constructs_lib.sending.sending_authorization import SendingAuthorization
from constructs_lib.sending.sending_authorizations import SendingAuthorizations
from constructs_lib.smtp.smtp_credentials import SmtpCredentials
from constructs_lib.smtp.smtp_user import SmtpUser
from stacks.alarm_actions import alarm_actions
from stacks.config import MailEnvironment
from stacks.region_stack import RegionStack
from stacks.senders_config import Sender


class AccessStack(RegionStack):
    """The senders of one environment, as far as they belong to one Region.

    IAM has no Regions: a sender's managed policy covers all of its Regions and is in the stack of the first
    one. SMTP credentials and the permissions of other accounts are one each per Region.
    """

    def __init__(self, scope: Construct, construct_id: str, *, config: MailEnvironment, region: str) -> None:
        super().__init__(
            scope,
            construct_id,
            config=config,
            region=region,
            description="Amazon SES: who may send",
        )
        here = [sender for sender in config.senders if region in config.regions_of_sender(sender)]
        for sender in here:
            if not sender.smtp and config.regions_of_sender(sender)[0] == region:
                self._policy(config, sender)
        if users := [sender for sender in here if sender.smtp]:
            self._smtp(config, users)
        delegates = [each for each in config.delegates if region in config.regions_of_delegate(each)]
        if delegates:
            SendingAuthorizations(
                self,
                "Delegates",
                authorizations=[
                    SendingAuthorization(
                        name=delegate.name,
                        identity=delegate.domain,
                        account=delegate.account,
                        conditions=delegate.conditions,
                        principals=delegate.principals,
                    )
                    for delegate in delegates
                ],
            )

    def _policy(self, config: MailEnvironment, sender: Sender) -> None:
        permission = _permission(config, sender, regions=config.regions_of_sender(sender))
        name = f"{config.name}-send-{sender.name}"
        SendPolicy(self, f"Send.{sender.name}", permissions=[permission], managed_policy_name=name)
        cdk.CfnOutput(
            self,
            f"Policy.{sender.name}",
            value=name,
            description=f"Attach to roles that send as {sender.name}",
        )

    def _smtp(self, config: MailEnvironment, senders: list[Sender]) -> None:
        credentials = SmtpCredentials(
            self,
            "Smtp",
            name_prefix=config.name,
            users=[
                SmtpUser(
                    name=sender.name,
                    region=self.region,
                    statements=_permission(config, sender, regions=(self.region,)).smtp_statements(self),
                )
                for sender in senders
            ],
            alarm_actions=alarm_actions(self, config, self.region),
            existing_key_arn=config.existing_key_arns.get(self.region),
        )
        for sender in senders:
            cdk.CfnOutput(
                self,
                f"Secret.{sender.name}",
                value=credentials.secret_name(sender.name),
                description=f"SMTP credentials of {sender.name}: read them from this secret",
            )


def _permission(config: MailEnvironment, sender: Sender, *, regions: tuple[str, ...]) -> SendPermission:
    return SendPermission(
        identities=config.domains_of(sender),
        configuration_set=config.configuration_set_name,
        templates=sender.templates,
        conditions=sender.conditions,
        regions=regions,
        sandbox_recipients=sender.sandbox_recipients,
    )

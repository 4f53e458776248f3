"""Reads the settings that an import does not compare.

Permissions: those of the doctor (`ops.doctor.names_gateway`): ``ses:GetEmailIdentity`` and
``ses:GetConfigurationSet`` answer with the settings too.
"""

from ops.aws_errors import as_ops_errors
from ops.doctor.account_gateway import AwsAccount
from ops.doctor.ports import Kind
from ops.import_differences import Settings


class AwsAdoption(AwsAccount):
    """See `ops.import_map.AdoptionGateway` and `ops.import_differences.SettingsGateway`."""

    def settings(self, kind: Kind, name: str, *, region: str) -> Settings:
        """See `ops.import_differences.SettingsGateway`."""
        client = self._clients.client("sesv2", region)
        if kind is Kind.IDENTITY:
            with as_ops_errors("ses:GetEmailIdentity", f"on the identity {name} in {region}"):
                return dict(client.get_email_identity(EmailIdentity=name))
        with as_ops_errors("ses:GetConfigurationSet", f"on the configuration set {name} in {region}"):
            return dict(client.get_configuration_set(ConfigurationSetName=name))

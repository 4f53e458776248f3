"""Whether things with stable names are there.

Permissions: ``ses:GetEmailIdentity``, ``ses:GetConfigurationSet``, ``ses:DescribeReceiptRuleSet``,
``ses:GetCustomVerificationEmailTemplate``, ``sns:GetTopicAttributes``, ``sqs:GetQueueUrl``,
``secretsmanager:DescribeSecret``, ``iam:GetPolicy``, ``iam:GetRole``, ``events:DescribeRule``.
"""

from ops.aws_clients import AwsGateway
from ops.aws_errors import as_ops_errors
from ops.doctor.ports import Existing, Kind


class AwsNames(AwsGateway):
    """See `ops.doctor.ports.NamesGateway`."""

    def existing(self, kind: Kind, name: str, *, region: str, account: str) -> Existing | None:
        """See `ops.doctor.ports.NamesGateway`."""
        where = f"on the {kind} {name} in {region}"
        ask = {
            Kind.IDENTITY: self._identity,
            Kind.CONFIGURATION_SET: self._configuration_set,
            Kind.RULE_SET: self._rule_set,
            Kind.TEMPLATE: self._template,
            Kind.TOPIC: self._topic,
            Kind.QUEUE: self._queue,
            Kind.SECRET: self._secret,
            Kind.POLICY: self._policy,
            Kind.ROLE: self._role,
            Kind.RULE: self._rule,
        }
        if kind is Kind.TOPIC:
            name = self._arn("sns", region, account, name)
        elif kind is Kind.POLICY:
            name = self._arn("iam", "", account, f"policy/{name}")
        return ask[kind](name, region, where)

    def _identity(self, name: str, region: str, where: str) -> Existing | None:
        with as_ops_errors("ses:GetEmailIdentity", where):
            client = self._clients.client("sesv2", region)
            try:
                client.get_email_identity(EmailIdentity=name)
            except client.exceptions.NotFoundException:
                return None
        return Existing(physical_id=name)

    def _configuration_set(self, name: str, region: str, where: str) -> Existing | None:
        with as_ops_errors("ses:GetConfigurationSet", where):
            client = self._clients.client("sesv2", region)
            try:
                client.get_configuration_set(ConfigurationSetName=name)
            except client.exceptions.NotFoundException:
                return None
        return Existing(physical_id=name)

    def _rule_set(self, name: str, region: str, where: str) -> Existing | None:
        with as_ops_errors("ses:DescribeReceiptRuleSet", where):
            client = self._clients.client("ses", region)
            try:
                client.describe_receipt_rule_set(RuleSetName=name)
            except client.exceptions.RuleSetDoesNotExistException:
                return None
        return Existing(physical_id=name)

    def _template(self, name: str, region: str, where: str) -> Existing | None:
        with as_ops_errors("ses:GetCustomVerificationEmailTemplate", where):
            client = self._clients.client("sesv2", region)
            try:
                client.get_custom_verification_email_template(TemplateName=name)
            except client.exceptions.NotFoundException:
                return None
        return Existing(physical_id=name)

    def _topic(self, arn: str, region: str, where: str) -> Existing | None:
        with as_ops_errors("sns:GetTopicAttributes", where):
            client = self._clients.client("sns", region)
            try:
                client.get_topic_attributes(TopicArn=arn)
            except client.exceptions.NotFoundException:
                return None
        return Existing(physical_id=arn)

    def _queue(self, name: str, region: str, where: str) -> Existing | None:
        with as_ops_errors("sqs:GetQueueUrl", where):
            client = self._clients.client("sqs", region)
            try:
                url = client.get_queue_url(QueueName=name)["QueueUrl"]
            except client.exceptions.QueueDoesNotExist:
                return None
        return Existing(physical_id=url)

    def _secret(self, name: str, region: str, where: str) -> Existing | None:
        with as_ops_errors("secretsmanager:DescribeSecret", where):
            client = self._clients.client("secretsmanager", region)
            try:
                secret = client.describe_secret(SecretId=name)
            except client.exceptions.ResourceNotFoundException:
                return None
        note = "it waits for its deletion" if secret.get("DeletedDate") else ""
        return Existing(physical_id=secret["ARN"], note=note)

    def _policy(self, arn: str, region: str, where: str) -> Existing | None:
        with as_ops_errors("iam:GetPolicy", where):
            client = self._clients.client("iam", region)
            try:
                client.get_policy(PolicyArn=arn)
            except client.exceptions.NoSuchEntityException:
                return None
        return Existing(physical_id=arn)

    def _role(self, name: str, region: str, where: str) -> Existing | None:
        with as_ops_errors("iam:GetRole", where):
            client = self._clients.client("iam", region)
            try:
                client.get_role(RoleName=name)
            except client.exceptions.NoSuchEntityException:
                return None
        return Existing(physical_id=name)

    def _rule(self, name: str, region: str, where: str) -> Existing | None:
        with as_ops_errors("events:DescribeRule", where):
            client = self._clients.client("events", region)
            try:
                rule = client.describe_rule(Name=name)
            except client.exceptions.ResourceNotFoundException:
                return None
        return Existing(physical_id=name, import_id=rule["Arn"])

    def _arn(self, service: str, region: str, account: str, resource: str) -> str:
        partition = self._clients.session().get_partition_for_region(region or self._clients.region)
        return f"arn:{partition}:{service}:{region}:{account}:{resource}"

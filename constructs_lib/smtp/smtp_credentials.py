"""SMTP credentials that nobody ever sees: made, rotated and watched in the account.

For each sender three resources appear: an `AWS::IAM::User` that may do `ses:SendRawEmail` under the sender's
conditions and nothing else, an `AWS::SecretsManager::Secret` with everything that a client needs, and its
`AWS::SecretsManager::RotationSchedule`. What all senders share comes once: the rotation function (with its
role and log), a KMS key, a custom resource that deletes the keys of users that leave, a rule and two alarms.
Everything goes with the stack: credentials of a deleted user are worth nothing.

The access key is made by the first rotation, which starts with the deployment; no template, output or
physical id ever holds a part of it. What a person must still do: give clients the secret's name and
`grant_read`, and pass `alarm_actions`.

Example::

    credentials = SmtpCredentials(
        stack, "Smtp", name_prefix="prod",
        users=[SmtpUser(name="billing", region="eu-west-1", statements=[send_raw_email])],
    )
    credentials.grant_read(application_role, "billing")
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from constructs_lib.acknowledgments import COMPLIANCE, acknowledge
from constructs_lib.encryption_key import encryption_key, let_account_use_through
from constructs_lib.errors import ConfigurationError
from constructs_lib.events.feedback import require_key_arn
from constructs_lib.runtimes.smtp_credentials.model import PLACEHOLDER, REGION_TAG, USER_TAG
from constructs_lib.smtp.smtp_key_watch import SmtpKeyWatch
from constructs_lib.smtp.smtp_rotation import SmtpRotation, via_secrets_manager
from constructs_lib.smtp.smtp_user import SmtpUser, require_name_prefix

MAX_USERS: Final = 20
"""The function's policy names each user and secret, and IAM allows 10,240 characters of it."""

_ACKNOWLEDGED: Final = {
    "IAMNoInlinePolicy": "The policy belongs to this user alone and goes with it.",
    "IAMUserNoPolicies": "Each sender has conditions of its own; a group would mix them.",
    "IAMUserGroupMembership": "As above: one user, one sender.",
}


class SmtpCredentials(Construct):
    """SMTP credentials for every sender of a stack. One per stack.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        name_prefix: How the names of the secrets begin: ``<prefix>/smtp/<region>/<sender>``.
        users: The senders, 1 to 20.
        rotation_interval: Whole days, 1 to 1000. A key is current for one interval and works for another
            one after that. Default: 60 days.
        alarm_after: Age in days at which a current key raises the alarm; more than the interval. Default:
            the interval and seven days.
        alarm_actions: What the alarms do. Default: nothing; CloudWatch shows their state.
        existing_key_arn: A customer managed key in this Region that exists already. Default: one is made.

    Attributes:
        key: Encrypts the secrets.
        watch: The two alarms.

    Raises:
        ConfigurationError: ``smtp-name-invalid``, ``smtp-rotation-invalid``, ``smtp-senders-invalid``,
            ``encryption-key-unusable``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name_prefix: str,
        users: Sequence[SmtpUser],
        rotation_interval: cdk.Duration | None = None,
        alarm_after: cdk.Duration | None = None,
        alarm_actions: Sequence[cloudwatch.IAlarmAction] = (),
        existing_key_arn: str | None = None,
    ) -> None:
        require_name_prefix(name_prefix)
        if existing_key_arn is not None:
            require_key_arn(existing_key_arn, region=cdk.Stack.of(scope).region)
        _require_users(users)
        days = _days("rotation_interval", rotation_interval, default=60, minimum=1, maximum=1000)
        limit = _days("alarm_after", alarm_after, default=days + 7, minimum=days + 1, maximum=2000)

        super().__init__(scope, construct_id)
        self.key = encryption_key(
            self,
            "Key",
            description="Encrypts SMTP credentials",
            existing_key_arn=existing_key_arn,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        let_account_use_through(self, self.key, "secretsmanager")
        stack = cdk.Stack.of(self)
        # IAM has no Regions, and two applications may have a stack of the same name.
        path = f"ses-smtp/{stack.region}/{stack.stack_name}"
        self._names = {user.name: user.secret_name(name_prefix) for user in users}
        self._ses_regions = {user.name: user.region for user in users}
        # The Region is a part of the id: a password for another one is another secret.
        parents = {user.name: Construct(self, f"{user.name}.{user.region}") for user in users}
        accounts = {user.name: _iam_user(parents[user.name], user, path) for user in users}
        self._secrets = {
            user.name: self._secret(parents[user.name], user, accounts[user.name]) for user in users
        }
        rotation = SmtpRotation(
            self,
            "Rotation",
            users=list(accounts.values()),
            secrets=list(self._secrets.values()),
            key=self.key,
            user_path=path,
        )
        for name, secret in self._secrets.items():
            rotation.schedule(parents[name], secret, days=days)
        self.watch = SmtpKeyWatch(
            self,
            "Watch",
            function=rotation.function,
            secret_names=list(self._names.values()),
            name_prefix=name_prefix,
            limit_days=limit,
            alarm_actions=alarm_actions,
        )

    def secret_name(self, user: str) -> str:
        """The name that clients of a sender read their credentials by; never a token.

        Raises:
            KeyError: no such sender.
        """
        return self._names[user]

    def secret_arn(self, user: str) -> str:
        """The ARN of a sender's secret, with the suffix that Secrets Manager adds.

        Raises:
            KeyError: no such sender.
        """
        return self._secrets[user].attr_id

    def ses_region(self, user: str) -> str:
        """The Region in which a sender's password works.

        Raises:
            KeyError: no such sender.
        """
        return self._ses_regions[user]

    def grant_read(self, grantee: iam.IGrantable, user: str) -> iam.Grant:
        """Let somebody in this account read the credentials of one sender.

        Raises:
            KeyError: no such sender.
        """
        arn = self.secret_arn(user)
        reading = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
            resource_arns=[arn],
        )
        decrypting = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["kms:Decrypt"],
            resource_arns=[self.key.key_arn],
            conditions={
                "StringEquals": {**via_secrets_manager(self), "kms:EncryptionContext:SecretARN": arn}
            },
        )
        return reading.combine(decrypting)

    def _secret(self, parent: Construct, user: SmtpUser, account: iam.CfnUser) -> secretsmanager.CfnSecret:
        return secretsmanager.CfnSecret(
            parent,
            "Secret",
            name=self.secret_name(user.name),
            description=f"SMTP credentials of {user.name} for Amazon SES in {user.region}",
            kms_key_id=self.key.key_arn,
            secret_string=PLACEHOLDER,
            tags=[
                cdk.CfnTag(key=USER_TAG, value=account.ref),
                cdk.CfnTag(key=REGION_TAG, value=user.region),
            ],
        )


def _iam_user(parent: Construct, user: SmtpUser, path: str) -> iam.CfnUser:
    account = iam.CfnUser(
        parent,
        "User",
        path=f"/{path}/",
        policies=[
            iam.CfnUser.PolicyProperty(
                policy_name="Send", policy_document=iam.PolicyDocument(statements=list(user.statements))
            )
        ],
    )
    acknowledge(account, _ACKNOWLEDGED, packs=COMPLIANCE)
    return account


def _require_users(users: Sequence[SmtpUser]) -> None:
    twice = sorted(name for name, count in Counter(user.name for user in users).items() if count > 1)
    if twice or not 1 <= len(users) <= MAX_USERS:
        raise ConfigurationError(
            "smtp-senders-invalid",
            option="users",
            rule=f"1 to {MAX_USERS} senders, each name once.",
            got=twice or f"{len(users)} senders",
            fix="name each sender once; put more than that into a stack of their own",
        )


def _days(option: str, duration: cdk.Duration | None, *, default: int, minimum: int, maximum: int) -> int:
    days = default if duration is None else duration.to_days(integral=False)
    if days != int(days) or not minimum <= days <= maximum:
        raise ConfigurationError(
            "smtp-rotation-invalid",
            option=option,
            rule=f"whole days, {minimum} to {maximum}: a key rotates in 1 to 1000 days (Secrets Manager, "
            "RotationRules), and is not too old before that.",
            got=f"{days:g} days",
            fix=f"write cdk.Duration.days({default}), which is the default",
        )
    return int(days)

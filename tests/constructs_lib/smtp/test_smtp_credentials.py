from collections import Counter
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib.smtp.smtp_credentials import SmtpCredentials
from tests.constructs_lib.smtp.test_smtp_user import IDENTITY, user
from tests.support import refuses
from tests.synthesis import REGION, new_stack, only, resources, template_of
from tests.test_nag import PACKS, findings

BILLING, NEWS = user(), user(name="news", region="us-east-1")


def build(*, region: str | None = REGION, **overrides: Any) -> SmtpCredentials:  # noqa: ANN401 - any option
    options = {"name_prefix": "prod", "users": [BILLING]}
    return SmtpCredentials(new_stack(region), "Smtp", **(options | overrides))


def synth(**overrides: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    return template_of(cdk.Stack.of(build(**overrides)))


def kinds(template: dict[str, Any]) -> Counter[str]:
    return Counter(resource["Type"] for resource in template["Resources"].values())


def test_a_further_sender_adds_three_resources_and_no_function() -> None:
    one, two = kinds(synth()), kinds(synth(users=[BILLING, NEWS]))
    assert two - one == Counter(
        ["AWS::IAM::User", "AWS::SecretsManager::Secret", "AWS::SecretsManager::RotationSchedule"]
    )
    assert not one - two
    assert one["AWS::Lambda::Function"] == one["AWS::KMS::Key"] == 1
    assert "AWS::IAM::AccessKey" not in one
    assert "Outputs" not in synth()


def test_the_user_may_do_what_its_sender_may_and_nothing_else() -> None:
    _, found = only(synth(), "AWS::IAM::User")
    assert found["Properties"] == {
        "Path": "/ses-smtp/eu-west-1/Stack/",
        "Policies": [
            {
                "PolicyName": "Send",
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{"Action": "ses:SendRawEmail", "Effect": "Allow", "Resource": IDENTITY}],
                },
            }
        ],
    }


def test_the_secret_has_a_stable_name_its_own_key_and_nothing_secret_in_the_template() -> None:
    template = synth()
    key, _ = only(template, "AWS::KMS::Key")
    account, _ = only(template, "AWS::IAM::User")
    _, secret = only(template, "AWS::SecretsManager::Secret")
    assert secret["Properties"] == {
        "Name": "prod/smtp/eu-west-1/billing",
        "Description": "SMTP credentials of billing for Amazon SES in eu-west-1",
        "KmsKeyId": {"Fn::GetAtt": [key, "Arn"]},
        # A change here would overwrite everybody's credentials when it is deployed.
        "SecretString": '{"username": "", "password": ""}',
        "Tags": [
            {"Key": "ses-smtp-region", "Value": "eu-west-1"},
            {"Key": "ses-smtp-user", "Value": {"Ref": account}},
        ],
    }
    assert secret.get("DeletionPolicy", "Delete") == "Delete"


def test_another_region_is_another_secret_and_another_user() -> None:
    here, there = synth(), synth(users=[user(region="eu-central-1")])
    for kind in ("AWS::SecretsManager::Secret", "AWS::IAM::User", "AWS::SecretsManager::RotationSchedule"):
        assert resources(here, kind).keys().isdisjoint(resources(there, kind))
    _, secret = only(there, "AWS::SecretsManager::Secret")
    assert secret["Properties"]["Name"] == "prod/smtp/eu-central-1/billing"


def test_the_key_rotates_and_goes_with_the_secrets() -> None:
    _, key = only(synth(), "AWS::KMS::Key")
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["DeletionPolicy"] == "Delete"


def test_a_reader_gets_one_secret_through_secrets_manager() -> None:
    credentials = build(users=[BILLING, NEWS])
    stack = cdk.Stack.of(credentials)
    role = iam.Role(stack, "Application", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    credentials.grant_read(role, "billing").assert_success()
    template = template_of(stack)
    _, policy = only(template, "AWS::IAM::Policy")
    reading, decrypting = policy["Properties"]["PolicyDocument"]["Statement"]
    arn = stack.resolve(credentials.secret_arn("billing"))
    assert reading["Action"] == ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    assert reading["Resource"] == arn
    assert decrypting["Action"] == "kms:Decrypt"
    assert decrypting["Condition"]["StringEquals"]["kms:EncryptionContext:SecretARN"] == arn
    assert decrypting["Condition"]["StringEquals"]["kms:ViaService"] == {
        "Fn::Join": ["", ["secretsmanager.eu-west-1.", {"Ref": "AWS::URLSuffix"}]]
    }
    assert credentials.secret_name("billing") == "prod/smtp/eu-west-1/billing"
    assert [credentials.ses_region(name) for name in ("billing", "news")] == ["eu-west-1", "us-east-1"]
    with pytest.raises(KeyError):
        credentials.grant_read(role, "other")


@pytest.mark.parametrize(
    "options,code,fragment",
    [
        ({"name_prefix": "/prod"}, "smtp-name-invalid", "name_prefix"),
        ({"users": []}, "smtp-senders-invalid", "0 senders"),
        ({"users": [BILLING, user(region="us-east-1")]}, "smtp-senders-invalid", "['billing']"),
        ({"users": [user(name=f"s{n}") for n in range(21)]}, "smtp-senders-invalid", "21 senders"),
        ({"rotation_interval": cdk.Duration.hours(36)}, "smtp-rotation-invalid", "1.5 days"),
        ({"rotation_interval": cdk.Duration.days(0)}, "smtp-rotation-invalid", "0 days"),
        ({"rotation_interval": cdk.Duration.days(1001)}, "smtp-rotation-invalid", "1001 days"),
        ({"alarm_after": cdk.Duration.days(60)}, "smtp-rotation-invalid", "alarm_after: whole days, 61"),
    ],
)
def test_refuses_and_builds_nothing(options: dict[str, Any], code: str, fragment: str) -> None:
    stack = new_stack()
    with refuses(code, fragment):
        SmtpCredentials(stack, "Smtp", **({"name_prefix": "prod", "users": [BILLING]} | options))
    assert not stack.node.children


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("region", [REGION, None])
def test_the_rule_packs_are_clean(pack: type, region: str | None) -> None:
    stack = cdk.Stack.of(build(region=region, users=[BILLING, NEWS]))
    assert findings(pack, stack) == set()

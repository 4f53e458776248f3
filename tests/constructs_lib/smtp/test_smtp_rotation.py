import json
from typing import Any

from constructs_lib.smtp.smtp_user import SmtpUser
from tests.constructs_lib.smtp.test_smtp_credentials import BILLING, NEWS, synth
from tests.synthesis import only, resources


def function_statements(template: dict[str, Any]) -> dict[str, Any]:
    """Statements of the function's role by their first action."""
    _, role = only(template, "AWS::IAM::Role")
    (policy,) = role["Properties"]["Policies"]
    statements = policy["PolicyDocument"]["Statement"]
    return {[item["Action"], *item["Action"]][isinstance(item["Action"], list)]: item for item in statements}


def test_the_first_rotation_starts_with_the_deployment_and_only_when_it_can_work() -> None:
    template = synth()
    function, _ = only(template, "AWS::Lambda::Function")
    secret, _ = only(template, "AWS::SecretsManager::Secret")
    _, schedule = only(template, "AWS::SecretsManager::RotationSchedule")
    assert schedule["Properties"] == {
        "SecretId": {"Fn::GetAtt": [secret, "Id"]},
        "RotationLambdaARN": {"Fn::GetAtt": [function, "Arn"]},
        "RotationRules": {"AutomaticallyAfterDays": 60},
        "RotateImmediatelyOnUpdate": True,
    }
    permission, found = next(
        (key, resource)
        for key, resource in resources(template, "AWS::Lambda::Permission").items()
        if resource["Properties"]["Principal"] == "secretsmanager.amazonaws.com"
    )
    assert found["Properties"] == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": {"Fn::GetAtt": [function, "Arn"]},
        "Principal": "secretsmanager.amazonaws.com",
        "SourceAccount": "111111111111",
    }
    clean_up, _ = only(template, "Custom::SmtpUserKeys")
    assert sorted(schedule["DependsOn"]) == sorted([permission, clean_up])


def test_users_are_deleted_after_their_keys() -> None:
    template = synth(users=[BILLING, NEWS])
    users = [{"Ref": key} for key in resources(template, "AWS::IAM::User")]
    function, found = only(template, "AWS::Lambda::Function")
    _, clean_up = only(template, "Custom::SmtpUserKeys")
    # References: CloudFormation deletes in their reverse order.
    assert clean_up["Properties"]["Users"] == users
    assert clean_up["Properties"]["ServiceToken"] == {"Fn::GetAtt": [function, "Arn"]}
    assert clean_up["Properties"]["ServiceTimeout"] == "600"
    assert found["Properties"]["Timeout"] == 600
    ((_, parts),) = found["Properties"]["Environment"]["Variables"]["SMTP_USERS"].values()
    assert [part for part in parts if isinstance(part, dict)] == users
    assert json.loads("".join(part if isinstance(part, str) else "x" for part in parts)) == ["x", "x"]


def test_the_function_reaches_exactly_these_users_and_secrets() -> None:
    template = synth(users=[BILLING, NEWS])
    key, _ = only(template, "AWS::KMS::Key")
    found = function_statements(template)
    assert found.keys() == {
        "logs:CreateLogStream",
        "iam:CreateAccessKey",
        "iam:DeleteAccessKey",
        "secretsmanager:DescribeSecret",
        "kms:Decrypt",
    }
    assert found["iam:CreateAccessKey"]["Resource"] == [
        {"Fn::GetAtt": [name, "Arn"]} for name in resources(template, "AWS::IAM::User")
    ]
    assert found["iam:DeleteAccessKey"]["Action"] == ["iam:DeleteAccessKey", "iam:ListAccessKeys"]
    assert found["iam:DeleteAccessKey"]["Resource"] == (
        "arn:aws:iam::111111111111:user/ses-smtp/eu-west-1/Stack/*"
    )
    assert found["secretsmanager:DescribeSecret"]["Resource"] == [
        {"Fn::GetAtt": [name, "Id"]} for name in resources(template, "AWS::SecretsManager::Secret")
    ]
    assert found["kms:Decrypt"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert found["kms:Decrypt"]["Resource"] == {"Fn::GetAtt": [key, "Arn"]}
    assert found["kms:Decrypt"]["Condition"]["StringEquals"].keys() == {"kms:ViaService"}


def test_twenty_senders_with_long_names_fit_into_the_policy_of_a_role() -> None:
    users = [
        SmtpUser(name=f"s{n:063}", region="us-gov-west-1", statements=BILLING.statements) for n in range(20)
    ]
    template = synth(name_prefix="p" * 64, users=users)
    _, role = only(template, "AWS::IAM::Role")
    text = json.dumps(role["Properties"]["Policies"][0]["PolicyDocument"], separators=(",", ":"))
    # As long as they can become: names that CloudFormation gives have 64 characters at most.
    user_arn = f"arn:aws-us-gov:iam::111111111111:user/ses-smtp/us-gov-west-1/{'s' * 64}/{'u' * 64}"
    name = users[0].secret_name("p" * 64)
    secret_arn = f"arn:aws-us-gov:secretsmanager:us-gov-west-1:111111111111:secret:{name}-AbCdEf"
    for key in resources(template, "AWS::IAM::User"):
        text = text.replace(f'{{"Fn::GetAtt":["{key}","Arn"]}}', f'"{user_arn}"')
    for key in resources(template, "AWS::SecretsManager::Secret"):
        text = text.replace(f'{{"Fn::GetAtt":["{key}","Id"]}}', f'"{secret_arn}"')
    assert len(text) < 10_240

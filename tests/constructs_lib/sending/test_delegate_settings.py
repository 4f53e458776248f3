import json

from constructs_lib.sending.send_conditions import SendConditions
from tests.constructs_lib.sending.test_sending_authorization import BILLING, IDENTITY, OTHER, authorization


def settings(**overrides: object) -> dict[str, object]:
    item = authorization(**overrides)
    return item.settings(identity_arn=IDENTITY, region="eu-west-1", partition="aws").as_data()


def test_everything_that_the_other_side_sets() -> None:
    found = settings()
    notes = found.pop("Notes")
    assert found == {
        "Region": "eu-west-1",
        "ApiV2": {
            "FromEmailAddressIdentityArn": IDENTITY,
            "FeedbackForwardingEmailAddressIdentityArn": IDENTITY,
        },
        "ApiV1": {"SourceArn": IDENTITY, "FromArn": IDENTITY, "ReturnPathArn": IDENTITY},
        "SmtpHeaders": {
            "X-SES-SOURCE-ARN": IDENTITY,
            "X-SES-FROM-ARN": IDENTITY,
            "X-SES-RETURN-PATH-ARN": IDENTITY,
        },
        "Conditions": BILLING.block(),
        "IamPolicy": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": ["ses:SendEmail", "ses:SendRawEmail"],
                    "Resource": [
                        IDENTITY,
                        f"arn:aws:ses:eu-west-1:{OTHER}:configuration-set/YOUR-CONFIGURATION-SET",
                    ],
                }
            ],
        },
    }
    text = " ".join(map(str, notes if isinstance(notes, list) else []))
    for fact in ("configuration set of account", "Bounces and complaints", "sandbox", "quota"):
        assert fact in text
    assert OTHER in text


def test_templates_are_of_the_other_account_too() -> None:
    text = json.dumps(settings(templated=True)["IamPolicy"])
    assert f"arn:aws:ses:eu-west-1:{OTHER}:template/YOUR-TEMPLATE" in text
    assert "ses:SendBulkTemplatedEmail" in text


def test_without_conditions_none_are_shown() -> None:
    assert settings(conditions=SendConditions())["Conditions"] == {}

from typing import Any

import pytest

from local.receipt_rule import MAX_ACTIONS, MAX_RECIPIENTS, checked_rule, matching, object_key
from local.ses_errors import Fault, SesError

TOPIC = "arn:aws:sns:us-east-1:000000000000:mail"


def rule(*recipients: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - members of a rule
    return checked_rule({"Name": "rule", "Enabled": True, "Recipients": list(recipients), **changes})


@pytest.mark.parametrize(
    "condition,recipient,matches",
    [
        ("user@example.com", "user@example.com", True),
        ("user@example.com", "USER@Example.COM", True),
        ("User@Example.com", "user@example.com", True),
        ("user@example.com", "user+label@example.com", True),
        ("user+label@example.com", "user+label@example.com", True),
        ("user+label@example.com", "user@example.com", False),
        ("user+label@example.com", "user+other@example.com", False),
        ("user@example.com", "other@example.com", False),
        ("user@example.com", "user@sub.example.com", False),
        ("user@example.com", "another.user@example.com", False),
        ("example.com", "anyone@example.com", True),
        ("example.com", "anyone@sub.example.com", False),
        ("example.com", "anyone@evilexample.com", False),
        ("sub.example.com", "anyone@sub.example.com", True),
        ("sub.example.com", "anyone@example.com", False),
        (".example.com", "anyone@sub.example.com", True),
        (".example.com", "anyone@deep.sub.example.com", True),
        (".example.com", "anyone@example.com", False),
        (".example.com", "anyone@evilexample.com", False),
        (".sub.example.com", "anyone@sub.example.com", False),
    ],
)
def test_conditions(condition: str, recipient: str, matches: bool) -> None:  # noqa: FBT001 - a table
    assert matching(rule(condition), (recipient,)) == ((recipient,) if matches else ())


def test_a_rule_is_for_those_recipients_that_match() -> None:
    recipients = ("a@example.com", "b@example.org", "c@sub.example.com")
    assert matching(rule("example.com", ".example.com"), recipients) == ("a@example.com", "c@sub.example.com")
    assert matching(rule(), recipients) == recipients
    assert matching(rule("example.com", Enabled=False), recipients) == ()


def test_defaults_and_the_form_in_which_it_is_stored() -> None:
    given = {"Name": "a", "Recipients": ["b.example", "A.Example", "b.example"], "Actions": [_sns()]}
    assert checked_rule(given) == {
        "Name": "a",
        "Enabled": False,
        "TlsPolicy": "Optional",
        "Recipients": ["a.example", "b.example"],
        "Actions": [{"SNSAction": {"TopicArn": TOPIC, "Encoding": "UTF-8"}}],
        "ScanEnabled": False,
    }
    texts = checked_rule({"Name": "a", "Enabled": "true", "ScanEnabled": "True"})
    assert (texts["Enabled"], texts["ScanEnabled"], texts["Recipients"]) == (True, True, [])


def _sns(**changes: str) -> dict[str, dict[str, str]]:
    return {"SNSAction": {"TopicArn": TOPIC, **changes}}


STOP = {"StopAction": {"Scope": "RuleSet"}}


@pytest.mark.parametrize(
    "changes,fault,fragment",
    [
        (
            {"Name": None},
            Fault.VALIDATION,
            "'rule.name' failed to satisfy constraint: Member must not be null",
        ),
        ({"Name": "a b"}, Fault.VALIDATION, "regular expression pattern"),
        ({"Name": ""}, Fault.VALIDATION, "regular expression pattern"),
        ({"Name": "-a"}, Fault.INVALID_PARAMETER, "Not a valid ruleName: -a"),
        ({"Name": "a" * 65}, Fault.INVALID_PARAMETER, "Not a valid ruleName"),
        ({"TlsPolicy": "Always"}, Fault.VALIDATION, "'rule.tlsPolicy'"),
        ({"Recipients": ["@example.com"]}, Fault.INVALID_PARAMETER, "Invalid recipient: @example.com"),
        ({"Recipients": ["a b@example.com"]}, Fault.INVALID_PARAMETER, "Invalid recipient"),
        ({"Recipients": ["a@.example.com"]}, Fault.INVALID_PARAMETER, "Invalid recipient"),
        ({"Recipients": ["localhost"]}, Fault.INVALID_PARAMETER, "Invalid recipient"),
        ({"Recipients": ["*.example.com"]}, Fault.INVALID_PARAMETER, "Invalid recipient"),
        (
            {"Recipients": [f"{number}.example.com" for number in range(MAX_RECIPIENTS + 1)]},
            Fault.LIMIT,
            "Too many recipients",
        ),
        ({"Actions": [_sns()] * (MAX_ACTIONS + 1)}, Fault.LIMIT, "Too many actions"),
        (
            {"Actions": [STOP, _sns()]},
            Fault.INVALID_PARAMETER,
            "Stop action, if any, must be placed at the end",
        ),
        ({"Actions": [{}]}, Fault.INVALID_PARAMETER, "Exactly one action type"),
        ({"Actions": [{**STOP, **_sns()}]}, Fault.INVALID_PARAMETER, "Exactly one action type"),
        ({"Actions": [{"MailAction": {}}]}, Fault.INVALID_PARAMETER, "Exactly one action type"),
        (
            {"Actions": [_sns(Encoding="utf-8")]},
            Fault.VALIDATION,
            "'rule.actions.1.member.sNSAction.encoding'",
        ),
        ({"Actions": [{"StopAction": {"Scope": "Rule"}}]}, Fault.VALIDATION, "stopAction.scope"),
        (
            {"Actions": [{"S3Action": {}}]},
            Fault.VALIDATION,
            "'rule.actions.1.member.s3Action.bucketName' failed to satisfy constraint: Member must not be",
        ),
        (
            {"Actions": [_sns(), {"LambdaAction": {"FunctionArn": "f", "InvocationType": "event"}}]},
            Fault.VALIDATION,
            "'rule.actions.2.member.lambdaAction.invocationType'",
        ),
        ({"Actions": [{"BounceAction": {"Sender": "a", "Message": "m"}}]}, Fault.VALIDATION, "smtpReplyCode"),
        ({"Actions": [{"WorkmailAction": {"TopicArn": TOPIC}}]}, Fault.VALIDATION, "organizationArn"),
        (
            {"Actions": [{"AddHeaderAction": {"HeaderName": "X Y", "HeaderValue": "v"}}]},
            Fault.INVALID_PARAMETER,
            "Invalid header name: X Y",
        ),
        (
            {"Actions": [{"AddHeaderAction": {"HeaderName": "X", "HeaderValue": "a\r\nBcc: b"}}]},
            Fault.INVALID_PARAMETER,
            "Invalid header value",
        ),
    ],
)
def test_rules_that_ses_refuses(changes: dict[str, Any], fault: Fault, fragment: str) -> None:
    with pytest.raises(SesError) as caught:
        checked_rule({"Name": "rule", **changes})
    assert caught.value.fault is fault
    assert fragment in caught.value.message


def test_what_is_just_possible() -> None:
    name = "a._-" + "b" * 60
    recipients = [f"{number}.example.com" for number in range(MAX_RECIPIENTS)]
    found = checked_rule(
        {"Name": name, "Recipients": recipients, "Actions": [_sns()] * (MAX_ACTIONS - 1) + [STOP]}
    )
    assert (found["Name"], len(found["Recipients"]), len(found["Actions"])) == (name, 100, 10)


@pytest.mark.parametrize(
    "prefix,key", [(None, "id"), ("", "id"), ("mail", "mail/id"), ("mail/", "mail/id"), ("a/b", "a/b/id")]
)
def test_a_prefix_is_a_folder(prefix: str | None, key: str) -> None:
    assert object_key({} if prefix is None else {"ObjectKeyPrefix": prefix}, "id") == key

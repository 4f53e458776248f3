"""Values of a template for people."""

from typing import Any

import pytest

from ops.review.assembly import Stack
from ops.review.values import Reader

RESOURCES = {
    "QueueA1B2C3D4": {"Type": "AWS::SQS::Queue"},
    "Named": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "bounces"}},
    "Identity": {"Type": "AWS::SES::EmailIdentity", "Properties": {"EmailIdentity": "example.com"}},
    "Rule": {
        "Type": "AWS::SES::ReceiptRule",
        "Properties": {"RuleSetName": "set", "Rule": {"Name": "support"}},
    },
}
READER = Reader(
    Stack(id="s", name="prod-s", region="eu-west-1", account="1" * 12, template={"Resources": RESOURCES})
)


@pytest.mark.parametrize(
    "value, text",
    [
        ("plain", "plain"),
        (7, "7"),
        (True, "true"),
        (None, "null"),
        (["a", {"Ref": "Named"}], "a, <bounces>"),
        ({"Ref": "QueueA1B2C3D4"}, "<Queue>"),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Fn::GetAtt": ["Named", "Arn"]}, "<bounces>"),
        ({"Fn::GetAtt": "Named.TopicName"}, "<bounces.TopicName>"),
        ({"Fn::GetAtt": ["Rule", "Arn"]}, "<support>"),
        ({"Fn::GetAtt": ["Identity", "DkimDNSTokenName2"]}, "<DKIM token 2>._domainkey.example.com"),
        ({"Fn::GetAtt": ["Identity", "DkimDNSTokenValue2"]}, "<DKIM value 2 of example.com>"),
        ({"Fn::Join": [":", ["arn", {"Ref": "AWS::Partition"}, "ses"]]}, "arn:aws:ses"),
        (
            {"Fn::Sub": "${AWS::AccountId}/${Named}/${Named.Arn}/${!x}"},
            f"{'1' * 12}/<bounces>/<bounces>/${{!x}}",
        ),
        ({"Fn::Sub": ["${a}", {"a": {"Ref": "Named"}}]}, "<bounces>"),
        ({"Fn::Select": [1, ["a", "b"]]}, "b"),
        ({"Fn::Select": [5, {"Fn::Split": [":", {"Ref": "AWS::StackId"}]}]}, "<part 5 of stack id>"),
        ({"Fn::Select": 7}, '{"Fn::Select": 7}'),
        ({"a": 1, "b": 2}, '{"a": 1, "b": 2}'),
    ],
)
def test_what_is_known_is_filled_in(value: Any, text: str) -> None:  # noqa: ANN401 - any value
    assert READER.text(value) == text

"""What the pictures show, from small stacks and from the environment that they are of."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any

import pytest

from docs_site.architecture import (
    APPLICATIONS,
    RECIPIENTS,
    SENDERS,
    Architecture,
    Edge,
    Node,
    architecture,
    number_of,
)
from docs_site.drawing import draw, picture
from ops.review.assembly import Stack


def stack(name: str, **resources: dict[str, Any]) -> Stack:
    return Stack(id=name, name=f"x-{name}", region="us-east-1", template={"Resources": resources})


def resource(kind: str, **properties: object) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def drawn(*stacks: Stack) -> Architecture:
    return architecture({each.id: each for each in stacks})


SENDING = stack(
    "Sending",
    Set=resource("AWS::SES::ConfigurationSet", Name="mail"),
    Events=resource(
        "AWS::SES::ConfigurationSetEventDestination",
        ConfigurationSetName="mail",
        EventDestination={
            "MatchingEventTypes": ["bounce", "complaint"],
            "SnsDestination": {"TopicARN": {"Ref": "Topic"}},
        },
    ),
    Topic=resource("AWS::SNS::Topic", TopicName="bounces"),
    Subscription=resource(
        "AWS::SNS::Subscription",
        Protocol="sqs",
        TopicArn={"Ref": "Topic"},
        Endpoint={"Fn::GetAtt": ["Queue", "Arn"]},
    ),
    Mailed=resource(
        "AWS::SNS::Subscription", Protocol="email", TopicArn={"Ref": "Topic"}, Endpoint="ops@example.com"
    ),
    Queue=resource(
        "AWS::SQS::Queue",
        QueueName="bounces",
        RedrivePolicy={"deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}},
    ),
    Dead=resource("AWS::SQS::Queue", QueueName="bounces-dlq"),
    Key=resource("AWS::KMS::Key"),
    Zone=resource("AWS::Route53::HostedZone", Name="example.com"),
)
IDENTITY = stack(
    "example-com",
    Identity=resource(
        "AWS::SES::EmailIdentity",
        EmailIdentity="example.com",
        ConfigurationSetAttributes={"ConfigurationSetName": "mail"},
    ),
    One=resource("AWS::Route53::RecordSet", Name="a"),
    Two=resource("AWS::Route53::RecordSet", Name="b"),
)


def test_what_a_person_speaks_of_is_a_node_and_the_rest_is_counted() -> None:
    found = drawn(SENDING)
    assert {key: node.title for key, node in found.nodes.items() if key[0]} == {
        ("Sending", "Set"): "mail",
        ("Sending", "Topic"): "bounces",
        ("Sending", "Queue"): "bounces",
    }
    assert found.counted == {"Sending": {"dead-letter queue": 1, "key": 1, "hosted zone": 1}}


def test_events_flow_from_a_configuration_set_to_queue_and_people() -> None:
    found = drawn(SENDING)
    assert set(found.edges) == {
        Edge(("Sending", "Set"), ("Sending", "Topic"), "bounce, complaint"),
        Edge(("Sending", "Topic"), ("Sending", "Queue")),
        Edge(("Sending", "Topic"), ("", "ops@example.com")),
        Edge(("Sending", "Set"), RECIPIENTS, "delivers to"),
    }


def test_an_identity_sends_with_a_set_of_another_stack_and_records_verify_it() -> None:
    found = drawn(SENDING, IDENTITY)
    assert found.nodes["example-com", "DNS record"] == Node("dns", "2 DNS records")
    assert Edge(("example-com", "DNS record"), ("example-com", "Identity"), "verify") in found.edges
    assert Edge(("example-com", "Identity"), ("Sending", "Set"), "sends with") in found.edges


def test_a_part_says_what_flows_out_of_it() -> None:
    part = drawn(SENDING, IDENTITY).part(["example-com"])
    assert part.nodes["example-com", "Identity"].said == ("sends with mail",)
    assert {key[0] for key in part.nodes} == {"example-com"}
    assert part.counted.keys() == {"example-com"}


def test_what_only_cloudformation_calls_is_one_node() -> None:
    found = drawn(
        stack(
            "Receiving",
            Function=resource("AWS::Lambda::Function", Description="Orders rules"),
            Order=resource("Custom::ReceiptRuleOrder", ServiceToken={"Fn::GetAtt": ["Function", "Arn"]}),
        )
    )
    assert found.nodes == {("Receiving", "at deploy"): Node("deploy", "ReceiptRuleOrder", "while it deploys")}


def test_mail_comes_to_the_first_rule_and_applications_use_what_lets_them_send() -> None:
    found = drawn(
        IDENTITY,
        stack(
            "Receiving",
            First=resource("AWS::SES::ReceiptRule", Rule={"Name": "first", "Recipients": ["a@b.c", "d@b.c"]}),
            Last=resource("AWS::SES::ReceiptRule", After={"Ref": "First"}, Rule={"Name": "last"}),
            Policy=resource(
                "AWS::IAM::ManagedPolicy",
                ManagedPolicyName="send",
                PolicyDocument={
                    "Statement": [
                        {
                            "Resource": [
                                "arn:aws:ses:us-east-1:111111111111:identity/example.com",
                                "arn:aws:ses:us-east-1:111111111111:configuration-set/example.com",
                            ]
                        }
                    ]
                },
            ),
        ),
    )
    assert found.nodes["Receiving", "First"].what == "receipt rule for a@b.c and 1 more"
    assert found.nodes["Receiving", "Last"].what == "receipt rule for everybody"
    assert [edge.end for edge in found.edges if edge.start == SENDERS] == [("Receiving", "First")]
    assert [edge.end for edge in found.edges if edge.start == APPLICATIONS] == [("Receiving", "Policy")]
    assert [edge.end for edge in found.edges if edge.start == ("Receiving", "Policy")] == [
        ("example-com", "Identity")
    ]


@pytest.mark.parametrize(
    "many, what, words", [(1, "policy", "1 policy"), (2, "policy", "2 policies"), (3, "key", "3 keys")]
)
def test_numbers_in_words(many: int, what: str, words: str) -> None:
    assert number_of(many, what) == words


def test_a_picture_is_well_formed_whatever_the_names_are() -> None:
    odd = 'a "<b>" & \\ c'
    made = picture(
        Architecture({("S", "x"): Node("mail", odd)}, counted={"S": Counter()}), name="odd", title=odd
    )
    root = ET.fromstring(made)  # noqa: S314 - made here
    texts = " ".join(each.text or "" for each in root.iter("{http://www.w3.org/2000/svg}text"))
    assert all(part in texts for part in ("<b>", "&", "\\"))
    assert root.findtext("{http://www.w3.org/2000/svg}title") == odd


def test_the_pictures_show_the_environment_as_it_was_reviewed() -> None:
    for path, svg in draw():
        assert path.read_text(encoding="utf-8") == svg, f"{path.name} is old: make snapshots"
        assert len(re.findall('<g [^>]*class="node', svg)) < 40, f"nobody reads {path.name}"

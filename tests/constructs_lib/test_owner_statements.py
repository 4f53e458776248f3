import json

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from constructs_lib.events.feedback_topics import FeedbackTopics
from constructs_lib.owner_statements import owner_statement, print_owner_statement
from constructs_lib.receiving.mail_store import MailStore
from tests.synthesis import new_stack, outputs, template_of

KEY = "arn:aws:kms:eu-west-1:111111111111:key/1"


def test_an_output_says_whose_policy_lacks_what() -> None:
    stack = new_stack()
    statement = iam.PolicyStatement(sid="A", actions=["kms:Decrypt"], resources=["*"])
    print_owner_statement(stack, "One", policy_of=KEY, statement=statement)
    print_owner_statement(stack, "Two", policy_of=KEY, statement=statement, unless="unless it does so")
    told = outputs(template_of(stack))
    assert set(told) == {
        "For the owner, to add to the policy that it names: A",
        "For the owner, to add to the policy that it names: A, unless it does so",
    }
    expected = {"Sid": "A", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    for description, value in told.items():
        assert json.loads(value) == {"PolicyOf": KEY, "Statement": expected}
        assert owner_statement(description, value) == (KEY, expected)
    assert owner_statement("The bucket of received mail", "mail-bucket") is None


def test_a_key_known_at_deployment_only_is_named_in_the_value() -> None:
    stack = new_stack()
    key_arn = cdk.CfnParameter(stack, "TheirKey").value_as_string
    FeedbackTopics(
        stack,
        "Feedback",
        configuration_set="transactional",
        topics=(FeedbackTopic(kind=Feedback.BOUNCE, queue=FeedbackQueue()),),
        existing_key_arn=key_arn,
    )
    MailStore(stack, "Mail", rule_set_name="in", prefixes=["in/"], existing_key_arn=key_arn)
    told = outputs(template_of(stack))
    assert sorted(description.rpartition(": ")[2] for description in told) == [
        "AccountThroughS3, unless it leaves permissions to IAM of this account",
        "AccountThroughSnsAndSqs, unless it leaves permissions to IAM of this account",
        "SesPublishesEvents",
        "SnsFillsQueues",
    ]
    assert all('{"Ref": "TheirKey"}' in json.dumps(value) for value in told.values())

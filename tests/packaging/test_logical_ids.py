"""In a stack of a user's own: AWS finds a resource by its logical id, and a new id is a new resource."""

import importlib
import pkgutil
from collections.abc import Iterator

import aws_cdk as cdk
import pytest
from constructs import Construct

import constructs_lib
from tests.packaging.whole_library import WholeLibrary
from tests.synthesis import template_of

_NAME = "nothing, but its name is taken: the update fails"
LOST = {
    "AWS::IAM::User": "its access keys, so SMTP clients are refused",
    "AWS::KMS::Key": "what is encrypted with it, which no other key reads",
    "AWS::Route53::HostedZone": "its name servers: the domain is gone until a person delegates it again",
    "AWS::Route53::RecordSet": _NAME,
    "AWS::S3::Bucket": "the way to the mail in it: a new, empty bucket takes its place",
    "AWS::SES::ConfigurationSet": _NAME,
    "AWS::SES::CustomVerificationEmailTemplate": _NAME,
    "AWS::SES::EmailIdentity": "its verification, so mail of the domain stops",
    "AWS::SES::ReceiptRuleSet": _NAME,
    "AWS::SNS::Subscription": "its confirmation by a person",
    "AWS::SNS::Topic": "its subscriptions, which people confirmed",
    "AWS::SQS::Queue": "the messages in it",
    "AWS::SecretsManager::Secret": "the credentials that clients read",
    "Custom::CrossAccountRecord": "its record, which the former resource takes away where it may",
    "Custom::LegacyVerification": "its value in the record, which the former resource takes away",
    "Custom::ReceiptRuleSetActivation": "the active rule set, which the former resource gives back",
}
"""What a new logical id of a type loses."""

PINNED = {
    "AbuseAlertsKeyFA067A0A": "AWS::KMS::Key",
    "AbuseAlertsQueueF0F900C8": "AWS::SQS::Queue",
    "AbuseAlertsSubscriptionB7321E44": "AWS::SNS::Subscription",
    "AbuseAlertsTopicE85422D8": "AWS::SNS::Topic",
    "AbuseDeadLettersQueue874E22ED": "AWS::SQS::Queue",
    "AddresseslegalexamplenetE27D978F": "AWS::SES::EmailIdentity",
    "AlarmsDeadLetters20E28703": "AWS::SQS::Queue",
    "AlarmsEmailopsexamplecom4D412791": "AWS::SNS::Subscription",
    "AlarmsKey3C2381B3": "AWS::KMS::Key",
    "AlarmsTopic3A2DFEBA": "AWS::SNS::Topic",
    "BouncesDeadLetters563BCCB6": "AWS::SQS::Queue",
    "BouncesKey01CF0D45": "AWS::KMS::Key",
    "BouncesQueueD284441D": "AWS::SQS::Queue",
    "BouncesSubscription99422E81": "AWS::SNS::Subscription",
    "ClientSideKey57B862E0": "AWS::KMS::Key",
    "CrossAccountRecordF4EA31D705A7E3A9": "Custom::CrossAccountRecord",
    "CrossAccountRecordFD97892A438B6CD4": "Custom::CrossAccountRecord",
    "DelegatedHostedZoneCF81684B": "AWS::Route53::HostedZone",
    "FeedbackBounceDeadLetters7851D559": "AWS::SQS::Queue",
    "FeedbackBounceEmailopsexamplecomCEC1F071": "AWS::SNS::Subscription",
    "FeedbackBounceQueue0CCB9546": "AWS::SQS::Queue",
    "FeedbackBounceSubscriptionB896E49F": "AWS::SNS::Subscription",
    "FeedbackBounceTopic98E36F36": "AWS::SNS::Topic",
    "FeedbackKey67EFE1D5": "AWS::KMS::Key",
    "ForwardDeadLettersQueue6B68C3CD": "AWS::SQS::Queue",
    "IdentityDkim1DB67B81B": "AWS::Route53::RecordSet",
    "IdentityDkim2AD89982F": "AWS::Route53::RecordSet",
    "IdentityDkim35FC85A5D": "AWS::Route53::RecordSet",
    "IdentityDmarc09491AC8": "AWS::Route53::RecordSet",
    "IdentityEmailIdentityB75DB344": "AWS::SES::EmailIdentity",
    "IdentityMailFromMxD6CB0580": "AWS::Route53::RecordSet",
    "IdentityMailFromSpfB66F8FC8": "AWS::Route53::RecordSet",
    "InboundMxRecord5CF48DA8": "AWS::Route53::RecordSet",
    "InboxordersAnnouncementsDeadLettersBB8EC884": "AWS::SQS::Queue",
    "InboxordersAnnouncementsKey806EA74B": "AWS::KMS::Key",
    "InboxordersAnnouncementsQueueE5B5B0CF": "AWS::SQS::Queue",
    "InboxordersAnnouncementsSubscriptionC1691E3F": "AWS::SNS::Subscription",
    "InboxordersAnnouncementsTopic7C1B2C38": "AWS::SNS::Topic",
    "InboxsupportAnnouncementsDeadLetters8EA28F2A": "AWS::SQS::Queue",
    "InboxsupportAnnouncementsKey5B7FF24B": "AWS::KMS::Key",
    "InboxsupportAnnouncementsQueue77637AE6": "AWS::SQS::Queue",
    "InboxsupportAnnouncementsSubscription674F3A91": "AWS::SNS::Subscription",
    "InboxsupportAnnouncementsTopicED74DA97": "AWS::SNS::Topic",
    "LegacyVerificationexamplecomA379A6F6": "Custom::LegacyVerification",
    "MailAccessLog4B45BE7B": "AWS::S3::Bucket",
    "MailBucketC2C0137B": "AWS::S3::Bucket",
    "MailKey22838070": "AWS::KMS::Key",
    "ReceiptRuleSetActivation": "Custom::ReceiptRuleSetActivation",
    "RulesRuleSet13795591": "AWS::SES::ReceiptRuleSet",
    "SendingConfigurationSet041D36AA": "AWS::SES::ConfigurationSet",
    "ShopEventsDeadLettersQueue123847AA": "AWS::SQS::Queue",
    "ShopEventsKeyA2631C93": "AWS::KMS::Key",
    "ShopEventsQueue9CBF8EEA": "AWS::SQS::Queue",
    "ShopTopicD86E962D": "AWS::SNS::Topic",
    "ShopTopicKey15408372": "AWS::KMS::Key",
    "SmtpKey63000D65": "AWS::KMS::Key",
    "Smtpbillingeuwest1Secret20C8ACA2": "AWS::SecretsManager::Secret",
    "Smtpbillingeuwest1User0F749B19": "AWS::IAM::User",
    "TemplateswelcomeDB9E37E5": "AWS::SES::CustomVerificationEmailTemplate",
    "TrailAccessLogCE2EE4CC": "AWS::S3::Bucket",
    "TrailBucket6C1E344E": "AWS::S3::Bucket",
    "TrailKey31F874A3": "AWS::KMS::Key",
    "ZoneHostedZone112D783F": "AWS::Route53::HostedZone",
}
"""Below the construct ids of `WholeLibrary`."""


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    return WholeLibrary(cdk.App(stack_traces=False))


def constructs() -> Iterator[type[Construct]]:
    """Every construct that the library defines."""
    for module in pkgutil.walk_packages(constructs_lib.__path__, "constructs_lib."):
        if not module.name.startswith(("constructs_lib.runtimes", "constructs_lib.instance")):
            found = importlib.import_module(module.name)
            for value in vars(found).values():
                if (
                    isinstance(value, type)
                    and issubclass(value, Construct)
                    and value.__module__ == module.name
                ):
                    yield value


def test_the_stack_has_every_construct(stack: cdk.Stack) -> None:
    there = {type(node) for node in stack.node.find_all()}
    missing = {construct.__name__ for construct in constructs() if construct not in there}
    assert missing == set(), "add them to tests/packaging/whole_library.py: what is not there is not pinned"


def test_logical_ids_of_what_cannot_be_made_again_never_change(stack: cdk.Stack) -> None:
    resources = template_of(stack)["Resources"]
    found = {key: value["Type"] for key, value in resources.items() if value["Type"] in LOST}
    gone = [f"{key} ({kind}) loses {LOST[kind]}" for key, kind in PINNED.items() if key not in found]
    assert gone == [], "an upgrade of the wheel would replace or orphan this in the stacks of its users"
    assert found == PINNED, "pin a new id when what it stands for is new"

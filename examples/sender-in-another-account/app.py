"""An agency's account sends as one address of a shop's domain, whose identity stays the shop's."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from constructs_lib.events.feedback_topics import FeedbackTopics
from constructs_lib.identity.dns import ExternalDns
from constructs_lib.identity.domain_identity import DomainIdentity
from constructs_lib.sending.delegated_sending import DelegatedSending
from constructs_lib.sending.send_conditions import SendConditions
from constructs_lib.sending.sending_authorization import SendingAuthorization
from constructs_lib.sending.sending_authorizations import SendingAuthorizations
from constructs_lib.sending.sending_profile import SendingProfile

DOMAIN = "shop.example"
REGION = "us-east-1"
SHOP_ACCOUNT = "111111111111"
AGENCY_ACCOUNT = "222222222222"
SHOP = cdk.Environment(account=SHOP_ACCOUNT, region=REGION)
AGENCY = cdk.Environment(account=AGENCY_ACCOUNT, region=REGION)
LETTERS = SendConditions(from_addresses=(f"letters@{DOMAIN}",))

app = cdk.App()

# First: the agency, since SES takes only roles that exist into an identity's policy.
agency = cdk.Stack(app, "AgencyNewsletter", env=AGENCY)
profile = SendingProfile(agency, "Sending", configuration_set_name="newsletter")
topics = [FeedbackTopic(kind=kind, queue=FeedbackQueue()) for kind in (Feedback.BOUNCE, Feedback.COMPLAINT)]
FeedbackTopics(agency, "Feedback", configuration_set=profile, topics=topics)
role = iam.Role(
    agency, "Role", role_name="Newsletter", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")
)
DelegatedSending(
    agency,
    "AsShop",
    identity_arn=f"arn:aws:ses:{REGION}:{SHOP_ACCOUNT}:identity/{DOMAIN}",
    configuration_set=profile,
    conditions=LETTERS,
    roles=[role],
)

# Then: the shop, which lets it.
shop = cdk.Stack(app, "ShopIdentity", env=SHOP)
shop.add_stack_dependency(agency, "the role is there before the identity's policy names it")
own = SendingProfile(shop, "Sending", configuration_set_name="shop")
identity = DomainIdentity(
    shop, "Identity", domain=DOMAIN, dns=ExternalDns(), configuration_set_name=own.configuration_set_name
)
identity.node.add_dependency(own)
SendingAuthorizations(
    shop,
    "Delegates",
    authorizations=[
        SendingAuthorization(
            name="newsletter",
            identity=identity,
            account=AGENCY_ACCOUNT,
            principals=("role/Newsletter",),
            conditions=LETTERS,
        )
    ],
)

app.synth()

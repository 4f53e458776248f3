"""A domain that may send, a policy for the application that sends, and a queue of what went wrong."""

import aws_cdk as cdk

from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from constructs_lib.events.feedback_topics import FeedbackTopics
from constructs_lib.identity.dns import ExternalDns
from constructs_lib.identity.domain_identity import DomainIdentity
from constructs_lib.sending.send_conditions import SendConditions
from constructs_lib.sending.send_permission import SendPermission
from constructs_lib.sending.send_policy import SendPolicy
from constructs_lib.sending.sending_profile import SendingProfile

DOMAIN = "shop.example"

app = cdk.App()
stack = cdk.Stack(app, "ShopMail", env=cdk.Environment(region="us-east-1"))

profile = SendingProfile(stack, "Sending", configuration_set_name="shop")
topics = [FeedbackTopic(kind=kind, queue=FeedbackQueue()) for kind in (Feedback.BOUNCE, Feedback.COMPLAINT)]
FeedbackTopics(stack, "Feedback", configuration_set=profile, topics=topics)

identity = DomainIdentity(
    stack, "Identity", domain=DOMAIN, dns=ExternalDns(), configuration_set_name=profile.configuration_set_name
)
identity.node.add_dependency(profile)

permission = SendPermission(
    identities=(DOMAIN,),
    configuration_set=profile.configuration_set_name,
    conditions=SendConditions(from_addresses=(f"orders@{DOMAIN}",)),
)
SendPolicy(stack, "Orders", permissions=[permission], managed_policy_name="shop-send-orders")

app.synth()

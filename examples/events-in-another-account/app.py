"""What became of a shop's mail, told to another account: to its queue, its event bus and its topic."""

import aws_cdk as cdk

from constructs_lib.events.event_destinations import EventBridgeDestination
from constructs_lib.events.event_forward import EventForward, ForeignBus, ForeignTopic
from constructs_lib.events.event_forwarding import EventForwarding
from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from constructs_lib.events.feedback_topics import FeedbackTopics
from constructs_lib.events.forwarded_events import ForwardedEvents
from constructs_lib.events.forwarded_topic import ForwardedTopic
from constructs_lib.events.topic_queue import TopicQueue
from constructs_lib.sending.sending_profile import SendingProfile

REGION = "us-east-1"
SHOP_ACCOUNT = "111111111111"
OFFICE_ACCOUNT = "222222222222"
SHOP = cdk.Environment(account=SHOP_ACCOUNT, region=REGION)
OFFICE = cdk.Environment(account=OFFICE_ACCOUNT, region=REGION)
TOPIC_KEY = f"arn:aws:kms:{REGION}:{OFFICE_ACCOUNT}:key/00000000-0000-0000-0000-000000000000"
"""The key of the office's topic, from the output of `OfficeDoors`."""

SET = "shop"
to_bus = EventForward(
    name="analytics", to=ForeignBus(arn=f"arn:aws:events:{REGION}:{OFFICE_ACCOUNT}:event-bus/shop-mail")
)
to_topic = EventForward(
    name="support",
    to=ForeignTopic(arn=f"arn:aws:sns:{REGION}:{OFFICE_ACCOUNT}:shop-mail", key_arn=TOPIC_KEY),
)

app = cdk.App()

# First: what a rule of the shop sends to. EventBridge asks whether it may when the rule is made.
doors = cdk.Stack(app, "OfficeDoors", env=OFFICE)
ForwardedEvents(
    doors, "Events", name="shop-mail", sender_account=SHOP_ACCOUNT, rule_name=to_bus.rule_name(SET)
)
ForwardedTopic(
    doors, "Topic", name="shop-mail", sender_account=SHOP_ACCOUNT, role_name=to_topic.role_name(SET)
)

# Then: the shop, which publishes.
shop = cdk.Stack(app, "ShopMail", env=SHOP)
shop.add_stack_dependency(doors, "a rule's target is there before the rule")
profile = SendingProfile(shop, "Sending", configuration_set_name=SET)
bounces = FeedbackTopic(
    kind=Feedback.BOUNCE,
    queue=FeedbackQueue(),
    subscribing_queues=(f"arn:aws:sqs:{REGION}:{OFFICE_ACCOUNT}:shop-bounces",),
)
FeedbackTopics(
    shop, "Feedback", configuration_set=profile, topics=[bounces], event_bridge=EventBridgeDestination()
)
for forward in (to_bus, to_topic):
    EventForwarding(shop, f"To-{forward.name}", configuration_set=profile, forward=forward)

# Last: the queue, which its owner subscribes to the shop's topic.
desk = cdk.Stack(app, "OfficeDesk", env=OFFICE)
desk.add_stack_dependency(shop, "a topic is there before somebody subscribes")
TopicQueue(
    desk,
    "Bounces",
    name="shop-bounces",
    topic_arn=f"arn:aws:sns:{REGION}:{SHOP_ACCOUNT}:{Feedback.BOUNCE.topic_name(SET)}",
)

app.synth()

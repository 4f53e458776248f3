"""Bounces and complaints of a configuration set, told to a web hook and to nobody else."""

import aws_cdk as cdk

from constructs_lib.events.feedback import Feedback, FeedbackTopic
from constructs_lib.events.feedback_topics import FeedbackTopics
from constructs_lib.events.subscribers import HttpsSubscriber
from constructs_lib.sending.sending_profile import SendingProfile

HOOK = HttpsSubscriber(url="https://hooks.example.com/ses")

app = cdk.App()
stack = cdk.Stack(app, "HookedMail", env=cdk.Environment(region="us-east-1"))

profile = SendingProfile(stack, "Sending", configuration_set_name="hooked")
topics = [FeedbackTopic(kind=kind, subscribers=(HOOK,)) for kind in (Feedback.BOUNCE, Feedback.COMPLAINT)]
FeedbackTopics(stack, "Feedback", configuration_set=profile, topics=topics)

app.synth()

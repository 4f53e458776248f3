#!/usr/bin/env python3
"""Every environment as a CDK stage, checked by cdk-nag. Deploy one with ``cdk deploy 'prod/*'``."""

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

from stacks.environments import ENVIRONMENTS
from stacks.mail_stage import MailStage

app = cdk.App()
for name, config in ENVIRONMENTS.items():
    MailStage(app, name, config=config)
cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
app.synth()

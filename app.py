#!/usr/bin/env python3
"""Every environment as a CDK stage, checked by cdk-nag. Deploy one with ``cdk deploy 'prod/*'``."""

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

from constructs_lib.errors import show_configuration_errors_plainly

show_configuration_errors_plainly()

from stacks.environments import ENVIRONMENTS  # noqa: E402 - a wrong value in an environment is raised here
from stacks.mail_stage import MailStage  # noqa: E402 - as above

# Traces would name lines of the CDK, never of this repository, and cost a fifth of synthesis.
app = cdk.App(stack_traces=False)
for name, config in ENVIRONMENTS.items():
    MailStage(app, name, config=config)
cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
app.synth()

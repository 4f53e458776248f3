"""An environment whose zone is in another account: the printed role, the deploy, and what status says."""

import json

import boto3
import pytest

from constructs_lib.identity.dns import CrossAccountZone
from local.embedded import ACCOUNT
from ops.aws_clients import AwsClients
from ops.ses_gateway import SesGateway
from ops.status import read_status
from ops.zone_roles import zone_role
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.mail_stage import MailStage
from tests.local.conftest import Aws
from tests.local.deployable import Deployable
from tests.local.test_cloudformation_identity import FAST
from tests.synthesis import new_app

OWNER = "999999999999"


def test_it_is_verified_without_a_person(aws: Aws, domain: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = Aws(endpoint_url=aws.endpoint_url, access_key=OWNER)
    zone = CrossAccountZone(
        zone_id=owner.add_zone(domain).removeprefix("/hostedzone/"),
        zone_name=domain,
        account=OWNER,
        role_name=f"mail-{domain}",
    )
    config = MailEnvironment(
        name="foreign",
        account=ACCOUNT,
        regions=(aws.region,),
        configuration_set_name=f"set-{domain.partition('.')[0]}",
        domains=(MailDomain(domain=domain, dns=zone),),
        retain=False,
    )
    owner.cloudformation.create_stack(
        StackName=zone.role_name.replace(".", "-"),
        TemplateBody=json.dumps(zone_role(config, config.domains[0])),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    waiter = owner.cloudformation.get_waiter("stack_create_complete")
    waiter.wait(StackName=zone.role_name.replace(".", "-"), WaiterConfig=FAST)
    for stack in Deployable.of_stage(MailStage(new_app(), config.name, config=config)).values():
        stack.deploy(aws)

    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint_url)
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test")  # noqa: S106 - it takes any
    (status,) = read_status(config, SesGateway(AwsClients(region=aws.region, session=session)))
    assert status.verified
    assert status.next_step.action == "Nothing."

"""A DKIM key of one's own in the embedded SES: deployed by reference, verified by its record in DNS."""

import base64
import json
from typing import Any

import aws_cdk as cdk
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from constructs_lib.identity.dns import Route53Zone
from constructs_lib.identity.domain_identity import DomainIdentity
from constructs_lib.identity.own_dkim import OwnDkimKey, PublishedDkimKey
from constructs_lib.sending.sending_profile import SendingProfile
from local.embedded import ACCOUNT, REGION
from tests.dkim_keys import private_key, public_key
from tests.local.conftest import Aws
from tests.local.test_cloudformation_identity import FAST, update
from tests.local.test_ses_identities import refused
from tests.synthesis import new_app, template_of


def private_text(number: int = 0, bits: int = 2048) -> str:
    der = private_key(bits, number).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return base64.b64encode(der).decode()


def template(domain: str, zone_id: str, key: OwnDkimKey) -> str:
    stack = cdk.Stack(
        new_app(),
        "Stack",
        env=cdk.Environment(account=ACCOUNT, region=REGION),
        synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
    )
    SendingProfile(stack, "Sending", configuration_set_name=domain.replace(".", "-"))
    identity = DomainIdentity(
        stack,
        "Identity",
        domain=domain,
        dns=Route53Zone(zone_id=zone_id.removeprefix("/hostedzone/"), zone_name=domain),
        configuration_set_name=domain.replace(".", "-"),
        own_dkim_key=key,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    identity.node.add_dependency(stack.node.find_child("Sending"))
    return json.dumps(template_of(stack))


def store(aws: Aws, domain: str, selector: str, number: int) -> OwnDkimKey:
    name = f"{domain}/{selector}"
    aws._client("secretsmanager").create_secret(
        Name=name, SecretString=json.dumps({"private_key": private_text(number)})
    )
    return OwnDkimKey(selector=selector, public_key=public_key(number=number), private_key_secret=name)


def dkim(aws: Aws, domain: str) -> Any:  # noqa: ANN401 - boto3's own shape
    return aws.ses.get_email_identity(EmailIdentity=domain)["DkimAttributes"]


def test_one_deploy_verifies_the_domain_and_another_selector_rotates_the_key(aws: Aws, domain: str) -> None:
    zone_id = aws.add_zone(domain)
    name = domain.removesuffix(".example")
    first = store(aws, domain, "s2025", 1)
    aws.cloudformation.create_stack(StackName=name, TemplateBody=template(domain, zone_id, first))
    aws.cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=FAST)
    found = dkim(aws, domain)
    assert (found["SigningAttributesOrigin"], found["Tokens"], found["Status"]) == (
        "EXTERNAL",
        ["s2025"],
        "SUCCESS",
    )
    second = store(aws, domain, "s2026", 2)
    rotated = OwnDkimKey(
        selector=second.selector,
        public_key=second.public_key,
        private_key_secret=second.private_key_secret,
        retiring=(PublishedDkimKey(selector=first.selector, public_key=first.public_key),),
    )
    update(aws, name, template(domain, zone_id, rotated))
    assert (dkim(aws, domain)["Tokens"], dkim(aws, domain)["Status"]) == (["s2026"], "SUCCESS")
    records = aws.route53.list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
    names = {record["Name"] for record in records if "_domainkey" in record["Name"]}
    assert names == {f"{selector}._domainkey.{domain}." for selector in ("s2025", "s2026")}
    aws.cloudformation.delete_stack(StackName=name)


def created(aws: Aws, domain: str, **signing: str) -> None:
    aws.ses.create_email_identity(EmailIdentity=domain, DkimSigningAttributes=signing)  # type: ignore[arg-type] # wrong on purpose


@pytest.mark.parametrize(
    "record, status",
    [
        (None, "PENDING"),
        ("v=DKIM1; k=rsa; p={other}", "PENDING"),
        ("v=DKIM1; k=rsa; p={own}", "SUCCESS"),
        ("p={own}", "SUCCESS"),
    ],
)
def test_the_record_decides(aws: Aws, domain: str, record: str | None, status: str) -> None:
    zone_id = aws.add_zone(domain)
    created(aws, domain, DomainSigningSelector="s1", DomainSigningPrivateKey=private_text())
    if record is not None:
        text = record.format(own=public_key(), other=public_key(number=1))
        aws.add_record(zone_id, f"s1._domainkey.{domain}", "TXT", f'"{text[:200]}" "{text[200:]}"')
    assert dkim(aws, domain)["Status"] == status


@pytest.mark.parametrize(
    "signing",
    [
        {"DomainSigningSelector": "s1"},
        {"DomainSigningPrivateKey": "bm8ga2V5"},
        {"DomainSigningSelector": "s1", "DomainSigningPrivateKey": "bm8ga2V5"},
        {"DomainSigningSelector": "s1", "DomainSigningPrivateKey": private_text(bits=3072)},
    ],
    ids=["no key", "no selector", "not a key", "3072 bit"],
)
def test_what_is_no_key_is_refused_and_not_quoted(aws: Aws, domain: str, signing: dict[str, str]) -> None:
    message = refused(
        "BadRequestException",
        aws.ses.create_email_identity,
        EmailIdentity=domain,
        DkimSigningAttributes=signing,
    )
    assert signing.get("DomainSigningPrivateKey", "bm8ga2V5") not in message

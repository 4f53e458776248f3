"""A domain whose hosted zone belongs to another account, which lets its mail records be written by a role."""

import aws_cdk as cdk

from constructs_lib.identity.dns import CrossAccountZone, Route53Zone
from constructs_lib.identity.domain_identity import DomainIdentity
from constructs_lib.identity.record_permissions import domain_permissions
from constructs_lib.identity.zone_records_role import ZoneRecordsRole
from constructs_lib.sending.sending_profile import SendingProfile

DOMAIN = "shop.example"
ZONE_ID = "Z0SHOPEXAMPLE0000001"
ROLE_NAME = "shop-mail-records"
DNS_ACCOUNT = "111111111111"
MAIL_ACCOUNT = "222222222222"
DNS = cdk.Environment(account=DNS_ACCOUNT, region="us-east-1")
MAIL = cdk.Environment(account=MAIL_ACCOUNT, region="us-east-1")

app = cdk.App()

dns_stack = cdk.Stack(app, "ShopDns", env=DNS)
ZoneRecordsRole(
    dns_stack,
    "MailRecords",
    zone=Route53Zone(zone_id=ZONE_ID, zone_name=DOMAIN),
    role_name=ROLE_NAME,
    mail_account=MAIL_ACCOUNT,
    permissions=domain_permissions(DOMAIN),
)

mail_stack = cdk.Stack(app, "ShopMail", env=MAIL)
mail_stack.add_stack_dependency(dns_stack, "the role is there before somebody assumes it")
profile = SendingProfile(mail_stack, "Sending", configuration_set_name="shop")
identity = DomainIdentity(
    mail_stack,
    "Identity",
    domain=DOMAIN,
    dns=CrossAccountZone(zone_id=ZONE_ID, zone_name=DOMAIN, account=DNS_ACCOUNT, role_name=ROLE_NAME),
    configuration_set_name=profile.configuration_set_name,
)
identity.node.add_dependency(profile)

app.synth()

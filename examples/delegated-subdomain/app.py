"""A subdomain with a zone in the account that sends mail, delegated by a parent zone in another account."""

import aws_cdk as cdk

from constructs_lib.identity.dns import CrossAccountZone, Route53Zone
from constructs_lib.identity.domain_identity import DomainIdentity
from constructs_lib.identity.mail_zone import MailZone
from constructs_lib.identity.record_permissions import delegation_permission
from constructs_lib.identity.zone_records_role import ZoneRecordsRole
from constructs_lib.sending.sending_profile import SendingProfile

PARENT = "club.example"
DOMAIN = "mail.club.example"
PARENT_ZONE_ID = "Z0CLUBEXAMPLE0000001"
ROLE_NAME = "club-mail-delegation"
DNS_ACCOUNT = "111111111111"
MAIL_ACCOUNT = "222222222222"
DNS = cdk.Environment(account=DNS_ACCOUNT, region="us-east-1")
MAIL = cdk.Environment(account=MAIL_ACCOUNT, region="us-east-1")

app = cdk.App()

dns_stack = cdk.Stack(app, "ClubDns", env=DNS)
ZoneRecordsRole(
    dns_stack,
    "Delegation",
    zone=Route53Zone(zone_id=PARENT_ZONE_ID, zone_name=PARENT),
    role_name=ROLE_NAME,
    mail_account=MAIL_ACCOUNT,
    permissions=[delegation_permission(DOMAIN)],
)

mail_stack = cdk.Stack(app, "ClubMail", env=MAIL)
mail_stack.add_stack_dependency(dns_stack, "the role is there before somebody assumes it")
parent = CrossAccountZone(zone_id=PARENT_ZONE_ID, zone_name=PARENT, account=DNS_ACCOUNT, role_name=ROLE_NAME)
zone = MailZone(mail_stack, "Zone", zone_name=DOMAIN, parent=parent)
profile = SendingProfile(mail_stack, "Sending", configuration_set_name="club")
identity = DomainIdentity(
    mail_stack,
    "Identity",
    domain=DOMAIN,
    dns=zone.location,
    configuration_set_name=profile.configuration_set_name,
)
identity.node.add_dependency(profile)

app.synth()

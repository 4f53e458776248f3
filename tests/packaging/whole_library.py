"""A stack of a user's own with every construct of the library: ``python whole_library.py OUTDIR``.

It imports nothing else of this repository, so that it runs wherever the wheel is installed.
"""

import sys
import tempfile
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

import constructs_lib
from constructs_lib.audit.abuse_alerts import AbuseAlerts
from constructs_lib.audit.alert_receivers import AlertReceivers
from constructs_lib.audit.audit_trail import AuditTrail
from constructs_lib.ec2.ec2_sender import Ec2Sender
from constructs_lib.ec2.null_client import NullClient
from constructs_lib.events.event_forward import EventForward, ForeignBus
from constructs_lib.events.event_forwarding import EventForwarding
from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from constructs_lib.events.feedback_topics import FeedbackTopics
from constructs_lib.events.forwarded_events import ForwardedEvents
from constructs_lib.events.forwarded_topic import ForwardedTopic
from constructs_lib.events.subscribers import EmailSubscriber
from constructs_lib.events.topic_queue import TopicQueue
from constructs_lib.identity.address_identity import AddressIdentities
from constructs_lib.identity.cross_account_record import CrossAccountRecord
from constructs_lib.identity.dns import CrossAccountZone, Route53Zone
from constructs_lib.identity.dns_records import DnsRecord, Purpose, RecordType
from constructs_lib.identity.domain_identity import DomainIdentity
from constructs_lib.identity.legacy_verification import LegacyVerification
from constructs_lib.identity.mail_zone import MailZone
from constructs_lib.identity.record_permissions import domain_permissions
from constructs_lib.identity.zone_records_role import ZoneRecordsRole
from constructs_lib.monitoring.alarm_topic import AlarmTopic
from constructs_lib.monitoring.dead_letter_alarm import DeadLetterAlarm
from constructs_lib.monitoring.event_counts import EventCounts
from constructs_lib.monitoring.mail_dashboard import MailDashboard
from constructs_lib.monitoring.region_view import RegionView
from constructs_lib.monitoring.reputation_alarms import ReputationAlarms
from constructs_lib.monitoring.reputation_pause import ReputationPause
from constructs_lib.monitoring.spend_budget import SpendBudget
from constructs_lib.monitoring.spend_limit import SpendLimit
from constructs_lib.receiving.client_side_encryption import ClientSideEncryption
from constructs_lib.receiving.folder_function import FolderFunction
from constructs_lib.receiving.inbound_mail import InboundMail
from constructs_lib.receiving.inbound_mx import InboundMx
from constructs_lib.receiving.mail_function import MailFunction
from constructs_lib.receiving.mail_processor import MailProcessor
from constructs_lib.receiving.mail_reader import MailReader
from constructs_lib.receiving.mail_store import MailStore
from constructs_lib.receiving.receipt_actions import StoreInS3
from constructs_lib.receiving.receipt_rule_set import ReceiptRuleSet
from constructs_lib.receiving.receipt_rules import ReceiptRule
from constructs_lib.receiving.rule_set_activation import RuleSetActivation
from constructs_lib.receiving.stored_mail_access import StoredMailAccess
from constructs_lib.sending.delegated_sending import DelegatedSending
from constructs_lib.sending.send_conditions import SendConditions
from constructs_lib.sending.send_permission import SendPermission
from constructs_lib.sending.send_policy import SendPolicy
from constructs_lib.sending.sending_authorization import SendingAuthorization
from constructs_lib.sending.sending_authorizations import SendingAuthorizations
from constructs_lib.sending.sending_profile import SendingProfile
from constructs_lib.smtp.smtp_credentials import SmtpCredentials
from constructs_lib.smtp.smtp_endpoint import SmtpEndpoint
from constructs_lib.smtp.smtp_user import SmtpUser
from constructs_lib.verification.verification_gate import VerificationGate
from constructs_lib.verification.verification_template import VerificationTemplate
from constructs_lib.verification.verification_templates import VerificationTemplates

DOMAIN = "example.com"
REGION = "eu-west-1"
RULE_SET = "inbound"
OTHER_ACCOUNT = "222222222222"


class WholeLibrary(cdk.Stack):
    """Everything once, for one domain."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Own", env=cdk.Environment(account="111111111111", region=REGION))
        profile = SendingProfile(self, "Sending", configuration_set_name="transactional")
        zone = MailZone(self, "Zone", zone_name=DOMAIN).location
        identity = DomainIdentity(
            self, "Identity", domain=DOMAIN, dns=zone, configuration_set_name=profile.configuration_set_name
        )
        identity.node.add_dependency(profile)
        LegacyVerification(self, "Legacy", domain=identity, dns=zone)
        gate = VerificationGate(self, "Verified", identity=identity, wait_for_people=True)
        self._addresses(profile, identity, gate)
        self._feedback(profile)
        self._events_of_another_account()
        permission = SendPermission(
            identities=(DOMAIN,),
            configuration_set=profile.configuration_set_name,
            conditions=SendConditions(from_addresses=(f"billing@{DOMAIN}",)),
        )
        SendPolicy(self, "Policy", permissions=[permission])
        SendingAuthorizations(
            self,
            "Delegates",
            authorizations=[
                SendingAuthorization(
                    name="partner",
                    identity=identity,
                    account=OTHER_ACCOUNT,
                    conditions=SendConditions(from_addresses=(f"partner@{DOMAIN}",)),
                )
            ],
        )
        DelegatedSending(
            self,
            "AsShop",
            identity_arn=f"arn:aws:ses:{REGION}:{OTHER_ACCOUNT}:identity/shop.example",
            configuration_set=profile,
            conditions=SendConditions(from_addresses=("letters@shop.example",)),
        )
        self._smtp(permission)
        self._receiving(identity)
        self._encryption()
        self._monitoring(profile)
        self._audit()
        self._zones()

    def _addresses(self, profile: SendingProfile, identity: DomainIdentity, gate: VerificationGate) -> None:
        AddressIdentities(
            self,
            "Addresses",
            addresses=["legal@example.net"],
            configuration_set_name=profile.configuration_set_name,
        )
        template = VerificationTemplate(
            template_name="welcome",
            from_email_address=f"hello@{DOMAIN}",
            template_subject="Please confirm",
            template_content="<p>Please confirm.</p>",
            success_redirection_url=f"https://{DOMAIN}/yes",
            failure_redirection_url=f"https://{DOMAIN}/no",
        )
        VerificationTemplates(self, "Templates", templates=[template], identities=[identity], after=[gate])

    def _feedback(self, profile: SendingProfile) -> None:
        bounces = FeedbackTopic(
            kind=Feedback.BOUNCE,
            queue=FeedbackQueue(),
            subscribers=(EmailSubscriber(address=f"ops@{DOMAIN}"),),
        )
        FeedbackTopics(self, "Feedback", configuration_set=profile, topics=[bounces])
        bus = ForeignBus(arn=f"arn:aws:events:{REGION}:{OTHER_ACCOUNT}:event-bus/mail")
        EventForwarding(
            self, "Forward", configuration_set=profile, forward=EventForward(name="analytics", to=bus)
        )

    def _events_of_another_account(self) -> None:
        TopicQueue(
            self, "Bounces", name="bounces", topic_arn=f"arn:aws:sns:{REGION}:{OTHER_ACCOUNT}:shop-bounce"
        )
        ForwardedEvents(
            self, "ShopEvents", name="shop", sender_account=OTHER_ACCOUNT, rule_name="shop-analytics"
        )
        ForwardedTopic(
            self,
            "ShopTopic",
            name="shop",
            sender_account=OTHER_ACCOUNT,
            role_name=f"shop-support-{REGION}",
        )

    def _smtp(self, permission: SendPermission) -> None:
        user = SmtpUser(name="billing", region=REGION, statements=permission.smtp_statements(self))
        credentials = SmtpCredentials(self, "Smtp", name_prefix="mail", users=[user])
        vpc = ec2.Vpc(self, "Vpc", max_azs=2, nat_gateways=0)
        server = ec2.Instance(
            self,
            "Server",
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            instance_type=ec2.InstanceType("t4g.nano"),
            machine_image=ec2.MachineImage.generic_linux({REGION: "ami-00000000000000000"}),
            user_data=ec2.MultipartUserData(),
            require_imdsv2=True,
        )
        Ec2Sender(
            self,
            "Sender",
            target=server,
            credentials=credentials,
            smtp_user="billing",
            null_client=NullClient(origin=DOMAIN),
            endpoint=SmtpEndpoint(self, "SmtpEndpoint", vpc=vpc),
        )

    def _receiving(self, identity: DomainIdentity) -> None:
        store = MailStore(
            self,
            "Mail",
            rule_set_name=RULE_SET,
            prefixes=["support/", "orders/"],
            readers=[MailReader(account=OTHER_ACCOUNT, role="role/Support", prefixes=("support/",))],
        )
        StoredMailAccess(
            self,
            "ShopMail",
            bucket_name="shop-mail",
            key_arn=f"arn:aws:kms:{REGION}:{OTHER_ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            prefixes=["orders/"],
        )
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "code").mkdir()
            Path(folder, "code", "orders.py").write_text("def handle(event, context): ...\n", "ascii")
            settings = MailFunction(folder="code", handler="orders.handle")
            orders = FolderFunction(self, "Orders", settings=settings, root=Path(folder))
        inboxes = {
            "support/": self._inbox("support", store, processor=MailProcessor()),
            "orders/": self._inbox("orders", store, function=orders),
        }
        rules = ReceiptRuleSet(
            self,
            "Rules",
            rule_set_name=RULE_SET,
            store=store,
            topics={prefix: inbox.topic for prefix, inbox in inboxes.items()},
            rules=[
                ReceiptRule(
                    name=prefix.strip("/"),
                    recipients=(f"{prefix.strip('/')}@{DOMAIN}",),
                    actions=(StoreInS3(prefix=prefix),),
                )
                for prefix in inboxes
            ],
        )
        activation = RuleSetActivation(self, "Activation", rule_set_name=RULE_SET, rules=[rules])
        mx = InboundMx(self, "InboundMx", domain=DOMAIN, dns=identity.dns)
        mx.node.add_dependency(activation)

    def _encryption(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            pins = Path(folder, "requirements-reader.txt")
            pins.write_text("amazon-s3-encryption-client-python==4.0.0\n", "ascii")
            ClientSideEncryption(self, "ClientSide", reader=Path(folder), requirements=pins)

    def _monitoring(self, profile: SendingProfile) -> None:
        topic = AlarmTopic(
            self,
            "Alarms",
            topic_name="alarms",
            subscribers=[EmailSubscriber(address=f"ops@{DOMAIN}")],
            for_budgets=True,
        )
        DeadLetterAlarm(
            self,
            "AlarmsLost",
            queue_name="alarms-dlq",
            name_prefix="alarms",
            description="Alarms that nobody got",
            alarm_actions=topic.alarm_actions,
        )
        name = profile.configuration_set_name
        counts = EventCounts(self, "Counts", configuration_set=name)
        counts.node.add_dependency(profile)
        reputation = ReputationAlarms(
            self,
            "Reputation",
            configuration_set_name=name,
            event_metrics=counts.destination,
            name_prefix="set",
            alarm_actions=topic.alarm_actions,
        )
        ReputationPause(self, "Pause", reputation=reputation)
        limit = SpendLimit(monthly_usd=50, tag=None)
        MailDashboard(
            self,
            "Dashboard",
            views=[RegionView(region=REGION, configuration_set_names=[name])],
            limit=limit,
        )
        SpendBudget(self, "Budget", limit=limit, topic=topic.topic)

    def _audit(self) -> None:
        senders = ("role/Billing",)
        AuditTrail(self, "Trail", trail_name="mail", senders=senders)
        AbuseAlerts(
            self,
            "Abuse",
            name="abuse",
            deployers=("role/Deploy",),
            senders=senders,
            from_domains=(DOMAIN,),
            trail_name="mail",
            receivers=AlertReceivers(queue=True),
        )

    def _zones(self) -> None:
        foreign = CrossAccountZone(
            zone_id="Z0FOREIGN", zone_name="example.net", account="999999999999", role_name="mail-records"
        )
        record = DnsRecord(
            name="_dmarc.example.net",
            type=RecordType.TXT,
            values=("v=DMARC1; p=none",),
            purpose=Purpose.DMARC,
        )
        CrossAccountRecord(self, "ForeignRecord", record=record, zone=foreign)
        MailZone(self, "Delegated", zone_name="mail.example.net", parent=foreign)
        ZoneRecordsRole(
            self,
            "ZoneRole",
            zone=Route53Zone(zone_id="Z0OWN", zone_name=DOMAIN),
            role_name="mail-records",
            mail_account="222222222222",
            permissions=domain_permissions(DOMAIN),
        )

    def _inbox(
        self,
        name: str,
        store: MailStore,
        *,
        processor: MailProcessor | None = None,
        function: FolderFunction | None = None,
    ) -> InboundMail:
        return InboundMail(
            self,
            f"Inbox.{name}",
            name=name,
            bucket=store.bucket,
            encryption_key=store.key,
            prefix=f"{name}/",
            rule_set_name=RULE_SET,
            processor=processor,
            function=function.function if function else None,
        )


if __name__ == "__main__":
    app = cdk.App(outdir=sys.argv[1], stack_traces=False)
    WholeLibrary(app)
    app.synth()
    print(Path(constructs_lib.__file__).parent)  # noqa: T201 - where it was found, for whoever calls this

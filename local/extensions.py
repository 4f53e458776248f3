"""The one seam between this project and the emulator: everything that is added or replaced, in one place."""

import socket
from datetime import timedelta
from pathlib import Path

from local import (
    alarms,
    bucket_encryption,
    cloudformation_budget,
    cloudformation_identity,
    cloudformation_receipt,
    cloudformation_trail,
    cloudformation_verification_template,
    cloudformation_zone,
    contract,
    emulator,
    secret_rotation,
    sns_subscriptions,
)
from local.access_keys import takes_smtp_credentials, with_limit
from local.address_verification import AddressVerification
from local.addresses import with_labels
from local.alarms import FunctionActions, MathAlarms
from local.aws_calls import AwsCalls
from local.bucket_encryption import EncryptedBuckets
from local.call_records import RecordedCalls
from local.callers import with_role
from local.cloudformation_budget import BudgetType
from local.cloudformation_identity import EmailIdentityType
from local.cloudformation_import import Imports
from local.cloudformation_receipt import ReceiptFilterType, ReceiptRuleSetType, ReceiptRuleType
from local.cloudformation_trail import TrailType
from local.cloudformation_verification_template import VerificationTemplateType
from local.cloudformation_zone import HostedZoneType
from local.custom_verification import CustomVerification
from local.identity import dkim_tokens
from local.inbound_endpoint import InboundEndpoint
from local.mail_pages import MailPages
from local.message_moves import MessageMoves
from local.other_accounts import ForeignTargets
from local.receipt_actions import ReceiptActions
from local.receipt_state import ReceiptState
from local.receipt_targets import RuleTargets
from local.receiving import Receiving
from local.role_sessions import RoleSessions
from local.secret_rotation import RotationScheduleType, SecretValues, rotate_secret
from local.sending_metrics import SendingMetrics, exactly
from local.sent_mail import SentMail
from local.ses_receipt_calls import ReceiptCalls
from local.ses_requests import SesRequests
from local.ses_store import IdentityStore
from local.smtp_endpoint import SmtpEndpoint
from local.smtp_submission import Submission
from local.smtp_tls import write_certificate
from local.sns_subscriptions import PendingSubscriptions
from local.stack_holders import StackHolders
from local.suppression_list import SuppressionList
from local.verification_clicks import VerificationClicks
from local.verification_links import Links
from local.verification_templates import VerificationTemplates


def install(
    *,
    verification_window: timedelta,
    link_window: timedelta,
    endpoint_url: str,
    smtp_listener: socket.socket,
    inbound_listener: socket.socket,
    smtp_certificate: Path,
) -> None:
    """Extend the emulator in this process; once, before it serves.

    Args:
        verification_window: How long SES looks for DNS records before it gives up.
        link_window: How long the link in a verification mail works.
        endpoint_url: Where the emulator is going to answer.
        smtp_listener: An open socket for SES's SMTP interface.
        inbound_listener: An open socket for the mail that SES receives.
        smtp_certificate: Where the certificate of both is written.

    Raises:
        ContractError: the installed emulator is not the one that is extended here.
    """
    contract.check()
    store = IdentityStore(window=verification_window, links=Links(window=link_window))
    receipts = ReceiptState()
    _extend_ses(store, receipts, endpoint_url=endpoint_url)
    _extend_receiving(store, receipts)
    Imports(identities=store, receipts=receipts).install()

    subscription = emulator.resource_types[sns_subscriptions.RESOURCE_TYPE]
    pending = PendingSubscriptions(
        create_inner=subscription["create"],
        update_inner=subscription["update"],
        delete_inner=subscription["delete"],
        list_inner=contract.SUBSCRIPTIONS_BY_TOPIC.take(),
    )
    subscription.update({"create": pending.create, "update": pending.update, "delete": pending.delete})
    contract.SUBSCRIPTIONS_BY_TOPIC.replace(pending.list_by_topic)
    contract.INVOKE_TARGET.replace(ForeignTargets(invoke_inner=contract.INVOKE_TARGET.take()).invoke)

    moves = MessageMoves()
    emulator.sqs_calls.update({"StartMessageMoveTask": moves.start, "ListMessageMoveTasks": moves.list_tasks})

    holders = StackHolders(inner=emulator.stack_calls["DescribeStackResources"])
    emulator.stack_calls["DescribeStackResources"] = holders.describe

    _extend_audit()
    _extend_secrets()
    _extend_alarms()
    write_certificate(smtp_certificate)
    SmtpEndpoint(
        listener=smtp_listener,
        certificate=smtp_certificate,
        accepts=takes_smtp_credentials,
        takes=Submission(endpoint_url=endpoint_url).take,
    ).start()
    InboundEndpoint(
        listener=inbound_listener,
        certificate=smtp_certificate,
        receiving=Receiving(
            account=emulator.account_id(),
            state=receipts,
            identities=store,
            actions=ReceiptActions(calls=AwsCalls(endpoint_url=endpoint_url), account=emulator.account_id()),
        ),
    ).start()


def _extend_ses(store: IdentityStore, receipts: ReceiptState, *, endpoint_url: str) -> None:
    addresses = AddressVerification(store=store, endpoint_url=endpoint_url)
    metrics = SendingMetrics()
    custom = CustomVerification(addresses=addresses, templates=VerificationTemplates(), metrics=metrics)
    requests = SesRequests(
        store=store,
        custom=custom,
        receipts=ReceiptCalls(state=receipts, targets=RuleTargets(identities=store)),
        metrics=metrics,
        suppression=SuppressionList(),
        v1=contract.V1_REQUEST.take(),
        v2=contract.V2_REQUEST.take(),
    )
    recorded = RecordedCalls(v1=requests.handle_v1, v2=requests.handle_v2)
    contract.V1_REQUEST.replace(recorded.handle_v1)
    contract.V2_REQUEST.replace(recorded.handle_v2)
    contract.V1_TOKENS.replace(_tokens)
    contract.IDENTITY_VERIFIED.replace(with_labels(contract.IDENTITY_VERIFIED.take()))
    sent = SentMail(inner=contract.MESSAGES.take())
    pages = MailPages(inner=sent.handle, state=receipts)
    contract.MESSAGES.replace(VerificationClicks(inner=pages.handle, addresses=addresses).handle)

    identity = EmailIdentityType(store=store, addresses=addresses)
    emulator.resource_types[cloudformation_identity.RESOURCE_TYPE] = {
        "create": identity.create,
        "update": identity.update,
        "delete": identity.delete,
    }
    emulator.replacing_properties[cloudformation_identity.RESOURCE_TYPE] = cloudformation_identity.REPLACING
    zone = emulator.resource_types[cloudformation_zone.RESOURCE_TYPE]
    zones = HostedZoneType(create_inner=zone["create"], update_inner=zone["update"])
    zone.update({"create": zones.create, "update": zones.update})
    template = VerificationTemplateType(custom=custom)
    emulator.resource_types[cloudformation_verification_template.RESOURCE_TYPE] = {
        "create": template.create,
        "update": template.update,
        "delete": template.delete,
    }
    emulator.replacing_properties[cloudformation_verification_template.RESOURCE_TYPE] = (
        cloudformation_verification_template.REPLACING
    )


def _extend_receiving(store: IdentityStore, receipts: ReceiptState) -> None:
    types: dict[str, ReceiptRuleSetType | ReceiptRuleType | ReceiptFilterType] = {
        cloudformation_receipt.RULE_SET: ReceiptRuleSetType(state=receipts),
        cloudformation_receipt.RULE: ReceiptRuleType(state=receipts, targets=RuleTargets(identities=store)),
        cloudformation_receipt.FILTER: ReceiptFilterType(state=receipts),
    }
    for name, handlers in types.items():
        emulator.resource_types[name] = {
            "create": handlers.create,
            "update": handlers.update,
            "delete": handlers.delete,
        }
    emulator.replacing_properties.update(cloudformation_receipt.REPLACING)
    bucket = emulator.resource_types[bucket_encryption.RESOURCE_TYPE]
    encrypted = EncryptedBuckets(create_inner=bucket["create"], update_inner=bucket["update"])
    bucket.update({"create": encrypted.create, "update": encrypted.update})


def _extend_audit() -> None:
    contract.STS_REQUEST.replace(RoleSessions(inner=contract.STS_REQUEST.take()).handle)
    for need in (contract.FUNCTION_CREDENTIALS, contract.WORKER_CREDENTIALS):
        need.replace(with_role(need.take()))
    trail = TrailType()
    emulator.resource_types[cloudformation_trail.RESOURCE_TYPE] = {
        "create": trail.create,
        "update": trail.update,
        "delete": trail.delete,
    }
    emulator.replacing_properties[cloudformation_trail.RESOURCE_TYPE] = cloudformation_trail.REPLACING


def _extend_secrets() -> None:
    emulator.iam_calls["CreateAccessKey"] = with_limit(emulator.iam_calls["CreateAccessKey"])
    values = SecretValues(get=contract.GET_SECRET_VALUE.take(), put=contract.PUT_SECRET_VALUE.take())
    contract.GET_SECRET_VALUE.replace(values.get)
    contract.PUT_SECRET_VALUE.replace(values.put)
    contract.ROTATE_SECRET.replace(rotate_secret)
    schedule = RotationScheduleType()
    emulator.resource_types[secret_rotation.RESOURCE_TYPE] = {
        "create": schedule.create,
        "update": schedule.update,
        "delete": schedule.delete,
    }
    emulator.replacing_properties[secret_rotation.RESOURCE_TYPE] = secret_rotation.REPLACING


def _extend_alarms() -> None:
    alarm = emulator.resource_types[alarms.RESOURCE_TYPE]
    math = MathAlarms(create_inner=alarm["create"], update_inner=alarm["update"])
    alarm.update({"create": math.create, "update": math.update})
    contract.ALARM_ACTIONS.replace(FunctionActions(dispatch_inner=contract.ALARM_ACTIONS.take()).dispatch)
    contract.METRIC_DIMENSIONS.replace(exactly(contract.METRIC_DIMENSIONS.take()))
    budget = BudgetType()
    emulator.resource_types[cloudformation_budget.RESOURCE_TYPE] = {
        "create": budget.create,
        "update": budget.update,
        "delete": budget.delete,
    }
    emulator.replacing_properties[cloudformation_budget.RESOURCE_TYPE] = cloudformation_budget.REPLACING


def _tokens(domain: str) -> list[str]:
    return list(dkim_tokens(account=emulator.account_id(), region=emulator.region(), domain=domain))

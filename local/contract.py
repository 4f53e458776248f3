"""Every name of the emulator that this project extends or relies on, in one list that is checked.

The emulator is pinned, and most of these names are private. When a new release moves one, `check` says in one
sentence which name it is, what it is for and which file of ours to change. `local.emulator` takes the names
from this list, so nothing can be used that is not checked.
"""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from importlib.metadata import version
from typing import Any, Final

from local.errors import ContractError


class Kind(Enum):
    """What a name has to be."""

    FUNCTION = "a function"
    STORE = "a store with get, pop, keys, values"
    EVERY_ACCOUNT = "a store with to_dict"
    MAPPING = "a dict"


@dataclass(frozen=True, kw_only=True)
class Need:
    """One name of the emulator.

    Attributes:
        module: Module below ``ministack``.
        name: Name in that module.
        kind: What it has to be.
        parameters: First parameters of a function, in order.
        used_for: What this project does with it.
        used_in: The file of ours to change when it moves.
    """

    module: str
    name: str
    kind: Kind
    parameters: tuple[str, ...] = ()
    used_for: str
    used_in: str

    def take(self) -> Any:  # noqa: ANN401 - the emulator has no types; local.emulator gives each name one
        """The emulator's object.

        Raises:
            ContractError: it is not there, or not what it has to be.
        """
        try:
            found = getattr(import_module(f"ministack.{self.module}"), self.name)
        except (ImportError, AttributeError):
            raise self.broken("is gone") from None
        if self.kind is Kind.FUNCTION:
            require_parameters(self, found)
        elif self.kind is Kind.MAPPING and not isinstance(found, Mapping):
            raise self.broken("is not a dict any more")
        elif (
            self.kind is Kind.STORE
            and not all(hasattr(found, method) for method in ("get", "pop", "keys", "values", "__contains__"))
        ) or (self.kind is Kind.EVERY_ACCOUNT and not callable(getattr(found, "to_dict", None))):
            raise self.broken(f"is not {self.kind.value} any more")
        return found

    def replace(self, replacement: object) -> None:
        """Put our own object in its place."""
        setattr(import_module(f"ministack.{self.module}"), self.name, replacement)

    def broken(self, how: str) -> ContractError:
        """The error that says how the name changed."""
        return ContractError(
            step="extend the emulator",
            cause=f"ministack {version('ministack')}: ministack.{self.module}.{self.name} {how}; "
            f"it is needed for {self.used_for}.",
            fix=f"adapt {self.used_in} and local/contract.py, or pin the release before it.",
        )


def require_parameters(need: Need, function: object) -> None:
    """Refuse something that cannot be called the way this project calls it.

    Raises:
        ContractError: it is not callable, or its first parameters are others.
    """
    if not callable(function):
        raise need.broken("is not a function any more")
    parameters = tuple(inspect.signature(function).parameters)
    if parameters[: len(need.parameters)] != need.parameters:
        expected, got = ", ".join(need.parameters), ", ".join(parameters)
        raise need.broken(f"takes ({got}) now and not ({expected})")


_REQUEST: Final = ("method", "path", "headers", "body", "query_params")


def _function(module: str, name: str, parameters: tuple[str, ...], used_for: str, used_in: str) -> Need:
    return Need(
        module=module,
        name=name,
        kind=Kind.FUNCTION,
        parameters=parameters,
        used_for=used_for,
        used_in=used_in,
    )


def _store(module: str, name: str, used_for: str, used_in: str) -> Need:
    return Need(module=module, name=name, kind=Kind.STORE, used_for=used_for, used_in=used_in)


ASGI_APP: Final = _function(
    "app", "app", ("scope", "receive", "send"), "serving the emulator", "local/server.py"
)
MESSAGES: Final = _function(
    "app",
    "_handle_ses_messages_request",
    ("method", "path", "headers", "query_params"),
    "showing the configuration set, MAIL FROM and Region of sent mail; answering clicks on links",
    "local/sent_mail.py",
)
ACCOUNT_ID: Final = _function(
    "core.responses", "get_account_id", (), "the account of a request", "local/ses_store.py"
)
REGION: Final = _function("core.responses", "get_region", (), "the Region of a request", "local/ses_store.py")
SET_ACCOUNT_ID: Final = _function(
    "core.responses",
    "set_request_account_id",
    ("access_key_id",),
    "following a link for the account that it belongs to",
    "local/verification_clicks.py",
)
SET_REGION: Final = _function(
    "core.responses",
    "set_request_region",
    ("region",),
    "following a link for the Region that it belongs to",
    "local/verification_clicks.py",
)
V1_REQUEST: Final = _function(
    "services.ses", "handle_request", _REQUEST, "checking sends of the API v1", "local/ses_requests.py"
)
V2_REQUEST: Final = _function(
    "services.ses_v2", "handle_request", _REQUEST, "answering the API v2", "local/ses_requests.py"
)
V1_IDENTITIES: Final = _store(
    "services.ses", "_identities", "identities that the API v1 sees", "local/ses_store.py"
)
V2_IDENTITIES: Final = _store(
    "services.ses_v2", "_identities", "identities that the API v2 sees", "local/ses_store.py"
)
V1_NEW_IDENTITY: Final = _function(
    "services.ses",
    "_make_identity",
    ("identity", "identity_type"),
    "the v1 record of an identity",
    "local/ses_store.py",
)
V1_TOKENS: Final = _function(
    "services.ses", "_dkim_tokens", ("domain",), "DKIM tokens of VerifyDomainDkim", "local/extensions.py"
)
V2_TAGS: Final = _store("services.ses_v2", "_ses_tags", "tags of identities", "local/ses_store.py")
V1_CONFIGURATION_SETS: Final = _store(
    "services.ses",
    "_configuration_sets",
    "configuration sets of the API v1",
    "local/ses_configuration_sets.py",
)
V2_CONFIGURATION_SETS: Final = _store(
    "services.ses_v2", "_config_sets", "configuration sets of the API v2", "local/ses_configuration_sets.py"
)
V2_NEW_CONFIGURATION_SET: Final = _function(
    "services.ses_v2",
    "_create_config_set",
    ("name", "data"),
    "showing configuration sets of the API v1 to v2",
    "local/ses_configuration_sets.py",
)
V1_ERROR: Final = _function(
    "services.ses",
    "_error",
    ("code", "message", "status", "error_type", "fields"),
    "errors of the API v1",
    "local/ses_errors.py",
)
V1_NO_CONFIGURATION_SET: Final = _function(
    "services.ses",
    "_config_set_missing",
    ("name",),
    "the API v1's error about an unknown configuration set",
    "local/ses_requests.py",
)
V2_ERROR: Final = _function(
    "services.ses_v2",
    "_json_err",
    ("code", "message", "status"),
    "errors of the API v2",
    "local/ses_identity_calls.py",
)
V1_RESPONSE: Final = _function(
    "services.ses",
    "_xml",
    ("status", "root_tag", "inner"),
    "answers of the API v1",
    "local/ses_verification_v1.py",
)
IDENTITY_VERIFIED: Final = _function(
    "services.ses",
    "_identity_verified",
    ("address", "simulator"),
    "sending with labels of a verified address",
    "local/addresses.py",
)
PRODUCTION_ACCESS: Final = _function(
    "services.ses",
    "_production_access_enabled",
    (),
    "refusing custom verification e-mails in the sandbox",
    "local/custom_verification.py",
)
SEND_MAIL: Final = _function(
    "services.ses",
    "send_internal_email",
    ("source", "to_addrs", "subject", "body_text", "body_html", "type_name"),
    "verification mail",
    "local/address_verification.py",
)
SENT_MAIL: Final = _function(
    "services.ses", "_sent_emails_list", (), "the mail sent in a Region", "local/ses_sending.py"
)
ALL_SENT_MAIL: Final = _store(
    "services.ses", "_sent_emails", "the mail sent in every Region", "local/sent_mail.py"
)
V1_TEMPLATES: Final = _store(
    "services.ses", "_templates", "finding variables that a send lacks", "local/event_publishing.py"
)
SNS_PUBLISH: Final = _function(
    "services.sns",
    "publish_internal",
    ("topic_arn", "message", "subject"),
    "publishing sending events to a topic",
    "local/event_publishing.py",
)
SUBSCRIPTIONS_BY_TOPIC: Final = _function(
    "services.sns",
    "_list_subscriptions_by_topic",
    ("params",),
    "showing which subscriptions are pending",
    "local/sns_subscriptions.py",
)
FIND_SUBSCRIPTION: Final = _function(
    "services.sns",
    "_find_subscription",
    ("topic_arn", "sub_arn"),
    "keeping a subscription pending until it is confirmed",
    "local/sns_subscriptions.py",
)
PUT_EVENTS: Final = _function(
    "services.eventbridge",
    "_put_events",
    ("data", "allow_aws_source"),
    "publishing sending events to the default bus",
    "local/event_publishing.py",
)
INVOKE_TARGET: Final = _function(
    "services.eventbridge",
    "_invoke_target",
    ("target", "event", "rule", "view"),
    "letting a rule reach a target of another account",
    "local/other_accounts.py",
)
PUT_OBJECT: Final = _function(
    "services.s3",
    "_put_object",
    ("bucket_name", "key", "body", "headers"),
    "trying the bucket of a receipt rule",
    "local/receipt_targets.py",
)
FIND_KEY: Final = _function(
    "services.kms",
    "_resolve_key",
    ("key_id_or_arn",),
    "trying the key of a receipt rule",
    "local/receipt_targets.py",
)
PUT_BUCKET_ENCRYPTION: Final = _function(
    "services.s3",
    "_put_bucket_encryption",
    ("name", "body"),
    "default encryption of buckets in templates",
    "local/bucket_encryption.py",
)
ZONES: Final = Need(
    module="services.route53",
    name="_zones",
    kind=Kind.EVERY_ACCOUNT,
    used_for="public DNS",
    used_in="local/ses_store.py",
)
RECORDS: Final = Need(
    module="services.route53",
    name="_records",
    kind=Kind.EVERY_ACCOUNT,
    used_for="public DNS",
    used_in="local/ses_store.py",
)
JSON_RESPONSE: Final = _function(
    "core.responses",
    "json_response",
    ("data", "status"),
    "answers of Secrets Manager",
    "local/secret_rotation.py",
)
JSON_ERROR: Final = _function(
    "core.responses",
    "error_response_json",
    ("code", "message", "status"),
    "errors of Secrets Manager",
    "local/secret_rotation.py",
)
FIND_SECRET: Final = _function(
    "services.secretsmanager", "_resolve", ("secret_id",), "finding a secret", "local/secret_rotation.py"
)
ROTATE_SECRET: Final = _function(
    "services.secretsmanager", "_rotate_secret", ("data",), "rotating secrets", "local/secret_rotation.py"
)
GET_SECRET_VALUE: Final = _function(
    "services.secretsmanager",
    "_get_secret_value",
    ("data",),
    "versions without a value",
    "local/secret_rotation.py",
)
PUT_SECRET_VALUE: Final = _function(
    "services.secretsmanager",
    "_put_secret_value",
    ("data",),
    "versions that cannot be written twice",
    "local/secret_rotation.py",
)
FIND_FUNCTION: Final = _function(
    "services.lambda_svc",
    "_get_func_record_for_ref",
    ("function_ref",),
    "finding a rotation function",
    "local/secret_rotation.py",
)
FUNCTION_RECORD: Final = _function(
    "services.lambda_svc",
    "_execution_record_for_config",
    ("func", "config"),
    "calling a rotation function",
    "local/secret_rotation.py",
)
RUN_FUNCTION: Final = _function(
    "services.lambda_svc",
    "_execute_function_with_config_scope",
    ("func", "event"),
    "calling a rotation function",
    "local/secret_rotation.py",
)
SQS_CALLS: Final = Need(
    module="services.sqs",
    name="_HANDLERS",
    kind=Kind.MAPPING,
    used_for="moving dead letters back",
    used_in="local/message_moves.py",
)
SQS_ERROR: Final = _function(
    "services.sqs", "_Err", ("code", "message", "status"), "errors of SQS", "local/message_moves.py"
)
IAM_CALLS: Final = Need(
    module="services.iam",
    name="_IAM_HANDLERS",
    kind=Kind.MAPPING,
    used_for="the limit of two access keys",
    used_in="local/access_keys.py",
)
IAM_ERROR: Final = _function(
    "services.iam", "_error", ("status", "code", "message"), "errors of IAM", "local/access_keys.py"
)
ACCESS_KEYS: Final = _store(
    "services.iam", "_access_keys", "access keys and the SMTP passwords of them", "local/access_keys.py"
)
ALARMS: Final = _store("services.cloudwatch", "_alarms", "alarms on metric math", "local/alarms.py")
ALARM_ACTIONS: Final = _function(
    "services.cloudwatch",
    "_dispatch_alarm_actions",
    ("alarm", "old_state", "new_state", "reason"),
    "alarms that call functions",
    "local/alarms.py",
)
RECORD_METRIC: Final = _function(
    "services.cloudwatch",
    "record_metric",
    ("namespace", "metric_name", "value", "unit", "dimensions"),
    "counts of sent mail",
    "local/sending_metrics.py",
)
METRIC_DIMENSIONS: Final = _function(
    "services.cloudwatch",
    "_dims_from_list",
    ("dimensions",),
    "telling the account's metrics from those of configuration sets",
    "local/sending_metrics.py",
)
BUDGET_CALLS: Final = Need(
    module="services.budgets",
    name="_DISPATCH",
    kind=Kind.MAPPING,
    used_for="budgets of stacks",
    used_in="local/cloudformation_budget.py",
)
TRAIL_CALLS: Final = Need(
    module="services.cloudtrail",
    name="_DISPATCH",
    kind=Kind.MAPPING,
    used_for="trails in templates, and which calls they record",
    used_in="local/cloudformation_trail.py",
)
EVENT_HISTORY: Final = _function(
    "services.cloudtrail", "_get_event_queue", (), "the event history of a Region", "local/call_records.py"
)
ACCESS_KEY_OF: Final = _function(
    "core.router", "extract_access_key_id", ("headers", "query_params"), "who called", "local/callers.py"
)
SESSIONS: Final = _store("services.sts", "_sessions", "who called with a role's session", "local/callers.py")
STS_REQUEST: Final = _function(
    "services.sts", "handle_request", _REQUEST, "roles of other accounts", "local/role_sessions.py"
)
ROLES: Final = Need(
    module="services.iam",
    name="_roles",
    kind=Kind.EVERY_ACCOUNT,
    used_for="roles of other accounts",
    used_in="local/role_sessions.py",
)
TRUSTS: Final = _function(
    "core.iam_evaluator",
    "evaluate_trust_policy",
    ("trust_doc", "caller_arn"),
    "whom a role of another account trusts",
    "local/role_sessions.py",
)
REGISTER_SESSION: Final = _function(
    "services.sts",
    "register_session",
    ("access_key", "session"),
    "the sessions of functions",
    "local/callers.py",
)
FUNCTION_CREDENTIALS: Final = _function(
    "services.lambda_svc",
    "execution_credentials",
    ("config",),
    "calls of functions with their role",
    "local/callers.py",
)
WORKER_CREDENTIALS: Final = _function(
    "core.lambda_runtime",
    "execution_credentials",
    ("config",),
    "calls of functions with their role",
    "local/callers.py",
)
RESOURCE_TYPES: Final = Need(
    module="services.cloudformation.provisioners",
    name="_RESOURCE_HANDLERS",
    kind=Kind.MAPPING,
    used_for="CloudFormation resource types",
    used_in="local/extensions.py",
)
REPLACING_PROPERTIES: Final = Need(
    module="services.cloudformation.provisioners",
    name="_REPLACING_PROPERTIES",
    kind=Kind.MAPPING,
    used_for="properties whose change replaces a resource",
    used_in="local/cloudformation_identity.py",
)

STACK_CALLS: Final = Need(
    module="services.cloudformation.handlers",
    name="_ACTION_HANDLERS",
    kind=Kind.MAPPING,
    used_for="finding the stack that holds a resource",
    used_in="local/stack_holders.py",
)
STACKS: Final = _store(
    "services.cloudformation", "_stacks", "the resources of stacks", "local/stack_holders.py"
)
STACK_ERROR: Final = _function(
    "services.cloudformation.helpers",
    "_error",
    ("code", "message", "status"),
    "errors of CloudFormation",
    "local/stack_holders.py",
)
IMPORTS: Final = Need(
    module="services.cloudformation.changesets",
    name="_IMPORT_LOOKUPS",
    kind=Kind.MAPPING,
    used_for="what resources are imported by, and whether they are there",
    used_in="local/cloudformation_import.py",
)

CONTRACT: Final = tuple(need for need in tuple(globals().values()) if isinstance(need, Need))
"""Every name, in the order of this file."""


def check() -> None:
    """Refuse an emulator that is not the one that this project extends.

    Raises:
        ContractError: naming the first name that moved.
    """
    for need in CONTRACT:
        need.take()
    for resource_type, used_in in {
        "AWS::SES::EmailIdentity": "local/cloudformation_identity.py",
        "AWS::Route53::HostedZone": "local/cloudformation_zone.py",
        "AWS::S3::Bucket": "local/bucket_encryption.py",
        "AWS::CloudWatch::Alarm": "local/alarms.py",
    }.items():
        handlers = RESOURCE_TYPES.take().get(resource_type) or {}
        for verb, parameters in {
            "create": ("logical_id", "props", "stack_name"),
            "update": ("physical_id", "old_props", "new_props", "stack_name"),
            "delete": ("physical_id", "props"),
        }.items():
            name = f"_RESOURCE_HANDLERS['{resource_type}']['{verb}']"
            handler = _function(RESOURCE_TYPES.module, name, parameters, resource_type, used_in)
            require_parameters(handler, handlers.get(verb))

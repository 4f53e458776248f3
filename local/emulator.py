"""The emulator's names that the rest of this package uses, each with a type.

The only module that touches the emulator's insides. Every name comes from `local.contract`, so importing this
module from an emulator that moved one raises the contract's error and not a bare AttributeError.
"""

from collections.abc import Awaitable, Callable, MutableMapping, MutableSequence
from typing import Any, Final

from local import contract

Response = tuple[int, dict[str, str], bytes]
"""Status, headers, body: what the emulator's handlers return."""

Query = dict[str, list[str]]
"""Query parameters of a request."""

Handler = Callable[[str, str, dict[str, str], bytes, Query], Awaitable[Response]]
"""A service's request handler: method, path, headers, body, query."""

Store = MutableMapping[str, Any]
"""A store that shows what the current request's account (and Region, where the service has Regions) owns."""

account_id: Final[Callable[[], str]] = contract.ACCOUNT_ID.take()
region: Final[Callable[[], str]] = contract.REGION.take()

set_account_id: Final[Callable[[str], None]] = contract.SET_ACCOUNT_ID.take()
set_region: Final[Callable[[str], None]] = contract.SET_REGION.take()

v1_identities: Final[Store] = contract.V1_IDENTITIES.take()
v2_identities: Final[Store] = contract.V2_IDENTITIES.take()
v1_new_identity: Final[Callable[[str, str], dict[str, Any]]] = contract.V1_NEW_IDENTITY.take()
v2_tags: Final[Store] = contract.V2_TAGS.take()

v1_configuration_sets: Final[Store] = contract.V1_CONFIGURATION_SETS.take()
v2_configuration_sets: Final[Store] = contract.V2_CONFIGURATION_SETS.take()
v2_new_configuration_set: Final[Callable[[str, dict[str, Any]], object]] = (
    contract.V2_NEW_CONFIGURATION_SET.take()
)

v1_response: Final[Callable[[int, str, str], Response]] = contract.V1_RESPONSE.take()
v1_error: Final[Callable[..., Response]] = contract.V1_ERROR.take()
v1_no_configuration_set: Final[Callable[[str], Response]] = contract.V1_NO_CONFIGURATION_SET.take()
v2_error: Final[Callable[[str, str, int], Response]] = contract.V2_ERROR.take()

production_access: Final[Callable[[], bool]] = contract.PRODUCTION_ACCESS.take()
send_mail: Final[Callable[..., str]] = contract.SEND_MAIL.take()
sent_mail: Final[Callable[[], list[dict[str, Any]]]] = contract.SENT_MAIL.take()
all_sent_mail: Final[Any] = contract.ALL_SENT_MAIL.take()

v1_templates: Final[Store] = contract.V1_TEMPLATES.take()

sns_publish: Final[Callable[[str, str, str], dict[str, Any] | None]] = contract.SNS_PUBLISH.take()
put_events: Final[Callable[[dict[str, Any], bool], Response]] = contract.PUT_EVENTS.take()

put_bucket_encryption: Final[Callable[[str, bytes], Response]] = contract.PUT_BUCKET_ENCRYPTION.take()
put_object: Final[Callable[[str, str, bytes, dict[str, str]], Response]] = contract.PUT_OBJECT.take()

find_key: Final[Callable[[str], dict[str, Any] | None]] = contract.FIND_KEY.take()

find_subscription: Final[Callable[[str, str], dict[str, Any] | None]] = contract.FIND_SUBSCRIPTION.take()

EveryAccount = Callable[[], dict[tuple[str, str], Any]]
"""Gives what all accounts own, by account and key."""

zones: Final[EveryAccount] = contract.ZONES.take().to_dict
records: Final[EveryAccount] = contract.RECORDS.take().to_dict

Secret = dict[str, Any]
"""A secret as the emulator stores it: ARN, Name, Versions by id with SecretString and Stages, and more."""

json_response: Final[Callable[[dict[str, Any]], Response]] = contract.JSON_RESPONSE.take()
json_error: Final[Callable[[str, str, int], Response]] = contract.JSON_ERROR.take()
find_secret: Final[Callable[[str], tuple[str | None, Secret | None]]] = contract.FIND_SECRET.take()
find_function: Final[Callable[[str], tuple[dict[str, Any] | None, dict[str, Any] | None, str]]] = (
    contract.FIND_FUNCTION.take()
)
function_record: Final[Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]] = (
    contract.FUNCTION_RECORD.take()
)
run_function: Final[Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]] = contract.RUN_FUNCTION.take()

sqs_calls: Final[dict[str, Callable[[dict[str, Any], str], Any]]] = contract.SQS_CALLS.take()
sqs_error: Final[Callable[[str, str, int], Exception]] = contract.SQS_ERROR.take()

trail_calls: Final[dict[str, Callable[[dict[str, Any]], Response]]] = contract.TRAIL_CALLS.take()
event_history: Final[Callable[[], MutableSequence[dict[str, Any]]]] = contract.EVENT_HISTORY.take()
access_key_of: Final[Callable[[dict[str, str], Query], str]] = contract.ACCESS_KEY_OF.take()
sessions: Final[Store] = contract.SESSIONS.take()
register_session: Final[Callable[[str, dict[str, Any]], None]] = contract.REGISTER_SESSION.take()

roles: Final[EveryAccount] = contract.ROLES.take().to_dict
trusts: Final[Callable[[Any, str], bool]] = contract.TRUSTS.take()

iam_calls: Final[dict[str, Callable[[dict[str, Any]], Response]]] = contract.IAM_CALLS.take()
iam_error: Final[Callable[..., Response]] = contract.IAM_ERROR.take()
access_keys: Final[Store] = contract.ACCESS_KEYS.take()

alarms: Final[Store] = contract.ALARMS.take()
record_metric: Final[Callable[[str, str, float, str, dict[str, str]], None]] = contract.RECORD_METRIC.take()
budget_calls: Final[dict[str, Callable[[dict[str, Any]], Response]]] = contract.BUDGET_CALLS.take()
stack_calls: Final[dict[str, Callable[[dict[str, Any]], Response]]] = contract.STACK_CALLS.take()
stacks: Final[Store] = contract.STACKS.take()
stack_error: Final[Callable[[str, str, int], Response]] = contract.STACK_ERROR.take()

resource_types: Final[dict[str, dict[str, Any]]] = contract.RESOURCE_TYPES.take()
replacing_properties: Final[dict[str, tuple[str, ...]]] = contract.REPLACING_PROPERTIES.take()
imports: Final[dict[str, tuple[tuple[str, ...], Callable[..., str | None]]]] = contract.IMPORTS.take()
"""By resource type what identifies one, and a function of that which says what is wrong, or None."""

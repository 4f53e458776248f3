"""Reputation in CloudWatch, SES and SQS.

Permissions: ``cloudwatch:GetMetricData``, ``cloudwatch:DescribeAlarms``, ``ses:GetAccount``,
``ses:GetConfigurationSet``, ``sqs:GetQueueUrl``, ``sqs:GetQueueAttributes``; to resume
``cloudwatch:DescribeAlarmHistory`` and ``ses:PutConfigurationSetSendingOptions``.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from ops.aws_clients import AwsGateway
from ops.aws_errors import as_ops_errors
from ops.reputation_ports import AccountAnswer, AlarmAnswer, Question

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient

_HOUR: Final = 3600
_NO_QUEUE: Final = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})
"""By either protocol of SQS."""

_NAMES_AT_ONCE: Final = 100
"""Names in one DescribeAlarms (CloudWatch API)."""


class AwsReputation(AwsGateway):
    """See `ops.reputation_ports.ReputationGateway`."""

    def values(
        self, questions: Sequence[Question], *, region: str, now: datetime
    ) -> tuple[tuple[float, ...], ...]:
        """See `ops.reputation_ports.ReputationGateway`."""
        end = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        found: dict[str, list[float]] = {}
        # Questions of one length of time go together: 500 in one call (CloudWatch API, GetMetricData).
        for hours in sorted({each.hours for each in questions}):
            queries = [
                _query(f"q{number}", each) for number, each in enumerate(questions) if each.hours == hours
            ]
            with as_ops_errors("cloudwatch:GetMetricData", f"in {region}"):
                pages = self._cloudwatch(region).get_paginator("get_metric_data")
                for page in pages.paginate(
                    MetricDataQueries=queries,
                    StartTime=end - timedelta(hours=hours),
                    EndTime=end,
                    ScanBy="TimestampDescending",
                ):
                    for result in page["MetricDataResults"]:
                        found.setdefault(result["Id"], []).extend(result["Values"])
        return tuple(tuple(found.get(f"q{number}", ())) for number in range(len(questions)))

    def alarms(self, names: Sequence[str], *, region: str) -> tuple[AlarmAnswer, ...]:
        """See `ops.reputation_ports.ReputationGateway`."""
        found: dict[str, AlarmAnswer] = {}
        with as_ops_errors("cloudwatch:DescribeAlarms", f"in {region}"):
            for start in range(0, len(names), _NAMES_AT_ONCE):
                answer = self._cloudwatch(region).describe_alarms(
                    AlarmNames=list(names[start : start + _NAMES_AT_ONCE]), MaxRecords=_NAMES_AT_ONCE
                )
                for alarm in answer["MetricAlarms"]:
                    found[alarm["AlarmName"]] = AlarmAnswer(
                        name=alarm["AlarmName"],
                        state=alarm["StateValue"],
                        reason=alarm.get("StateReason", ""),
                        since=alarm.get("StateTransitionedTimestamp") or alarm.get("StateUpdatedTimestamp"),
                    )
        return tuple(found[name] for name in names if name in found)

    def last_raised(self, name: str, *, region: str) -> AlarmAnswer | None:
        """See `ops.reputation_ports.ReputationGateway`."""
        with as_ops_errors("cloudwatch:DescribeAlarmHistory", f"on {name} in {region}"):
            pages = self._cloudwatch(region).get_paginator("describe_alarm_history")
            for page in pages.paginate(
                AlarmName=name, HistoryItemType="StateUpdate", ScanBy="TimestampDescending"
            ):
                for item in page["AlarmHistoryItems"]:
                    state = json.loads(item["HistoryData"]).get("newState", {})
                    if state.get("stateValue") == "ALARM":
                        return AlarmAnswer(
                            name=name,
                            state="ALARM",
                            reason=state.get("stateReason", ""),
                            since=item["Timestamp"],
                        )
        return None

    def account(self, *, region: str) -> AccountAnswer:
        """See `ops.reputation_ports.ReputationGateway`."""
        with as_ops_errors("ses:GetAccount", f"in {region}"):
            found = self._ses(region).get_account()
        quota = found.get("SendQuota", {})
        return AccountAnswer(
            sending=found.get("SendingEnabled", False),
            enforcement=found.get("EnforcementStatus", "HEALTHY"),
            quota=quota.get("Max24HourSend", 0.0),
            sent=quota.get("SentLast24Hours", 0.0),
        )

    def sending_enabled(self, configuration_set: str, *, region: str) -> bool | None:
        """See `ops.reputation_ports.ReputationGateway`."""
        with as_ops_errors("ses:GetConfigurationSet", f"on {configuration_set} in {region}"):
            client = self._ses(region)
            try:
                found = client.get_configuration_set(ConfigurationSetName=configuration_set)
            except client.exceptions.NotFoundException:
                return None
        return found.get("SendingOptions", {}).get("SendingEnabled", True)

    def resume(self, configuration_set: str, *, region: str) -> None:
        """See `ops.reputation_ports.ReputationGateway`."""
        action = "ses:PutConfigurationSetSendingOptions"
        with as_ops_errors(action, f"on {configuration_set} in {region}"):
            self._ses(region).put_configuration_set_sending_options(
                ConfigurationSetName=configuration_set, SendingEnabled=True
            )

    def waiting(self, queue: str, *, region: str) -> int | None:
        """See `ops.reputation_ports.ReputationGateway`."""
        client: SQSClient = self._clients.client("sqs", region)
        with as_ops_errors("sqs:GetQueueUrl", f"on {queue} in {region}"):
            try:
                url = client.get_queue_url(QueueName=queue)["QueueUrl"]
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") in _NO_QUEUE:
                    return None
                raise
        name: Final = "ApproximateNumberOfMessages"
        with as_ops_errors("sqs:GetQueueAttributes", f"on {queue} in {region}"):
            found = client.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
        return int(found["Attributes"][name])

    def _ses(self, region: str) -> "SESV2Client":
        client: SESV2Client = self._clients.client("sesv2", region)
        return client

    def _cloudwatch(self, region: str) -> Any:  # noqa: ANN401 - its stubs are not among those installed
        return self._clients.client("cloudwatch", region)


def _query(query_id: str, question: Question) -> dict[str, Any]:
    dimensions = [] if question.dimension is None else [question.dimension]
    return {
        "Id": query_id,
        "MetricStat": {
            "Metric": {
                "Namespace": question.namespace,
                "MetricName": question.name,
                "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions],
            },
            "Period": _HOUR,
            "Stat": question.statistic,
        },
    }

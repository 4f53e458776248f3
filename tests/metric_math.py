"""What CloudWatch would make of series: its metric math and its alarms, as far as templates here use them.

Written from the CloudWatch User Guide (Using metric math; Evaluating an alarm; How alarms treat missing data)
and from nothing else of this repository. A missing data point is None.
"""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Value = float | None
Series = Sequence[Value]

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.GtE: operator.ge,
    ast.Gt: operator.gt,
    ast.LtE: operator.le,
    ast.Lt: operator.lt,
}

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


def evaluate(expression: str, series: Mapping[str, Series]) -> list[Value]:
    """The series of an expression; the part used here is spelled as in Python."""
    tree = ast.parse(expression, mode="eval").body
    length = len(next(iter(series.values())))
    return [_at(tree, {name: values[hour] for name, values in series.items()}) for hour in range(length)]


def _at(node: ast.expr, point: Mapping[str, Value]) -> Value:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return point[name]
        case ast.Compare(left=left, ops=[operation], comparators=[right]):
            value = _at(left, point)
            limit = _at(right, point)
            # No result where the one series has no value; a scalar always has one.
            return None if value is None else float(_COMPARISONS[type(operation)](value, limit))
        case ast.Call(func=ast.Name(id="IF"), args=[condition, true_value, *rest]):
            chosen = _at(condition, point)
            if chosen:
                # The documented exception: true, and no value there, is 0.
                return _at(true_value, point) or 0.0
            return None if chosen is None or not rest else _at(rest[0], point)
        case ast.BinOp(left=ast.Constant(value=int() as factor), op=ast.Mult(), right=right):
            value = _at(right, point)
            return None if value is None else factor * value
    message = f"not evaluated here: {ast.dump(node)}"
    raise NotImplementedError(message)


def metric_of(properties: Mapping[str, Any], series: Mapping[str, Series]) -> list[Value]:
    """The series that an alarm of a template watches, from series by the metrics' names."""
    if "Metrics" not in properties:
        return list(series[properties["MetricName"]])
    inputs = {
        query["Id"]: series[query["MetricStat"]["Metric"]["MetricName"]]
        for query in properties["Metrics"]
        if "MetricStat" in query
    }
    (returned,) = (query for query in properties["Metrics"] if query.get("ReturnData", True))
    return evaluate(returned["Expression"], inputs)


def states(properties: Mapping[str, Any], values: Series, *, extra: int = 0) -> list[str]:
    """The state of an alarm after each period.

    Args:
        properties: Of `AWS::CloudWatch::Alarm`.
        values: What it watches.
        extra: How many older periods CloudWatch retrieves beyond the evaluation periods. It does not publish
            the number; older real points then stand in for missing ones.
    """
    breaches = _OPERATORS[properties["ComparisonOperator"]]
    threshold, wanted = properties["Threshold"], properties["EvaluationPeriods"]
    needed = properties.get("DatapointsToAlarm", wanted)
    missing_breaches = {"breaching": True, "notBreaching": False}[properties["TreatMissingData"]]
    found = []
    for end in range(1, len(values) + 1):
        retrieved = values[max(0, end - wanted - extra) : end]
        real = [value for value in retrieved if value is not None][-wanted:]
        if len(real) < wanted:
            # Before the series began there was nothing either.
            window = [None] * max(0, wanted - end) + list(values[max(0, end - wanted) : end])
        else:
            window = list(real)
        breaching = sum(missing_breaches if value is None else breaches(value, threshold) for value in window)
        found.append("ALARM" if breaching >= needed else "OK")
    return found


def changes(found: Sequence[str]) -> list[str]:
    """The states in their order, each as often as the alarm entered it: what people are told."""
    return [state for number, state in enumerate(found) if number == 0 or state != found[number - 1]]

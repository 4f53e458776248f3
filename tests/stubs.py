"""Clients of boto3 whose answers a test prepares; botocore checks answers and calls against the service."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
from botocore.stub import Stubber


@cache
def session() -> boto3.Session:
    """One for all tests: reading the service models anew takes most of a client's time."""
    return boto3.Session(
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - no request leaves a Stubber
    )


@contextmanager
def stubbed(client: Any) -> Iterator[Stubber]:  # noqa: ANN401 - of any service
    """Answers for a client, every one of which must be asked for."""
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()

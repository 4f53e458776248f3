import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.constructs_lib.runtimes.cloudformation import CloudFormation, Event


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    server = CloudFormation()
    yield server
    server.server.shutdown()
    server.server.server_close()


@pytest.fixture
def event(request: pytest.FixtureRequest, cloudformation: CloudFormation) -> Event:
    """Loads a request from the ``events`` beside the test, to be answered to `cloudformation`."""

    def load(name: str) -> dict[str, Any]:
        text = (request.path.parent / "events" / f"{name}.json").read_text(encoding="utf-8")
        loaded: dict[str, Any] = json.loads(text)
        return loaded | {"ResponseURL": cloudformation.event("Create")["ResponseURL"]}

    return load

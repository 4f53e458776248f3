"""CloudFormation's side of a custom resource: the requests it sends and the answers it takes."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

Event = Callable[[str], dict[str, Any]]
"""Loads a recorded request by its file name."""


class CloudFormation:
    """Takes answers over HTTP, as the pre-signed URL does; the first ones can be refused."""

    def __init__(self, refusals: int = 0) -> None:
        self.answers: list[dict[str, Any]] = []
        self.content_types: list[str | None] = []
        self.refusals = refusals
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if outer.refusals:
                    outer.refusals -= 1
                    self.send_error(503)
                    return
                outer.content_types.append(self.headers["Content-Type"])
                outer.answers.append(json.loads(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                """Keep the test's output quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def event(self, kind: str, **others: object) -> dict[str, Any]:
        return {
            "RequestType": kind,
            "ResponseURL": f"http://127.0.0.1:{self.server.server_port}/answer?signature=s",
            "StackId": "arn:aws:cloudformation:eu-west-1:111111111111:stack/s/1",
            "RequestId": "request",
            "LogicalResourceId": "Resource",
            "ResourceType": "Custom::Thing",
            "ResourceProperties": {"ServiceToken": "arn", "Name": "new"},
            **others,
        }

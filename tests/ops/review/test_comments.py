"""Comments on a pull request, at a server that behaves like GitHub's API for them."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from ops.review.comments import CommentError
from ops.review.post_comments import main
from ops.review.rating import Rating
from ops.review.report import Report
from ops.review.report_json import reports_json
from ops.review.report_markdown import marker, report_markdown
from tests.ops.review.reports import report

BOT = "github-actions[bot]"
SHA = "a" * 40


class GitHub(BaseHTTPRequestHandler):
    """``issues/N/comments`` with pages, single comments, and open pull requests by head."""

    comments: ClassVar[list[dict[str, Any]]] = []
    calls: ClassVar[list[str]] = []
    head: ClassVar[str] = SHA
    broken: ClassVar[int] = 0

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        url = urlsplit(self.path)
        query = {key: value[0] for key, value in parse_qs(url.query).items()}
        assert self.headers["Authorization"] == "Bearer token"
        self.calls.append(f"{self.command} {url.path}")
        if self.broken and self.command != "GET":
            self.reply(self.broken, {"message": "a secret of the host"})
        elif url.path == "/repos/acme/mail/pulls":
            found = [{"number": 7, "head": {"sha": self.head}}] if query["head"] == "fork:change" else []
            self.reply(200, found)
        elif url.path == "/repos/acme/mail/issues/7/comments" and self.command == "GET":
            size, page = int(query["per_page"]), int(query["page"])
            self.reply(200, self.comments[size * (page - 1) : size * page])
        elif url.path == "/repos/acme/mail/issues/7/comments":
            assert len(body["body"]) <= 65_536
            self.comments.append(
                {"id": len(self.comments) + 1000, "body": body["body"], "user": {"login": BOT}}
            )
            self.reply(201, self.comments[-1])
        elif single := re.fullmatch(r"/repos/acme/mail/issues/comments/(\d+)", url.path):
            (comment,) = [it for it in self.comments if it["id"] == int(single[1])]
            if self.command == "DELETE":
                self.comments.remove(comment)
                self.reply(204, None)
            else:
                comment["body"] = body["body"]
                self.reply(200, comment)
        else:
            self.reply(404, {})

    do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815 - names of the standard library

    def reply(self, code: int, body: object) -> None:
        self.send_response(code)
        self.end_headers()
        if body is not None:
            self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def github() -> Iterator[type[GitHub]]:
    GitHub.comments[:], GitHub.calls[:] = [], []
    GitHub.head, GitHub.broken = SHA, 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), GitHub)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    GitHub.server_address = server.server_address  # type: ignore[attr-defined]
    yield GitHub
    server.shutdown()
    server.server_close()


@pytest.fixture
def post(github: type[GitHub], tmp_path: Path) -> Any:  # noqa: ANN401 - a function
    event = tmp_path / "event.json"
    run = {"head_sha": SHA, "head_branch": "change", "head_repository": {"owner": {"login": "fork"}}}
    event.write_text(json.dumps({"workflow_run": run}))
    port = github.server_address[1]  # type: ignore[attr-defined]
    variables = {
        "GITHUB_API_URL": f"http://127.0.0.1:{port}",
        "GITHUB_REPOSITORY": "acme/mail",
        "GITHUB_TOKEN": "token",
        "GITHUB_EVENT_PATH": str(event),
    }

    def call(*reports: Report, text: str | None = None) -> list[str]:
        file = tmp_path / "review.json"
        file.write_text(reports_json(reports) if text is None else text)
        return main(file, variables)

    return call


def about(environment: str, what: str = "p=none to p=reject") -> Report:
    return replace(report(what), environment=environment)


def comment(number: int, body: str, author: str = BOT) -> dict[str, Any]:
    return {"id": number, "body": body, "user": {"login": author}}


def test_one_comment_for_each_environment(post: Any, github: type[GitHub]) -> None:  # noqa: ANN401
    assert post(about("dev"), about("prod")) == ["dev: written", "prod: written"]
    assert [it["body"] for it in github.comments] == [
        report_markdown(about(name)) for name in ("dev", "prod")
    ]


def test_it_is_changed_in_place_and_then_left_alone(post: Any, github: type[GitHub]) -> None:  # noqa: ANN401
    post(about("prod"))
    assert post(about("prod", "MX moves")) == ["prod: changed"]
    assert post(about("prod", "MX moves")) == ["prod: the same"]
    assert [it["body"] for it in github.comments] == [report_markdown(about("prod", "MX moves"))]


def test_it_is_deleted_when_the_difference_is_gone(post: Any, github: type[GitHub]) -> None:  # noqa: ANN401
    post(about("dev"), about("prod"))
    assert post(about("dev"), about("prod", "nothing")) == ["dev: the same", "prod: deleted"]
    assert post() == ["dev: deleted"]
    assert github.comments == []


def test_it_is_found_on_a_later_page_and_doubles_go(post: Any, github: type[GitHub]) -> None:  # noqa: ANN401
    github.comments += [comment(number, "a word", "somebody") for number in range(1, 231)]
    github.comments += [comment(500, f"{marker('prod')}\nold"), comment(501, f"{marker('prod')}\nolder")]
    assert post(about("prod")) == ["prod: changed", "prod: deleted"]
    assert len(github.comments) == 231
    assert github.calls.count("GET /repos/acme/mail/issues/7/comments") == 3


def test_comments_of_others_are_never_touched(post: Any, github: type[GitHub]) -> None:  # noqa: ANN401
    theirs = comment(5, f"{marker('prod')}\nquoted by a person", "somebody")
    github.comments += [theirs, comment(6, f"I saw {marker('prod')}")]
    before = [dict(it) for it in github.comments]
    post(about("prod", "nothing"))
    assert github.comments == before


def test_a_newer_commit_makes_it_somebody_elses_turn(post: Any, github: type[GitHub]) -> None:  # noqa: ANN401
    github.head = "b" * 40
    assert post(about("prod")) == ["no open pull request has this commit as its newest one: nothing to do"]
    assert github.comments == []


@pytest.mark.parametrize("text", ["", "{}", '{"version": 1, "reports": [{}]}'])
def test_foreign_data_is_refused(post: Any, github: type[GitHub], text: str) -> None:  # noqa: ANN401
    with pytest.raises(CommentError, match="holds no reports"):
        post(text=text)
    assert github.comments == []


@pytest.mark.parametrize("name", ["../prod", "Prod", "a-->b", "x" * 60])
def test_a_name_that_no_environment_has_is_refused(post: Any, github: type[GitHub], name: str) -> None:  # noqa: ANN401
    with pytest.raises(CommentError, match="no reports of environments"):
        post(about(name))
    assert github.comments == []


def test_errors_say_the_call_and_nothing_of_the_answer(post: Any, github: type[GitHub]) -> None:  # noqa: ANN401
    github.broken = 403
    with pytest.raises(CommentError) as caught:
        post(about("prod"))
    assert str(caught.value) == "POST issues/7/comments: the host answered 403"


def test_no_change_gets_no_comment(post: Any, github: type[GitHub]) -> None:  # noqa: ANN401
    assert report("nothing").rating is Rating.NONE
    assert post(about("prod", "nothing")) == []
    assert github.comments == []

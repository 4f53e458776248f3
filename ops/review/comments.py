"""Comments on a pull request: one an environment, found by its hidden marker, changed in place.

GitHub's REST API, with the standard library alone: this runs with a token that may write, so it needs no
package and runs no code of the pull request. It writes comments from data with its own code, whoever made the
data.
"""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlencode

from ops.review.rating import Rating
from ops.review.report import Report
from ops.review.report_markdown import MARKER, report_markdown

_PAGE: Final = 100
_PAGES: Final = 50
_SECONDS: Final = 30
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,19}")
_MOST_REPORTS: Final = 20


class CommentError(Exception):
    """The host did not do what it was asked, or the data is not what it should be."""


@dataclass(frozen=True, kw_only=True)
class Host:
    """Where comments are written.

    Attributes:
        api: Address of the API, such as ``https://api.github.com``.
        repository: ``owner/name``.
        token: May write to pull requests.
        author: Login of the token: comments of others are never touched, whatever they hold.
    """

    api: str
    repository: str
    token: str
    author: str

    def __repr__(self) -> str:
        return f"Host({self.api}, {self.repository})"


@dataclass(frozen=True, kw_only=True)
class PullRequest:
    """An open pull request at a commit."""

    number: int
    head: str


def pull_request_of(host: Host, *, owner: str, branch: str, commit: str) -> PullRequest | None:
    """The open pull request whose newest commit is this one; None where it is closed or has a newer one.

    Raises:
        CommentError: The host refused.
    """
    query = urlencode({"state": "open", "head": f"{owner}:{branch}", "per_page": _PAGE})
    for found in _ask(host, "GET", f"pulls?{query}"):
        if found["head"]["sha"] == commit:
            return PullRequest(number=int(found["number"]), head=commit)
    return None


def update_comments(host: Host, pull_request: PullRequest, reports: Sequence[Report]) -> list[str]:
    """Write, change and delete the comments of a pull request.

    An environment without a change has none.

    Returns:
        What was done, a line each.

    Raises:
        CommentError: The host refused, or the data is none of ours.
    """
    if len(reports) > _MOST_REPORTS or not all(_NAME.fullmatch(report.environment) for report in reports):
        raise CommentError("these are no reports of environments")
    wanted = {
        report.environment: report_markdown(report) for report in reports if report.rating is not Rating.NONE
    }
    done = []
    for identifier, name, body in _ours(host, pull_request):
        text = wanted.pop(name, None)
        if text is None:
            _ask(host, "DELETE", f"issues/comments/{identifier}")
            done.append(f"{name}: deleted")
        elif text.strip() == body.strip():
            done.append(f"{name}: the same")
        else:
            _ask(host, "PATCH", f"issues/comments/{identifier}", {"body": text})
            done.append(f"{name}: changed")
    for name, text in wanted.items():
        _ask(host, "POST", f"issues/{pull_request.number}/comments", {"body": text})
        done.append(f"{name}: written")
    return done


def _ours(host: Host, pull_request: PullRequest) -> Iterator[tuple[int, str, str]]:
    """Our comments: id, environment and text. Read whole before any is changed, so that pages stay whole."""
    found = []
    for page in range(1, _PAGES + 1):
        query = urlencode({"per_page": _PAGE, "page": page})
        comments = _ask(host, "GET", f"issues/{pull_request.number}/comments?{query}")
        for comment in comments:
            marked = MARKER.match(comment.get("body") or "")
            if marked and (comment.get("user") or {}).get("login") == host.author:
                found.append((int(comment["id"]), marked["environment"], str(comment["body"])))
        if len(comments) < _PAGE:
            break
    yield from found


def _ask(host: Host, method: str, path: str, body: dict[str, str] | None = None) -> Any:  # noqa: ANN401 - the API's answer
    url = f"{host.api.rstrip('/')}/repos/{quote(host.repository)}/{path}"
    request = urllib.request.Request(  # noqa: S310 - an address from the host's own variables
        url,
        data=None if body is None else json.dumps(body).encode(),
        method=method,
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {host.token}",
            "Content-Type": "application/json",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - as above
            text = answer.read()
    except urllib.error.HTTPError as error:
        error.close()
        if method == "DELETE" and error.code == HTTPStatus.NOT_FOUND:
            return None  # somebody deleted it meanwhile
        raise CommentError(f"{method} {path.partition('?')[0]}: the host answered {error.code}") from None
    except OSError as error:
        raise CommentError(f"{method} {path.partition('?')[0]}: {type(error).__name__}") from None
    return json.loads(text) if text else None

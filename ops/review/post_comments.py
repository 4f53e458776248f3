"""Write reviews as comments: ``python -m ops.review.post_comments FILE``, after a workflow run has ended.

It runs after the review, in a workflow of the default branch: the token is there, the code of the pull
request is not. Which pull request it is tells GitHub, by the run's commit and branch; nothing of the file
decides that.

Variables: ``GITHUB_EVENT_PATH`` (event ``workflow_run``), ``GITHUB_API_URL``, ``GITHUB_REPOSITORY``,
``GITHUB_TOKEN``.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ops.review.comments import CommentError, Host, pull_request_of, update_comments
from ops.review.report_json import read_reports

_AUTHOR: Final = "github-actions[bot]"
_MOST_BYTES: Final = 20_000_000


def main(file: Path, variables: Mapping[str, str]) -> list[str]:
    """Update the comments and say what was done.

    Raises:
        CommentError: The host refused, or the file holds no reports.
    """
    host = Host(
        api=variables["GITHUB_API_URL"],
        repository=variables["GITHUB_REPOSITORY"],
        token=variables["GITHUB_TOKEN"],
        author=variables.get("REVIEW_AUTHOR", _AUTHOR),
    )
    run = json.loads(Path(variables["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))["workflow_run"]
    pull_request = pull_request_of(
        host,
        owner=run["head_repository"]["owner"]["login"],
        branch=run["head_branch"],
        commit=run["head_sha"],
    )
    if pull_request is None:
        return ["no open pull request has this commit as its newest one: nothing to do"]
    if file.stat().st_size > _MOST_BYTES:
        raise CommentError("the file is too large to hold reports")
    try:
        found = read_reports(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CommentError("the file holds no reports that this program reads") from error
    return update_comments(host, pull_request, found)


if __name__ == "__main__":
    try:
        lines = main(Path(sys.argv[1]), os.environ)
    except CommentError as problem:
        sys.exit(f"error: {problem}")
    sys.stdout.write("\n".join(lines) + "\n")

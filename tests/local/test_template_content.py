import pytest

from local.template_content import MAX_BYTES, content_problem


@pytest.mark.parametrize(
    "content",
    [
        "Plain text, 1 < 2 & so on.",
        "<html><head></head><body style='color:red'><h1 class=a id=b title=c>Hello</h1><br/></body></html>",
        "<!DOCTYPE html><P>Upper case</P>",
        '<img src="data:image/png;base64,AAAA" alt="" width="1" height="1" align="left"/>',
        '<table width="1" summary="s"><tr><td colspan="2" abbr="a">x</td><th scope="row">y</th></tr></table>',
        '<ol start="2" type="a"><li>x</li></ol><q cite="https://example.com">y</q>',
        "a" * MAX_BYTES,
    ],
)
def test_what_ses_takes(content: str) -> None:
    assert content_problem(content) is None


@pytest.mark.parametrize(
    "content,fragment",
    [
        ('<p><a href="https://example.com">x</a></p>', "tag <a>"),
        ("<script>alert(1)</script>", "tag <script>"),
        ("<style>p {}</style>", "tag <style>"),
        ("<title>x</title>", "tag <title>"),
        ("<p onclick='x()'>y</p>", "attribute onclick of <p>"),
        ("<p width='1'>y</p>", "attribute width of <p>"),
        ("<td scope='row'>y</td>", "attribute scope of <td>"),
        ("<input type='text'>", "attribute type of <input>"),
        ("<p>x</p><!-- y -->", "Comments"),
        ("ä" * (MAX_BYTES // 2) + "a", "10 MB"),
    ],
)
def test_what_ses_refuses(content: str, fragment: str) -> None:
    assert fragment in (content_problem(content) or "")

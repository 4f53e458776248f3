import pytest

from docs_site.docstrings import escaped, to_markdown, without_example


@pytest.mark.parametrize(
    "text, expected",
    [
        ("One ``a b`` and `c`.", "One `a b` and `c`."),
        ("See :class:`Stack`.", "See `Stack`."),
        ("Over ``two\n    lines``.", "Over `two lines`."),
        ("A <domain> and *@x.", "A &lt;domain\\> and \\*@x."),
        ("These:\n- one\n- two", "These:\n\n- one\n- two"),
        ("So::\n\n    x = 1\n    y = 2\n\nThen.", "So:\n\n```python\nx = 1\ny = 2\n```\n\nThen."),
        ("So::\n\n    a tree └── b", "So:\n\n```text\na tree └── b\n```"),
    ],
)
def test_the_marks_of_docstrings_become_markdown(text: str, expected: str) -> None:
    assert to_markdown(text) == expected


def test_signs_mean_themselves() -> None:
    assert escaped("dict[str, *x] | <y_z>") == r"dict\[str, \*x\] \| &lt;y\_z\>"


def test_the_example_of_a_module_is_left_out() -> None:
    assert without_example("What.\n\nExample::\n\n    x()\n") == "What."
    assert without_example("What.") == "What."

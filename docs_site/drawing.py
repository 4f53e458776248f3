"""An architecture as SVG: laid out by Graphviz, coloured for light and dark, described in words."""

import html
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from docs_site.architecture import Architecture, Node, architecture, number_of
from ops.review.assembly import read_snapshots

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "docs" / "architecture"
ENVIRONMENT: Final = "local"
_PARTS: Final = {
    "receiving": ("How mail comes in", ("Receiving",)),
    "watching": ("Who watches", ("Monitoring", "Audit")),
    "sending": ("How mail goes out", ()),
}
"""The pictures with their titles, by the beginning of stack names; the last one has the rest."""

_PROGRAM: Final = Path(__file__).with_name("graph.mjs")
_STYLE: Final = Path(__file__).with_name("picture.css")
_NODE: Final = Path(sys.executable).parent / "node"
_SECONDS: Final = 60
_WIDTH: Final = 24
_WIDE: Final = 64


def draw() -> Iterator[tuple[Path, str]]:
    """The pictures of the environment that everybody can deploy, from its templates as they were reviewed.

    ``tests/test_snapshots.py`` shows that these are what the assembly gives.
    """
    stacks = read_snapshots(ROOT / "tests" / "snapshots")[ENVIRONMENT]
    whole = architecture(stacks)
    left = list(stacks)
    for name, (title, beginnings) in _PARTS.items():
        part = [stack for stack in left if stack.startswith(beginnings)] if beginnings else left
        left = [stack for stack in left if stack not in part]
        yield FOLDER / f"{name}.svg", picture(whole.part(part), name=name, title=title)


def picture(drawn: Architecture, *, name: str, title: str) -> str:
    """An architecture as SVG, the same for the same.

    Args:
        drawn: What is in it.
        name: For the ids in it, which differ from those of other pictures on a page.
        title: What it shows.
    """
    done = subprocess.run(
        [str(_NODE), str(_PROGRAM)],
        input=_dot(drawn),
        capture_output=True,
        text=True,
        check=True,
        timeout=_SECONDS,
    )
    return _finished(done.stdout, name=name, title=title, description=" ".join(drawn.sentences()))


def _dot(drawn: Architecture) -> str:
    ids = {key: f"n{number}" for number, key in enumerate(drawn.nodes)}
    lines = [
        "digraph {",
        'rankdir=LR; nodesep=0.18; ranksep=0.4; bgcolor="transparent"; fontname="Helvetica"; fontsize=12;',
        'node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=11, margin="0.12,0.06"];',
        'edge [fontname="Helvetica", fontsize=9, arrowsize=0.6];',
    ]
    for number, (stack, counted) in enumerate(drawn.counted.items()):
        and_more = ", ".join(number_of(many, what) for what, many in sorted(counted.items()))
        head = "\\l".join([_escaped(stack), *_lines(f"with {and_more}" if and_more else "", width=_WIDE), ""])
        lines += [f"subgraph cluster{number} {{", f'label="{head}"; labeljust=l; class="stack";']
        lines += [_node(ids[key], node) for key, node in drawn.nodes.items() if key[0] == stack]
        lines.append("}")
    lines += [_node(ids[key], node) for key, node in drawn.nodes.items() if not key[0]]
    for edge in drawn.edges:
        # A rotation is no step on a message's way, so it does not move what it points to.
        beside = ", constraint=false" if edge.label == "rotates" else ""
        lines.append(f'{ids[edge.start]} -> {ids[edge.end]} [label="{_escaped(edge.label)}"{beside}];')
    return "\n".join([*lines, "}"])


def _node(name: str, node: Node) -> str:
    texts = (node.title, node.what, *node.said)
    words = "\\n".join(line for text in texts for line in _lines(text, width=_WIDTH))
    return f'{name} [label="{words}", class="{node.kind}"];'


def _lines(text: str, *, width: int) -> list[str]:
    return [
        _escaped(line) for line in textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    ]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _finished(svg: str, *, name: str, title: str, description: str) -> str:
    """With title and description, the style sheet, and without what Graphviz adds for itself."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<!--.*?-->\n?|<title>.*?</title>\n?", "", body, flags=re.DOTALL)
    body = re.sub(r' (?:fill|stroke|font-family)="[^"]*"', "", body)
    body = re.sub(r"\n(?=[a-z ])", " ", body)
    width, height = re.findall(r'(?:width|height)="(\d+)pt"', body)[:2]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="architecture" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" style="min-width:min({width}px, 50rem)"'
        f' role="img" aria-labelledby="{name}-title {name}-text">\n'
        f'<title id="{name}-title">{html.escape(title)}</title>\n'
        f'<desc id="{name}-text">{html.escape(description)}</desc>\n'
        f"<style>\n{_STYLE.read_text(encoding='utf-8').strip()}\n</style>\n"
    )
    return re.sub(r"<svg[^>]*>\n?", lambda _: head, body, count=1)


if __name__ == "__main__":
    for path, svg in draw():
        path.write_text(svg, encoding="utf-8")

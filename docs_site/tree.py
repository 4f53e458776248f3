"""Every page of the site, as Markdown, from the repository.

A page keeps its place: ``docs/reference/x.md`` is ``reference/x.md``. What it links to outside of ``docs/``
becomes a page below ``source/``, which shows it. Links are those of the repository until the end, then
replaced.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from constructs_lib.errors import CODES as CONFIGURATION_CODES
from docs_site.api import Renderer, library
from docs_site.errors_pages import SOURCE as ERRORS
from docs_site.errors_pages import error_index, error_pages
from docs_site.links import LinkError, in_prose, links, relative, relinked, resolved
from ops.errors import CODES as OPERATOR_CODES

CHANGELOG: Final = "CHANGELOG.md"
DECISIONS: Final = "docs/decisions"
API: Final = "## API"
_CODES: Final = {**CONFIGURATION_CODES, **OPERATOR_CODES}
_CODE: Final = re.compile(r"(?<!\[)`([a-z]+(?:-[a-z]+)+)`(?!\])")
_LANGUAGES: Final = {
    ".py": "python",
    ".json": "json",
    ".toml": "toml",
    ".yml": "yaml",
    ".html": "html",
    ".sh": "bash",
}


@dataclass
class Tree:
    """The pages of the site.

    Attributes:
        root: The repository.
        pages: The Markdown of each page, by its path in the site.
        files: What is copied as it is, from the repository, by its path in the site.
        missing: Links to what is not there, a sentence each.
    """

    root: Path
    pages: dict[str, str] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def fill(self) -> None:
        """Write every page.

        Raises:
            LinkError: Pages link to something that the repository does not have.
        """
        reference = Reference.read(self.root)
        for path in sorted((self.root / "docs").rglob("*")):
            name = path.relative_to(self.root).as_posix()
            if path.suffix == ".md":
                text = error_index(self.root) if name == ERRORS else path.read_text(encoding="utf-8")
                self._add(_in_site(name), reference.with_api(name, text), origin=name)
            elif path.is_file():
                self.files[name.removeprefix("docs/")] = path
        for name, text in error_pages(self.root).items():
            self._add(name, text, origin=ERRORS)
        self._add(_in_site(DECISIONS), _titles(self.root / DECISIONS), origin=f"{DECISIONS}/index.md")
        self._add("changelog.md", (self.root / CHANGELOG).read_text(encoding="utf-8"), origin=CHANGELOG)
        if self.missing:
            raise LinkError("\n".join(self.missing))

    def _add(self, name: str, text: str, *, origin: str) -> None:
        def moved(target: str) -> str:
            path, anchor = resolved(target, page=origin)
            page = self._place(path, anchor, page=origin)
            kept = "" if path == ERRORS or not anchor else f"#{anchor}"
            return relative(page, page=name) + kept

        if name.startswith("architecture/"):
            text = f"{_WIDE}{text}"
        self.pages[name] = ""  # so that pages may link to each other
        if not name.startswith("errors/"):
            text = _with_errors(text, to=relative(ERRORS, page=origin))
        self.pages[name] = self._with_pictures(relinked(_without_comments(text), moved), page=name)

    def _with_pictures(self, text: str, *, page: str) -> str:
        """A page with its drawings in it, which so have the site's colours, and words that can be found."""

        def drawn(match: re.Match[str]) -> str:
            source = self.root / "docs" / resolved(match[1], page=page)[0]
            frame = '<div class="picture" role="region" aria-label="Drawing" tabindex="0">'
            return f"{frame}\n{source.read_text(encoding='utf-8')}</div>\n"

        return re.sub(r"(?m)^!\[[^\]]*\]\((\S+\.svg)\)$", drawn, text)

    def _place(self, path: str, anchor: str, *, page: str) -> str:
        """Where something of the repository is in the site; it is put there where it is not yet."""
        if path == ERRORS and anchor in _CODES:
            return f"errors/{anchor}.md"
        if path == CHANGELOG:
            return "changelog.md"
        if path == DECISIONS or (path.startswith("docs/") and (self.root / path).is_file()):
            return _in_site(path)
        source = self.root / path
        name = f"source/{path}.md"
        if name not in self.pages:
            if source.is_dir():
                self._add(name, _listing(path, source), origin=f"{path}/index.md")
            elif not source.is_file():
                self.missing.append(f"{page} links to {path}, which is not there")
            elif source.suffix == ".md":
                self._add(name, source.read_text(encoding="utf-8"), origin=path)
            else:
                self.pages[name] = _shown(path, source)
        return name


@dataclass(frozen=True)
class Reference:
    """Which page explains which module.

    Attributes:
        root: The repository.
        modules: The modules of each page, by their paths in the repository.
    """

    root: Path
    modules: dict[str, list[str]]

    @classmethod
    def read(cls, root: Path) -> "Reference":
        """As the section on the API at the end of each reference page links to them."""
        found = {}
        for path in sorted((root / "docs" / "reference").glob("*.md")):
            page = path.relative_to(root).as_posix()
            section = path.read_text(encoding="utf-8").partition(f"\n{API}\n")[2]
            found[page] = [resolved(link, page=page)[0] for link in links(section)]
        return cls(root, found)

    def with_api(self, page: str, text: str) -> str:
        """A page with the signatures and docstrings of its modules in the place of that section."""
        if not self.modules.get(page):
            return text
        renderer = Renderer(library(self.root), lambda module, name: self._link(module, name, page=page))
        return text.partition(f"\n{API}\n")[0] + f"\n{API}\n\n{renderer.modules(self.modules[page])}"

    def page_of(self, module: str) -> str | None:
        """The page that explains a module."""
        return next((page for page, modules in self.modules.items() if module in modules), None)

    def _link(self, module: str, name: str, *, page: str) -> str | None:
        target = self.page_of(module)
        return f"{relative(target, page=page)}#{name}" if target else None


def _in_site(path: str) -> str:
    """The place of a page of ``docs/``. Lists of pages stand at the head of their sections."""
    return {ERRORS: "errors/index.md", DECISIONS: "decisions/index.md"}.get(path) or path.removeprefix(
        "docs/"
    )


def _titles(folder: Path) -> str:
    """A list of the pages of a folder."""
    heads = (
        (path.name, path.read_text(encoding="utf-8").partition("\n")[0])
        for path in sorted(folder.glob("*.md"))
    )
    return "# Decisions\n\n" + "".join(f"- [{head.removeprefix('# ')}]({name})\n" for name, head in heads)


def _with_errors(text: str, *, to: str) -> str:
    """A page whose error codes are links to their pages."""

    def linked(match: re.Match[str]) -> str:
        return f"[{match[0]}]({to}#{match[1]})" if match[1] in _CODES else match[0]

    return in_prose(text, lambda line: line if line.startswith("#") else _CODE.sub(linked, line))


def _without_comments(text: str) -> str:
    """What is said to tests before a block is not for readers."""
    return re.sub(r"(?m)^ *<!-- .* -->\n", "", text)


def _shown(path: str, source: Path) -> str:
    text = source.read_text(encoding="utf-8")
    language = _LANGUAGES.get(source.suffix, "text")
    return f"{_HIDDEN}# `{path}`\n\n````{language}\n{text}````\n"


def _listing(path: str, source: Path) -> str:
    return f"{_HIDDEN}# `{path}/`\n\n" + "".join(f"- [`{name}`]({name})\n" for name in _entries(source))


def _entries(folder: Path) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        if not path.name.startswith((".", "__")):
            yield PurePosixPath(path.name).as_posix()


_WIDE: Final = "---\nhide: [navigation, toc]\n---\n\n"
_HIDDEN: Final = "---\nsearch:\n  exclude: true\n---\n\n"

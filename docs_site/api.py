"""Signatures and docstrings of modules as Markdown, read from the sources by griffe."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

import griffe

from docs_site.docstrings import escaped, to_markdown, without_example

PACKAGES: Final = ("constructs_lib", "stacks")
_NOT_FOR_APPS: Final = ("runtimes", "instance", "__main__")
_LONGEST: Final = 60
_STARS: Final = {griffe.ParameterKind.var_positional: "*", griffe.ParameterKind.var_keyword: "**"}


@dataclass(frozen=True)
class Library:
    """The packages whose modules pages explain.

    Attributes:
        modules: Their public modules, by the path of each in the repository.
    """

    modules: dict[str, griffe.Module]

    @cached_property
    def homes(self) -> dict[str, str]:
        """The module of everything public, by its whole name."""
        return {
            f"{module.path}.{name}": path
            for path, module in self.modules.items()
            for name in public_members(module)
        }

    def classes_named(self, name: str) -> list[griffe.Class]:
        """The public classes of a name; modules that differ may each have one."""
        found = (
            self.modules[path].members[name]
            for whole, path in self.homes.items()
            if whole.endswith(f".{name}")
        )
        return [each for each in found if isinstance(each, griffe.Class)]


@cache
def library(root: Path) -> Library:
    """Read the packages. The code of functions and instances is not for importing, so it is left out."""
    loader = griffe.GriffeLoader(search_paths=[root], allow_inspection=False)
    modules = {}
    for package in PACKAGES:
        for module in _modules(loader.load(package, try_relative_path=False)):
            if isinstance(module.filepath, Path) and public_members(module):
                modules[module.filepath.relative_to(root).as_posix()] = module
    return Library(modules)


def _modules(package: griffe.Object | griffe.Alias) -> Iterator[griffe.Module]:
    if isinstance(package, griffe.Module):
        yield package
        for name, member in package.members.items():
            if name not in _NOT_FOR_APPS:
                yield from _modules(member)


def public_members(module: griffe.Module) -> list[str]:
    """The names of what is defined in a module for others, in the order of the source."""
    return [
        name
        for name, member in module.members.items()
        if not name.startswith("_") and not member.is_alias and not member.is_module
    ]


def anchor(module: griffe.Module, name: str) -> str:
    """The anchor of a class on its page."""
    return f"{module.name}.{name}"


def parameters(owner: griffe.Class | griffe.Function) -> list[griffe.Parameter]:
    """What a caller gives."""
    return [each for each in owner.parameters if each.name not in {"self", "cls"}]


@dataclass(frozen=True)
class Renderer:
    """Writes modules.

    Attributes:
        library: Where the classes are that types name.
        link: A link to a class of a module, by the module's path and the name; None where no page has it.
    """

    library: Library
    link: Callable[[str, str], str | None]

    def modules(self, paths: Sequence[str]) -> str:
        """The section of a page about its modules."""
        return "\n".join(line for path in paths for line in self._module(path, self.library.modules[path]))

    def _module(self, path: str, module: griffe.Module) -> Iterator[str]:
        yield f"### `{module.name}` {{ #{module.name} }}\n"
        yield f"`{module.path}`, [{path}](../../{path})\n"
        if module.docstring:
            yield to_markdown(without_example(module.docstring.value)) + "\n"
        for name in public_members(module):
            member = module.members[name]
            if isinstance(member, griffe.Class):
                yield from self._class(module, member)
            elif isinstance(member, griffe.Function):
                yield f"#### `{name}()` {{ #{anchor(module, name)} }}\n"
                yield from self._function(member)
            elif isinstance(member, griffe.Attribute):
                yield f"#### `{name}` {{ #{anchor(module, name)} }}\n"
                yield from self._attribute(member)

    def _class(self, module: griffe.Module, owner: griffe.Class) -> Iterator[str]:
        yield f"#### `{owner.name}` {{ #{anchor(module, owner.name)} }}\n"
        bases = list(owner.bases)
        told = _Docstring(owner)
        yield told.text + "\n"
        if any(str(base).endswith("Enum") for base in bases):
            yield "".join(
                f"- `{each.name}`{self._value(each)}\n"
                for each in owner.members.values()
                if each.is_attribute and each.name.isupper()
            )
        else:
            yield "Bases: " + ", ".join(map(self._type, bases)) + "\n" if bases else ""
            if parameters(owner):
                yield from self._parameters(owner, told)
        given = {each.name for each in parameters(owner)}
        rest = {name: text for name, text in told.attributes.items() if name not in given}
        if rest:
            yield "**Attributes**\n"
            yield from (f"`{name}`{self._type_of(owner, name)}\n:   {text}\n" for name, text in rest.items())
        yield from self._raises(told)
        for member in owner.members.values():
            name, at = f"{owner.name}.{member.name}", f"{anchor(module, owner.name)}.{member.name}"
            if member.name.startswith("_") or member.name in rest:
                continue
            if isinstance(member, griffe.Function):
                yield f"##### `{name}()` {{ #{at} }}\n"
                yield from self._function(member)
            elif "property" in member.labels:
                yield f"##### `{name}` {{ #{at} }}\n"
                text = to_markdown(member.docstring.value) if member.docstring else ""
                yield f"{self._type_of(owner, member.name).removeprefix(': ')}\n\n{text}\n"

    def _function(self, function: griffe.Function) -> Iterator[str]:
        told = _Docstring(function)
        yield told.text + "\n"
        if parameters(function):
            yield from self._parameters(function, told)
        if function.returns is not None and str(function.returns) != "None":
            text = f": {told.returns}" if told.returns else ""
            yield f"**Returns** {self._type(function.returns)}{text}\n"
        yield from self._raises(told)

    def _attribute(self, attribute: griffe.Attribute) -> Iterator[str]:
        text = to_markdown(attribute.docstring.value) if attribute.docstring else ""
        value = str(attribute.value)
        if len(value) <= _LONGEST and "(" not in value:
            text = f"`{value}`. {text}"
        yield text + "\n"

    def _parameters(self, owner: griffe.Class | griffe.Function, told: "_Docstring") -> Iterator[str]:
        yield "**Parameters**\n"
        if not told.parameters and not told.attributes:  # their names say it
            yield "".join(f"- {self._parameter(each)}\n" for each in parameters(owner))
            return
        for each in parameters(owner):
            text = told.parameters.get(each.name) or told.attributes.get(each.name) or "\\-"
            yield f"{self._parameter(each)}\n:   {text}\n"

    def _parameter(self, parameter: griffe.Parameter) -> str:
        mark = _STARS.get(parameter.kind, "") if parameter.kind else ""
        default = "" if parameter.default is None or mark else f", default `{_short(str(parameter.default))}`"
        kind = f": {self._type(parameter.annotation)}" if parameter.annotation else ""
        return f"`{mark}{parameter.name}`{kind}{default}"

    def _raises(self, told: "_Docstring") -> Iterator[str]:
        if told.raises:
            yield "**Raises**\n"
            yield "".join(f"- `{name}`: {text}\n" for name, text in told.raises)

    def _type_of(self, owner: griffe.Class, name: str) -> str:
        member = owner.members.get(name)
        annotation = getattr(member, "annotation", None) or getattr(member, "returns", None)
        return f": {self._type(annotation)}" if annotation else ""

    def _type(self, annotation: str | griffe.Expr) -> str:
        """A type, whose names of ours are links."""
        parts = annotation.iterate(flat=True) if isinstance(annotation, griffe.Expr) else [annotation]
        return "".join(
            self._named(part.name, part.canonical_path)
            if isinstance(part, griffe.ExprName)
            else escaped(str(part))
            for part in parts
        )

    def _named(self, name: str, whole: str) -> str:
        path = self.library.homes.get(whole)
        target = self.link(path, anchor(self.library.modules[path], name)) if path else None
        return f"[{name}]({target})" if target else escaped(name)

    def _value(self, member: griffe.Object | griffe.Alias) -> str:
        text = f": {to_markdown(member.docstring.value)}" if member.docstring else ""
        value = str(getattr(member, "value", ""))
        return f" = `{value}`{text}" if len(value) <= _LONGEST and "\n" not in value else text


class _Docstring:
    """The sections of a docstring, in Markdown."""

    def __init__(self, owner: griffe.Object) -> None:
        self.text = ""
        self.parameters: dict[str, str] = {}
        self.attributes: dict[str, str] = {}
        self.returns = ""
        self.raises: list[tuple[str, str]] = []
        sections = owner.docstring.parse("google", warnings=False) if owner.docstring else []
        for section in sections:
            match section:
                case griffe.DocstringSectionText():
                    self.text += to_markdown(section.value) + "\n\n"
                case griffe.DocstringSectionParameters():
                    self.parameters |= {each.name: _inside(each.description) for each in section.value}
                case griffe.DocstringSectionAttributes():
                    self.attributes |= {each.name: _inside(each.description) for each in section.value}
                case griffe.DocstringSectionReturns() | griffe.DocstringSectionYields():
                    self.returns = " ".join(to_markdown(each.description) for each in section.value)
                case griffe.DocstringSectionRaises():
                    self.raises = [
                        (str(each.annotation), _inside(each.description)) for each in section.value
                    ]


def _inside(text: str) -> str:
    """Text below a term, whose further lines are indented."""
    return to_markdown(text).replace("\n", "\n    ")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

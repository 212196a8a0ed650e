"""docs/reference/api.md, generated from the sources: the public API with its docstrings.

Owns the list of what is public. It must not know where the page is stored.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from ...strategies.registry import STRATEGIES, name_of
from .markdown import prose, table

# Each package lists its own public names; those of the reference, and the strategies, which have
# their own page, are only listed here.
PACKAGES = ("conformance", "reports", "strategies")
ADAPTERS = ("conformance.adapters", ("Inapplicable",))
_HEADINGS = ("Args:", "Returns:", "Raises:", "Yields:")
_CODE = re.compile(r"``(.+?)``", re.DOTALL)
# An annotation is a string in a module that postpones the evaluation of annotations.
_ANNOTATION = re.compile(r"(?<=: )'([^']*)'|(?<=-> )'([^']*)'|collections\.abc\.")


def api_page() -> str:
    """Returns the whole page."""
    lines = (
        "# Python",
        "",
        *prose(
            "The public API of h11spec. `make docs` generates this page from the sources. A change "
            "of anything listed here has a line in the changelog and a version number that "
            "announces it; anything else may change with any release. Everything has type hints, "
            "and the package ships `py.typed`."
        ),
        *_reference(),
        *_strategies(),
        *(line for name, names in public().items() for line in _module(name, names)),
    )
    return "\n".join(lines).rstrip("\n") + "\n"


def public() -> dict[str, tuple[str, ...]]:
    """Returns the public names that the page documents, for each package that has some."""
    names = {name: tuple(import_module(f"...{name}", __package__).__all__) for name in PACKAGES}
    on_their_own_page = {each.__name__ for each in STRATEGIES}
    names["strategies"] = tuple(
        name for name in names["strategies"] if name not in on_their_own_page
    )
    return {**names, ADAPTERS[0]: ADAPTERS[1]}


def _reference() -> Iterator[str]:
    module = import_module("...reference", __package__)
    names = [
        name
        for name, value in vars(module).items()
        if not (name.startswith("_") or inspect.ismodule(value)) and name != "install_as_h11"
    ]
    yield from ("## h11spec.reference", "")
    yield from prose(
        "The public names of h11 0.16, with the same meaning, for `import h11spec.reference as "
        "h11`. They are documented in h11's own documentation."
    )
    yield from prose(", ".join(f"`{name}`" for name in sorted(names)))
    yield from _member(module, "install_as_h11")


def _strategies() -> Iterator[str]:
    yield from ("## h11spec.strategies", "")
    yield from prose(
        "Each strategy is a function, imported from its module. [A page of their "
        "own](strategies.md) says what each can and cannot produce, with examples, and a [how-to "
        "guide](../how-to/use-the-strategies.md) how to use them."
    )
    rows = [
        (f"`h11spec.{name_of(each)}`", _prose(inspect.getdoc(each) or "").partition("\n\n")[0])
        for each in STRATEGIES
    ]
    yield from table(("strategy", "is"), [(name, _line(text)) for name, text in rows])
    yield ""


def _module(name: str, names: tuple[str, ...]) -> Iterator[str]:
    module = import_module(f"...{name}", __package__)
    yield from (f"## h11spec.{name}", "")
    for each in names:
        yield from _member(module, each)


def _member(module: ModuleType, name: str) -> Iterator[str]:
    """A function, or a class with its own public methods and properties."""
    member: Any = getattr(module, name)
    yield from (f"### {name}", "")
    yield from ("```python", *_signature(name, member), "```", "")
    yield from _documentation(member)
    if inspect.isclass(member):
        rows = [
            (f"`{own}{_parameters(member, own)}`", _line(_prose(_doc(getattr(member, own)))))
            for own in vars(member)
            if not own.startswith("_") and _doc(getattr(member, own, None))
        ]
        if rows:
            yield from table(("member", "is"), rows)
            yield ""


def _signature(name: str, member: Any) -> Iterator[str]:
    """The lines of its definition."""
    for line in _defined(name, member):
        yield _ANNOTATION.sub(lambda match: match[1] or match[2] or "", line)


def _defined(name: str, member: Any) -> Iterator[str]:
    if inspect.isclass(member) and issubclass(member, Exception):
        yield f"class {name}({', '.join(base.__name__ for base in member.__bases__)})"
        return
    signature = inspect.signature(member)
    word = "class" if inspect.isclass(member) else "def"
    if inspect.isclass(member):
        signature = signature.replace(return_annotation=inspect.Signature.empty)
    line = f"{word} {name}{signature}"
    if len(line) <= 100:
        yield line
        return
    yield f"{word} {name}("
    star = False
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not star:
            star = True
            yield "    *,"
        yield f"    {parameter},"
    returns = signature.return_annotation
    yield ")" if returns is inspect.Signature.empty else f") -> {returns}"


def _parameters(owner: type, name: str) -> str:
    """The parameters of a method; "" for a property, or for a field with a default."""
    member = getattr(owner, name)
    if not callable(member):
        return ""
    names = [each for each in inspect.signature(member).parameters if each != "self"]
    return f"({', '.join(names)})"


def _doc(member: Any) -> str:
    """The docstring of a property or method; any other value has only that of its class."""
    documented = callable(member) or isinstance(member, property)
    return (inspect.getdoc(member) or "") if documented else ""


def _documentation(member: Any) -> Iterator[str]:
    """A docstring in Markdown: paragraphs, and a list below each heading."""
    for paragraph in (inspect.getdoc(member) or "").split("\n\n"):
        if paragraph.startswith("    "):
            yield from ("```python", textwrap.dedent(paragraph), "```", "")
            continue
        heading, _, rest = paragraph.partition("\n")
        if heading in _HEADINGS:
            yield from (f"**{heading.removesuffix(':')}**", "")
            for item in re.split(r"\n(?!\s{4,})", inspect.cleandoc(f"\n{rest}")):
                name, colon, text = item.partition(":")
                described = f"`{name}`: {_line(_prose(text))}" if colon else _line(_prose(item))
                yield f"- {described}"
            yield ""
        else:
            yield from prose(_prose(paragraph.replace("::", ":")))


def _prose(text: str) -> str:
    return _CODE.sub(r"`\1`", text)


def _line(text: str) -> str:
    return " ".join(text.split())

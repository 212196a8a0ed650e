"""The house rules that a parser can see: who imports whom, and how large the reference may grow.

Reads the sources and never imports them, so that it judges modules which do not load as well.
"""

import ast
import io
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
# Each package may import itself and what stands to its left.
LAYERS = ("reference", "strategies", "reports", "conformance", "tools")
# Their sources run in the interpreter of a target.
SHIPPED = (
    Path("strategies", "interpreter.py"),
    Path("strategies", "retention.py"),
    Path("strategies", "timing.py"),
    Path("conformance", "targets", "loading.py"),
    *sorted(
        path.relative_to(ROOT) for path in (ROOT / "conformance/execution/shipped").glob("[!_]*.py")
    ),
)
NEWER_THAN_PYTHON_3_8 = frozenset({"graphlib", "tomllib", "zoneinfo"})
# The standard library of PyPy has it.
OF_PYPY = ("pypyjit",)
NO_CODE = frozenset(
    {
        tokenize.COMMENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
        tokenize.INDENT,
        tokenize.NEWLINE,
        tokenize.NL,
    }
)


def modules_of(*packages: str) -> list[Path]:
    found = [path for package in packages for path in (ROOT / package).rglob("*.py")]
    return sorted(path.relative_to(ROOT) for path in found)


def source_of(module: Path) -> str:
    return (ROOT / module).read_text(encoding="utf-8")


class Import(NamedTuple):
    """One imported name in full, as written: relative ones keep their leading dots."""

    line: int
    name: str

    def resolved(self, module: Path) -> str:
        """The absolute name, taken from `module`; beyond the root of h11spec, no name at all."""
        bare = self.name.lstrip(".")
        dots = len(self.name) - len(bare)
        if not dots:
            return bare
        package = ("h11spec", *module.parent.parts)
        return ".".join((*package[: len(package) - dots + 1], bare)) if dots <= len(package) else ""


def imports(source: str) -> Iterator[Import]:
    """Every import in a source, wherever it stands, and every literal import by function call."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (Import(node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                base = "." * level + (f"{module}." if module else "")
                yield from (Import(node.lineno, base + alias.name) for alias in names)
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__")
                | ast.Attribute(attr="import_module" | "__import__")
            ):
                named = [keyword.value for keyword in node.keywords if keyword.arg == "name"]
                for value in (*node.args[:1], *named):
                    if isinstance(value, ast.Constant) and isinstance(value.value, str):
                        yield Import(node.lineno, value.value)
            case _:
                pass


def is_standard(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names


def layer_violations(module: Path, source: str) -> list[str]:
    """What a module of the packages imports and must not."""
    package = module.parts[0]
    allowed = LAYERS[: LAYERS.index(package) + 1]
    found: list[str] = []
    for item in imports(source):
        root, *inner = item.resolved(module).split(".")
        relative = item.name.startswith(".")
        if root == "h11":
            reason = "h11 is for targets, tests and benchmarks"
        elif root == "h11spec" and not relative:
            reason = "absolute import inside the package"
        elif relative and root != "h11spec":
            reason = "beyond the root of the package"
        elif relative and inner[0] in LAYERS and inner[0] not in allowed:
            reason = f"{package} knows nothing of {inner[0]}"
        elif package == "reference" and relative and inner[0] != "reference":
            reason = "the reference stands alone"
        elif package == "reference" and not relative and not is_standard(item.name):
            reason = "the reference needs the standard library alone"
        else:
            continue
        found.append(f"{module}:{item.line}: {item.name}: {reason}")
    return found


def shipping_violations(source: str) -> list[str]:
    """What keeps a module from running on Python 3.8, beside others that are shipped with it."""
    try:
        ast.parse(source, feature_version=(3, 8))
    except SyntaxError as error:
        return [f"line {error.lineno}: not Python 3.8: {error.msg}"]
    together = tuple(f".{path.stem}." for path in SHIPPED)
    elsewhere = (
        f"line {item.line}: {item.name}: not in the standard library of Python 3.8"
        for item in imports(source)
        if not item.name.startswith(together) and item.name not in OF_PYPY
        if not is_standard(item.name) or item.name.partition(".")[0] in NEWER_THAN_PYTHON_3_8
    )
    generic = (f"line {line}: collections.abc is not generic" for line in generic_uses(source))
    return [*elsewhere, *generic]


def generic_uses(source: str) -> list[int]:
    """The lines that evaluate a type such as ``collections.abc.Callable[[], int]``."""
    tree = ast.parse(source)
    imported = {item.name for item in imports(source)}
    names = {name.rpartition(".")[2] for name in imported if name.startswith("collections.abc.")}
    never_evaluated = {
        id(inner)
        for node in ast.walk(tree)
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if annotation is not None
        for inner in ast.walk(annotation)
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and id(node) not in never_evaluated
        if isinstance(node.value, ast.Name) and node.value.id in names
    ]


def code_lines(source: str) -> int:
    """Lines that are neither blank nor comment nor docstring; each line of a long string counts."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in NO_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            match node.body:
                case [ast.Expr(value=ast.Constant(value=str())) as docstring, *_]:
                    last = docstring.end_lineno or docstring.lineno
                    lines.difference_update(range(docstring.lineno, last + 1))
                case _:
                    pass
    return len(lines)


@pytest.mark.parametrize("module", modules_of(*LAYERS), ids=str)
def test_imports_go_one_way(module: Path) -> None:
    """reference <- strategies <- reports <- conformance <- tools, relatively, and h11 nowhere."""
    assert layer_violations(module, source_of(module)) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("strategies/a.py", "from ..reports import Finding"),
        ("strategies/a.py", "from .. import reports"),
        ("strategies/deep/a.py", "from ...conformance.cli import main"),
        ("strategies/deep/__init__.py", "from ...conformance.cli import main"),
        ("reports/a.py", "def f():\n    from ..conformance import check"),
        (
            "reports/a.py",
            "from importlib import import_module\nimport_module('..conformance', 'x')",
        ),
        ("conformance/a.py", "from ..tools import precompute"),
        ("conformance/a.py", "import h11spec.reference"),
        ("conformance/a.py", "from h11spec.conformance.cli.main import main"),
        ("conformance/a.py", "from ...main.reference import Connection"),
        ("conformance/a.py", "import h11"),
        ("conformance/a.py", "from h11._events import Request"),
        ("conformance/a.py", "import importlib\nh11 = importlib.import_module('h11')"),
        ("conformance/a.py", "h11 = importlib.import_module(name='h11')"),
        ("conformance/a.py", "h11 = __import__('h11._connection')"),
        ("reference/a.py", "from ..strategies import programs"),
        ("reference/a.py", "from .. import __version__"),
        ("reference/a.py", "if TYPE_CHECKING:\n    import typing_extensions"),
    ],
)
def test_a_planted_import_is_noticed(module: str, source: str) -> None:
    """The rule above is able to fail, once for every way there is to break it."""
    assert len(layer_violations(Path(module), source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("reference/a.py", "import re\nfrom collections.abc import Iterable\nfrom . import b"),
        ("reference/deep/a.py", "from ..grammar import TOKEN\nfrom .b import c"),
        ("reference/__init__.py", "from .connection import Connection"),
        ("strategies/a.py", "import hypothesis\nfrom ..reference import Connection"),
        ("conformance/deep/a.py", "from ... import __version__\nfrom ...reports import Finding"),
        ("conformance/a.py", "import_module(name)\nimport h11_mypyc"),
    ],
)
def test_an_allowed_import_is_left_alone(module: str, source: str) -> None:
    assert layer_violations(Path(module), source) == []


def test_the_root_module_imports_nothing() -> None:
    """`import h11spec.reference` runs the root module first, and pays for what that imports."""
    assert list(imports(source_of(Path("__init__.py")))) == []


@pytest.mark.parametrize("path", SHIPPED, ids=str)
def test_what_is_shipped_stands_alone_and_is_python_3_8(path: Path) -> None:
    """It runs in interpreters that have neither this package nor a new grammar."""
    assert shipping_violations(source_of(path)) == []


@pytest.mark.parametrize(
    "source",
    [
        "import tomllib",
        "from . import program",
        "from ..reference import Connection",
        "import execnet",
        "from collections.abc import Iterator\nNames = Iterator[str]",
        "match a:\n    case 1:\n        pass",
        "try:\n    pass\nexcept* OSError:\n    pass",
    ],
)
def test_a_planted_flaw_of_what_is_shipped_is_noticed(source: str) -> None:
    assert len(shipping_violations(source)) == 1


def test_the_reference_stays_small() -> None:
    """A model is read from end to end: 900 code lines, and modules of 250 lines all told."""
    sources = {module: source_of(module) for module in modules_of("reference")}
    assert sum(map(code_lines, sources.values())) <= 900
    assert [str(module) for module, text in sources.items() if len(text.splitlines()) > 250] == []


def test_the_reference_hides_nothing_from_the_count() -> None:
    """No data files, and no line that the formatter must leave alone."""
    files = [path for path in (ROOT / "reference").rglob("*") if path.is_file()]
    assert {path.suffix for path in files if path.parent.name != "__pycache__"} == {".py"}
    assert [
        str(module)
        for module in modules_of("reference")
        if any(mark in source_of(module) for mark in ("# fmt:", "# ruff:", "# noqa: E"))
    ] == []


def test_code_lines_counts_code_alone() -> None:
    """Docstrings, comments and blank lines are free; every other line of text is not."""
    source = '''\
"""Module docstring,
two lines."""

# A comment.
import re  # one


class Table:  # two
    """Docstring."""

    ROWS = """three,
    four"""

    def first(
        self,
    ) -> str:  # five, six, seven
        """Docstring."""
        # A comment.
        return self.ROWS  # eight
'''
    assert code_lines(source) == 8

"""The module graph has no circles, and every folder stays small enough to be read.

Reads the sources and never imports them; lazy imports count like all others.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("reference", "strategies", "reports", "conformance", "tools")
SMALL_FOLDERS = ("conformance", "reports", "tools")
MAX_MODULES = 14
MAX_LINES = 400

Graph = dict[str, set[str]]


def sources_of(*packages: str) -> dict[str, str]:
    """Each module of the packages by its path below the root, with its source."""
    paths = (path for package in packages for path in sorted((ROOT / package).rglob("*.py")))
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in paths}


def name_of(path: str) -> str:
    """The dotted name of a module, relative to h11spec."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def folder_of(path: str) -> str:
    return path.rpartition("/")[0]


def imported(path: str, source: str, modules: Mapping[str, str]) -> Iterator[str]:
    """The paths of the modules that a source imports relatively, wherever the import stands."""
    package = folder_of(path).split("/")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            base += node.module.split(".") if node.module else []
            for alias in node.names:
                whole, parent = ".".join([*base, alias.name]), ".".join(base)
                if whole in modules or parent in modules:
                    yield modules.get(whole, modules.get(parent, ""))


def is_init_of(path: str, other: str) -> bool:
    """Whether ``path`` is the ``__init__`` of a package that ``other`` lies in."""
    return path.endswith("__init__.py") and other.startswith(f"{folder_of(path)}/")


def module_graph(sources: Mapping[str, str]) -> Graph:
    """What each module imports; edges between an ``__init__`` and its own modules do not count."""
    modules = {name_of(path): path for path in sources}
    return {
        path: {
            other
            for other in imported(path, source, modules)
            if not is_init_of(path, other) and not is_init_of(other, path)
        }
        for path, source in sources.items()
    }


def folder_graph(graph: Graph) -> Graph:
    """What the modules of each folder import from other folders."""
    folders: Graph = {}
    for path, others in graph.items():
        found = folders.setdefault(folder_of(path), set())
        found |= {folder_of(other) for other in others} - {folder_of(path)}
    return folders


def circle(graph: Graph) -> list[str]:
    """One circle of the graph, or an empty list."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def too_large(sources: Mapping[str, str]) -> list[str]:
    """The folders with too many modules, and the modules with too many lines."""
    counts: dict[str, int] = {}
    for path in sources:
        if not path.endswith("/__init__.py"):
            counts[folder_of(path)] = counts.get(folder_of(path), 0) + 1
    folders = [folder for folder, count in counts.items() if count > MAX_MODULES]
    long = [path for path, text in sources.items() if len(text.splitlines()) > MAX_LINES]
    return [*folders, *long]


@pytest.mark.parametrize("package", PACKAGES)
def test_modules_of_a_package_import_each_other_without_circles(package: str) -> None:
    assert circle(module_graph(sources_of(package))) == []


def test_no_circle_runs_through_several_packages() -> None:
    assert circle(module_graph(sources_of(*PACKAGES))) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_folders_of_a_package_import_each_other_without_circles(package: str) -> None:
    assert circle(folder_graph(module_graph(sources_of(package)))) == []


@pytest.mark.parametrize(
    "late", ["", "if TYPE_CHECKING:\n    ", "def function():\n    ", "class Class:\n    "]
)
def test_a_planted_circle_of_modules_is_found_wherever_the_import_stands(late: str) -> None:
    """Two modules of one folder, and a lazy import back."""
    sources = {
        "conformance/runs/a.py": "from .b import function",
        "conformance/runs/b.py": f"{late}from . import a",
    }
    assert set(circle(module_graph(sources))) == set(sources)


def test_a_planted_circle_of_folders_is_found() -> None:
    """No two modules import each other, and yet each folder needs the other one."""
    sources = {
        "conformance/runs/a.py": "from ..checks.c import name",
        "conformance/runs/b.py": "",
        "conformance/checks/c.py": "",
        "conformance/checks/d.py": "from ..runs import b",
    }
    graph = module_graph(sources)
    assert circle(graph) == []
    assert set(circle(folder_graph(graph))) == {"conformance/runs", "conformance/checks"}


def test_a_package_may_re_export_what_its_modules_define() -> None:
    sources = {
        "reports/html/__init__.py": "from .page import page",
        "reports/html/page.py": "from . import parts",
        "reports/html/parts.py": "",
    }
    assert circle(module_graph(sources)) == []


def test_no_folder_and_no_module_is_too_large() -> None:
    assert too_large(sources_of(*SMALL_FOLDERS)) == []


def test_a_planted_excess_is_found() -> None:
    many = {f"tools/many/module_{number}.py": "" for number in range(MAX_MODULES + 1)}
    enough = {f"tools/enough/module_{number}.py": "" for number in range(MAX_MODULES)}
    long = {"tools/long.py": "\n" * (MAX_LINES + 1), "tools/short.py": "\n" * MAX_LINES}
    init = {"tools/enough/__init__.py": ""}
    assert too_large({**many, **enough, **init, **long}) == ["tools/many", "tools/long.py"]


def test_every_folder_says_what_it_owns_and_what_it_does_not_know() -> None:
    """The docstring of a package has a sentence for either."""
    silent = [
        path
        for path, source in sources_of(*SMALL_FOLDERS).items()
        if path.endswith("__init__.py")
        and len(re.findall(r"\.(?:\s|$)", ast.get_docstring(ast.parse(source)) or "")) < 2
    ]
    assert silent == []

"""What users import stands where they look for it, and costs nothing before it is used."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# A change of this list is a change of the public API: it has a line in the changelog.
PUBLIC = {
    "conformance": {"BaselineError", "Report", "TargetError", "check"},
    "reports": {
        *("Comparison", "Divergence", "Record", "RecordError"),
        *("compare", "read_record", "state_diagram"),
    },
    "strategies": {
        *("Program", "EventSpec", "Typed", "ProgramError"),
        *("Receive", "ReceiveEOF", "NextEvent", "Drain", "Send", "SendFailed", "StartNextCycle"),
        *("Observation", "Raised", "Trace", "run", "run_exchange"),
        *("programs", "conversations", "exchanges", "segmentations"),
        *("variants", "mutations", "reduce"),
    },
}


def seen_by_type_checkers(package: str) -> dict[str, str]:
    """The names that the package imports under TYPE_CHECKING, each with its module."""
    tree = ast.parse((ROOT / package / "__init__.py").read_text("utf-8"))
    return {
        alias.name: f".{node.module}"
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name == alias.asname
    }


@pytest.mark.parametrize("package", PUBLIC)
def test_a_package_exports_its_public_names(package: str) -> None:
    module = import_module(f"h11spec.{package}")
    assert set(module.__all__) == PUBLIC[package]
    assert set(dir(module)) >= PUBLIC[package]
    assert seen_by_type_checkers(package) == vars(module)["_HOMES"]


@pytest.mark.parametrize(
    ("package", "name"), [(package, name) for package in PUBLIC for name in sorted(PUBLIC[package])]
)
def test_a_public_name_is_the_one_that_its_module_defines(package: str, name: str) -> None:
    """Whether or not a module of the package was imported before."""
    module = import_module(f"h11spec.{package}")
    home = import_module(vars(module)["_HOMES"][name], module.__name__)
    assert getattr(module, name) is getattr(home, name)


@pytest.mark.parametrize("package", PUBLIC)
def test_an_unknown_name_is_an_attribute_error(package: str) -> None:
    module = import_module(f"h11spec.{package}")
    with pytest.raises(AttributeError, match=f"h11spec.{package}.* has no attribute 'missing'"):
        _ = module.missing


def test_the_reference_exports_the_names_of_h11() -> None:
    h11, reference = import_module("h11"), import_module("h11spec.reference")
    assert {name for name in h11.__all__ if not hasattr(reference, name)} == set()


@pytest.mark.parametrize("package", PUBLIC)
def test_importing_a_package_imports_no_dependency(package: str) -> None:
    code = (
        f"import sys, h11spec.{package}\n"
        "print(sorted({'click', 'hypothesis', 'jinja2', 'msgspec', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")

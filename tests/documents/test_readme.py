"""README.md and ARCHITECTURE.md: short enough to be read, and true where they can be tried."""

import re
from pathlib import Path
from types import ModuleType

import h11spec
from h11spec import reference
from h11spec.conformance.checks.catalogue import catalogue
from h11spec.conformance.cli.commands import check, checks, gate, report, strategies
from h11spec.conformance.requirements import contract, rfc

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_architecture_fits_on_a_page() -> None:
    """Sixty lines: the words, the layers, the way of the data."""
    assert len((ROOT / "ARCHITECTURE.md").read_text("utf-8").splitlines()) <= 60


def test_every_option_named_exists() -> None:
    """What the README tells users to type is an option of one of the commands that it shows."""
    commands = (each.command for each in (check, checks, gate, report, strategies))
    options = {
        option for command in commands for parameter in command.params for option in parameter.opts
    }
    named = set(re.findall(r"(?<=[ `])--[a-z-]+", README))
    assert named
    assert named <= options


def test_the_numbers_are_those_of_the_data() -> None:
    """How much is checked, required and promised; how many programs that takes has its own page."""
    judged = [each for each in rfc.load() if each.program is not None]
    connection = [each for each in rfc.load() if each.scope == "connection"]
    promises = contract.load().promises
    assert f"sweeps: {len(catalogue())} checks, " in README
    assert f"of {len(judged)} requirements, and breaks" in README
    assert f"of {sum(not each.reason for each in promises)} requirements, and breaks" in README
    assert f"{len(connection)} requirements and {len(promises)} promises, " in README


def test_the_library_examples_run() -> None:
    """Both Python examples of the README, with the reference for the fork of the second."""
    examples = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {"my_fork": reference, "h11spec": h11spec}
    for example in examples:
        exec(example, names)  # noqa: S102 (our own page)
    assert isinstance(names["h11"], ModuleType)
    test = names["test_my_fork_says_what_the_reference_says"]
    assert callable(test)
    test()

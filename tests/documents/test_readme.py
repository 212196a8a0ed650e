"""README.md and ARCHITECTURE.md: short enough to be read, and true where they can be tried."""

import re
from pathlib import Path
from types import ModuleType

import h11spec
from h11spec import reference
from h11spec.conformance.cli import check, strategies

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_architecture_fits_on_a_page() -> None:
    """Sixty lines: the words, the layers, the way of the data."""
    assert len((ROOT / "ARCHITECTURE.md").read_text("utf-8").splitlines()) <= 60


def test_every_link_leads_somewhere() -> None:
    """Links within the repository name files that exist."""
    links = re.findall(r"\]\(((?!http)[^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_option_named_exists() -> None:
    """What the README tells users to type is an option of one of the two commands that it shows."""
    commands = check, strategies
    options = {
        option for command in commands for parameter in command.params for option in parameter.opts
    }
    named = set(re.findall(r"(?<=[ `])--[a-z-]+", README))
    assert named
    assert named <= options


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

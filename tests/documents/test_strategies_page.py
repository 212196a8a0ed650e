"""docs/reference/strategies.md: a section for each strategy, its options, and examples that run."""

import doctest
import inspect
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, find, settings

from h11spec.conformance.cli.commands.strategies import command
from h11spec.strategies.call_shapes import CALL_SHAPES
from h11spec.strategies.model_coverage import DIMENSIONS, REQUIRED
from h11spec.strategies.mutation import mutations
from h11spec.strategies.registry import STRATEGIES, name_of
from h11spec.strategies.variant import variants

PAGE = Path(__file__).parents[2] / "docs/reference/strategies.md"
TEXT = PAGE.read_text("utf-8")
CODE = re.compile(r"^```(python|pycon)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMES = [name_of(strategy) for strategy in STRATEGIES]
# An option in a section: its name and its default.
OPTION = re.compile(r"^- `(-*[\w-]+)(?:=([^`]*))?`:", re.MULTILINE)


def sections(level: str) -> dict[str, str]:
    """The text under each heading of a level, up to the next one of this level or above."""
    parts = re.split(rf"^(?=#{{1,{len(level)}}} )", TEXT, flags=re.MULTILINE)
    pairs = (part.removeprefix(level).partition("\n") for part in parts if part.startswith(level))
    return {heading.strip(): content for heading, _, content in pairs}


BY_STRATEGY = sections("### ")
BY_SUBJECT = sections("## ")


def options(text: str) -> list[tuple[str, str]]:
    return [(match[1], match[2] or "") for match in OPTION.finditer(text)]


def parameters(function: Callable[..., Any]) -> list[tuple[str, str]]:
    return [
        (name, "" if parameter.default is parameter.empty else repr(parameter.default))
        for name, parameter in inspect.signature(function).parameters.items()
    ]


def run(text: str) -> doctest.TestResults:
    """Runs the examples of a part of the page, after the imports at its top."""
    names: dict[str, Any] = {}
    opening = CODE.search(TEXT)
    assert opening is not None
    exec(opening[2], names)  # noqa: S102 (our own page)
    # Without the phase that explains failures, which takes longest.
    quick = settings(phases=[Phase.generate, Phase.shrink], max_examples=3000, derandomize=True)
    names["find"] = partial(find, settings=quick)
    examples = "".join(match[2] for match in CODE.finditer(text) if match[1] == "pycon")
    test = doctest.DocTestParser().get_doctest(examples, names, "examples", str(PAGE), 0)
    output: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(test, out=output.append)
    assert results.failed == 0, "".join(output)
    return results


def test_each_strategy_has_a_section_in_the_order_of_the_registry() -> None:
    assert list(BY_STRATEGY) == NAMES


@pytest.mark.parametrize("strategy", STRATEGIES, ids=NAMES)
def test_a_section_lists_every_option(strategy: Callable[..., Any]) -> None:
    """The options are listed in their order, each with its default."""
    assert options(BY_STRATEGY[name_of(strategy)]) == parameters(strategy)


@pytest.mark.parametrize("name", NAMES)
def test_a_section_says_what_cannot_be_produced(name: str) -> None:
    assert "Cannot produce" in " ".join(BY_STRATEGY[name].split())


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_of_a_section_run(name: str) -> None:
    """There is at least one, and it finds the value shown."""
    assert f"{name.rpartition('.')[2]}(" in BY_STRATEGY[name]
    assert run(BY_STRATEGY[name]).attempted >= 1


@pytest.mark.parametrize(
    "subject", ["Combining them", "Variations and mutations", "Model coverage"]
)
def test_the_other_examples_run(subject: str) -> None:
    assert run(BY_SUBJECT[subject]).attempted >= 4


def test_the_options_of_variants_and_mutations_are_listed() -> None:
    listed = options(BY_SUBJECT["Variations and mutations"])
    assert listed == parameters(variants)[1:] + parameters(mutations)[1:]


def test_every_dimension_of_model_coverage_is_explained() -> None:
    """The page also marks the required ones, and explains every option of the command."""
    section = BY_SUBJECT["Model coverage"]
    rows = re.findall(r"^\| ([\w ]+?) \| [^|]+ \| (\w*) ?\|$", section, re.MULTILINE)
    assert [name for name, _ in rows] == list(DIMENSIONS)
    assert [name for name, required in rows if required == "yes"] == list(REQUIRED)
    assert [name for name, _ in options(section)] == [
        parameter.opts[0] for parameter in command.params
    ]


def test_every_shape_of_calls_is_explained() -> None:
    """The page has the sentence of each, and says which of them only servers have."""
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+\.) \|$", BY_SUBJECT["Model coverage"], re.MULTILINE)
    assert rows == [
        (shape.name + ("" if len(shape.roles) == 2 else " (servers only)"), shape.sentence)
        for shape in CALL_SHAPES
    ]


def test_an_example_with_a_wrong_value_fails() -> None:
    with pytest.raises(AssertionError, match="Failed example"):
        run('```pycon\n>>> find(messages.methods(), lambda method: True)\nb"POST"\n```\n')

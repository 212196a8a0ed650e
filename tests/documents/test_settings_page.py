"""docs/reference/settings.md: it lists every setting, and no other."""

import re
import tomllib
from pathlib import Path

import click
import pytest

from h11spec.conformance.cli.commands.check import command
from h11spec.conformance.cli.configuration import TABLE, meaning, read_settings, settings_of
from h11spec.conformance.cli.option_types import Duration

PAGE = Path(__file__).parents[2] / "docs/reference/settings.md"
TEXT = PAGE.read_text("utf-8")


def test_every_setting_is_listed_with_its_values() -> None:
    listed = re.findall(r"^\| `([a-z-]+)` \| (.*?) \| .+ \|$", TEXT, re.MULTILINE)
    assert dict(listed) == {
        key: meaning(parameter) for key, parameter in settings_of(command).items()
    }


def test_the_example_can_be_read(tmp_path: Path) -> None:
    [example] = re.findall(r"^```toml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    path = tmp_path / "pyproject.toml"
    path.write_text(example)
    context = click.Context(command)
    read_settings(context, None, path)
    assert context.default_map is not None
    assert set(context.default_map) == set(tomllib.loads(example)["tool"]["h11spec"])
    assert TABLE in example


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("500ms", 0.5), ("60s", 60), ("5m", 300), ("1h", 3600), ("60", 60), ("1.5 m", 90)],
)
def test_durations_are_converted_to_seconds(text: str, seconds: float) -> None:
    assert f"`{text}`" in TEXT or text in ("60", "1.5 m")
    assert Duration().convert(text, None, None) == seconds


@pytest.mark.parametrize(
    "text", ["", "s", "5d", "5mm", "1h30m", "-5s", "0ms", "nan", "inf", "1e999"]
)
def test_an_invalid_duration_is_rejected(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a duration greater than 0; give seconds"):
        Duration().convert(text, None, None)

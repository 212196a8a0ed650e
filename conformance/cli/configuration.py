"""``[tool.h11spec]`` of a pyproject.toml: defaults for the options of a command.

Owns how the table is found, validated, and reported if it cannot be used. It must not list the
settings: they follow from the options of the command, and their types from those of the options.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from .option_types import Duration, Phases, Seed

NAME = "pyproject.toml"
TABLE = "[tool.h11spec]"
# In bytes. A larger file is a mistake.
_MAX_BYTES = 2**20

_Test = Callable[[Any], bool]


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, _items(value)))


def _items(value: Any) -> tuple[Any, ...]:
    return tuple(value)


# The TOML values of an option, by its type: in words, and as a test.
_KINDS: tuple[tuple[type[Any], str, _Test], ...] = (
    (Phases, "a string, or a list of strings", lambda each: _is_text(each) or _are_texts(each)),
    (Seed, 'a whole number, or "random"', lambda each: _is_number(each) or _is_text(each)),
    (
        Duration,
        'a number of seconds, or a duration such as "5m"',
        lambda each: _is_number(each) or isinstance(each, float) or _is_text(each),
    ),
    (click.types.BoolParamType, "true or false", lambda each: isinstance(each, bool)),
    (click.types.IntParamType, "a whole number", _is_number),
)


# Of the commands that share a file, only some have it.
_OF_ONE_RUN = "exitfirst"


def read_settings(ctx: click.Context, param: click.Parameter | None, given: Path | None) -> None:
    """Makes the settings of a file the defaults of the current command.

    Args:
        given: the file; None for the nearest pyproject.toml in this folder and its parents.

    Raises click.UsageError when the file cannot be used.
    """
    if ctx.resilient_parsing:  # for shell completion
        return
    path = nearest(Path.cwd()) if given is None else given
    if path is None:
        return
    table = _table(path)
    if table is None:
        if given is not None:
            raise click.UsageError(f"{path} has no {TABLE}; name a file with that table")
        return
    ctx.default_map = {
        **(ctx.default_map or {}),
        **dict(_setting(ctx, path, key, value) for key, value in table.items()),
    }


def nearest(folder: Path) -> Path | None:
    """Returns the pyproject.toml of a folder, or of its nearest parent that has one."""
    for each in (folder, *folder.parents):
        if (each / NAME).is_file():
            return each / NAME
    return None


def settings_of(command: click.Command) -> dict[str, click.Parameter]:
    """Returns the settings of a command, each with the parameter that it is a default of."""
    return {
        _key(parameter): parameter
        for parameter in command.params
        if parameter.expose_value and parameter.name != _OF_ONE_RUN
    }


def meaning(parameter: click.Parameter) -> str:
    """Returns the TOML values of a setting, in words."""
    return _kind(parameter)[0]


def _key(parameter: click.Parameter) -> str:
    return max(parameter.opts, key=len).lstrip("-")


def _kind(parameter: click.Parameter) -> tuple[str, _Test]:
    if parameter.multiple:
        return "a list of strings", _are_texts
    for kind, words, test in _KINDS:
        if isinstance(parameter.type, kind):
            return words, test
    return "a string", _is_text


def _table(path: Path) -> Mapping[str, Any] | None:
    """The table of a file, or None if the file does not have it."""
    try:
        if path.exists() and not path.is_file():
            raise click.UsageError(f"{path} is not a file; name a file with {TABLE}")
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise click.UsageError(f"{path} cannot be read: {error.strerror}") from None
    if len(content) > _MAX_BYTES:
        raise click.UsageError(f"{path} is larger than {_MAX_BYTES:,} bytes, and is not read")
    try:
        whole = tomllib.loads(content.decode())
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise click.UsageError(f"{path}, line {line}: not UTF-8, as TOML must be") from None
    except RecursionError:
        raise click.UsageError(f"{path} cannot be read as TOML: nested too deeply") from None
    except ValueError as error:
        raise click.UsageError(f"{path} is not valid TOML: {error}") from None
    tool = _below(path, whole, "tool")
    return None if tool is None else _below(path, tool, "h11spec")


def _below(path: Path, table: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    if name not in table:
        return None
    if not isinstance(table[name], dict):
        raise click.UsageError(f"{path}: {name!r} is not a table; settings belong in {TABLE}")
    below: dict[str, Any] = table[name]
    return below


def _setting(ctx: click.Context, path: Path, key: str, value: Any) -> tuple[str, Any]:
    """The name of the parameter for a key, and its value."""
    known = settings_of(ctx.command)
    if key not in known:
        close = get_close_matches(key, known, n=1, cutoff=0.5)
        there = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(sorted(known))}"
        raise click.UsageError(f"{path}, {TABLE}: unknown setting {key!r}; {there}")
    parameter = known[key]
    words, test = _kind(parameter)
    if not test(value):
        raise click.UsageError(f"{path}, {TABLE}: {key} = {_shown(value)} is not {words}")
    if isinstance(parameter.type, click.Path):
        value = str(path.parent / os.path.expanduser(value))
    elif key in ("target", "against"):
        value = seen_from(path.parent, value)
    elif isinstance(value, list):
        value = _items(value)
    try:
        parameter.type_cast_value(ctx, value)
    except click.BadParameter as error:
        raise click.UsageError(f"{path}, {TABLE}: {key}: {error.message}") from None
    assert parameter.name is not None
    return parameter.name, value


def seen_from(folder: Path, target: str) -> str:
    """Returns a target, named relative to a folder, as it is named from the current folder."""
    if folder == Path.cwd():
        return target
    prefix, rest = ("pip:", target[4:]) if target.startswith("pip:") else ("", target)
    where, separator, module = rest.rpartition("::") if "::" in rest else (rest, "", "")
    is_path = os.sep in where if prefix else bool(separator)
    path = folder / os.path.expanduser(where)
    # A name without a separator may be a Python on the search path, or a package of an index.
    if is_path and "://" not in where and (path.exists() or where.startswith(".")):
        where = str(path)
    return f"{prefix}{where}{separator}{module}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"

"""``[tool.h11spec]`` of a pyproject.toml: settings that need not be given each time.

Owns where it is looked for, and what is said of one that cannot be used. Which settings there are
follows from the options of the command, and what their values may be from the types of these.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from .option_types import Phases, Seconds, Seed

NAME = "pyproject.toml"
TABLE = "[tool.h11spec]"
# A file of settings has no more; what is larger was not meant.
_LARGEST = 2**20

_Test = Callable[[Any], bool]


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, _items(value)))


def _items(value: Any) -> tuple[Any, ...]:
    return tuple(value)


# What a value may be in TOML, by the type of the option: in words, and as a test.
_KINDS: tuple[tuple[type[Any], str, _Test], ...] = (
    (Phases, "a string, or a list of strings", lambda each: _is_text(each) or _are_texts(each)),
    (Seed, 'a whole number, or "random"', lambda each: _is_number(each) or _is_text(each)),
    (
        Seconds,
        'a number of seconds, or a duration such as "5m"',
        lambda each: _is_number(each) or isinstance(each, float) or _is_text(each),
    ),
    (click.types.BoolParamType, "true or false", lambda each: isinstance(each, bool)),
    (click.types.IntParamType, "a whole number", _is_number),
)


def read_settings(ctx: click.Context, param: click.Parameter | None, given: Path | None) -> None:
    """Makes what the file says the defaults of the command that is being read.

    Args:
        given: the file, None for the nearest pyproject.toml of this folder and its parents.

    Raises click.UsageError when it cannot be used.
    """
    if ctx.resilient_parsing:  # as when a shell asks what may come next
        return
    path = nearest(Path.cwd()) if given is None else given
    if path is None:
        return
    table = _table(path)
    if table is None:
        if given is not None:
            raise click.UsageError(f"{path} has no {TABLE}; name a file that has one")
        return
    ctx.default_map = {
        **(ctx.default_map or {}),
        **dict(_setting(ctx, path, key, value) for key, value in table.items()),
    }


def nearest(folder: Path) -> Path | None:
    """Returns the pyproject.toml of this folder, or of the nearest one above it that has one."""
    for each in (folder, *folder.parents):
        if (each / NAME).is_file():
            return each / NAME
    return None


def settings_of(command: click.Command) -> dict[str, click.Parameter]:
    """Returns the settings that a command can be given in a file, each with its parameter."""
    return {_key(parameter): parameter for parameter in command.params if parameter.expose_value}


def meaning(parameter: click.Parameter) -> str:
    """Returns in words what the setting of a parameter may be in TOML."""
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
    """The table of a file, or None if it has none."""
    try:
        if path.exists() and not path.is_file():
            raise click.UsageError(f"{path} is no file; name one that has {TABLE}")
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise click.UsageError(f"{path} cannot be read: {error.strerror}") from None
    if len(content) > _LARGEST:
        raise click.UsageError(f"{path} has more than {_LARGEST:,} bytes, and is not read")
    try:
        whole = tomllib.loads(content.decode())
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise click.UsageError(f"{path}, line {line}: not UTF-8, which TOML must be") from None
    except RecursionError:
        raise click.UsageError(f"{path} is no TOML that can be read: nested too deeply") from None
    except ValueError as error:
        raise click.UsageError(f"{path} is not TOML: {error}; correct it there") from None
    tool = _below(path, whole, "tool")
    return None if tool is None else _below(path, tool, "h11spec")


def _below(path: Path, table: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    if name not in table:
        return None
    if not isinstance(table[name], dict):
        raise click.UsageError(f"{path}: {name!r} is no table; settings stand below {TABLE}")
    below: dict[str, Any] = table[name]
    return below


def _setting(ctx: click.Context, path: Path, key: str, value: Any) -> tuple[str, Any]:
    """The name of the parameter that the key stands for, and the value for it."""
    known = settings_of(ctx.command)
    if key not in known:
        close = get_close_matches(key, known, n=1, cutoff=0.5)
        there = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(sorted(known))}"
        raise click.UsageError(f"{path}, {TABLE}: there is no setting {key!r}; {there}")
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
    """Returns a target as it is named here that is named so in that folder."""
    if folder == Path.cwd():
        return target
    prefix, rest = ("pip:", target[4:]) if target.startswith("pip:") else ("", target)
    where, separator, module = rest.rpartition("::") if "::" in rest else (rest, "", "")
    is_path = os.sep in where if prefix else bool(separator)
    path = folder / os.path.expanduser(where)
    # A name alone may be a Python on the search path, or a package of an index.
    if is_path and "://" not in where and (path.exists() or where.startswith(".")):
        where = str(path)
    return f"{prefix}{where}{separator}{module}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"

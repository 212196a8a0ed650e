"""Plants mistakes into copies of h11: small replacements in its source, loaded as a module.

Owns the copies and their names; ``planted/plants.toml`` has the mistakes.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import h11

from h11spec.strategies.program import Program

FILE = Path(__file__).with_name("planted") / "plants.toml"


@dataclass(frozen=True)
class Edit:
    """A replacement in a file of h11; ``old`` occurs in it once."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Plant:
    """A mistake, the requirements that state what it breaks, and whether it allows smuggling.

    ``program`` shows it, where the vectors do not, as one of the check with the id ``check``.
    """

    name: str
    right: tuple[str, ...]
    smuggling: bool
    edits: tuple[Edit, ...]
    program: Program | None = None
    check: str = "agreement/drawn-programs"


@cache
def plants() -> tuple[Plant, ...]:
    """Returns the mistakes, in the order of the file."""
    return tuple(
        Plant(
            form["name"],
            tuple(form["right"]),
            form["smuggling"],
            tuple(Edit(**edit) for edit in form["edit"]),
            Program.from_json(json.loads(form["program"])) if "program" in form else None,
            form.get("check", Plant.check),
        )
        for form in tomllib.loads(FILE.read_text("utf-8"))["plant"]
    )


def planted(plant: Plant, folder: Path, name: str) -> ModuleType:
    """Returns a copy of h11 with a mistake, as a module of this name in a folder."""
    package = folder / name
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(h11.__file__).parent, package, ignore=ignored)
    init = package / "__init__.py"
    # h11 imports its own modules by its name.
    init.write_text(init.read_text("utf-8").replace("from h11.", "from ."), "utf-8")
    for edit in plant.edits:
        file = package / edit.file
        text = file.read_text("utf-8")
        assert text.count(edit.old) == 1, f"{plant.name}: {edit.old!r} does not occur once"
        file.write_text(text.replace(edit.old, edit.new), "utf-8")
    spec = importlib.util.spec_from_file_location(
        name, init, submodule_search_locations=[str(package)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module

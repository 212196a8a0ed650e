"""The reference's machines as they are kept, so that nobody has to wait for the search.

Owns the file, which is void as soon as the reference, the letters or the search change. Whoever
reads it then waits for the search.
"""

from __future__ import annotations

import json
import zlib
from functools import cache
from pathlib import Path
from typing import Any

from ..programs import Json, Role
from ..provenance import SIZE, made_by
from . import alphabet, exploring, mealy
from .exploring import Explored, explored
from .mealy import Machine

FILE = Path(__file__).with_name("machines.bin")


@cache
def machine(role: Role) -> Explored:
    """Returns the reference's machine in one role, as it is kept if that is what it would be."""
    content = FILE.read_bytes() if FILE.exists() else b""
    if content[:SIZE] != _made_by():
        return explored(role)
    return _read(role, json.loads(zlib.decompress(content[SIZE:]))[role])


def content() -> bytes:
    """Returns what the file should hold."""
    forms = {role: _form(explored(role)) for role in alphabet.ROLES}
    return _made_by() + zlib.compress(json.dumps(forms, separators=(",", ":")).encode(), 9)


def _made_by() -> bytes:
    modules = (alphabet, exploring, mealy)
    return made_by(alphabet.FILE, *(Path(module.__file__ or "") for module in modules))


def _form(found: Explored) -> Json:
    """One machine: what single steps showed is kept once, and outputs as numbers of that."""
    observations: dict[str, int] = {}
    outputs = [
        [observations.setdefault(json.dumps(each), len(observations)) for each in output]
        for output in found.outputs
    ]
    return {
        "transitions": found.machine.transitions,
        "seen": found.machine.seen,
        "observations": [json.loads(each) for each in observations],
        "outputs": outputs,
        "arrows": found.arrows,
        "moves": found.moves,
        "cover": found.cover,
    }


def _read(role: Role, form: Any) -> Explored:
    rows = tuple(
        tuple(None if each is None else (each[0], each[1]) for each in row)
        for row in form["transitions"]
    )
    observations = form["observations"]
    return Explored(
        role,
        Machine(rows, tuple(form["seen"])),
        tuple(tuple(observations[number] for number in output) for output in form["outputs"]),
        tuple((arrow[0], arrow[1], arrow[2]) for arrow in form["arrows"]),
        tuple(tuple(tuple(went) for went in row) for row in form["moves"]),
        tuple(map(tuple, form["cover"])),
    )

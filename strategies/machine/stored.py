"""The reference's machines as the package ships them, so that runs need not wait for the search.

Owns the file. It is used only while its fingerprint is that of the reference, the alphabet and the
search; otherwise the machine is searched for again.
"""

from __future__ import annotations

import json
import zlib
from functools import cache
from pathlib import Path
from typing import Any

from .. import internals
from ..fingerprint import SIZE, source_fingerprint
from ..program import Json, Role
from . import alphabet, exploration, mealy
from .exploration import ReferenceMachine, explore
from .mealy import Machine

FILE = Path(__file__).with_name("machines.bin")


@cache
def machine(role: Role) -> ReferenceMachine:
    """Returns the reference's machine in one role: the stored one if it is current."""
    content = FILE.read_bytes() if FILE.exists() else b""
    if content[:SIZE] != _fingerprint():
        return explore(role)
    return _read(role, json.loads(zlib.decompress(content[SIZE:]))[role])


def content() -> bytes:
    """Returns what the file should hold."""
    forms = {role: _form(explore(role)) for role in alphabet.ROLES}
    return _fingerprint() + zlib.compress(json.dumps(forms, separators=(",", ":")).encode(), 9)


def _fingerprint() -> bytes:
    modules = (alphabet, exploration, mealy, internals)
    return source_fingerprint(alphabet.FILE, *(Path(module.__file__ or "") for module in modules))


def _form(found: ReferenceMachine) -> Json:
    """One machine; each observation is stored once, and outputs refer to it by its number."""
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
        "state_transitions": found.state_transitions,
        "traversed": found.traversed,
        "cover": found.cover,
    }


def _read(role: Role, form: Any) -> ReferenceMachine:
    rows = tuple(
        tuple(None if each is None else (each[0], each[1]) for each in row)
        for row in form["transitions"]
    )
    observations = form["observations"]
    return ReferenceMachine(
        role,
        Machine(rows, tuple(form["seen"])),
        tuple(tuple(observations[number] for number in output) for output in form["outputs"]),
        tuple((each[0], each[1], each[2]) for each in form["state_transitions"]),
        tuple(tuple(tuple(numbers) for numbers in row) for row in form["traversed"]),
        tuple(map(tuple, form["cover"])),
    )

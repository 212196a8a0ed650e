"""An executable machine made from the tables and rules of transitions.toml.

Knows no implementation, no bytes and no message framing: states are their names, an event is a
`Meaning`, and the data file alone says which transitions are allowed.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

Role = Literal["client", "server"]
Cell = tuple[Role, str, str]
Joint = tuple[str, str]

# tomllib has no more precise type for its result.
DATA: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("transitions.toml").read_text(encoding="utf-8")
)
ROLES: tuple[Role, Role] = ("client", "server")


def all_cells() -> list[Cell]:
    """Every cell of both tables, including absent ones."""
    return [
        (role, state, column)
        for role in ROLES
        for state in DATA[role]["table"]
        for column in DATA[role]["columns"]
    ]


def listed_cells(key: str) -> dict[Cell, str]:
    """The cells of one list in the data file, each with the reason why it is listed."""
    return {
        (entry["machine"], state, column): entry["reason"]
        for entry in DATA[key]
        for state in entry["states"]
        for column in entry["columns"]
    }


def reachable_joint_states() -> set[Joint]:
    return {(client, server) for client, row in DATA["reachable"].items() for server in row}


@dataclass(frozen=True)
class Meaning:
    """The properties of an event that matter to the state machine."""

    kind: str
    status: int = 0
    proposes: frozenset[str] = frozenset()
    closes: bool = False


@dataclass(frozen=True)
class Machine:
    """The states of both machines, and the two facts that they remember."""

    client: str = "IDLE"
    server: str = "IDLE"
    keep_alive: bool = True
    proposals: frozenset[str] = frozenset()

    @property
    def joint(self) -> Joint:
        return self.client, self.server

    def state(self, role: Role) -> str:
        return self.client if role == "client" else self.server

    def moved(self, role: Role, state: str) -> Machine:
        return replace(self, client=state) if role == "client" else replace(self, server=state)

    def with_joint(self, joint: Joint) -> Machine:
        return replace(self, client=joint[0], server=joint[1])

    def failed(self, role: Role) -> Machine:
        return self.moved(role, "ERROR").settled()

    def settled(self) -> Machine:
        return _settled(self)

    def fits(self, condition: dict[str, str | bool]) -> bool:
        """Whether the whole condition of a rule holds; `proposals` means that there are any."""
        is_now = {
            "client": self.client,
            "server": self.server,
            "keep_alive": self.keep_alive,
            "proposals": bool(self.proposals),
        }
        return all(is_now[key] == value for key, value in condition.items())


@cache
def _settled(machine: Machine) -> Machine:
    """Applies the first rule that fits, repeatedly, until none fits."""
    for rule in DATA["rule"]:
        if machine.fits(rule["when"]):
            return _settled(replace(machine, **rule["then"]))
    return machine


@dataclass(frozen=True)
class Reaction:
    """The machine after an event, the cells looked up, and whether the last one was absent."""

    machine: Machine
    cells: tuple[Cell, ...]
    refused: bool


def react(machine: Machine, role: Role, meaning: Meaning) -> Reaction:
    """The required reaction to an event with this meaning from `role`."""
    column = _column(machine, role, meaning)
    if machine.state(role) == "ERROR":
        return Reaction(machine, ((role, "ERROR", column),), refused=True)
    moves: list[tuple[Role, str]] = [(role, column)]
    if meaning.kind == "Request" and role == "client":
        moves.append(("server", "request of the client"))
    after = _remember(machine, role, meaning, column)
    cells: list[Cell] = []
    for mover, its_column in moves:
        state = after.state(mover)
        cells.append((mover, state, its_column))
        target = DATA[mover]["table"][state].get(its_column)
        if target is None:
            return Reaction(after.failed(role), tuple(cells), refused=True)
        after = after.moved(mover, target)
    return Reaction(after.settled(), tuple(cells), refused=False)


def _column(machine: Machine, role: Role, meaning: Meaning) -> str:
    if role == "server" and meaning.status == 101:
        return "accepted upgrade" if "UPGRADE" in machine.proposals else "unproposed upgrade"
    if role == "server" and 200 <= meaning.status < 300 and "CONNECT" in machine.proposals:
        return "accepted connect"
    return meaning.kind


def _remember(machine: Machine, role: Role, meaning: Meaning, column: str) -> Machine:
    proposals = machine.proposals
    if role == "client":
        proposals |= meaning.proposes
    if column == "Response":
        proposals = frozenset[str]()
    return replace(
        machine, keep_alive=machine.keep_alive and not meaning.closes, proposals=proposals
    )

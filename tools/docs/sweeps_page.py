"""The generated parts of docs/reference/sweeps.md.

Owns which messages each class represents. It must not know the rest of the page, which is written
by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...conformance.checks import contract as contract_checks
from ...conformance.checks import exhaustive, properties
from ...conformance.checks.check import Check
from ...conformance.requirements import contract, surface
from ...strategies.exhaustive import octets
from ...strategies.exhaustive.framing import FIELDS, REQUESTS, RESPONSES
from ...strategies.program import SENDABLE
from .markdown import table
from .sweep_factors import marks, product

# What each class represents: all messages that RFC 9112 §6.3 and h11 treat alike.
_REQUESTS = {
    (b"GET", b"1.1"): "any method but CONNECT, in version 1.1 or later; HEAD is received "
    "alike, and only answered differently",
    (b"HEAD", b"1.0"): "any method but CONNECT, in a version before 1.1",
    (b"CONNECT", b"1.1"): "the method that asks for a tunnel",
    (b"CONNECT", b"1.0"): "the same from an older client: its connection ends on a refusal",
}
_RESPONSES = {
    (b"GET", b"1.1", False, 200): "any final status but 204 and 304 in response to any method but "
    "HEAD and CONNECT",
    (b"GET", b"1.0", False, 200): "the same with a peer older than 1.1: it gets no chunks, and the "
    "connection ends",
    (b"GET", b"1.1", False, 204): "the status that never has a body",
    (b"GET", b"1.1", False, 304): "the status without a body that may state its length",
    (b"GET", b"1.0", False, 304): "the same with a peer older than 1.1",
    (b"HEAD", b"1.1", False, 200): "any final response to HEAD: it may state the length of a body",
    (b"HEAD", b"1.0", False, 200): "the same with a peer older than 1.1",
    (b"CONNECT", b"1.1", False, 200): "any 2xx in response to CONNECT: a tunnel begins",
    (b"CONNECT", b"1.0", False, 200): "the same with a peer older than 1.1",
    (b"CONNECT", b"1.1", False, 407): "any other final response to CONNECT: as to GET, and the "
    "tunnel is refused",
    (b"GET", b"1.1", True, 101): "the response that switches protocols, if that was asked for",
    (b"GET", b"1.0", True, 101): "the same with a peer older than 1.1",
    (b"GET", b"1.1", False, 100): "any informational status but 101: another response follows",
}


def sweeping() -> tuple[Check, ...]:
    """Returns the checks of the page that run programs."""
    types = (check for check in contract_checks.checks() if check.area == "types")
    return (*exhaustive.CHECKS, *types, *properties.CHECKS)


def counts() -> Iterator[str]:
    """Yields the table of the programs and steps of each check, and their factors."""
    rows: list[tuple[object, ...]] = []
    total = [0, 0]
    for check in sweeping():
        sizes = [len(program.steps) for program in check.programs()]
        rows.append((f"`{check.id}`", len(sizes), sum(sizes), product(check.id)))
        total = [total[0] + len(sizes), total[1] + sum(sizes)]
    yield from table(("check", "programs", "steps", "product of"), [*rows, ("all", *total, "")])


def positions() -> Iterator[str]:
    """Yields the marked templates of the octet sweeps."""
    yield "```text"
    spaces = (
        ("received", [(each.production, each.message) for each in octets.RECEIVED]),
        ("arriving", [(each.production, each.message) for each in octets.ARRIVING]),
        ("sent", [(_argument(each), each.template) for each in octets.SENT]),
    )
    for name, templates in spaces:
        yield f"{name}:"
        for what, template in templates:
            yield f"  {what:<46} {marks([template]):>3}  {str(template)[1:]}"
    yield "```"


def _argument(argument: Any) -> str:
    field = argument.field.decode()
    of = "of a field's name" if field == "name" else f"of {field}" if field else ""
    return f"{argument.event}.{argument.name} {of}".rstrip()


def fields() -> Iterator[str]:
    """Yields the table of the framing fields with their values."""
    values: dict[bytes, list[bytes]] = {}
    for name, value in FIELDS:
        values.setdefault(name, []).append(value)
    rows = (
        (f"`{name.decode()}`", len(each), ", ".join(map(_value, each)))
        for name, each in values.items()
    )
    yield from table(("field", "number", "values"), rows)


def _value(value: bytes) -> str:
    if not value:
        return "the empty value"
    if len(value) > 9 and len(set(value)) == 1:
        return f"{len(value)} times `{chr(value[0])}`"
    return f"`{value.decode()}`"


def classes() -> Iterator[str]:
    """Yields the tables of the classes of requests and responses, and what each stands for."""
    header = ("method", "version", "asks to switch", "status", "stands for")
    yield from table(
        (*header[:2], header[4]),
        (
            (method.decode(), version.decode(), _REQUESTS[method, version])
            for method, version in REQUESTS
        ),
    )
    yield ""
    yield from table(header, map(_response_class, RESPONSES))


def _response_class(response: tuple[bytes, bytes, bool, int]) -> tuple[object, ...]:
    method, version, switch, status = response
    switches = "yes" if switch else "no"
    return method.decode(), version.decode(), switches, status, _RESPONSES[response]


def types() -> Iterator[str]:
    """Yields the table of the documented types of each argument of an event."""
    rows = (
        (f"`{each.of}`", f"`{each.name}`", ", ".join(each.documented))
        for each in contract.load().parameters
        if each.of in SENDABLE
    )
    yield from table(("event", "argument", "documented types"), rows)


def expressions() -> Iterator[str]:
    """Yields the table of the groups of expressions over the API."""
    groups: dict[str, list[surface.Expression]] = {}
    for each in surface.load():
        groups.setdefault(each.group, []).append(each)
    checks = [check for check in contract_checks.checks() if check.area == "api"]
    rows: list[tuple[object, ...]] = [
        (f"`{check.id}`", check.level, len(group))
        for check, group in zip(checks, groups.values(), strict=True)
    ]
    total = sum(map(len, groups.values()))
    yield from table(("check", "level", "expressions"), [*rows, ("all", "", total)])


PARTS = {
    "counts": counts,
    "positions": positions,
    "fields": fields,
    "classes": classes,
    "types": types,
    "expressions": expressions,
}

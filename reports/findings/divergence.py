"""The first difference between two traces of one program.

Owns the comparison: what counts as a difference, and of which aspect it is. It must not know how
the traces were made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...strategies.program import Call, Json, Program, Read, Send, Step, is_list, is_object, step_on
from ...strategies.projection import plain_step
from ...strategies.traces import Observation, Trace, exact, walk
from .deviations import UPSTREAM_DEVIATIONS, Deviation
from .difference import Difference

# Differences that fail only a strict run: neither the type of bytes-like data nor the text of an
# error is promised.
SOFT_ASPECTS = ("type", "text")
# Exceptions that no call may raise, whatever its arguments are.
FAULTS = ("SystemExit", "KeyboardInterrupt", "GeneratorExit", "RecursionError", "MemoryError")
_STATES = ("client", "server")
_ATTRIBUTES = ("trailing", "version", "client_waits", "they_wait", "blind")
_TYPES = ("bytearray", "memoryview", "text")


@dataclass(frozen=True)
class Divergence:
    """A step of a program in which two traces differ, mostly the first one, and how.

    ``states_before`` are the states of client and server before that step on the expected side,
    whose trace ends with the step. With ``other``, an equivalent program, ``expected`` is the whole
    trace of that program on the target, and ``step`` does not point at a particular step.
    ``before`` are the programs that the target must have run in the same process, with what it
    showed: without them it does not differ.
    """

    program: Program
    step: int
    states_before: tuple[str, str]
    difference: Difference
    expected: Trace
    actual: Trace
    other: Program | None = None
    before: tuple[tuple[Program, Trace], ...] = ()

    @property
    def step_kind(self) -> str:
        """The name of the step, and the type of an event that it sends."""
        return step_kind(self.program.steps[self.step])

    @property
    def identity(self) -> str:
        """The text that two divergences share if they differ only in bytes and values."""
        if self.other is not None:
            return str(self.difference)
        return f"{self.step_kind} in {'/'.join(self.states_before)}: {self.difference}"


@dataclass(frozen=True)
class Comparison:
    """The result of comparing two traces.

    ``divergence`` is the first that is more than a difference in type or text. If that is one in an
    attribute alone, ``later`` has those in other attributes, and the first in anything else.
    ``soft`` has the differences in type and text before, the first of each identity;
    ``deviations`` has the names of the upstream deviations that the target took. ``inapplicable``
    says that the comparison ended at a step that one side cannot express.
    """

    divergence: Divergence | None
    soft: tuple[Divergence, ...] = ()
    deviations: frozenset[str] = frozenset()
    inapplicable: bool = False
    later: tuple[Divergence, ...] = ()


AGREES = Comparison(None)


def step_kind(step: Step) -> str:
    """Returns the name of the step, with the type of event, method or property that it is about.

    A call is the step of version 1 that makes the same call, if there is one: a fault that both of
    them show is one finding.
    """
    _, single = step_on(step)
    if isinstance(single, Call):
        single = plain_step(single) or single
    if isinstance(single, Send):
        return f"send {single.event.type}"
    name: str = single.to_json()["do"]
    if isinstance(single, (Call, Read)):
        return f"{name} {single.method if isinstance(single, Call) else single.name}"
    return name


def compare(
    program: Program,
    expected: Iterable[Observation],
    actual: Trace,
    deviations: Sequence[Deviation] | None = None,
) -> Comparison:
    """Compares the traces of ``program`` step by step, up to the first divergence.

    An attribute of the connection that differs alone does not end the comparison.

    Args:
        expected: the trace of the expected side, or an iterator that runs it; no observation after
            the end of the comparison is taken from it.
        actual: the trace of the target.
        deviations: where the expected side allows a second outcome; the comparison continues after
            them. None stands for those of the reference.
    """
    soft: dict[str, Divergence] = {}
    hard: dict[str, Divergence] = {}
    taken: set[str] = set()
    inapplicable = False
    for found in _all_divergences(program, expected, actual, deviations):
        if found is None:
            inapplicable = True
            break
        if isinstance(found, str):
            taken.add(found)
        elif found.difference.aspect in SOFT_ASPECTS:
            soft.setdefault(found.identity, found)
        elif found.difference.aspect == "attribute":
            # It mostly differs in the steps after it as well.
            hard.setdefault(found.difference.field, found)
        else:
            hard[""] = found
            break
    if not (soft or hard or taken or inapplicable):
        return AGREES
    divergences = [*hard.values()]
    first = divergences[0] if divergences else None
    passed = tuple(soft.values())
    return Comparison(first, passed, frozenset(taken), inapplicable, tuple(divergences[1:]))


def all_divergences(
    program: Program,
    expected: Iterable[Observation],
    actual: Trace,
    deviations: Sequence[Deviation] | None = None,
) -> Iterator[Divergence]:
    """Yields the differences of all steps, also of those after the first divergence.

    They may be effects of an earlier one. The arguments are those of ``compare``.
    """
    for found in _all_divergences(program, expected, actual, deviations):
        if isinstance(found, Divergence):
            yield found


def _all_divergences(
    program: Program,
    expected: Iterable[Observation],
    actual: Trace,
    deviations: Sequence[Deviation] | None,
) -> Iterator[Divergence | str | None]:
    """Yields each divergence, and the name of each upstream deviation that the target takes.

    None comes last, if a step cannot be expressed by one side.
    """
    allowed_deviations = UPSTREAM_DEVIATIONS if deviations is None else deviations
    observed: list[Json] = []
    pairs = zip(walk(program, expected), actual.form, strict=False)
    for step, ((_, last, observation), other) in enumerate(pairs):
        before, one = last.form, observation.form
        observed.append(one)
        if "inapplicable" in one or "inapplicable" in other:
            yield None
            return
        if _same(one, other):
            continue
        for found in _differences(one, other):
            name = next((name for name, allows in allowed_deviations if allows(found, before)), "")
            if name:
                yield name
                continue
            states = before.get("client", "?"), before.get("server", "?")
            yield Divergence(program, step, states, found, Trace([*observed]), actual)


def _differences(one: Json, other: Json) -> Iterator[Difference]:
    """Yields the differences in one step, the most informative ones first."""
    yield from _fault_differences(one.get("fault"), other.get("fault"))
    yield from _outcome_differences(_outcome(one), _outcome(other))
    for role in _STATES:
        expected, actual = one.get(role), other.get(role)
        if expected != actual:
            yield Difference("state", role, expected, actual, str(expected), str(actual))
    for name in _ATTRIBUTES:
        yield from _value_differences("attribute", name, one.get(name), other.get(name))


def _fault_differences(expected: Json | None, actual: Json | None) -> Iterator[Difference]:
    kinds = _fault_kind(expected), _fault_kind(actual)
    if kinds[0] != kinds[1]:
        field = (actual or expected or {})["kind"]
        yield Difference("fault", field, expected, actual, *kinds)


def _fault_kind(fault: Json | None) -> str:
    return "no fault" if fault is None else f"{fault['kind']} {fault['detail']}".strip()


def _outcome(form: Json) -> list[Json]:
    """The outcome of a step, in order: events and then an exception, or the returned value."""
    outcome = list(form.get("events", ()))
    if "raised" in form:
        outcome.append({"raised": form["raised"]})
    elif "returned" in form:
        outcome.append({"returned": form["returned"]})
    return outcome


def _kind(item: Json | None) -> str:
    if item is None:
        return "nothing"
    if "raised" in item:
        raised = item["raised"]
        hint = raised.get("hint")
        if hint is None:
            return str(raised["class"])
        return f"{raised['class']} {'with a strange hint' if is_object(hint) else hint}"
    if "returned" in item:
        return "a value"
    return str(item["type"])


def _outcome_differences(expected: list[Json], actual: list[Json]) -> Iterator[Difference]:
    for at in range(max(len(expected), len(actual))):
        one = expected[at] if at < len(expected) else None
        other = actual[at] if at < len(actual) else None
        if _same(one, other):
            continue
        kinds = _kind(one), _kind(other)
        if one is None or other is None or kinds[0] != kinds[1]:
            yield Difference(_outcome_aspect(one, other), "outcome", one, other, *kinds, at)
            return  # later items no longer correspond
        yield from (replace(each, at=at) for each in _item_differences(one, other, kinds[0]))


def _item_differences(one: Json, other: Json, kind: str) -> Iterator[Difference]:
    """Yields the differences between two alike items in the outcomes of a step."""
    if "raised" in one:
        yield from _error_differences(one["raised"], other["raised"])
    elif "returned" in one:
        yield from _value_differences("bytes", "returned", one["returned"], other["returned"])
    else:
        for name in sorted(one.keys() | other.keys()):
            values = event_field(one, name), event_field(other, name)
            found = _value_differences("event", name, *values, kind)
            yield from (replace(difference, event=one) for difference in found)


def event_field(event: Json, name: str) -> Any:
    """Returns the value of a field of an event.

    An event has no raw fields in its JSON form where they equal the normalised ones.
    """
    return event.get(name, event.get("headers") if name == "raw_headers" else None)


def _outcome_aspect(*items: Json | None) -> str:
    raised = [item["raised"]["class"] for item in items if item is not None and "raised" in item]
    if any(name in FAULTS for name in raised):
        return "fault"
    return "error" if raised else "event"


def _error_differences(one: Json, other: Json) -> Iterator[Difference]:
    for name in ("by", "family"):
        if one[name] != other[name]:
            yield Difference("error", name, one[name], other[name], one[name], other[name])
    if one["text"] != other["text"]:
        texts = {"text": one["text"]}, {"text": other["text"]}
        # A protocol error without a message is another finding than one with another message.
        field = "message" if one["family"] != "other" and _is_missing(other["text"]) else "text"
        yield Difference("text", field, *texts, one["class"], other["class"])


def _is_missing(text: str) -> bool:
    """Whether an error has no message, or one that cannot be read."""
    return not text.strip() or text.startswith("(no text: ")


def _value_differences(
    aspect: str, name: str, one: Any, other: Any, kind: str = ""
) -> Iterator[Difference]:
    if _same(one, other):
        return
    if _untyped(one) == _untyped(other):
        yield Difference("type", name, one, other, _type(one), _type(other))
    else:
        types = _type(one), _type(other)
        kinds = types if types[0] != types[1] else (kind, kind)
        yield Difference(aspect, name, one, other, *kinds)


def _same(one: Any, other: Any) -> bool:
    """Whether two JSON values are identical; Python compares 1 and True as equal."""
    return one == other and exact(one) == exact(other)


def _untyped(value: Any) -> Any:
    """The value without the type of its bytes or text."""
    if is_object(value):
        [(kind, content), *others] = value.items()
        return content if kind in _TYPES and not others else value
    return [_untyped(item) for item in value] if is_list(value) else value


def _type(value: Any) -> str:
    if is_object(value):
        return str(next(iter(value)))
    if is_list(value):
        return "a list"
    return "bytes" if isinstance(value, str) else str(value.__class__.__name__)

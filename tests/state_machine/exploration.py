"""Breadth-first exploration of one implementation: every symbol, in every state that differs.

Writes down for each call what was predicted beside what was seen, and judges nothing; the tests do.
Connections count as the same when the same is known about them, so the exploration ends.
"""

from __future__ import annotations

import copy
from collections import deque
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from .conversation import apply, connection, joint_state
from .machine import PARTIES, Joint
from .prediction import Knowledge, Prediction, predict


@dataclass(frozen=True)
class Step:
    """One call: the symbols up to it, and what was predicted and seen."""

    symbols: tuple[str, ...]
    method: str
    before: Knowledge
    prediction: Prediction
    outcome: str
    joint: Joint


@cache
def explore(h11: ModuleType) -> tuple[Step, ...]:
    """Both roles, from a fresh connection until nothing new is left, the shortest ways first."""
    steps: list[Step] = []
    waiting: deque[tuple[Knowledge, Any, tuple[str, ...]]] = deque(
        (Knowledge(us), connection(h11, us), ()) for us in PARTIES
    )
    seen = {known for known, _, _ in waiting}
    while waiting:
        known, conn, symbols = waiting.popleft()
        for symbol in known.symbols():
            branch, now, trail = copy.deepcopy(conn), known, (*symbols, symbol)
            for method, outcome in apply(h11, branch, symbol):
                predicted = predict(now, symbol, method)
                joint = joint_state(h11, branch)
                steps.append(Step(trail, method, now, predicted, outcome, joint))
                now = predicted.after
            if now not in seen:
                seen.add(now)
                waiting.append((now, branch, trail))
    return tuple(steps)

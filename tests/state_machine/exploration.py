"""Breadth-first exploration of one implementation: every symbol in every distinct state.

Records the predicted and the observed result of each call, and compares nothing: the tests do.
Connections count as equal if the same facts are known about them, so the exploration ends.
"""

from __future__ import annotations

import copy
from collections import deque
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from .conversation import apply, connection, joint_state
from .machine import ROLES, Joint
from .prediction import Knowledge, Prediction, predict


@dataclass(frozen=True)
class Step:
    """One call: the symbols up to it, and its predicted and observed results."""

    symbols: tuple[str, ...]
    method: str
    before: Knowledge
    prediction: Prediction
    outcome: str
    joint: Joint


@cache
def explore(h11: ModuleType) -> tuple[Step, ...]:
    """Explores both roles from a new connection, shortest paths first, until no state is new."""
    steps: list[Step] = []
    waiting: deque[tuple[Knowledge, Any, tuple[str, ...]]] = deque(
        (Knowledge(us), connection(h11, us), ()) for us in ROLES
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

"""Each precomputed file has the fingerprint of today's sources; if not, run ``make precompute``.

That is the quick half: the slow tests compute the contents again.
"""

from __future__ import annotations

import json
from math import ceil

import pytest

from h11spec.conformance.checks import machine
from h11spec.conformance.checks.catalogue import catalogue
from h11spec.conformance.execution.shipped.protocol import GROUP
from h11spec.conformance.oracles import golden
from h11spec.conformance.vectors import corpus
from h11spec.strategies.exhaustive import states
from h11spec.strategies.machine import stored
from h11spec.strategies.machine.alphabet import ROLES
from h11spec.strategies.program import Role


@pytest.mark.unmeasured
def test_the_golden_digests_are_used() -> None:
    """They cover the sweeps and the machine's suite; a few groups of programs occur twice there."""
    checks = [each for each in (*catalogue(), *machine.checks()) if each.differential]
    groups = sum(ceil(sum(1 for _ in check.programs()) / GROUP) for check in checks)
    assert 0.99 * groups < len(golden.digests()) <= groups


def test_the_vectors_are_used() -> None:
    assert corpus.current()


@pytest.mark.unmeasured
def test_the_state_prefixes_are_used() -> None:
    recorded = json.loads(states.FILE.read_text("utf-8"))["fingerprint"]
    assert json.loads(states.content())["fingerprint"] == recorded


@pytest.mark.parametrize("role", ROLES)
def test_the_machines_are_used(role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reference is not explored."""
    monkeypatch.delattr(stored, "explore")
    stored.machine.cache_clear()
    assert stored.machine(role).machine.size > 1_000

"""The time that a step has where it is run first, is suspected to hang, and is judged."""

import pytest

from h11spec.conformance.execution.limits import Limits, full_terms, short_terms, usual_terms


@pytest.mark.parametrize("step_time", [0.1, 3.0, 60.0])
def test_a_hang_is_confirmed_after_the_step_time_or_ten_times_as_long_without_a_processor(
    step_time: float,
) -> None:
    """No other terms are longer: they only suspect it."""
    limits = Limits(step_time=step_time)
    full = full_terms(limits)
    assert full.step_time == step_time
    assert full.wait_time == pytest.approx(10 * step_time)
    for terms in (usual_terms(limits), short_terms(limits), full_terms(limits, suspected=True)):
        assert terms.step_time <= full.step_time
        assert terms.wait_time < full.wait_time


def test_a_target_that_sleeps_has_its_verdict_within_a_minute() -> None:
    """The first hang is confirmed in full; half of the time is left for everything else."""
    assert full_terms(Limits()).wait_time <= 30

"""Fixtures for every test: h11 is the installed one and the reference."""

import signal
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

import pytest
from coverage import Coverage
from hypothesis import HealthCheck, settings

# A process in the background of a shell starts with SIGINT ignored, and its children inherit that,
# including the runs that tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The time of an example depends on the load of the machine, so no test may fail for it. Nor may a
# test depend on the results of an earlier run.
settings.register_profile(
    "tests", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tests")

IMPLEMENTATIONS = {"h11": "h11", "reference": "h11spec.reference"}


@pytest.fixture(params=IMPLEMENTATIONS)
def h11(request: pytest.FixtureRequest) -> ModuleType:
    """The installed h11, then the reference: the same test runs on both."""
    return import_module(IMPLEMENTATIONS[request.param])


@pytest.fixture(autouse=True)
def _coverage_of_quick_tests(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Measures no coverage in slow tests: it would double their time and show the same lines."""
    measured = Coverage.current()
    if measured is None or request.node.get_closest_marker("slow") is None:
        yield
        return
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
    measured.stop()
    yield
    measured.start()

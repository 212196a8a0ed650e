"""Fixtures for every test: h11 is the installed one and the reference."""

import signal
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType

import pytest
from coverage import Coverage
from coverage.exceptions import CoverageWarning
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


@contextmanager
def _unmeasured() -> Generator[None]:
    """Measures no coverage in the block, nor in the processes that it starts."""
    coverage = Coverage.current()
    if coverage is None:
        yield
        return
    with pytest.MonkeyPatch.context() as monkeypatch, warnings.catch_warnings():
        monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
        coverage.stop()
        yield
        # Files that will be measured were imported in the test: they were before, as well.
        warnings.simplefilter("ignore", CoverageWarning)
        coverage.start()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Coverage would triple the time of a slow test; the quick ones run the same lines.

    Fixtures of a module belong to the first test that uses them, so this cannot be a fixture.
    """
    if not any(item.get_closest_marker(name) for name in ("slow", "unmeasured")):
        return (yield)
    with _unmeasured():
        return (yield)

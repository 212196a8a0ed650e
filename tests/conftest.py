"""Fixtures for every test: what is h11 here."""

import signal
from importlib import import_module
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings

# What runs in the background of a shell is started with interrupts ignored, and so is everything
# that it starts: the runs that tests interrupt, too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says something about the machine, which may be busy, and nothing about
# what is tested; no test is to fail for it. And none is to depend on what an earlier run has found.
settings.register_profile(
    "tests", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tests")

IMPLEMENTATIONS = {"h11": "h11", "reference": "h11spec.reference"}


@pytest.fixture(params=IMPLEMENTATIONS)
def h11(request: pytest.FixtureRequest) -> ModuleType:
    """The installed h11, then the reference: the same test runs on both."""
    return import_module(IMPLEMENTATIONS[request.param])

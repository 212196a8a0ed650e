"""Fixtures for every test: what is h11 here."""

from importlib import import_module
from types import ModuleType

import pytest

IMPLEMENTATIONS = {"h11": "h11", "reference": "h11spec.reference"}


@pytest.fixture(params=IMPLEMENTATIONS)
def h11(request: pytest.FixtureRequest) -> ModuleType:
    """The installed h11, then the reference: the same test runs on both."""
    return import_module(IMPLEMENTATIONS[request.param])

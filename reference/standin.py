"""Puts this package in h11's place, so that programs written for h11 run on it unchanged.

Owns the module names that programs import h11 by. Knows nothing of what happens on a connection.
"""

import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from types import ModuleType

from . import connection, errors, events, headers, states

# Private modules of h11 that programs import from all the same, and where we keep what they look
# for: uvicorn takes the default buffer limit from h11._connection, wsproto takes Headers from
# h11._headers.
_SUBMODULES: dict[str, ModuleType] = {
    "h11._connection": connection,
    "h11._events": events,
    "h11._headers": headers,
    "h11._state": states,
    "h11._util": errors,
}


@contextmanager
def install_as_h11() -> Generator[None]:
    """Within the block, ``import h11`` gets the reference, and so does whatever is imported there.

    On exit, what stood in ``sys.modules`` under h11's names before is put back. Modules that were
    imported in the block keep the reference; modules that imported h11 before it keep h11. Not safe
    while other threads import.

    Example::

        with install_as_h11():
            import httpx  # now on the reference
    """
    before = _replace({"h11": sys.modules[__name__.rpartition(".")[0]], **_SUBMODULES})
    try:
        yield
    finally:
        _replace(before)


def _replace(modules: Mapping[str, ModuleType]) -> dict[str, ModuleType]:
    """Puts ``modules`` in the place of all that have h11's names, and returns those."""
    names = [name for name in sys.modules if name.partition(".")[0] == "h11"]
    replaced = {name: sys.modules.pop(name) for name in names}
    sys.modules.update(modules)
    return replaced

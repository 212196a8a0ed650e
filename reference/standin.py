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
    "_connection": connection,
    "_events": events,
    "_headers": headers,
    "_state": states,
    "_util": errors,
}
_H11 = ModuleType("h11")


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
    # Without a place to look in: nothing but what is served here can be imported from it.
    vars(_H11).update(vars(sys.modules[__package__ or ""]), **_SUBMODULES, __path__=[])
    before = _replace({"h11": _H11, **{f"h11.{name}": of for name, of in _SUBMODULES.items()}})
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

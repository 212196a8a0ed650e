"""A copy of the reference, for faults below the connection.

Owns how the copy is made, so that its rules can be changed without changing the reference. Modules
that import this one are targets by the name ``tests::faulty.NAME``.
"""

import sys
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

from h11spec import reference

Function = Callable[..., Any]


def copied(name: str) -> ModuleType:
    """Returns a second copy of the reference, for the fault of this name."""
    spec = spec_from_file_location(
        f"{name}.reference", reference.__file__, submodule_search_locations=list(reference.__path__)
    )
    assert spec is not None
    assert spec.loader is not None
    copy = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(copy)
    return copy


def replaces(copy: ModuleType, place: str) -> Callable[[Function], Function]:
    """Puts the decorated function in the place of another, such as "headers.field" in the copy.

    It is called with the original function, followed by the arguments of the call.
    """
    module, *owners, attribute = place.split(".")
    owner: Any = sys.modules[f"{copy.__name__}.{module}"]
    for each in owners:
        owner = getattr(owner, each)
    original = getattr(owner, attribute)

    def decorate(function: Function) -> Function:
        def replacement(*arguments: Any) -> Any:
            return function(original, *arguments)

        setattr(owner, attribute, replacement)
        return function

    return decorate

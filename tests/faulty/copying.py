"""A copy of the reference, for faults that lie below the connection.

Owns how the copy is made, so that a rule of it can be changed without changing it in the reference.
What imports this is reached as a target by ``tests::faulty.NAME``.
"""

import sys
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

from h11spec import reference

Function = Callable[..., Any]


def copied(name: str) -> ModuleType:
    """A second copy of the reference, for the fault of this name."""
    spec = spec_from_file_location(
        f"{name}.reference", reference.__file__, submodule_search_locations=list(reference.__path__)
    )
    assert spec is not None
    assert spec.loader is not None
    copy = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(copy)
    return copy


def instead(copy: ModuleType, place: str) -> Callable[[Function], Function]:
    """Puts the decorated function where ``place`` leads, such as "headers.field".

    It is called with what was there before, and then with what that would have been called with.
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

"""Planted fault: a Content-Length may have a sign, as for int()."""

import re
import sys
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location

from h11spec import reference

# A second copy of the reference, whose modules can be changed separately.
NAME = f"{__name__}.reference"
spec = spec_from_file_location(
    NAME, reference.__file__, submodule_search_locations=list(reference.__path__)
)
assert spec is not None
assert spec.loader is not None
copy = sys.modules[NAME] = module_from_spec(spec)
spec.loader.exec_module(copy)
sys.modules[f"{NAME}.headers"].__dict__["is_content_length"] = re.compile(
    rb"[+-]?[0-9]{1,20}"
).fullmatch

# The rest of the namespace is the reference's.
__getattr__ = partial(getattr, copy)

"""Where cited documents can be read.

Owns the addresses; a page links to them, and loads nothing from there. It must not know who cites
what.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_RFC = re.compile(r"RFC (\d{4}) §([0-9]+(?:\.[0-9]+)*|[A-Z](?:\.[0-9]+)*)")
_DOCUMENTATION = {
    "API": "api.html",
    "History of changes": "changes.html",
    "Details of our HTTP support": "supported-http.html",
    "Getting started": "basic-usage.html",
}
_PREFIX = "h11 documentation, "


@dataclass(frozen=True)
class Citation:
    """A cited section and its address; "" if it has none."""

    name: str
    address: str


def citation(name: str) -> Citation:
    """Returns the citation of a check with its address, such as of "RFC 9112 §6.1"."""
    match = _RFC.fullmatch(name)
    if match is not None:
        number, section = match.groups()
        kind = "appendix" if section[0].isalpha() else "section"
        return Citation(name, f"https://www.rfc-editor.org/rfc/rfc{number}.html#{kind}-{section}")
    page = _DOCUMENTATION.get(name.removeprefix(_PREFIX).partition(":")[0])
    if name.startswith(_PREFIX) and page is not None:
        return Citation(name, f"https://h11.readthedocs.io/en/latest/{page}")
    return Citation(name, "")

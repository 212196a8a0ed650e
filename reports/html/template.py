"""How a page is made of a template: one text that needs no other file.

Owns what a page may do, and that every value passes through ``inert`` on its way into it.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache, partial
from pathlib import Path

from jinja2 import DictLoader, Environment, StrictUndefined

from .html_safe import shown

_TEMPLATES = ("run_page.html.jinja", "finding_sections.html.jinja", "matrix_page.html.jinja")


def policy(script: str) -> str:
    """What the browser lets the page do: show what is in it, and run this very script."""
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


@cache
def environment(most: int) -> Environment:
    """Returns what makes templates into pages, with at most so many characters of a value."""
    return Environment(
        loader=DictLoader({name: part(name) for name in _TEMPLATES}),
        autoescape=True,
        finalize=partial(shown, most=most),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def part(name: str) -> str:
    """Returns a file that lies beside this one: a template, a style, a script."""
    return Path(__file__).with_name(name).read_text("utf-8")

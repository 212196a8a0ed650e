"""The environment of the templates: a page is one text that needs no other file.

Owns what a page may do in a browser, and that every value passes through ``html_safe`` on its way
into it. It must not know what a page shows.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache, partial
from pathlib import Path

from jinja2 import DictLoader, Environment, StrictUndefined

from .html_safe import finalize

_TEMPLATES = ("run_page.html.jinja", "cause_sections.html.jinja", "matrix_page.html.jinja")


def content_security_policy(script: str) -> str:
    """Returns the policy that lets a page show its own content and run this script only."""
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


@cache
def environment(max_length: int) -> Environment:
    """Returns the environment that shows at most ``max_length`` characters of a value."""
    return Environment(
        loader=DictLoader({name: asset(name) for name in _TEMPLATES}),
        autoescape=True,
        finalize=partial(finalize, max_length=max_length),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def asset(name: str) -> str:
    """Returns the text of a template, a style sheet or a script of this package."""
    return Path(__file__).with_name(name).read_text("utf-8")

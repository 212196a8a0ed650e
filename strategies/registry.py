"""The public strategies, in the order in which they build on each other.

Owns the list, which the command line shows and the documentation must cover. Knows nothing of what
they draw.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import __all__, arguments, conversation, events, exchange, fields, messages, segmentation

STRATEGIES: tuple[Callable[..., Any], ...] = (
    fields.names,
    fields.values,
    fields.fields,
    fields.framing_fields,
    fields.hostile_fields,
    fields.field_lists,
    messages.methods,
    messages.targets,
    messages.versions,
    messages.chunked_bodies,
    messages.bodies,
    messages.trailers,
    messages.requests,
    messages.responses,
    messages.interim_responses,
    messages.acceptances,
    messages.corrupted,
    segmentation.segmentations,
    events.requests,
    events.responses,
    events.interim_responses,
    events.acceptances,
    events.data,
    events.ends,
    events.any_events,
    arguments.retyped,
    arguments.mistyped,
    conversation.programs,
    conversation.conversations,
    exchange.exchanges,
)


def name_of(strategy: Callable[..., Any]) -> str:
    """Returns the path that a strategy is imported by, without the name of the package."""
    module, name = strategy.__module__.removeprefix("h11spec."), strategy.__name__
    return f"strategies.{name}" if name in __all__ else f"{module}.{name}"

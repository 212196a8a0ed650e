"""The public strategies, in the order in which they build on each other.

Owns the list, which the command line shows and the documentation must cover. Knows nothing of what
they draw.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import arguments, conversations, events, exchanges, fields, messages, segmentations

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
    segmentations.segmentations,
    events.requests,
    events.responses,
    events.interim_responses,
    events.acceptances,
    events.data,
    events.ends,
    events.any_events,
    arguments.retyped,
    arguments.mistyped,
    conversations.programs,
    conversations.conversations,
    exchanges.exchanges,
)


def name_of(strategy: Callable[..., Any]) -> str:
    """Returns the import path of a strategy, without the name of the package."""
    return f"{strategy.__module__.removeprefix('h11spec.')}.{strategy.__name__}"

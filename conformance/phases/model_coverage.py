"""What the programs of a search reach, measured.

Owns the mixture of programs that is measured. What there is to reach is the strategies' business.
"""

from __future__ import annotations

from ...strategies.conversations import Conversation, conversations
from ...strategies.model_coverage import Reach
from .hypothesis_backend import draw

# Some error sites are only met by arguments of types that nobody documents: each tenth program.
_UNDOCUMENTED = 10


def measured(*, programs: int, seed: int) -> Reach:
    """Returns what so many programs reach on the reference, drawn from this seed.

    A tenth of them has arguments of undocumented types. None is told in variations.
    """
    reach = Reach()

    def take(conversation: Conversation) -> None:
        reach.add(conversation.program, conversation.messages)

    few = programs // _UNDOCUMENTED
    draw(conversations(), take, count=programs - few, seed=seed)
    if few:
        draw(conversations(undocumented=True), take, count=few, seed=seed)
    return reach

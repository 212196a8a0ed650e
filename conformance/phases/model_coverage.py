"""Measures the model coverage of the programs that a search draws.

Owns the mixture of programs that is measured. It must not know what there is to cover.
"""

from __future__ import annotations

from ...strategies.conversation import Conversation, conversations
from ...strategies.model_coverage import ModelCoverage
from .hypothesis_backend import draw

# One in this many programs has arguments of undocumented types, which alone reach some error sites.
_UNDOCUMENTED = 10


def measure_coverage(*, programs: int, seed: int) -> ModelCoverage:
    """Returns what drawn programs, without variants, cover of the reference.

    Args:
        programs: how many are drawn; a tenth of them has arguments of undocumented types.
        seed: the same seed draws the same programs, with the same release of Hypothesis.
    """
    coverage = ModelCoverage()

    def take(conversation: Conversation) -> None:
        coverage.add(conversation.program, conversation.messages)

    undocumented = programs // _UNDOCUMENTED
    draw(conversations(version=2), take, count=programs - undocumented, seed=seed)
    if undocumented:
        draw(conversations(undocumented=True, version=2), take, count=undocumented, seed=seed)
    return coverage

"""Which move comes next in a conversation: the tables, and the strategies that draw from them.

Owns the words for moves and their weights. What a move does to a program is for ``conversations``.
"""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from .programs import Role

# How often a move is made without asking whether it fits, in tenths. Trouble ends most
# conversations: only one without any gets through several cycles.
_TROUBLE = [0, 0, 0, 1, 1, 1, 3]

# Moves that fit the states, ours and the peer's; how often a word stands there is its weight.
# "hear" is what the peer says next, as its state demands; "say" is an event that our state allows,
# "say plainly" one of each type, and "say anything" any event in any form.
_IN_TURN: dict[str, list[str]] = {
    "SEND_RESPONSE": ["say"],
    "SEND_BODY": ["say"],
    "DONE": ["hear"],
    "MIGHT_SWITCH_PROTOCOL": ["hear"] * 6 + ["stop"],
    "MUST_CLOSE": ["close", "close", "hear"],
    "CLOSED": ["hear", "eof", "close", "stop"],
    "ERROR": ["stop", "stop", "stop", "hear", "eof", "say", "next"],
    "SWITCHED_PROTOCOL": ["stop", "stop", "stop", "stop", "hear", "next"],
}
_OPENING: dict[str, list[str]] = {
    "client": ["say"] * 6 + ["hear"],
    "server": ["hear"] * 12 + ["say", "eof"],
}
# What fits for other reasons than our own state.
_FINISHED = ["cycle"] * 8 + ["hear", "close", "eof", "drain", "stop", "stop"]
_ENDED = ["stop", "stop", "say", "drain", "close"]
# Now and then the peer is heard while we are saying something, or the other way round.
_MEANWHILE = ["hear"]
_ANY_TIME = [
    *("hear", "next", "drain", "eof", "eof", "fail", "cycle", "close", "say"),
    *["say anything"] * 3,
]
# The last word, when a conversation has come to its end: it meets whatever state that is.
_PARTING = [*["stop"] * 4, *["say plainly"] * 6, "cycle", "cycle", "eof", "hear", "fail", "close"]
# Where only few conversations get to at all.
SELDOM = ("DONE", "MIGHT_SWITCH_PROTOCOL", "SWITCHED_PROTOCOL")
SENDING = ("SEND_RESPONSE", "SEND_BODY")


def _one_of(moves: list[str]) -> st.SearchStrategy[str]:
    """One of the moves; "stop" comes first, so that programs shrink, and is seldom drawn."""
    return st.sampled_from(["stop", *moves * (60 // len(moves))])


@cache
def fitting(role: Role, ours: str, theirs: str) -> st.SearchStrategy[str]:
    """Moves that fit the states."""
    if (ours, theirs) == ("DONE", "DONE"):
        return _one_of(_FINISHED)
    if theirs == "ERROR" or (theirs in ("CLOSED", "MUST_CLOSE") and ours not in SENDING):
        return _one_of([*_ENDED, *_IN_TURN.get(ours, [])])
    if ours == "IDLE":
        return _one_of(_OPENING[role])
    if ours in SENDING and theirs in SENDING:
        return _one_of(_IN_TURN[ours] * 2 + _MEANWHILE)
    return _one_of(_IN_TURN[ours])


TROUBLES = st.sampled_from(_TROUBLE)
ANY_MOVES = _one_of(_ANY_TIME)
# The rest of a message comes, unless the peer has gone in the middle of it.
REST = _one_of(["hear"] * 5 + ["eof"])
GONE = _one_of(["eof", "eof", "eof", "hear"])
PARTINGS = st.sampled_from(_PARTING)
STOP = st.just("stop")

"""The next action of a conversation: the tables, and the strategies that draw from them.

Owns the names of actions and their weights. Does not know which steps an action adds to a program;
that belongs to ``conversation``.
"""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from .program import Role

# How many tenths of the actions ignore the states. Such actions end most conversations: only one
# without any completes several cycles.
_DISORDER = [0, 0, 0, 1, 1, 1, 3]

# Actions that fit our state; the number of times that one is listed is its weight. "receive" is the
# next message of the peer, as its state demands; "send" is an event that our state allows, "send
# plain" an event of any type with nothing wrong in it, and "send any" any event in any form.
_IN_TURN: dict[str, list[str]] = {
    "SEND_RESPONSE": ["send"],
    "SEND_BODY": ["send"],
    "DONE": ["receive"] * 11 + ["close"],
    "MIGHT_SWITCH_PROTOCOL": ["receive"] * 6 + ["stop"],
    "MUST_CLOSE": ["close", "close", "receive"],
    "CLOSED": ["receive", "eof", "close", "stop"],
    "ERROR": ["stop", "stop", "stop", "receive", "eof", "send", "next"],
    "SWITCHED_PROTOCOL": ["stop", "stop", "stop", "stop", "receive", "next"],
}
_OPENING: dict[str, list[str]] = {
    "client": ["send"] * 6 + ["receive"],
    "server": ["receive"] * 12 + ["send", "eof"],
}
# Actions that fit for other reasons than our own state.
_FINISHED = [*["cycle"] * 10, *["receive"] * 3, *("close", "close", "eof", "drain", "stop", "stop")]
_ENDED = ["stop", "stop", "send", "drain", "close"]
# Sometimes one side receives while it is still sending.
_MEANWHILE = ["receive"]
_ANY_TIME = [
    *("receive", "next", "drain", "eof", "eof", "fail", "cycle", "close", "send"),
    *["send any"] * 3,
]
# The last action of a conversation, in whatever state that is.
_LAST = [*["stop"] * 4, *["send plain"] * 6, "cycle", "cycle", "eof", "receive", "fail", "close"]
# States that only few conversations reach.
RARE = ("DONE", "MIGHT_SWITCH_PROTOCOL", "SWITCHED_PROTOCOL")
SENDING = ("SEND_RESPONSE", "SEND_BODY")


def _one_of(actions: list[str]) -> st.SearchStrategy[str]:
    """One of the actions; "stop" comes first, so that programs shrink, and is seldom drawn."""
    return st.sampled_from(["stop", *actions * (60 // len(actions))])


@cache
def fitting(role: Role, ours: str, theirs: str) -> st.SearchStrategy[str]:
    """Actions that fit the states."""
    if (ours, theirs) == ("DONE", "DONE"):
        return _one_of(_FINISHED)
    if theirs == "ERROR" or (theirs in ("CLOSED", "MUST_CLOSE") and ours not in SENDING):
        return _one_of([*_ENDED, *_IN_TURN.get(ours, [])])
    if ours == "IDLE":
        return _one_of(_OPENING[role])
    if ours in SENDING and theirs in SENDING:
        return _one_of(_IN_TURN[ours] * 2 + _MEANWHILE)
    return _one_of(_IN_TURN[ours])


DISORDERS = st.sampled_from(_DISORDER)
ANY_ACTIONS = _one_of(_ANY_TIME)
# The rest of a message arrives, unless the peer closes in the middle of it.
REST = _one_of(["receive"] * 5 + ["eof"])
PAUSED = _one_of(["receive", "next"])
CUT_OFF = _one_of(["eof", "eof", "eof", "receive"])
LAST_ACTIONS = st.sampled_from(_LAST)
STOP = st.just("stop")

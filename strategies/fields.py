"""Strategies for header and trailer fields: names, values, and whole lists.

Owns the pools of values that matter to a connection. Knows nothing of the message around them.

Here and in the modules beside it, ``cache`` makes each strategy once: making one costs as much as
drawing from it ten times.
"""

from __future__ import annotations

import itertools
import random
import string
from collections.abc import Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st

Field = tuple[bytes, bytes]

_TCHAR = "!#$%&'*+-.^_`|~" + string.digits + string.ascii_letters
# The bytes of a value: all but those that end a line or a C string, and blanks, which are only
# added between others.
_VALUE_BYTES = bytes(sorted(set(range(1, 256)) - set(b"\n\v\f\r \t")))

# Fields that a connection ignores, some of which look as if they concerned it.
_INERT_FIELDS: list[Field] = [
    (b"Accept", b"*/*"),
    (b"X-Empty", b""),
    (b"Set-Cookie", b"a=1"),
    (b"Set-Cookie", b"b=2"),
    (b"Proxy-Connection", b"close"),
    (b"Keep-Alive", b"timeout=5"),
    (b"x-lower", b"in \t between"),
    (b"X-Bytes", b"\x01\x1b\x7f\xff"),
    (b"Content-Type", b"text/plain"),
]
# Fields that change what the connection does next.
_CONNECTION_FIELDS: list[Field] = [
    (b"Connection", b"close"),
    (b"connection", b"keep-alive"),
    (b"Connection", b"Upgrade, Keep-Alive"),
    (b"CONNECTION", b"x , CLOSE,"),
    (b"Connection", b"closed"),
    (b"Upgrade", b"websocket"),
    (b"Upgrade", b","),
    (b"upgrade", b"a, b"),
    (b"Expect", b"100-continue"),
    (b"Expect", b"x, 100-Continue"),
    (b"Host", b"example.org"),
    (b"Trailer", b"a"),
]
_HOSTILE_NAMES = [b"", b"a b", b"a:", b"a\r\nb", b"(a)", b"\xe9", b" a", b"a\x00"]
_HOSTILE_VALUES = [b"a\r\nb: c", b"a\nb", b"\x00", b"a\x0b", b"a\x0cb", b" a", b"a\t", b"a\rb"]

# Values of Content-Length and Transfer-Encoding fields, right and wrong.
LENGTHS = [
    b"0", b"1", b"3", b"5", b"005", b"5, 5", b"5,\t5", b"5,6", b"5,", b",", b"", b"+5", b"-1",
    b"0x5", b"1_0", b"5.0", b"5 5", b"99999999999999999999", b"100000000000000000000", b"\xb2",
]  # fmt: skip
CODINGS = [b"chunked", b"Chunked", b"gzip", b"gzip, chunked", b"chunked, chunked", b"identity", b""]


@cache
def names() -> st.SearchStrategy[bytes]:
    """Field names that are tokens, in any case. ``hostile_fields`` has invalid names."""
    return st.text(_TCHAR, min_size=1, max_size=8).map(str.encode)


@cache
def values() -> st.SearchStrategy[bytes]:
    """Field values that may be sent: any bytes but line ends, NUL, VT and FF, with blanks only
    inside. Cannot produce an illegal one: ``hostile_fields`` can.
    """
    word = st.lists(st.sampled_from(_VALUE_BYTES), min_size=1, max_size=6).map(bytes)
    return st.lists(word, max_size=3).map(b" ".join)


@cache
def fields() -> st.SearchStrategy[Field]:
    """Legal fields; those that a connection acts upon are as likely as others.

    Cannot produce Content-Length and Transfer-Encoding, which only make sense with a body.
    """
    return st.one_of(
        st.sampled_from(_INERT_FIELDS),
        st.sampled_from(_CONNECTION_FIELDS),
        st.tuples(names(), values()),
    )


@cache
def framing_fields() -> st.SearchStrategy[Field]:
    """A Content-Length or Transfer-Encoding field, valid, nearly valid or contradictory."""
    lengths = st.tuples(
        st.sampled_from([b"Content-Length", b"content-length"]), st.sampled_from(LENGTHS)
    )
    codings = st.tuples(
        st.sampled_from([b"Transfer-Encoding", b"transfer-encoding"]), st.sampled_from(CODINGS)
    )
    return lengths | codings


@cache
def hostile_fields() -> st.SearchStrategy[Field]:
    """Fields that may not be sent: the name is not a token, or the value could end its line."""
    return st.tuples(st.sampled_from(_HOSTILE_NAMES), values()) | st.tuples(
        names(), st.sampled_from(_HOSTILE_VALUES)
    )


@cache
def field_lists(*, max_size: int = 4) -> st.SearchStrategy[list[Field]]:
    """Lists of legal fields, in any order and with repetitions; most of well-known ones only."""
    known = st.lists(st.sampled_from(_INERT_FIELDS + _CONNECTION_FIELDS), max_size=max_size)
    return st.one_of(known, known, known, st.lists(fields(), max_size=max_size))


def combinations(*pools: Sequence[Any]) -> st.SearchStrategy[Any]:
    """One value of each pool, as a tuple, in a single draw; the first of each pool is simplest.

    Every draw costs time, however little it decides, and a program consists of many small
    decisions. The other combinations are shuffled, always in the same way: of many, the first ones
    are drawn more often, and these should not all begin with the same value.
    """
    simplest, *others = itertools.product(*pools)
    random.Random(0).shuffle(others)
    return st.sampled_from([simplest, *others])

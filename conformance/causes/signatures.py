"""Signatures: which vectors differ, and how, after each small change of the reference.

Owns their file and what a symptom is. Two faults of an implementation seldom make the same vectors
differ; one fault of any implementation mostly makes those differ that some change of the reference
does. It must not know how findings are put together.

The changes are the named explanations and the faults of ``benchmarks/power``; ``make signatures``
plants each of them and runs the vectors.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import msgspec

from ...reports.findings.difference import Difference
from ...strategies.fingerprint import SIZE, digest
from ..vectors.corpus import stored

FILE = Path(__file__).with_name("signatures.bin")
_INDEX = 2  # bytes of the position of a vector


class StoredSignature(msgspec.Struct, array_like=True, frozen=True):
    """The signature of a change as it is stored.

    ``name`` is that of an explanation, or the file and the function of the reference that was
    changed. ``vectors`` has the positions of the vectors that differ, in two bytes each, and
    ``symptoms`` one byte for each of them.
    """

    name: str
    vectors: bytes
    symptoms: bytes

    def items(self) -> Iterator[tuple[int, int]]:
        """Yields the position of each vector that differs, and its symptom."""
        for at, symptom in enumerate(self.symptoms):
            yield int.from_bytes(self.vectors[_INDEX * at : _INDEX * (at + 1)], "little"), symptom


def symptom(step: int, difference: Difference) -> int:
    """Returns a number below 256 for how a vector differs: in which step, and in what.

    Values are no part of it. Different symptoms seldom have one number.
    """
    return zlib.crc32(f"{step} {difference}".encode()) & 0xFF


def signature(name: str, symptoms: Mapping[int, int]) -> StoredSignature:
    """Returns the signature with these symptoms by the positions of vectors."""
    order = sorted(symptoms)
    return StoredSignature(
        name,
        b"".join(position.to_bytes(_INDEX, "little") for position in order),
        bytes(symptoms[position] for position in order),
    )


def content(signatures: Iterable[StoredSignature]) -> bytes:
    """Returns the content of a file with these signatures, each once, those with names first."""
    distinct: dict[tuple[bytes, bytes], StoredSignature] = {}
    for each in signatures:
        if each.symptoms:
            distinct.setdefault((each.vectors, each.symptoms), each)
    packed = msgspec.msgpack.encode(list(distinct.values()))
    return _fingerprint() + zlib.compress(packed, 9)


@cache
def load() -> tuple[StoredSignature, ...]:
    """Returns all signatures; none if they are of other vectors than those that are stored."""
    read = FILE.read_bytes() if FILE.exists() else b""
    if read[:SIZE] != _fingerprint():
        return ()
    packed = zlib.decompress(read[SIZE:])
    return tuple(msgspec.msgpack.decode(packed, type=list[StoredSignature]))


def bits(positions: Collection[int]) -> int:
    """Returns a set of positions as a number with these bits."""
    number = bytearray(max(positions, default=0) // 8 + 1)
    for position in positions:
        number[position // 8] |= 1 << position % 8
    return int.from_bytes(number, "little")


@cache
def _fingerprint() -> bytes:
    """Of the vectors, and of what is expected of them."""
    return digest("".join(f"{each.id} {each.digest}\n" for each in stored()).encode())

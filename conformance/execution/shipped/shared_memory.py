"""The memory that a sandbox shares with its child: progress, and finished traces not yet written.

Neither is lost when the child dies, whatever ends it. It must not know how the child runs programs.
"""

from __future__ import annotations

import mmap
import os
import struct
from typing import NamedTuple

# Index of the running program, index of its running step, and how the child ended.
_PROGRESS = struct.Struct("III")
# How many traces were written to the pipe, and the size of the buffered ones in bytes.
_BUFFERED = struct.Struct("II")
_BUFFERED_AT = _PROGRESS.size
_BUFFER_AT = _PROGRESS.size + _BUFFERED.size
# Waking the reader costs more than running a program, so traces are written many at a time.
CAPACITY = 1024 * 1024

# How a child ended. RUNNING: it has not said; a signal or an exit code tells. BROKEN: the
# interpreter around the target broke. LEFT_RESOURCES: a program left threads or memory behind, so
# the next ones need a new child. LEFT_OUTPUT: a program printed something or closed a descriptor,
# so it has to be run again with a look after each step. OWN_WORK is as RUNNING, but the child is
# between two programs and runs no code of the target.
RUNNING, BROKEN, OUT_OF_MEMORY, LEFT_RESOURCES, LEFT_OUTPUT, OWN_WORK = range(6)


class Progress(NamedTuple):
    """The indices of the running program and step, and how the child ended."""

    program: int
    step: int
    end: int


class Buffered(NamedTuple):
    """How many traces were written to the pipe, and the size of the buffered ones in bytes."""

    written: int
    size: int


class SharedMemory:
    """Progress and buffered traces, shared by a process and its forked children."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _BUFFER_AT + CAPACITY)

    def reset(self) -> None:
        """Prepares the memory for a new child."""
        self.note(0, 0, OWN_WORK)
        self.set_buffered(0, 0)

    @property
    def progress(self) -> Progress:
        """How far the child is."""
        return Progress(*_PROGRESS.unpack_from(self._memory))

    def note(self, program: int, step: int, end: int = RUNNING) -> None:
        """Notes how far the child is."""
        _PROGRESS.pack_into(self._memory, 0, program, step, end)

    def note_end(self, end: int) -> None:
        """Notes how the child ends, where it is."""
        program, step, _ = self.progress
        self.note(program, step, end)

    @property
    def buffered(self) -> Buffered:
        """How many traces were written to the pipe, and the size of the buffered ones."""
        return Buffered(*_BUFFERED.unpack_from(self._memory, _BUFFERED_AT))

    def set_buffered(self, written: int, size: int) -> None:
        """Sets how many traces were written, and how many bytes are buffered."""
        _BUFFERED.pack_into(self._memory, _BUFFERED_AT, written, size)

    def put(self, offset: int, lines: bytes) -> None:
        """Puts lines into the buffer; they count once ``set_buffered`` includes them."""
        at = _BUFFER_AT + offset
        self._memory[at : at + len(lines)] = lines

    def view(self, offset: int = 0) -> memoryview:
        """Returns the buffered lines from an offset on, without copying them."""
        return memoryview(self._memory)[_BUFFER_AT + offset : _BUFFER_AT + self.buffered.size]


class TraceBuffer:
    """The child's end: collects finished traces, and writes them to the pipe when there are many.

    Args:
        shared: where they are buffered.
        pipe: the descriptor that full buffers are written to.
    """

    def __init__(self, shared: SharedMemory, pipe: int) -> None:
        self._shared = shared
        self._pipe = pipe

    def add(self, program: int, line: bytes) -> None:
        """Adds the trace of a program; it arrives whatever the following programs do."""
        written, size = self._shared.buffered
        if size + len(line) > CAPACITY:
            self.flush(program)
            written, size = program, 0
        if len(line) > CAPACITY:
            _write(self._pipe, memoryview(line))
            self._shared.set_buffered(program + 1, 0)
        else:
            self._shared.put(size, line)
            self._shared.set_buffered(written, size + len(line))

    def begin_group(self, program: int) -> int:
        """Makes room for most groups, and returns where in the buffer the next one begins.

        Args:
            program: the index of the group's first program.
        """
        if self._shared.buffered.size > CAPACITY // 2:
            self.flush(program)
        return self._shared.buffered.size

    def since(self, begin: int) -> bytes:
        """Returns the lines buffered since a group began."""
        return bytes(self._shared.view(begin))

    def replace_since(self, begin: int, lines: bytes) -> None:
        """Puts other lines in the place of those buffered since a group began."""
        written = self._shared.buffered.written
        # Truncate first: if the child dies here, the group is run again.
        self._shared.set_buffered(written, begin)
        self._shared.put(begin, lines)
        self._shared.set_buffered(written, begin + len(lines))

    def flush(self, programs: int) -> None:
        """Writes the buffered traces; with them, those of this many programs are written."""
        _write(self._pipe, self._shared.view())
        self._shared.set_buffered(programs, 0)


def _write(descriptor: int, data: memoryview) -> None:
    while data:
        data = data[os.write(descriptor, data) :]

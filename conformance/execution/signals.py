"""Signals that ask a run to end: that they are heeded, and when they may come.

Owns the handlers of SIGINT and SIGTERM, in the main thread only, which alone may set them; in any
other thread all of this does nothing.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
# So many seconds after an interrupt was lost it comes again.
_PAUSE = 0.05


def handle_signals() -> Callable[[], None]:
    """Makes SIGTERM interrupt as Ctrl-C does, and interrupts come again that were lost.

    The default of SIGTERM is to end this process on the spot, and nobody would end those that it
    has started; a handler that somebody else has set stays. An interrupt is lost when it comes
    while a finalizer runs, or a callback of the garbage collector, of which Hypothesis has one:
    what is raised there goes nowhere.

    The function that it returns takes all that back.
    """
    if not _in_main_thread():
        return lambda: None
    terminates = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if terminates:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    before = sys.unraisablehook
    main_thread = threading.get_ident()

    def hook(lost: sys.UnraisableHookArgs) -> None:
        if issubclass(lost.exc_type, KeyboardInterrupt):
            # Later: what is raised here goes nowhere, either. And to this thread: a signal that
            # another one takes does not end what this one waits for.
            timer = threading.Timer(_PAUSE, signal.pthread_kill, (main_thread, signal.SIGINT))
            timer.daemon = True
            timer.start()
        else:
            before(lost)

    sys.unraisablehook = hook

    def leave() -> None:
        if sys.unraisablehook is hook:
            sys.unraisablehook = before
        if terminates and signal.getsignal(signal.SIGTERM) is signal.default_int_handler:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)

    return leave


@contextmanager
def deferred_signals() -> Generator[Callable[[], None]]:
    """Holds the signals back for the block, or until the function that it gives is called.

    That function delivers what has come so far. At the end of the block nothing is delivered any
    more: whoever asked this run to end has had what was asked for.

    Blocking the signals would not do: they would go to another thread, and from there to this one.
    """
    if not _in_main_thread():
        yield lambda: None
        return
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)

    before: dict[int, Any] = {number: signal.getsignal(number) for number in _SIGNALS}

    def restore() -> None:
        for number, handler in before.items():
            if handler is not None:  # as one that was not set from Python, and cannot be
                signal.signal(number, handler)

    def let_through() -> None:
        restore()
        if came:
            signal.raise_signal(came[0])

    for number in _SIGNALS:
        signal.signal(number, note)
    try:
        yield let_through
    finally:
        restore()


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()

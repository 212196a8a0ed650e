"""The signals that end a run: SIGINT and SIGTERM.

Owns their handlers, which only the main thread may set; in other threads all of this does nothing.
It must not know what is interrupted.
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
# Seconds after which a lost interrupt is sent again.
_PAUSE = 0.05


def handle_signals() -> Callable[[], None]:
    """Makes SIGTERM interrupt as Ctrl-C does, and repeats interrupts that were lost.

    By default, SIGTERM ends this process at once, and its child processes would go on; a handler
    that was set by others stays. An interrupt is lost if it comes while a finalizer runs, or a
    callback of the garbage collector such as that of Hypothesis: exceptions raised there are
    dropped.

    Returns a function that restores the handlers.
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
            # Later, as exceptions raised here are dropped too; and to the main thread, as a signal
            # that another thread handles does not end what the main thread waits for.
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
    """Defers signals for the block, or until the function that it yields is called.

    That function delivers a signal that came in the meantime. At the end of the block, deferred
    signals are dropped: the run is ending, as they asked for.

    Blocking the signals would not help: another thread would get them, and pass them on to this
    one.
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
            if handler is not None:  # one that was not set from Python cannot be restored
                signal.signal(number, handler)

    def deliver() -> None:
        restore()
        if came:
            signal.raise_signal(came[0])

    for number in _SIGNALS:
        signal.signal(number, note)
    try:
        yield deliver
    finally:
        restore()


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()

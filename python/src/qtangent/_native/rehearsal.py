"""What more processors would bring, found on one."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .calls import call
from .settings import get_num_threads, set_num_threads


@dataclass(frozen=True)
class Rehearsal:
    """How work would be shared, if every thread had a processor and cost the others nothing. Seconds are of processor
    time, which other work on the machine does not count for."""

    seconds: float
    """That it took, piece by piece on one thread."""
    units: int
    """Pieces that threads share, each done by one of them."""
    work: float
    """Seconds in these pieces, with what it takes to time them; the rest of `seconds` is never shared."""
    chain: float
    """Seconds from the first of these pieces to the last, in the threads' order."""

    @property
    def shared_seconds(self) -> float:
        """That the work would take at least."""
        return self.seconds - self.work + self.chain


def rehearse(work: Callable[[], Any], threads: int) -> Rehearsal:
    """Calls work() as if it ran on so many threads, each with a processor. Only its calls of the library from the thread
    that it is called in count as shared.

    Args:
        work: is called once, in a thread of its own: what Ctrl-C can end leaves the main thread.
        threads: 1 to 256; the number that calls of all threads may use until it has ended.

    Raises:
        InvalidArgumentError: for other numbers of threads.
        Exception: what `work` raised.
    """
    found: list[Rehearsal] = []
    failures: list[BaseException] = []

    def rehearsed() -> None:
        units, inside, chain = ctypes.c_int64(), ctypes.c_double(), ctypes.c_double()
        call("qtg_rehearsal_begin")
        began = time.thread_time()
        try:
            work()
        except BaseException as error:
            failures.append(error)
        seconds = time.thread_time() - began
        call("qtg_rehearsal_end", ctypes.byref(units), ctypes.byref(inside), ctypes.byref(chain))
        found.append(Rehearsal(seconds, units.value, inside.value, chain.value))

    before = get_num_threads()
    set_num_threads(threads)
    try:
        thread = threading.Thread(target=rehearsed)
        thread.start()
        thread.join()
    finally:
        set_num_threads(before)
    if failures:
        raise failures[0]
    return found[0]

"""Long calls that Ctrl-C ends."""

from __future__ import annotations

import _thread
import threading
from collections.abc import Callable
from typing import TypeVar

from .errors import Interrupted
from .handles import create
from .library import lib

T = TypeVar("T")

# Calls that should take less than this run in the calling thread: a worker thread costs about 1 ms.
DIRECT_SECONDS = 0.05


# Seconds between two looks at what is to be done meanwhile.
_PAUSE = 0.1


def interruptible(
    seconds: float,
    work: Callable[[int], T],
    what: str = "the call",
    meanwhile: Callable[[], None] | None = None,
) -> T:
    """Runs work(cancel handle); Ctrl-C stops it, however long it takes.

    A call that should be long runs in a worker thread while the main thread waits, since Python runs signal handlers
    in the main thread only, between two of its own instructions. Whatever a handler raises, however often, the call
    is cancelled and has ended before the exception goes on: nothing writes to memory or files after that.

    Args:
        seconds: an estimate of the duration; below 0.05 the work is called directly, with no handle (0).
        work: makes every native call that takes long with the handle. The worker keeps it alive, and it must keep
            alive the arrays to which its addresses point: it refers to the arrays, not to addresses.
        what: the subject of the error.
        meanwhile: called in the waiting thread a few times a second, if the work has a thread of its own; what it raises
            ends the work as a signal handler's exception does.

    Raises:
        Interrupted: after Ctrl-C, once the work has ended.
        BaseException: what another signal handler raised, once the work has ended.
    """
    if seconds < DIRECT_SECONDS or threading.get_ident() != threading.main_thread().ident:
        return work(0)
    owned = create("qtg_cancel_create")
    cancel = int(owned)
    outcome: list[T] = []
    failure: list[BaseException] = []
    done = threading.Lock()
    done.acquire()

    def worker() -> None:
        try:
            outcome.append(work(cancel))
        except BaseException as error:
            failure.append(error)
        finally:
            done.release()

    # Waits natively, where no handler can run. Python looks for signals after a call into C, never on the way from
    # an exception to the first call of its handler: a second exception cannot come between the two.
    finish = lib.qtg_cancel_finish
    try:
        try:
            # Not by threading.Thread, whose bookkeeping an exception in its midst breaks: a KeyError would take its place.
            _thread.start_new_thread(worker, ())
            # Never for long: a signal ends the wait only if it comes to this thread, and once it has begun.
            while not done.acquire(timeout=_PAUSE):
                if meanwhile is not None:
                    meanwhile()
        except BaseException:
            finish(cancel)
            raise
    except KeyboardInterrupt:
        raise Interrupted(f"{what} was interrupted") from None
    finally:
        # What is raised shall not keep it.
        del owned
    if failure:
        raise failure[0]
    return outcome[0]

"""Finds and loads the native library, and the few ways in which the package calls it."""

from __future__ import annotations

import ctypes
import functools
import math
import os
import platform
import threading
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from . import _arrays, _errors
from . import _signatures as c

T = TypeVar("T")

# What the CPU must offer for a level; the names are those of /proc/cpuinfo. Best level first.
_LEVELS = {
    "x86-64-v3": {"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"},
    "baseline": set[str](),
}

# Calls that should take less than this run in the calling thread: a worker thread costs about 1 ms.
DIRECT_SECONDS = 0.05


def _cpu_flags() -> set[str]:
    try:
        with open("/proc/cpuinfo") as file:
            for line in file:
                if line.startswith("flags"):
                    return set(line.split(":", 1)[1].split())
    except OSError:
        pass
    return set()


def _cpu_level() -> str:
    flags = _cpu_flags()
    forced = os.environ.get("QTANGENT_CPU_LEVEL")
    if forced:
        if forced not in _LEVELS:
            raise ImportError(f"QTANGENT_CPU_LEVEL is {forced!r}; it must be one of {', '.join(_LEVELS)}")
        # Where the flags cannot be read, the user knows better.
        if flags and (lacked := _LEVELS[forced] - flags):
            raise ImportError(
                f"QTANGENT_CPU_LEVEL is {forced!r}, but this CPU lacks {', '.join(sorted(lacked))}; unset it"
            )
        return forced
    if platform.machine() != "x86_64":
        return "baseline"
    return next(level for level, needed in _LEVELS.items() if needed <= flags)


def _library_path() -> Path:
    override = os.environ.get("QTANGENT_LIBRARY")
    if override:
        return Path(override)
    return Path(__file__).parent / "lib" / f"libqtangent-{_cpu_level()}.so"


def _load() -> ctypes.CDLL:
    path = _library_path()
    if not path.exists():
        raise ImportError(
            f"{path} does not exist; install the package (pip install ./python) or set QTANGENT_LIBRARY"
        )
    library = ctypes.CDLL(str(path))
    try:
        found = library.qtg_abi_version()
    except AttributeError:
        raise ImportError(f"{path} is not a QTangent library") from None
    if found != c.ABI_VERSION:
        raise ImportError(
            f"{path} has ABI version {found}, this Python package needs {c.ABI_VERSION}; "
            "reinstall it (pip install --force-reinstall ./python) or unset QTANGENT_LIBRARY"
        )
    for name, (result, arguments) in c.SIGNATURES.items():
        try:
            function = getattr(library, name)
        except AttributeError:
            raise ImportError(f"{path} lacks {name}; reinstall the package (pip install ./python)") from None
        function.restype = result
        function.argtypes = arguments
    return library


lib = _load()


def last_error() -> str:
    """The text of this thread's last failure."""
    length = ctypes.c_int64()
    lib.qtg_last_error(None, 0, ctypes.byref(length))
    buffer = ctypes.create_string_buffer(length.value + 1)
    lib.qtg_last_error(buffer, len(buffer), ctypes.byref(length))
    return buffer.value.decode()


def call(name: str, *arguments: Any) -> None:
    """Calls a function that returns a status, and raises what the status says."""
    status = getattr(lib, name)(*arguments)
    if status:
        raise _errors.error(status, last_error())


def create(name: str, *arguments: Any) -> int:
    """Calls a function whose last argument receives a handle."""
    result = ctypes.c_int64()
    call(name, *arguments, ctypes.byref(result))
    return result.value


def read_bytes(name: str, *arguments: Any) -> bytes:
    """Calls a function that writes bytes or text into (buffer, capacity, *length)."""
    length = ctypes.c_int64()
    function = getattr(lib, name)
    capacity = 1 << 12
    while True:
        buffer = ctypes.create_string_buffer(capacity)
        length.value = 0
        status = function(*arguments, buffer, capacity, ctypes.byref(length))
        if not status:
            return buffer.raw[: length.value]
        if length.value < capacity:
            raise _errors.error(status, last_error())
        capacity = length.value + 1


def own(owner: object, free: str, handle: int) -> int:
    """Frees the handle when its owner is collected; safe at exit and in any thread."""
    weakref.finalize(owner, getattr(lib, free), handle).atexit = False
    return handle


class Interruption(Exception):
    """Ctrl-C came while a long call ran; the call has ended."""


def interruptible(seconds: float, work: Callable[[int], T]) -> T:
    """Runs work(cancel handle); Ctrl-C stops it, however long it takes.

    A call that should be long runs in a worker thread while the main thread waits, since Python runs signal handlers
    in the main thread only, between two of its own instructions. Whatever a handler raises, however often, the call
    is cancelled and has ended before the exception goes on: nothing writes to memory or files after that.

    Args:
        seconds: an estimate of the duration; below 0.05 the work is called directly, with no handle (0).
        work: makes every native call that takes long with the handle. The worker keeps it alive, and it must keep
            alive the arrays to which its addresses point: it refers to the arrays, not to addresses.

    Raises:
        Interruption: after Ctrl-C, once the work has ended.
        BaseException: what another signal handler raised, once the work has ended.
    """
    if seconds < DIRECT_SECONDS or threading.current_thread() is not threading.main_thread():
        return work(0)
    cancel = create("qtg_cancel_create")
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
            threading.Thread(target=worker, daemon=True, name="qtangent").start()
            done.acquire()
        except BaseException:
            finish(cancel)
            raise
    except KeyboardInterrupt:
        raise Interruption from None
    finally:
        lib.qtg_cancel_free(cancel)
    if failure:
        raise failure[0]
    return outcome[0]


def build_info() -> dict[str, Any]:
    """Version, ABI, CPU level in use, number of threads, bytes a call may take, compiler and configuration of the
    native library."""
    import json

    info: dict[str, Any] = json.loads(read_bytes("qtg_build_info"))
    return info


@functools.cache
def _memory_limit() -> int:
    limit: int = build_info()["memory_limit"]
    return limit


def result(
    name: str, shape: Sequence[int], axis: int, unit: str, dtype: DTypeLike = np.float64
) -> NDArray[Any]:
    """An array for a result, of a shape that may be any size.

    Args:
        axis, unit: where fewer at a time make it smaller, and of what: "samples".

    Raises:
        OutOfMemoryError: before the memory is taken; the text says how much, and how many at a time fit.
    """
    needed = math.prod(shape) * np.dtype(dtype).itemsize
    limit = _memory_limit()
    if needed > limit:
        fitting = shape[axis] * limit // needed
        remedy = f"a chunk of {fitting} {unit} fits" if fitting else f"not even one of the {unit} fits"
        raise _errors.OutOfMemoryError(
            f"{name} of shape {tuple(shape)} takes {needed / 1e9:.1f} GB, {limit / 1e9:.1f} GB are allowed; {remedy}"
        )
    return np.empty(shape, dtype=dtype)


def set_num_threads(count: int) -> None:
    """How many threads a call may use, 1 to 256 (at first QTANGENT_NUM_THREADS, or the processors it may use).

    Results have the same bits on any number of threads.
    """
    call("qtg_threads_set", _arrays.integer("the number of threads", count))


def get_num_threads() -> int:
    """How many threads a call may use."""
    count = ctypes.c_int64()
    call("qtg_threads_get", ctypes.byref(count))
    return count.value

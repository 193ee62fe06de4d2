"""A process in which one case is interrupted again and again: `python -m interrupts.worker NAME SEED COUNT`.

It prints what it found as JSON, or ends with an AssertionError.
"""

from __future__ import annotations

import _thread
import faulthandler
import gc
import json
import os
import random
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import qtangent as qt
from qtangent._native import Handle, lib

from .case import Case, bits
from .registry import CASES

SENDER = Path(__file__).with_name("sender.py")


class Limit(Exception):
    """What a user's handler may raise."""


def handler(error: type[BaseException]):
    """Raises it."""

    def on_signal(*_: object) -> None:
        raise error

    return on_signal


# TimeoutError is an OSError, which programs catch for files.
KINDS = {signal.SIGINT: KeyboardInterrupt, signal.SIGALRM: TimeoutError, signal.SIGUSR1: Limit}


@dataclass(frozen=True)
class Stop:
    """How a call ended."""

    moment: float
    """Where in the call, from 0 to 1."""
    wait: float
    """Seconds from the signal to its exception."""
    work: float
    """The same, or the processor time that the process used in between where that is less: the machine was busy then."""


class Watch:
    """Counts calls of C functions in the place of the functions; `began` is told of those whose moment is drawn."""

    def __init__(self, name: str) -> None:
        self.inner, self.seconds, self.done = getattr(lib, name), [], 0
        self.began = lambda index: None
        setattr(lib, name, self)

    def __call__(self, *arguments: object) -> int:
        began = time.perf_counter()
        try:
            self.began(len(self.seconds))
            status = self.inner(*arguments)
            self.done += not status
            return status
        finally:
            self.seconds.append(time.perf_counter() - began)


class Balance:
    """Cancel tokens that were made and not freed; they are freed by no finalizer, so that Python code may count."""

    def __init__(self) -> None:
        self.count = 0
        create, free = lib.qtg_cancel_create, lib.qtg_cancel_free

        def created(*arguments: object) -> int:
            self.count += 1
            return create(*arguments)

        def freed(*arguments: object) -> int:
            self.count -= 1
            return free(*arguments)

        lib.qtg_cancel_create, lib.qtg_cancel_free = created, freed


def handles() -> int:
    """Native objects that Python holds."""
    gc.collect()
    return sum(type(one) is Handle for one in gc.get_objects())


def threads(most: int) -> int:
    """Python threads beside this one, once there are no more than so many: those of calls may still be on their way out."""
    until = time.monotonic() + 1
    while (count := _thread._count()) > most and time.monotonic() < until:
        time.sleep(0.001)
    return count


@contextmanager
def sender() -> Iterator[subprocess.Popen[str]]:
    """Sends signals to this process."""
    command = [sys.executable, str(SENDER), str(os.getpid())]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


class Interrupting:
    """A case that ran once without a signal."""

    def __init__(self, case: Case, process: subprocess.Popen[str]) -> None:
        self.case, self.process = case, process
        self.call, self.inputs = case.make()
        self.watch = Watch(case.function) if case.function else None
        self.tokens = Balance()
        self.before = [array.tobytes() for array in self.inputs]
        began = time.perf_counter()
        self.expected = bits(self.call())
        self.seconds = self.watch.seconds.copy() if self.watch else [time.perf_counter() - began]
        assert self.seconds, f"{case.name} is not called"
        # A thread whose call has ended still holds what it was given.
        threads(0)
        self.handles, self.threads = handles(), _thread._count()

    def at(self, moment: float) -> tuple[int, float]:
        """The call of the C function, and the seconds in it, at a moment of all its time."""
        left = moment * sum(self.seconds)
        for index, seconds in enumerate(self.seconds):
            if left < seconds:
                return index, left
            left -= seconds
        raise ValueError(moment)

    def stop(self, moment: float, number: signal.Signals) -> Stop | None:
        """Sends the signal; None where the call ended before it came."""
        chosen, seconds = self.at(moment)
        ended = False

        def began(index: int) -> None:
            if index == chosen:
                self.process.stdin.write(f"{seconds} {int(number)}\n")
                self.process.stdin.flush()

        if self.watch:
            self.watch.seconds.clear()
            self.watch.done, self.watch.began = 0, began
        try:
            if not self.watch:
                began(0)
            self.call()
            ended = True
            time.sleep(sum(self.seconds) + 1)
            raise AssertionError("the exception was lost")
        except BaseException as error:
            caught, used = time.perf_counter(), time.process_time()
            if isinstance(error, AssertionError):
                raise
            found = error
        # The function was done, and the signal came while Python made something of its results.
        ended = ended or (self.watch is not None and self.watch.done > chosen)
        sent, before = map(float, self.process.stdout.readline().split())
        if self.watch:
            self.watch.began = lambda index: None
        expected = qt.Interrupted if self.watch and number == signal.SIGINT else KINDS[number]
        assert ended or isinstance(found, expected), f"{found!r} in the place of {expected}"
        assert not isinstance(found, KeyboardInterrupt) or number == signal.SIGINT, repr(found)
        assert threads(self.threads) <= self.threads, "the call goes on"
        return None if ended else Stop(moment, caught - sent, min(caught - sent, used - before))

    def check(self) -> None:
        """Nothing is left of the call, and the next one is as if it had never been."""
        assert [array.tobytes() for array in self.inputs] == self.before, "the inputs changed"
        # An exception that comes between the end of a call and the release of its token keeps that in its traceback.
        gc.collect()
        assert self.tokens.count == 0, f"{self.tokens.count} cancel tokens are left"
        assert bits(self.call()) == self.expected, "the next call gave something else"
        threads(self.threads)
        assert handles() == self.handles, f"{handles()} handles in the place of {self.handles}"


def main() -> None:
    """Interrupts one case so many times."""
    faulthandler.enable()
    warnings.simplefilter("ignore", qt.QTangentWarning)
    name, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    for number, error in KINDS.items():
        signal.signal(number, handler(error))
    drawn, stops = random.Random(seed), []
    with sender() as process:
        interrupting = Interrupting(CASES[name], process)
        latest = 1.0
        while len(stops) < count:
            number = drawn.choice(list(KINDS))
            stop = interrupting.stop(drawn.uniform(0, latest), number)
            if stop is None:
                # The machine was slower when the time was taken.
                latest *= 0.8
                continue
            stops.append(stop)
            interrupting.check()
    print(json.dumps({"seconds": sum(interrupting.seconds), "stops": [asdict(stop) for stop in stops]}))


if __name__ == "__main__":
    main()

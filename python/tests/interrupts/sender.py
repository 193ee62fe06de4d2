"""A program that sends signals to another: `python sender.py PID`, then a line "SECONDS SIGNAL" for each.

It answers with the moment just before each and the processor time that the other had used by then. A process of its own, as
a thread would have to wait until the other lets go of Python's lock.
"""

from __future__ import annotations

import os
import sys
import time


def processor_clock(pid: int) -> int:
    """The number of another process' clock of processor time (Linux: ~pid << 3, or 2 for what the scheduler counts)."""
    return (~pid << 3) | 2


def main() -> None:
    pid = int(sys.argv[1])
    clock = processor_clock(pid)
    for line in sys.stdin:
        seconds, number = line.split()
        time.sleep(float(seconds))
        sent = time.perf_counter(), time.clock_gettime(clock)
        os.kill(pid, int(number))
        print(*sent, flush=True)


if __name__ == "__main__":
    main()

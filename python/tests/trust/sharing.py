"""Two processes on one checkpoint or sweep folder: whoever comes last is found, whole; a sweep has its bits."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from children import child

from .parts import Part

# Trains into the file that the other one trains into, and says what its own run would be.
CHECKPOINT = """
import hashlib, sys, numpy as np, qtangent as qt
seed = int(sys.argv[1])
model = qt.Model(qt.ansatz.hardware_efficient(3, 2), qt.pauli("ZII"))
print("begun", flush=True)
sys.stdin.readline()
try:
    run = qt.train(model, [1.0], steps=300, seed=seed, checkpoint=qt.Checkpoint("run.qtg", every=1))
except qt.FileError as error:
    # The other one was there first.
    assert "would overwrite it" in str(error), error
    print("refused")
    raise SystemExit
print(hashlib.sha256(run.theta.tobytes()).hexdigest())
"""

READ = """
import hashlib, sys, time, qtangent as qt
print("begun", flush=True)
read, until = 0, time.monotonic() + 0.5
while time.monotonic() < until or not read:
    try:
        qt.Run.load("run.qtg")
        read += 1
    except FileNotFoundError:
        pass
    except qt.FileError as error:
        assert "No such file" in str(error), error
sys.stdin.readline()
run = qt.Run.load("run.qtg")
assert run.n_steps == 300
print(read, hashlib.sha256(run.theta.tobytes()).hexdigest())
"""

SWEEP = """
import hashlib, sys
from qtangent.convergence import haar_setup, sweep
print("begun", flush=True)
sys.stdin.readline()
found = sweep(haar_setup, p=[3, 4], n=2, m=2, seeds=int(sys.argv[1]), time=1.0, dt=0.05, records=6, path="points")
print(hashlib.sha256(found.sel(seed=0).loss.values.tobytes()).hexdigest())
"""


def begun(script: str, argument: int, folder: Path):
    """A program that waits for a line."""
    return child(
        script, str(argument), quiet=True, cwd=folder,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def go(*programs: subprocess.Popen) -> list[str]:
    """What they say when all have begun and may go on."""
    for one in programs:
        assert one.stdout.readline() == "begun\n", one.communicate()[1]
    for one in programs:
        one.stdin.write("\n")
        one.stdin.flush()
    said = []
    for one in programs:
        out, errors = one.communicate(timeout=120)
        assert one.returncode == 0, errors
        said.append(out.strip())
    return said


def checkpoint(number: int) -> dict[str, float]:
    """Two trainings save after every step while a third process reads; what stays is one of the two."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            begun(CHECKPOINT, 2 * number, folder) as one,
            begun(CHECKPOINT, 2 * number + 1, folder) as two,
            begun(READ, 0, folder) as reader,
        ):
            assert reader.stdout.readline() == "begun\n"
            ends = go(one, two)
            reader.stdin.write("\n")
            out, errors = reader.communicate(timeout=120)
            assert reader.returncode == 0, errors
        read, found = out.split()
        assert found in ends, "neither of the two"
        assert [path.name for path in folder.iterdir()] == ["run.qtg"]
    return {"saves": 300 * sum(end != "refused" for end in ends), "readings meanwhile": int(read)}


def sweep(number: int) -> dict[str, float]:
    """The same sweep twice at a time, and a larger one later."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with begun(SWEEP, 2, folder) as one, begun(SWEEP, 2 + number % 2, folder) as two:
            first, second = go(one, two)
        with tempfile.TemporaryDirectory() as other, begun(SWEEP, 1, Path(other)) as alone:
            assert [first, second] == 2 * go(alone), "other bits"
    return {"results equal bit for bit": 2}


PARTS = [
    Part(
        "share-checkpoint",
        "two processes on one checkpoint: what is read is always one of the two, whole",
        1,
        100,
        checkpoint,
    ),
    Part("share-sweep", "two processes on one sweep folder: both get the same bits", 1, 50, sweep),
]

"""kill -9 at random moments of a program that is begun again by the same command until it has come to its end."""

from __future__ import annotations

import functools
import random
import subprocess
import tempfile
import time
from pathlib import Path

from children import child

from .parts import Part

# Each prints "begun" when its work begins, leaves its result in ./result and every trace it needs in this folder.
TRAINING = """
import os, sys, numpy as np, qtangent as qt
kind = int(sys.argv[1])
optimizer = [qt.Adam(0.01), qt.GradientDescent(0.01), qt.LBFGS(), qt.Momentum(0.01), qt.RMSProp(0.001)][kind]
model = qt.Model(qt.ansatz.hardware_efficient(5, 4), qt.pauli("ZIIII"))
y, states, steps = np.tile([1.0, -1.0], 8), qt.encoding.haar_states(5, 16, seed=1), 1000
print("begun", flush=True)
if os.path.exists("run.qtg"):
    run = qt.resume("run.qtg", steps - qt.Run.load("run.qtg").n_steps)
else:
    run = qt.train(model, y, states=states, steps=steps, seed=3, optimizer=optimizer, batch_size=None if kind == 2 else 4,
                   record=["loss", "theta"], record_every=10, checkpoint=qt.Checkpoint("run.qtg", every=20))
run.save("result")
"""

SWEEP = """
import pickle, sys
from qtangent.convergence import haar_setup, sweep
print("begun", flush=True)
found = sweep(haar_setup, p=[20], n=2, m=4, seeds=10, time=8.0, dt=0.02, records=10, path="points")
pickle.dump(found.to_dict(), open("result", "wb"))
"""

# Over and over into the same file, as checkpoints are: what is found must be one of the two that were written.
SAVING = r"""
import os, re, sys, types, numpy as np, qtangent as qt, qtangent.diagnosis
from qtangent.classical import Descent, TwoLayerNetwork
kind = int(sys.argv[1]) % 3
# A diagnosis tells how long it took.
sys.modules["qtangent.diagnosis.diagnose"].clock = types.SimpleNamespace(perf_counter=lambda: 0.0)
model = qt.Model(qt.ansatz.hardware_efficient(4, 6), qt.pauli("ZIII"))
def run(seed):
    if kind == 0:
        return qt.train(model, [1.0], steps=200, seed=seed, record=["loss", "theta"])
    if kind == 1:
        network = TwoLayerNetwork(np.eye(3))
        return network.train(network.initialize(50, seed=seed), 0.01, steps=200, record_path=True)
    return qt.diagnose(model, [1.0], theta=np.full(model.n_params, 0.1 + seed), budget="quick")
one, two = run(1), run(2)
print("begun", flush=True)
if os.path.exists("mine"):
    there = type(one).load("mine")
    def state(run): return run.to_json() if kind == 2 else run.__getstate__()
    assert state(there) in (state(one), state(two)), "neither of the two"
for _ in range(20):
    one.save("mine")
    two.save("mine")
two.save("result")
left = [name for name in os.listdir() if name not in ("mine", "result")]
assert all(re.fullmatch(r"(mine|result)\.\d+-\d+\.tmp|\.(mine|result)\..*", name) for name in left) and len(left) < 4, left
"""


def live(script: str, kind: int, folder: Path, seconds: float | None = None) -> tuple[bool, float]:
    """Whether the program ended, killed so many seconds after its work began, and for how long it worked."""
    with child(
        script, str(kind), quiet=True, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        if process.stdout.readline() != "begun\n":
            raise AssertionError(process.communicate()[1])
        began = time.monotonic()
        try:
            errors = process.communicate(timeout=120 if seconds is None else seconds)[1]
        except subprocess.TimeoutExpired:
            assert seconds is not None, "it hangs"
            return False, seconds
        assert process.returncode == 0, errors
        return True, time.monotonic() - began


@functools.cache
def uninterrupted(script: str, kind: int) -> tuple[bytes, float]:
    """The result, and what it takes."""
    with tempfile.TemporaryDirectory() as name:
        _, seconds = live(script, kind, Path(name))
        return (Path(name) / "result").read_bytes(), seconds


def killed(script: str, kinds: int, number: int) -> dict[str, float]:
    """The result is that of an uninterrupted program, to the last bit."""
    kind = number % kinds
    expected, seconds = uninterrupted(script, kind)
    chance, kills, results = random.Random(number), 0, 0
    # A machine that was busy when the time was taken is quicker now: sooner then.
    while kills < 3:
        with tempfile.TemporaryDirectory() as name:
            for _ in range(3):
                if live(script, kind, Path(name), chance.uniform(0, 0.5 * seconds))[0]:
                    break
                kills += 1
            else:
                live(script, kind, Path(name))
            assert (Path(name) / "result").read_bytes() == expected, "another result"
        results += 1
        seconds *= 0.7
    return {"kills": kills, "results equal bit for bit": results}


PARTS = [
    Part(
        f"kill-{name}",
        f"kill -9 at any moment of {what}: the same command goes on to the same bits",
        2,
        34,
        functools.partial(killed, script, kinds),
    )
    for name, what, script, kinds in (
        ("training", "a training with checkpoints", TRAINING, 5),
        ("sweep", "a sweep", SWEEP, 1),
        ("save", "a save", SAVING, 3),
    )
]

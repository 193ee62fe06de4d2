"""What more threads would bring, found on one: units, their chain, and the same results."""

import ctypes
import json
import os
import subprocess
import sys

import numpy as np
import pytest
import qtangent as qt
from qtangent import _native
from qtangent._native.rehearsal import rehearse

# Eight doubles are one vector, and eight samples may be one block (docs/cpu-levels.md).
WIDE = qt.build_info()["cpu_level"] == "x86-64-v4"


@pytest.fixture
def layered():
    model = qt.Model(qt.ansatz.hardware_efficient(8, layers=6), qt.pauli("ZIIIIIII"))
    states = qt.encoding.haar_states(8, 64, orthogonal=False, seed=1)
    return model, np.random.default_rng(2).normal(size=model.circuit.n_params), states


def test_units_are_blocks_and_the_chain_is_that_of_the_fullest_thread(layered):
    model, theta, states = layered
    found = []
    expected = model.jacobian(theta, states=states)
    before = qt.get_num_threads()
    # Other work on the machine makes some of the equal blocks slower: the best of a few.
    tries = [rehearse(lambda: found.append(model.jacobian(theta, states=states)), 4) for _ in range(20)]
    assert qt.get_num_threads() == before
    for rows in found:
        np.testing.assert_array_equal(rows, expected)
    four = max(tries, key=lambda one: one.work / one.chain)
    # On many cores blocks of eight would leave half of them idle.
    assert four.units == (8 if WIDE and qt.build_info()["layout"] == "few" else 16)
    assert 0 < four.chain < four.work <= four.seconds
    # A quarter of the blocks a thread.
    assert 2.5 < four.work / four.chain <= 4.001
    assert four.shared_seconds == four.seconds - four.work + four.chain
    alone = rehearse(lambda: model.jacobian(theta, states=states), 1)
    assert (alone.units, alone.work, alone.chain) == (0, 0, 0)
    assert alone.seconds > 0


def test_other_threads_and_later_calls_are_not_rehearsed(layered):
    model, theta, states = layered
    assert rehearse(lambda: None, 4).units == 0
    with pytest.raises(RuntimeError, match="no reason"):
        rehearse(_fails, 4)
    model.jacobian(theta, states=states)
    with pytest.raises(qt.InvalidArgumentError, match="qtg_rehearsal_begin"):
        _end()


def _fails():
    raise RuntimeError("no reason")


def _end():
    units, work, chain = ctypes.c_int64(), ctypes.c_double(), ctypes.c_double()
    _native.call("qtg_rehearsal_end", ctypes.byref(units), ctypes.byref(work), ctypes.byref(chain))


@pytest.mark.parametrize(
    ("layout", "name", "units"),
    [
        ("few", "layered", 2 if WIDE else 4),
        ("many", "layered", 16),
        ("few", "dense", 2),
        ("many", "dense", 4),
    ],
)
def test_calls_are_cut_by_the_layout_class(layout, name, units):
    """Ten qubits and 16 samples: blocks of four or eight, or one state after the other. A dense circuit and eight samples:
    two blocks of four, or four pairs (docs/engine.md)."""
    script = f"""
import json
import numpy as np
import qtangent as qt
from qtangent._native.rehearsal import rehearse
if {name == "layered"}:
    model = qt.Model(qt.ansatz.hardware_efficient(10, layers=4), qt.pauli("ZIIIIIIIII"))
    states = qt.encoding.haar_states(10, 16, seed=1)
else:
    model = qt.Model(qt.ansatz.haar(5, 100, seed=0), qt.pauli("ZIIII"))
    states = qt.encoding.haar_states(5, 8, seed=1)
theta = np.random.default_rng(2).normal(size=model.circuit.n_params)
rows = []
model.jacobian(theta, states=states)  # compiles the circuit
found = rehearse(lambda: rows.append(model.jacobian(theta, states=states)), 16)
print(json.dumps([found.units, rows[0].ravel().tolist()]))
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "QTANGENT_LAYOUT": layout},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found, rows = json.loads(done.stdout)
    assert found == units
    if name == "dense":
        model = qt.Model(qt.ansatz.haar(5, 100, seed=0), qt.pauli("ZIIII"))
        states = qt.encoding.haar_states(5, 8, seed=1)
        theta = np.random.default_rng(2).normal(size=model.circuit.n_params)
        one_by_one = [model.jacobian(theta, states=state[None]).ravel() for state in states]
        np.testing.assert_allclose(rows, np.concatenate(one_by_one), rtol=0, atol=1e-12)

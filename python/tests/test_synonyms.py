"""Names that users of other programs try first lead to those of this one."""

import copy
import math
import pickle
import re

import numpy as np
import pytest
import qtangent as qt
from qtangent.habits.synonyms import REMARKS, SYNONYMS
from reference import controlled

GUESSES = [name for names in (*SYNONYMS, *REMARKS) for name in names.split(", ")]


def told(name):
    with pytest.raises(AttributeError) as caught:
        getattr(qt.Circuit(3), name)
    return str(caught.value)


@pytest.mark.parametrize(
    ("guess", "message"),
    [
        ("cnot", "a circuit has no 'cnot'; use circuit.cx(control, target)"),
        ("CNOT", "a circuit has no 'CNOT'; use circuit.cx(control, target)"),
        ("RX", "a circuit has no 'RX'; use circuit.rx"),
        ("toffoli", "a circuit has no 'toffoli'; use circuit.ccx(control, control2, target)"),
        ("PhaseShift", "a circuit has no 'PhaseShift'; use circuit.phase(angle, qubit)"),
        ("num_qubits", "a circuit has no 'num_qubits'; use circuit.n_qubits"),
        (
            "measure_all",
            "a circuit has no 'measure_all'; what is measured is given to qt.Model(circuit, observable)",
        ),
        ("nothing_like_it", "a circuit has no 'nothing_like_it'"),
        ("_private", "a circuit has no '_private'"),
    ],
)
def test_messages(guess, message):
    assert told(guess) == message


@pytest.mark.parametrize("guess", GUESSES)
def test_no_guess_exists_and_all_advice_does(guess):
    assert not hasattr(qt.Circuit, guess)
    advice = told(guess).partition("; ")[2]
    for name in re.findall(r"circuit\.(\w+)|\)\.(\w+)\(", advice):
        assert hasattr(qt.Circuit, max(name))


def recipe(name):
    return next(text for names, text in SYNONYMS.items() if name in names.split(", "))


def rotation(axis, angle):
    return math.cos(angle / 2) * np.eye(2) - 1j * math.sin(angle / 2) * axis


SWAP = np.eye(4)[[0, 2, 1, 3]]
Z, Y = np.diag([1, -1]), np.array([[0, -1j], [1j, 0]])
WORDS = {"control": 0, "a": 1, "b": 2, "c": 0, "qubit": 0, "math": math}
ANGLES = {"a": 0.3, "b": 1.1, "c": -0.7, "qubit": 0, "math": math}


@pytest.mark.parametrize(
    ("name", "qubits", "words", "matrix"),
    [
        ("cswap", 3, WORDS, controlled(SWAP)),
        ("ccz", 3, WORDS, np.diag([1, 1, 1, 1, 1, 1, 1, -1])),
        ("rot", 1, ANGLES, rotation(Z, -0.7) @ rotation(Y, 1.1) @ rotation(Z, 0.3)),
        # PennyLane's and Qiskit's U2(phi, lambda).
        (
            "u2", 1, ANGLES,
            np.array([[1, -np.exp(1.1j)], [np.exp(0.3j), np.exp(1.4j)]]) / math.sqrt(2),
        ),
    ],
)  # fmt: skip
def test_recipes_are_the_gates(name, qubits, words, matrix):
    circuit = eval("circuit." + recipe(name), {"circuit": qt.Circuit(qubits), **words})
    np.testing.assert_allclose(circuit.matrix(), matrix, atol=1e-15)


def test_copies_and_pickles_do_not_stumble():
    circuit = qt.Circuit(1).h(0)
    assert copy.copy(circuit) == copy.deepcopy(circuit) == pickle.loads(pickle.dumps(circuit)) == circuit
    assert not hasattr(circuit, "_ipython_display_")
    assert getattr(circuit, "cnot", None) is None

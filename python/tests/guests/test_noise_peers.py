"""Channels against those of Qulacs, TensorCircuit and Stim that mean the same, docs/noise.md; PennyLane's and Aer's are in
the tests of their bridges."""

import itertools

import numpy as np
import pytest
import qtangent as qt

TIGHT = {"rtol": 0, "atol": 1e-12}
LETTERS = {
    "I": np.eye(2), "X": np.array([[0, 1], [1, 0]]), "Y": np.array([[0, -1j], [1j, 0]]), "Z": np.diag([1.0, -1.0]),
}  # fmt: skip


def strings(n):
    return ["".join(letters) for letters in itertools.product("IXYZ", repeat=n)]


def dense(string):
    matrix = np.eye(1)
    for letter in string:
        matrix = np.kron(matrix, LETTERS[letter])
    return matrix


QULACS = {
    "depolarizing": (lambda gate: gate.DepolarizingNoise(0, 0.3), qt.noise.depolarizing(0.3, 1)),
    "depolarizing two": (lambda gate: gate.TwoQubitDepolarizingNoise(0, 1, 0.3), qt.noise.depolarizing(0.3, 2)),
    "bit flip": (lambda gate: gate.BitFlipNoise(0, 0.2), qt.noise.bit_flip(0.2)),
    "dephasing": (lambda gate: gate.DephasingNoise(0, 0.2), qt.noise.phase_flip(0.2)),
    "independent": (
        lambda gate: gate.IndependentXZNoise(0, 0.2), qt.noise.pauli({"X": 0.16, "Z": 0.16, "Y": 0.04}),
    ),
    "damping": (lambda gate: gate.AmplitudeDampingNoise(0, 0.4), qt.noise.amplitude_damping(0.4)),
    "kraus": (
        lambda gate: gate.CPTP([gate.DenseMatrix(0, np.diag([1, 0.6])), gate.DenseMatrix(0, np.diag([0, 0.8]))]),
        qt.noise.kraus([np.diag([1, 0.6]), np.diag([0, 0.8])]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", QULACS)
def test_channels_of_qulacs(name):
    """The transfer matrix, a column of which is what becomes of one Pauli string."""
    qulacs = pytest.importorskip("qulacs")
    make, channel = QULACS[name]
    n = channel.n_qubits
    matrix = np.empty((4**n, 4**n))
    for column, string in enumerate(strings(n)):
        # A state with this string alone beside the identity. Qulacs' qubit 0 is the last factor.
        state = qulacs.DensityMatrix(n)
        state.load((np.eye(2**n) + (dense(string[::-1]) if column else 0)) / 2**n)
        make(qulacs.gate).update_quantum_state(state)
        found = [np.trace(dense(one[::-1]) @ state.get_matrix()).real for one in strings(n)]
        matrix[:, column] = found if column == 0 else np.array(found) - matrix[:, 0]
    np.testing.assert_allclose(matrix, channel.ptm, **TIGHT)


TENSORCIRCUIT = {
    "depolarizing": (lambda tc: tc.depolarizingchannel(0.1, 0.1, 0.1), qt.noise.depolarizing(0.3, 1)),
    "pauli": (
        lambda tc: tc.depolarizingchannel(0.1, 0.2, 0.3), qt.noise.pauli({"X": 0.1, "Y": 0.2, "Z": 0.3}),
    ),
    "isotropic": (lambda tc: tc.isotropicdepolarizingchannel(0.3, 2), qt.noise.depolarizing(0.3, 2)),
    "damping": (lambda tc: tc.amplitudedampingchannel(0.2, 0.7), qt.noise.amplitude_damping(0.2, excited=0.3)),
    "phase": (lambda tc: tc.phasedampingchannel(0.4), qt.noise.phase_damping(0.4)),
    "reset": (lambda tc: tc.resetchannel(), qt.noise.reset()),
    "relaxation": (
        lambda tc: tc.thermalrelaxationchannel(1.0, 1.5, 0.3, "ByChoi", 0.2),
        qt.noise.thermal_relaxation(1.0, 1.5, 0.3, excited=0.2),
    ),
    "short t2": (
        lambda tc: tc.thermalrelaxationchannel(1.0, 0.8, 0.3, "ByChoi", 0.2),
        qt.noise.thermal_relaxation(1.0, 0.8, 0.3, excited=0.2),
    ),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", TENSORCIRCUIT)
def test_channels_of_tensorcircuit(name):
    tensorcircuit = pytest.importorskip("tensorcircuit")
    tensorcircuit.set_dtype("complex128")
    make, channel = TENSORCIRCUIT[name]
    d = 2**channel.n_qubits
    operators = [np.reshape(np.asarray(one.tensor), (d, d)) for one in make(tensorcircuit.channels)]
    np.testing.assert_allclose(qt.noise.kraus(operators).ptm, channel.ptm, **TIGHT)


STIM = {
    "DEPOLARIZE1(0.3) 0": qt.noise.depolarizing(0.3, 1),
    "DEPOLARIZE2(0.3) 0 1": qt.noise.depolarizing(0.3, 2),
    "PAULI_CHANNEL_1(0.1, 0.2, 0.3) 0": qt.noise.pauli({"X": 0.1, "Y": 0.2, "Z": 0.3}),
    "X_ERROR(0.2) 0": qt.noise.bit_flip(0.2),
    "Y_ERROR(0.2) 0": qt.noise.bit_phase_flip(0.2),
    "Z_ERROR(0.2) 0": qt.noise.phase_flip(0.2),
}


@pytest.mark.parametrize("name", STIM)
def test_channels_of_stim(name):
    """How often the channel turns a string over, between two measurements of it."""
    stim = pytest.importorskip("stim")
    channel = STIM[name]
    kept = [1.0]
    for string in strings(channel.n_qubits)[1:]:
        product = "*".join(f"{letter}{qubit}" for qubit, letter in enumerate(string) if letter != "I")
        program = stim.Circuit(f"MPP {product}\n{name}\nMPP {product}\nDETECTOR rec[-1] rec[-2]")
        model = program.detector_error_model(approximate_disjoint_errors=True)
        kept.append(1 - 2 * sum(one.args_copy()[0] for one in model if one.type == "error"))
    np.testing.assert_allclose(np.diag(kept), channel.ptm, **TIGHT)

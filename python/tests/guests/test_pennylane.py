"""Models taken over from PennyLane's QNodes and tapes given to it, against PennyLane's own numbers."""

from __future__ import annotations

import json

import numpy as np
import pennylane as qml
import pytest
import qtangent as qt
from pennylane import numpy as pnp
from qtangent import _native

# PennyLane's own gradients cast complex numbers.
pytestmark = pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")

RANDOM = np.random.default_rng(12)
GATES = json.loads(_native.read_bytes("qtg_gate_table"))
H = qml.Hamiltonian([1.0, 0.5, -0.25], [qml.Z(0), qml.X(0) @ qml.Y(2), qml.Z(1) @ qml.Z(2)])


def first_word(value):
    """The name of a case, which comes first in its arguments."""
    return value if isinstance(value, str) else ""


def qnode_of(circuit, observables=(H,), wires=3):
    @qml.qnode(qml.device("default.qubit", wires=wires))
    def qnode(w, x):
        circuit(w, x)
        measured = [qml.expval(one) for one in observables]
        return measured if len(measured) > 1 else measured[0]

    return qnode


def expect_same(qnode, model, w, X, gradients=True):
    """Predictions and gradients of the model are PennyLane's."""
    w, X = np.asarray(w, dtype=float), np.asarray(X, dtype=float)
    expected = np.array([qml.math.stack(qnode(w, x)) if model_outputs(model) > 1 else qnode(w, x) for x in X])
    found = model.predict(w.ravel(), X.reshape(len(X), -1))
    np.testing.assert_allclose(found, expected, atol=1e-9)
    if gradients:
        several = model_outputs(model) > 1
        of_stack = qml.jacobian(lambda w, x: qml.math.stack(qnode(w, x)) if several else qnode(w, x))
        rows = [of_stack(pnp.array(w, requires_grad=True), pnp.array(x, requires_grad=False)) for x in X]
        jacobian = model.jacobian(w.ravel(), X.reshape(len(X), -1))
        np.testing.assert_allclose(jacobian.ravel(), np.array(rows).ravel(), atol=1e-9)


def model_outputs(model):
    return len(model.observable) if isinstance(model.observable, (list, tuple)) else 1


def test_strongly_entangling_classifier_in_three_lines():
    device = qml.device("default.qubit", wires=4)

    @qml.qnode(device)
    def classifier(weights, x):
        qml.AngleEmbedding(x, wires=range(4), rotation="Y")
        qml.StronglyEntanglingLayers(weights, wires=range(4))
        return [qml.expval(qml.Z(k)) for k in range(3)]

    weights = RANDOM.uniform(0, 6, qml.StronglyEntanglingLayers.shape(3, 4))
    X = RANDOM.normal(size=(5, 4))
    model = qt.pennylane.from_qnode(classifier, params="weights", features="x", example=(weights, X[0]))
    assert model.predict(weights.ravel(), X).shape == (5, 3)
    assert model.circuit.parameter_names[:3] == ("weights[0,0,0]", "weights[0,0,1]", "weights[0,0,2]")
    assert model.circuit.feature_names == ("x[0]", "x[1]", "x[2]", "x[3]")
    expect_same(classifier, model, weights, X)


def test_arguments_are_flattened_in_the_order_they_are_named():
    @qml.qnode(qml.device("default.qubit"))
    def qnode(bias, data, weights, layers=1, *, shift):
        for layer in range(layers):
            qml.RX(2 * weights[layer, 0] * data["x"][0] + bias - np.pi / 3, wires="a")
            qml.RY(weights[layer, 1] - shift, wires="b")
            qml.CNOT(["a", "b"])
        return qml.expval(qml.Z("a") @ qml.X("b"))

    def flat(bias, x, weights, layers, shift):
        return qnode(bias, {"x": x}, weights, layers, shift=shift)

    @qml.qnode(qml.device("default.qubit"))
    def plain(bias, x, weights, layers=1, shift=0.0):
        for layer in range(layers):
            qml.RX(2 * weights[layer, 0] * x[0] + bias - np.pi / 3, wires="a")
            qml.RY(weights[layer, 1] - shift, wires="b")
            qml.CNOT(["a", "b"])
        return qml.expval(qml.Z("a") @ qml.X("b"))

    weights, bias, x = RANDOM.normal(size=(2, 2)), 0.3, np.array([0.7])
    example = {"weights": weights, "bias": 0.0, "x": x, "layers": 2, "shift": 0.4}
    model = qt.pennylane.from_qnode(plain, ["weights", "bias"], "x", example)
    assert model.circuit.parameter_names == (
        "weights[0,0]", "weights[0,1]", "weights[1,0]", "weights[1,1]", "bias",
    )  # fmt: skip
    expected = flat(bias, x, weights, 2, 0.4)
    np.testing.assert_allclose(model.predict([*weights.ravel(), bias], [x]), [expected], atol=1e-12)


def templates():
    two = range(2)
    shapes = {
        "StronglyEntanglingLayers": ((2, 3, 3), lambda w: qml.StronglyEntanglingLayers(w, range(3))),
        "BasicEntanglerLayers": ((2, 3), lambda w: qml.BasicEntanglerLayers(w, range(3), rotation=qml.RZ)),
        "SimplifiedTwoDesign": ((3,), lambda w: qml.SimplifiedTwoDesign(w, np.zeros((0, 2, 2)), range(3))),
        "RandomLayers": ((2, 3), lambda w: qml.RandomLayers(w, range(3), seed=3)),
        "ArbitraryUnitary": ((15,), lambda w: qml.ArbitraryUnitary(w, two)),
        "ParticleConservingU2": ((1, 5), lambda w: qml.ParticleConservingU2(w, range(3), init_state=np.array([1, 0, 0]))),
        "QAOAEmbedding": ((2, 6), lambda w: qml.QAOAEmbedding(np.array([0.1, 0.2, 0.3]), w, range(3))),
        "MPS": ((2, 2), lambda w: qml.MPS(range(3), 2, block, 2, w)),
        "layer": ((2, 3), lambda w: qml.layer(lambda row: [qml.RY(row[k], k) for k in range(3)], 2, w)),
    }  # fmt: skip

    def block(weights, wires):
        qml.RX(weights[0], wires[0])
        qml.RY(weights[1], wires[1])
        qml.CNOT(wires)

    for name, (shape, write) in shapes.items():
        yield name, shape, write


@pytest.mark.parametrize(("name", "shape", "write"), [*templates()], ids=first_word)
def test_templates(name, shape, write):
    def circuit(w, x):
        qml.IQPEmbedding(x, wires=range(3), n_repeats=2)
        write(w)
        qml.RX(0.1, 2)

    w, X = RANDOM.uniform(-3, 3, shape), RANDOM.normal(size=(2, 3))
    qnode = qnode_of(circuit, [H, qml.Z(2)])
    model = qt.pennylane.from_qnode(qnode, "w", "x", (w, X[0]))
    expect_same(qnode, model, w, X)


def test_excitations():
    def circuit(w, x):
        start = np.array([1, 1, 0, 0])
        qml.AllSinglesDoubles(w, range(4), start, singles=[[0, 2], [1, 3]], doubles=[[0, 1, 2, 3]])
        qml.AngleEmbedding(x, range(4))

    w, X = RANDOM.uniform(-3, 3, 3), RANDOM.normal(size=(2, 4))
    qnode = qnode_of(circuit, wires=4)
    expect_same(qnode, qt.pennylane.from_qnode(qnode, "w", "x", (w, X[0])), w, X)


OPERATIONS = {
    "adjoint": lambda a, b: qml.adjoint(qml.RX)(a, wires=0),
    "adjoint of a template": lambda a, b: qml.adjoint(qml.StronglyEntanglingLayers(np.array([[[a, 0.1, 0.2]]]), [1])),
    "adjoints of the table": lambda a, b: [qml.adjoint(gate) for gate in (qml.S(0), qml.T(1), qml.SX(2), qml.ISWAP([0, 2]))],
    "ctrl RX": lambda a, b: qml.ctrl(qml.RX(a, 2), 0),
    "ctrl RX twice": lambda a, b: qml.ctrl(qml.RX(a, 2), [0, 1], control_values=[1, 0]),
    "ctrl RX twice, adjoint": lambda a, b: qml.adjoint(qml.ctrl(qml.RX(a, 2), [0, 1])),
    "ctrl phase": lambda a, b: qml.ctrl(qml.PhaseShift(a, 2), [0, 1]),
    "ctrl Rot": lambda a, b: qml.ctrl(qml.Rot(a, b, 0.3, 2), [0, 1]),
    "ctrl U3": lambda a, b: qml.ctrl(qml.U3(a, b, 0.3, 2), [0]),
    "ctrl U2": lambda a, b: qml.ctrl(qml.U2(a, b, 2), [1, 0]),
    "ctrl global phase": lambda a, b: qml.ctrl(qml.GlobalPhase(a), [0]),
    "ctrl MultiRZ": lambda a, b: qml.ctrl(qml.MultiRZ(a, [0, 1]), [2], control_values=[0]),
    "ctrl PauliRot": lambda a, b: qml.ctrl(qml.PauliRot(a, "XY", [0, 1]), [2]),
    "ctrl fixed": lambda a, b: (qml.ctrl(qml.S(0), [1, 2]), qml.CCZ([0, 1, 2]), qml.CSWAP([0, 1, 2]), qml.CH([0, 1])),
    "ctrl unitary": lambda a, b: qml.ctrl(qml.QubitUnitary(np.array([[0, 1j], [1, 0]]), 0), [1, 2]),
    "controlled X": lambda a, b: qml.MultiControlledX([0, 1, 2], control_values=[0, 1]),
    "U2": lambda a, b: qml.U2(a, b, 1),
    "power": lambda a, b: (qml.pow(qml.RX(a, 0), 2), qml.pow(qml.S(1), 3), qml.pow(qml.RZ(b, 2), 0.5)),
    "exp": lambda a, b: qml.exp(qml.Z(0) @ qml.X(1), -0.5j * a),
    "evolve": lambda a, b: qml.evolve(qml.Z(0) + 0.5 * qml.X(0) @ qml.X(2), a),
    "adjoint of evolve": lambda a, b: qml.adjoint(qml.evolve(qml.Z(0) + 0.5 * qml.X(0) @ qml.X(2), a)),
    "ctrl evolve": lambda a, b: qml.ctrl(qml.evolve(qml.Z(0) + 0.5 * qml.X(1), a), 2),
    "ctrl exp": lambda a, b: qml.ctrl(qml.exp(qml.Z(0), 0.5j * a), 2, control_values=[0]),
    "power of evolve": lambda a, b: qml.pow(qml.evolve(qml.Z(0) @ qml.X(1), a), 2),
    "adjoint of Trotter": lambda a, b: qml.adjoint(qml.TrotterProduct(qml.dot([1, 0.5], [qml.Z(0), qml.X(0)]), a, n=2)),
    "ctrl template": lambda a, b: qml.ctrl(qml.BasicEntanglerLayers, 2)(np.array([[a, b]]), [0, 1]),
    "phase estimation": lambda a, b: qml.QuantumPhaseEstimation(qml.RX(a, 0), estimation_wires=[1, 2]),
    "select": lambda a, b: qml.Select([qml.RX(a, 0), qml.RY(b, 0)], control=[2]),
    "approximate evolution": lambda a, b: qml.ApproxTimeEvolution(H, a, 2),
    "Trotter": lambda a, b: qml.TrotterProduct(qml.dot([1, 0.5], [qml.Z(0), qml.X(0) @ qml.X(1)]), a, n=2, order=2),
    "rotations": lambda a, b: (qml.PauliRot(a, "XZY", [2, 0, 1]), qml.MultiRZ(b, [0, 2])),
    "two qubits": lambda a, b: (qml.IsingXY(a, [0, 1]), qml.PSWAP(b, [1, 2]), qml.CPhaseShift00(a, [2, 0])),
    "excitation": lambda a, b: (qml.SingleExcitation(a, [0, 1]), qml.SingleExcitationPlus(b, [1, 2])),
    "fermionic swap": lambda a, b: qml.FermionicSWAP(a, [0, 2]),
    "Rot and CRot": lambda a, b: (qml.Rot(a, 0.1, b, 0), qml.CRot(a, b, 0.3, [2, 1])),
    "diagonal": lambda a, b: qml.DiagonalQubitUnitary(np.exp(1j * np.arange(4)), [2, 0]),
    "fixed": lambda a, b: (qml.QFT([0, 2]), qml.ECR([0, 1]), qml.SISWAP([1, 2]), qml.Permute([2, 0, 1], [0, 1, 2])),
    "products": lambda a, b: qml.prod(qml.RX(a, 0), qml.RY(b, 0)),
    "change of basis": lambda a, b: qml.change_op_basis(qml.H(0), qml.RZ(a, 0)),
    "barrier": lambda a, b: (qml.Barrier([0, 1]), qml.GlobalPhase(a), qml.Identity(0), qml.Snapshot()),
    "arithmetic": lambda a, b: qml.RX((np.pi - a) * (2 * b - 1) / 3 + b**2 - np.float64(2) * a, 0),
}  # fmt: skip


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations(name):
    def circuit(w, x):
        for k in range(3):
            qml.Hadamard(k)
            qml.RY(0.3 + k, k)
        OPERATIONS[name](w[0], x[0])
        qml.RX(w[0], 1)
        qml.RZ(x[0], 0)
        qml.RY(0.2, 0)

    w, X = RANDOM.uniform(-3, 3, 1), RANDOM.normal(size=(3, 1))
    qnode = qnode_of(circuit, [H, qml.Y(1) @ qml.Z(2)])
    model = qt.pennylane.from_qnode(qnode, "w", "x", (w, X[0]))
    # PennyLane's gradients of evolutions are not the difference quotients of its predictions (0.45.1), and it has none
    # of matrix powers.
    expect_same(qnode, model, w, X, gradients="evolve" not in name and name != "phase estimation")
    step = 1e-5
    quotients = [np.subtract(qnode(w + step, x), qnode(w - step, x)) / (2 * step) for x in X]
    np.testing.assert_allclose(model.jacobian(w, X)[:, :, 0], quotients, atol=1e-8)


def test_states_that_are_prepared():
    def circuit(w, x):
        qml.StatePrep(np.array([0.6, 0, 0, 0.8j]), [1, 0])
        qml.RX(w[0] * x[0], 0)

    qnode = qnode_of(circuit)
    model = qt.pennylane.from_qnode(qnode, "w", "x", ([0.1], [0.2]))
    expect_same(qnode, model, [0.4], [[0.3], [0.9]])


OBSERVABLES = [
    qml.Projector([0, 1], wires=[2, 0]),
    qml.Hermitian(np.array([[1, 2j], [-2j, 3]]), wires=1),
    2 * qml.Z(0) - qml.X(1) @ qml.Y(0),
    qml.Identity(0) + qml.Z(2),
]


@pytest.mark.parametrize("observable", OBSERVABLES, ids=str)
def test_observables(observable):
    def circuit(w, x):
        qml.StronglyEntanglingLayers(w, range(3))
        qml.RX(x[0], 1)

    qnode = qnode_of(circuit, [observable])
    w = RANDOM.uniform(-3, 3, (1, 3, 3))
    expect_same(qnode, qt.pennylane.from_qnode(qnode, "w", "x", (w, [0.1])), w, [[0.5], [1.5]])


def test_transforms_of_the_qnode_are_applied():
    @qml.transform
    def doubled(tape):
        twice = [operation for one in tape.operations for operation in (one, one)]
        return [tape.copy(operations=twice)], lambda results: results[0]

    qnode = doubled(qnode_of(lambda w, x: (qml.RX(w[0], 0), qml.RY(x[0], 0))))
    model = qt.pennylane.from_qnode(qnode, "w", "x", ([0.1], [0.2]))
    assert len(model.circuit) == 4
    expect_same(qnode, model, [0.4], [[0.3]])


REFUSALS = {
    "sine": (
        lambda w, x: qml.RX(np.sin(w[0]), 0),
        r"sin of param\(0\) is not an angle; angles are affine .* as a feature",
    ),
    "sine of all": (
        lambda w, x: qml.AngleEmbedding(np.sin(w), range(2)),
        r"sin of param\(0\) is not an angle",
    ),
    "exponential": (lambda w, x: qml.RX(qml.math.exp(x[0]), 0), r"exp of feature\(0\) is not an angle"),
    "product": (lambda w, x: qml.RX(w[0] * w[1], 0), r"\(param\(0\)\) \* \(param\(1\)\) is not an angle"),
    "quotient": (lambda w, x: qml.RX(1 / x[0], 0), r"a quotient by feature\(0\)"),
    "cube": (lambda w, x: qml.RX(x[0] ** 3, 0), r"\(feature\(0\)\) \*\* 3 is not an angle"),
    "remainder": (lambda w, x: qml.RX(w[0] % 3, 0), r"param\(0\) modulo 3 is neither a number nor an angle"),
    "condition": (lambda w, x: qml.RX(w[0], 0) if w[0] else None, r"depends on whether param\(0\) is 0"),
    "equality": (lambda w, x: qml.RX(w[0], 0) if w[0] == 0 else None, r"depends on whether param\(0\) is 0"),
    "comparison": (
        lambda w, x: qml.RX(w[0], 0) if w[0] > 0 else None,
        r"symbols for its arguments: TypeError: '>'",
    ),
    "number": (lambda w, x: qml.RX(float(w[0]), 0), r"symbols for its arguments: TypeError: float"),
    "amplitudes": (
        lambda w, x: (qml.StatePrep(x, range(1), normalize=False), qml.RX(w[0], 0)),
        r"StatePrep on wires \[0\]: parameters and features are angles, not amplitudes; .* qt.encoding.amplitude",
    ),
    "measurement": (lambda w, x: (qml.measure(0), qml.RX(w[0], 0)), "measurements within a circuit"),
    "noise": (
        lambda w, x: qml.DepolarizingChannel(w[0], 0),
        r"DepolarizingChannel on wires \[0\]: .* angles, not strengths of noise",
    ),
    "unused": (lambda w, x: qml.RX(w[0] * x[0], 0), r"no gate depends on w\[1\]"),
    "imaginary": (lambda w, x: qml.exp(qml.Z(0), w[0]), "Exp on wires"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_is_refused_is_named(name):
    circuit, message = REFUSALS[name]
    with pytest.raises(qt.InvalidArgumentError, match=message):
        qt.pennylane.from_qnode(qnode_of(circuit), "w", "x", ([0.1, 0.2], [0.6, 0.8]))


def test_results_and_calls_that_are_refused():
    @qml.qnode(qml.device("default.qubit"))
    def probabilities(w):
        qml.RX(w, 0)
        return qml.probs(wires=0)

    @qml.qnode(qml.device("default.qubit"), shots=100)
    def sampled(w):
        qml.RX(w, 0)
        return qml.expval(qml.Z(0))

    with pytest.raises(qt.InvalidArgumentError, match=r"returns probs\(wires=\[0\]\); return qml.expval"):
        qt.pennylane.from_qnode(probabilities, "w", example=(0.1,))
    with pytest.raises(qt.InvalidArgumentError, match=r"has shots, .* qml.set_shots\(qnode, None\)"):
        qt.pennylane.from_qnode(sampled, "w", example=(0.1,))
    assert qt.pennylane.from_qnode(qml.set_shots(sampled, None), "w", example=(0.1,)).circuit.n_params == 1
    with pytest.raises(qt.InvalidArgumentError, match=r"'v' is to be named once, and among .* which are w"):
        qt.pennylane.from_qnode(probabilities, "v", example=(0.1,))
    with pytest.raises(qt.InvalidArgumentError, match=r"example is no call of probabilities\(w\): missing"):
        qt.pennylane.from_qnode(probabilities, "w")
    with pytest.raises(qt.InvalidArgumentError, match="'w' is to be named once"):
        qt.pennylane.from_qnode(probabilities, "w", "w", (0.1,))
    qnode = qnode_of(lambda w, x: (qml.AngleEmbedding(x, range(3)), qml.RX(w[0], 0)))
    with pytest.raises(qt.InvalidArgumentError, match="got 5 samples at once; give the shape of one sample"):
        qt.pennylane.from_qnode(qnode, "w", "x", ([0.1], np.zeros((5, 3))))


# The other way.


def run(tape):
    return np.array(qml.execute([tape], qml.device("default.qubit"))[0])


def expect_same_tape(model, atol=1e-12):
    theta, x = RANDOM.uniform(-3, 3, model.circuit.n_params), RANDOM.uniform(-3, 3, model.circuit.n_features)
    X = [x] if len(x) else None
    found = run(qt.pennylane.to_tape(model, theta, x))
    np.testing.assert_allclose(found, np.squeeze(model.predict(theta, X)), atol=atol)


def expect_same_matrix(circuit):
    theta, x = RANDOM.uniform(-3, 3, circuit.n_params), RANDOM.uniform(-3, 3, circuit.n_features)
    tape = qt.pennylane.to_tape(circuit, theta, x)
    found = qml.matrix(tape, wire_order=range(circuit.n_qubits))
    expected = circuit.matrix(theta, x)
    overlap = np.vdot(expected, found) / len(expected)
    np.testing.assert_allclose(found, expected * overlap, atol=1e-12)


@pytest.mark.parametrize("name", [row["name"] for row in GATES])
def test_every_gate_there_and_back(name):
    (row,) = [row for row in GATES if row["name"] == name]
    n = row["angles"]
    circuit = getattr(qt.Circuit(4), name)(*map(qt.param, range(n)), *[2, 0, 3][: row["qubits"]])
    expect_same_matrix(circuit)

    @qml.qnode(qml.device("default.qubit", wires=4))
    def qnode(w):
        for wire in range(4):
            qml.Identity(wire)
        for operation in qt.pennylane.to_tape(circuit, w).operations:
            qml.apply(operation)
        return qml.expval(qml.Z(0))

    assert qt.pennylane.from_qnode(qnode, "w" if n else (), example=(np.zeros(n),)).circuit == circuit


def test_general_gates_and_observables():
    dense = RANDOM.normal(size=(4, 4))
    dense = dense + dense.T
    unitary, _ = np.linalg.qr(RANDOM.normal(size=(4, 4)))
    circuit = qt.encoding.zz(3) + qt.ansatz.hardware_efficient(3, 1)
    circuit.unitary(unitary, (2, 0)).rotation(qt.param(6), "XZY", (2, 0, 1)).rotation(
        qt.param(0), "II", (0, 1)
    )
    circuit.evolve(qt.param(7), qt.pauli("ZZI") + 0.5 * qt.pauli("XII"))
    circuit.evolve(qt.param(8) * qt.feature(0) + 0.5, qt.projector("01"), (2, 1)).evolve(
        qt.param(9), dense, (2, 0)
    )
    expect_same_matrix(circuit)
    observables = [
        qt.pauli("ZII") + 0.5 * qt.pauli("III"),
        qt.projector("010"),
        qt.hermitian(np.kron(dense, np.eye(2))),
    ]
    expect_same_tape(qt.Model(circuit, observables, scale=1.5))
    expect_same_tape(qt.Model(circuit, qt.pauli("XYZ"), scale=0.5))


def test_tapes_are_differentiable():
    model = qt.Model(qt.encoding.angle(3) + qt.ansatz.hardware_efficient(3, 2), qt.pauli("ZZI"), scale=2.0)
    theta, x = RANDOM.uniform(-3, 3, model.circuit.n_params), RANDOM.normal(size=3)

    @qml.qnode(qml.device("default.qubit"))
    def qnode(theta, x):
        tape = qt.pennylane.to_tape(model, theta, x)
        for operation in tape.operations:
            qml.apply(operation)
        return qml.apply(tape.measurements[0])

    gradient = qml.grad(qnode)(pnp.array(theta, requires_grad=True), pnp.array(x, requires_grad=False))
    np.testing.assert_allclose(gradient, model.jacobian(theta, [x])[0], atol=1e-9)


def test_what_is_no_qnode_is_named():
    with pytest.raises(qt.InvalidArgumentError, match="is not a QNode"):
        qt.pennylane.from_qnode(lambda w: None, "w", example=(0.1,))


def test_wrong_numbers_of_angles_are_named():
    with pytest.raises(qt.InvalidArgumentError, match="theta has 2 entries, the circuit has 1 parameters"):
        qt.pennylane.to_tape(qt.Circuit(1).rx(qt.param(0), 0), [0.1, 0.2])

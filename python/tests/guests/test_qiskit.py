"""Circuits and observables taken over from Qiskit and given to it, against Qiskit's own numbers."""

from __future__ import annotations

import json

import numpy as np
import pytest
import qtangent as qt
from qiskit import QuantumCircuit
from qiskit.circuit import (
    AnnotatedOperation,
    ControlModifier,
    Gate,
    InverseModifier,
    Parameter,
    ParameterVector,
    PowerModifier,
)
from qiskit.circuit.library import (
    DiagonalGate,
    PauliEvolutionGate,
    RXGate,
    RYGate,
    efficient_su2,
    n_local,
    qaoa_ansatz,
    real_amplitudes,
    zz_feature_map,
)
from qiskit.circuit.random import random_circuit
from qiskit.primitives import StatevectorEstimator
from qiskit.quantum_info import Operator, Pauli, SparsePauliOp
from qiskit.synthesis import MatrixExponential
from qtangent import _native

# Qiskit exponentiates evolutions as sparse matrices.
pytestmark = pytest.mark.filterwarnings("ignore::scipy.sparse.SparseEfficiencyWarning")

RANDOM = np.random.default_rng(11)
GATES = json.loads(_native.read_bytes("qtg_gate_table"))


def first_word(value):
    """The name of a case, which comes first in its arguments."""
    return value if isinstance(value, str) else ""


def reversed_bits(matrix):
    """A matrix with its qubits in the other order, by the bits of each index."""
    n = len(matrix).bit_length() - 1
    order = [int(format(k, f"0{n}b")[::-1], 2) for k in range(len(matrix))]
    return np.asarray(matrix)[np.ix_(order, order)]


def expect_equal_up_to_phase(found, expected, tolerance=1e-12):
    overlap = np.vdot(expected, found) / len(expected)
    assert abs(abs(overlap) - 1) < tolerance
    np.testing.assert_allclose(found, expected * overlap / abs(overlap), atol=tolerance * 10)


def expect_same(qc, circuit, values):
    """The circuit's matrix is Qiskit's at values by Qiskit's parameter."""
    by_name = {parameter.name: value for parameter, value in values.items()}
    theta = [by_name[name] for name in circuit.parameter_names]
    x = [by_name[name] for name in circuit.feature_names]
    bound = qc.assign_parameters(values).remove_final_measurements(inplace=False) or qc
    expect_equal_up_to_phase(circuit.matrix(theta, x), reversed_bits(Operator(bound).data))


def draw(qc):
    return {parameter: RANDOM.uniform(-3, 3) for parameter in qc.parameters}


def estimates(qc, operator, params, theta, features, X):
    """What StatevectorEstimator says for each sample."""
    rows = []
    for x in X:
        values = dict(zip(params, theta, strict=True)) | dict(zip(features, x, strict=True))
        rows.append([values[parameter] for parameter in qc.parameters])
    return StatevectorEstimator().run([(qc, operator, np.array(rows))]).result()[0].data.evs


def test_zz_map_with_real_amplitudes_in_three_lines():
    feature_map, ansatz = zz_feature_map(3, reps=2), real_amplitudes(3, reps=3)
    qc = feature_map.compose(ansatz)
    operator = SparsePauliOp(["ZII", "IXZ", "YIY"], [1.0, 0.5, -0.25])

    circuit = qt.qiskit.from_circuit(qc, features=feature_map.parameters)
    model = qt.Model(circuit, qt.qiskit.observable(operator))
    theta, X = RANDOM.uniform(0, 6, model.circuit.n_params), RANDOM.normal(size=(5, 3))

    arguments = (qc, operator, ansatz.parameters)
    expected = estimates(*arguments, theta, feature_map.parameters, X)
    np.testing.assert_allclose(model.predict(theta, X), expected, atol=1e-9)
    jacobian = model.jacobian(theta, X)
    # Every angle is one parameter with factor 1, so that the parameter-shift rule is exact.
    for k in range(len(theta)):
        shift = np.pi / 2 * np.eye(len(theta))[k]
        plus, minus = (
            estimates(*arguments, at, feature_map.parameters, X) for at in (theta + shift, theta - shift)
        )
        np.testing.assert_allclose(jacobian[:, k], (plus - minus) / 2, atol=1e-9)


def test_names_and_order_are_those_of_qiskit():
    weights, x = ParameterVector("θ", 12), ParameterVector("x", 2)
    beta = Parameter("β")
    qc = QuantumCircuit(2)
    for k in reversed(range(12)):
        qc.ry(weights[k], k % 2)
    qc.rx(2 * x[1] + beta, 0)
    qc.rx(x[0] * beta, 1)
    circuit = qt.qiskit.from_circuit(qc, features=[x])
    assert circuit.feature_names == ("x[0]", "x[1]")
    assert circuit.parameter_names == tuple(one.name for one in qc.parameters if one not in list(x))
    assert circuit.parameter_names.index("θ[2]") < circuit.parameter_names.index("θ[10]")
    given = qt.qiskit.from_circuit(qc, params=[beta, weights], features="x")
    assert given.parameter_names == ("β", *(f"θ[{k}]" for k in range(12)))
    assert qt.qiskit.from_circuit(qc, ["β", "θ"], ["x[1]", "x[0]"]).feature_names == ("x[1]", "x[0]")
    expect_same(qc, circuit, draw(qc))
    expect_same(qc, given, draw(qc))


@pytest.mark.parametrize("seed", range(60))
def test_random_circuits(seed):
    qc = random_circuit(1 + seed % 5, 4, max_operands=min(4, 1 + seed % 5), seed=seed)
    circuit = qt.qiskit.from_circuit(qc)
    expect_equal_up_to_phase(circuit.matrix(), reversed_bits(Operator(qc).data))


def libraries():
    yield "efficient_su2", efficient_su2(3, reps=2)
    yield "n_local", n_local(4, ["ry", "rz"], "crx", "circular", reps=2)
    cost = SparsePauliOp(["ZZI", "IZZ", "ZIZ"], [1.0, 0.5, -0.7])
    yield "QAOA", qaoa_ansatz(cost, reps=2)
    yield "QAOA taken apart", qaoa_ansatz(cost, reps=2).decompose(reps=3)


@pytest.mark.parametrize(("name", "qc"), [*libraries()], ids=first_word)
def test_circuits_of_the_library(name, qc):
    expect_same(qc, qt.qiskit.from_circuit(qc), draw(qc))


def special():
    a, b = Parameter("a"), Parameter("b")
    half = QuantumCircuit(2, name="mine")
    half.rx(a, 0)
    half.cx(0, 1)
    half.rz(2 * a - b + 1, 1)
    wide = SparsePauliOp(["ZZI", "IXX"], [1.0, 0.5])
    commuting = SparsePauliOp(["ZZI", "IIZ", "XXI"], [1.0, 0.5, 2.0])
    yield "user gate", lambda qc: qc.append(half.to_gate(), [2, 0])
    yield (
        "controlled user gate",
        lambda qc: qc.append(half.to_gate().control(1, annotated=False, ctrl_state=0), [1, 2, 0]),
    )
    yield (
        "two controls",
        lambda qc: qc.append(RYGate(a).control(2, annotated=False, ctrl_state="01"), [2, 0, 1]),
    )
    yield "control on 0", lambda qc: qc.cx(2, 0, ctrl_state=0)
    yield (
        "annotated",
        lambda qc: qc.append(
            AnnotatedOperation(RXGate(0.3), [ControlModifier(1), InverseModifier(), PowerModifier(2)]), [1, 0]
        ),
    )
    yield (
        "annotated, free",
        lambda qc: qc.append(AnnotatedOperation(RXGate(a), [ControlModifier(2)]), [1, 0, 2]),
    )
    yield "inverse", lambda qc: qc.append(AnnotatedOperation(RXGate(a), InverseModifier()), [1])
    yield "cu", lambda qc: qc.cu(a, b, 0.2, 0.7, 2, 0)
    yield "rzx and r", lambda qc: (qc.rzx(a, 2, 0), qc.r(a, b, 1), qc.rv(0.1, 0.2, 0.3, 0))
    yield "evolution", lambda qc: qc.append(PauliEvolutionGate(commuting, time=a * 0.5), [2, 0, 1])
    yield "evolution, not commuting", lambda qc: qc.append(PauliEvolutionGate(wide, time=a), [0, 2, 1])
    yield (
        "evolution of a list",
        lambda qc: qc.append(PauliEvolutionGate([wide, commuting], time=a), [0, 2, 1]),
    )
    yield (
        "matrix exponential",
        lambda qc: qc.append(PauliEvolutionGate(wide, time=0.7, synthesis=MatrixExponential()), [0, 2, 1]),
    )
    yield "unitary", lambda qc: qc.unitary(Operator(random_circuit(2, 3, seed=5)).data, [2, 0])
    yield "diagonal", lambda qc: qc.append(DiagonalGate([1, 1j, -1, 1, 1, 1, 1, -1j]), [0, 2, 1])
    yield "state preparation", lambda qc: qc.prepare_state([0.6, 0, 0, 0.8], [2, 0])
    yield "products", lambda qc: qc.rx((np.pi - a) * (2 * b - 1), 0)
    yield (
        "barrier, delay, measurement",
        lambda qc: (qc.barrier(), qc.delay(10, 0), qc.rx(a, 0), qc.measure_all()),
    )
    yield "global phase", lambda qc: (qc.rz(a, 0), setattr(qc, "global_phase", a / 2))


@pytest.mark.parametrize(("name", "write"), [*special()], ids=first_word)
def test_what_has_no_row_in_the_table(name, write):
    qc = QuantumCircuit(3)
    qc.h([0, 1, 2])
    qc.rx(0.3, 1)
    write(qc)
    features = ["b"] if "b" in [one.name for one in qc.parameters] else []
    expect_same(qc, qt.qiskit.from_circuit(qc, features=features), draw(qc))


@pytest.mark.parametrize("labels", [["ZZI", "IZZ"], ["ZZI", "IXX"]])
def test_evolutions_stay_whole_and_are_taken_apart_on_request(labels):
    time = Parameter("t")
    qc = QuantumCircuit(3)
    qc.append(PauliEvolutionGate(SparsePauliOp(labels, [1.0, 0.5]), time), range(3))
    (step,) = qt.qiskit.from_circuit(qc)
    assert step.name == "evolve"
    assert {term.pauli: term.coefficient for term in step.generator.terms} == {
        labels[0][::-1]: 1.0,
        labels[1][::-1]: 0.5,
    }
    apart = qc.decompose("PauliEvolution")
    circuit = qt.qiskit.from_circuit(apart)
    assert len(circuit) == 2
    expect_same(apart, circuit, draw(apart))


def test_a_wide_evolution_that_does_not_commute_says_what_to_do():
    qc = QuantumCircuit(11)
    qc.append(PauliEvolutionGate(SparsePauliOp(["Z" * 11, "I" * 10 + "X"]), 0.3), range(11))
    with pytest.raises(qt.InvalidArgumentError, match=r"instruction 0, PauliEvolution .* qc\.decompose"):
        qt.qiskit.from_circuit(qc)
    assert len(qt.qiskit.from_circuit(qc.decompose("PauliEvolution"))) > 1


@pytest.mark.parametrize("name", [row["name"] for row in GATES])
def test_every_gate_there_and_back(name):
    (row,) = [row for row in GATES if row["name"] == name]
    n_qubits, n_angles = row["qubits"], row["angles"]
    circuit = qt.Circuit(4)
    where = [2, 0, 3][:n_qubits]
    getattr(circuit, name)(*map(qt.param, range(n_angles)), *where)
    there_and_back(circuit, whole=name != "iswapdg")


def there_and_back(circuit, whole=True):
    qc = qt.qiskit.to_circuit(circuit)
    theta, x = RANDOM.uniform(-3, 3, circuit.n_params), RANDOM.uniform(-3, 3, circuit.n_features)
    values = {p: theta[p.index] if p.name[0] == "p" else x[p.index] for p in qc.parameters}
    expect_equal_up_to_phase(
        circuit.matrix(theta, x), reversed_bits(Operator(qc.assign_parameters(values)).data)
    )
    features = [one for one in qc.parameters if one.name[0] == "x"]
    back = qt.qiskit.from_circuit(qc, features=features)
    expect_equal_up_to_phase(back.matrix(theta, x), circuit.matrix(theta, x))
    if whole:
        assert back == circuit
    return back


def general():
    matrix = Operator(random_circuit(2, 3, seed=2)).data
    dense = matrix + matrix.conj().T
    angle = (
        2 * qt.param(0)
        - 0.5
        + qt.feature(1) * qt.param(1)
        + 0.25 * qt.feature(0) * qt.feature(1)
        + qt.feature(0)
    )
    yield "angle", qt.Circuit(2).rx(angle, 1), True
    yield "unitary", qt.Circuit(3).unitary(matrix, (2, 0)), True
    yield "rotation", qt.Circuit(3).rotation(qt.param(0), "XZY", (2, 0, 1)), False
    yield "identity", qt.Circuit(2).rx(qt.param(0), 0).rotation(0.3, "II"), False
    yield "evolve", qt.Circuit(3).evolve(qt.param(0), qt.pauli("ZZI") + 0.5 * qt.pauli("IIZ")), True
    yield (
        "evolve, not commuting",
        qt.Circuit(3).evolve(qt.param(0), qt.pauli("ZZI") + 0.5 * qt.pauli("XII")),
        True,
    )
    yield "projector", qt.Circuit(3).evolve(qt.param(0), qt.projector("01"), (2, 1)), False
    yield "dense", qt.Circuit(3).evolve(qt.param(0), dense, (2, 0)), False


@pytest.mark.parametrize(("name", "circuit", "whole"), [*general()], ids=first_word)
def test_general_gates_there_and_back(name, circuit, whole):
    there_and_back(circuit, whole)


def test_a_hardware_efficient_circuit_there_and_back_with_names():
    circuit = qt.encoding.zz(3) + qt.ansatz.hardware_efficient(3, 2)
    circuit.parameter_names = [f"weight[{k}]" for k in range(11)] + ["last"]
    qc = qt.qiskit.to_circuit(circuit)
    back = qt.qiskit.from_circuit(qc, params=["weight", "last"], features="x")
    assert back == circuit
    assert back.parameter_names == circuit.parameter_names


def test_observables():
    operator = SparsePauliOp(["ZIX", "IYI", "III"], [1.0, -0.5, 2.0])
    np.testing.assert_allclose(qt.qiskit.observable(operator).matrix(), reversed_bits(operator.to_matrix()))
    np.testing.assert_allclose(qt.qiskit.observable(Pauli("XZ")).matrix(), qt.pauli("ZX").matrix())
    with pytest.raises(ValueError, match=r"the coefficient of ZI is 1j; an observable is Hermitian"):
        qt.qiskit.observable(SparsePauliOp(["ZI"], [1j]))
    with pytest.raises(ValueError, match="bind their parameters first"):
        qt.qiskit.observable(SparsePauliOp(["ZI"], np.array([Parameter("a")])))
    with pytest.raises(ValueError, match="is not a SparsePauliOp"):
        qt.qiskit.observable("ZQ")


def refusals():
    a, b = Parameter("a"), Parameter("b")

    def controlled(qc):
        qc.measure(0, 0)
        with qc.if_test((0, True)):
            qc.x(1)

    def nested(qc):
        inner = QuantumCircuit(2, 1, name="inner")
        inner.measure(0, 0)
        inner.h(0)
        qc.append(inner.to_instruction(), [1, 0], [0])

    yield (
        "sine",
        lambda qc: qc.rx(a.sin(), 1),
        r"instruction 0, rx on qubits \[1\]: the angle sin\(a\) is not affine",
    )
    yield (
        "product of parameters",
        lambda qc: qc.rx(a * b, 1),
        r"rx on qubits \[1\]: the angle a\*b is not affine",
    )
    yield "absolute", lambda qc: qc.rx(abs(a), 1), "is not affine"
    yield "quotient", lambda qc: qc.rx(1 / a, 1), "is not affine"
    yield "square", lambda qc: qc.rx(a**2, 1), "is not affine"
    yield "cube", lambda qc: qc.rx(a**3, 1), "is not affine"
    yield "imaginary", lambda qc: qc.rx(1j * a * -1j * a, 1), "is not affine"
    yield (
        "measured",
        lambda qc: (qc.measure(1, 0), qc.h(1)),
        r"instruction 1, h on qubits \[1\]: qubit 1 was measured",
    )
    yield "measured inside", nested, r"inner on qubits \[1, 0\] \(in it h\): qubit 1 was measured"
    yield "if", controlled, "if_else is not unitary"
    yield "reset", lambda qc: qc.reset(0), "reset is not unitary"
    yield (
        "initialize",
        lambda qc: qc.initialize([1, 0], 0),
        r"initialize on qubits \[0\] \(in it reset\): reset",
    )
    yield (
        "opaque",
        lambda qc: qc.append(Gate("mystery", 1, []), [0]),
        "neither a definition nor a fixed matrix",
    )
    yield "phase alone", lambda qc: setattr(qc, "global_phase", a), "a has no effect on any prediction"


@pytest.mark.parametrize(("name", "write", "message"), [*refusals()], ids=first_word)
def test_what_is_refused_is_named(name, write, message):
    qc = QuantumCircuit(2, 2)
    write(qc)
    with pytest.raises(qt.InvalidArgumentError, match=message):
        qt.qiskit.from_circuit(qc)


def test_what_is_no_circuit_is_named():
    with pytest.raises(qt.InvalidArgumentError, match="None is not a QuantumCircuit"):
        qt.qiskit.from_circuit(None)


def test_parameters_belong_in_one_list():
    a, b = Parameter("a"), Parameter("b")
    qc = QuantumCircuit(1)
    qc.rx(a + b, 0)
    for params, features, message in [
        ([a], [], "b is in neither params nor features"),
        ([a, b], [b], "b is in both params and features"),
        ([a, b, a], [], "a stands there twice"),
        ([a, b, Parameter("c")], [], r"Parameter\(c\) is no parameter of the circuit, which has a, b"),
        (None, ["c"], "features: 'c' is no parameter"),
    ]:
        with pytest.raises(qt.InvalidArgumentError, match=message):
            qt.qiskit.from_circuit(qc, params, features)

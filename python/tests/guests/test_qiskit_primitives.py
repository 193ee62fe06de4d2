"""The estimator and its gradients against Qiskit's own and against the library itself."""

import numpy as np
import pytest
import qtangent as qt
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, Parameter, ParameterVector
from qiskit.circuit.library import efficient_su2, real_amplitudes, zz_feature_map
from qiskit.primitives import StatevectorEstimator
from qiskit.quantum_info import Pauli, SparsePauliOp
from qiskit_machine_learning.algorithms import NeuralNetworkClassifier
from qiskit_machine_learning.gradients import ParamShiftEstimatorGradient
from qiskit_machine_learning.neural_networks import EstimatorQNN
from qiskit_machine_learning.optimizers import ADAM
from qtangent.qiskit.observables import pauli_sum
from random_circuits import reuploading

TIGHT = {"rtol": 0, "atol": 1e-12}
OBSERVABLES = [SparsePauliOp(["ZIZ", "XYI"], [0.5, -1.0]), SparsePauliOp("IIZ")]


def evs(estimator, pubs, **settings):
    results = estimator.run(pubs, **settings).result()
    assert all((one.data.stds == 0).all() for one in results)
    return [one.data.evs for one in results]


@pytest.mark.parametrize("seed", range(10))
def test_ten_random_circuits(seed):
    """Predictions, and gradients by parameters and features, are the model's."""
    model, theta, X = reuploading(seed)
    qc = qt.qiskit.to_circuit(model.circuit)
    operators = [pauli_sum(one) for one in model.observable]
    names = [*model.circuit.parameter_names, *model.circuit.feature_names]
    values = np.hstack([np.tile(theta, (len(X), 1)), X])
    given = dict(zip(_in_order(qc, names), values.T, strict=True))
    rows = np.stack([given[one] for one in qc.parameters], axis=1)
    (found,) = evs(qt.qiskit.Estimator(), [(qc, [[one] for one in operators], rows)])
    np.testing.assert_allclose(found.T, model.predict(theta, X), **TIGHT)
    count = len(X)
    result = qt.qiskit.EstimatorGradient().run(
        [qc] * (2 * count), [operators[0]] * count + [operators[1]] * count, np.tile(rows, (2, 1)),
        parameters=[_in_order(qc, names)] * (2 * count),
    ).result()  # fmt: skip
    gradients = np.array(result.gradients).reshape(2, count, -1).transpose(1, 0, 2)
    expected = [model.jacobian(theta, X), model.jacobian(theta, X, wrt="X")]
    np.testing.assert_allclose(gradients, np.concatenate(expected, axis=2), **TIGHT)


def _in_order(qc, names):
    """Qiskit's parameters of p[0], p[1], ..., x[0], ... : those of the vectors that to_circuit makes."""
    found = {one.name: one for one in qc.parameters}
    count = sum(name.startswith("p") for name in names)
    return [found[f"p[{k}]"] for k in range(count)] + [found[f"x[{k}]"] for k in range(len(names) - count)]


def test_broadcasting_is_that_of_qiskit():
    qc = efficient_su2(3, reps=1)
    rng = np.random.default_rng(0)
    pubs = [
        (qc, OBSERVABLES[0], rng.normal(size=12)),
        (qc, [[one] for one in OBSERVABLES], rng.normal(size=(4, 12))),
        (qc, OBSERVABLES, rng.normal(size=(5, 2, 12))),
        (real_amplitudes(3, reps=1), [{"XYZ": 1.0}, "ZZZ", Pauli("YII")], rng.normal(size=(3, 6))),
        (QuantumCircuit(3), OBSERVABLES),
        (QuantumCircuit(3), [OBSERVABLES[1], OBSERVABLES[1]]),
        (QuantumCircuit(3), OBSERVABLES[0], None),
    ]
    found, expected = (evs(one, pubs) for one in (qt.qiskit.Estimator(), StatevectorEstimator()))
    for one, other in zip(found, expected, strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, **TIGHT)


def test_observables_with_projectors():
    qc = QuantumCircuit(2)
    qc.ry(Parameter("a"), 0)
    (found,) = evs(qt.qiskit.Estimator(), [(qc, [{"I0": 1.0}, {"I1": 2.0}, {"0+": 1.0}], [0.4])])
    expected = [np.cos(0.2) ** 2, 2 * np.sin(0.2) ** 2, (1 + np.sin(0.4)) / 2]
    np.testing.assert_allclose(found, expected, **TIGHT)


def test_pubs_of_one_circuit_are_one_call(monkeypatch):
    calls = []
    predict = qt.Model.predict
    monkeypatch.setattr(qt.Model, "predict", lambda *given: calls.append(1) or predict(*given))
    qc = efficient_su2(3, reps=1)
    rows = np.random.default_rng(0).normal(size=(6, 12))
    estimator = qt.qiskit.Estimator()
    for _ in range(2):
        evs(estimator, [(qc.copy(), one, rows) for one in OBSERVABLES])
    assert len(calls) == 2
    assert len(estimator._models._models) == 1


def test_a_circuit_that_changes_is_another():
    qc, a = QuantumCircuit(1), Parameter("a")
    qc.ry(a, 0)
    estimator = qt.qiskit.Estimator()
    assert evs(estimator, [(qc, "Z", [0.3])])[0] == pytest.approx(np.cos(0.3))
    qc.data[0] = qc.data[0].replace(operation=qc.data[0].operation.__class__(2 * a))
    assert evs(estimator, [(qc, "Z", [0.3])])[0] == pytest.approx(np.cos(0.6))


def test_a_parameter_without_effect_has_gradient_zero():
    qc, a, z = QuantumCircuit(1), Parameter("a"), Parameter("z")
    qc.ry(a, 0)
    qc.global_phase = z
    found = qt.qiskit.EstimatorGradient().run([qc], [SparsePauliOp("Z")], [[0.3, 0.5]]).result()
    np.testing.assert_allclose(found.gradients[0], [-np.sin(0.3), 0], **TIGHT)


def wrong():
    a = Parameter("a")

    def circuit(build):
        qc = QuantumCircuit(1)
        build(qc)
        return qc

    return {
        "not affine in parameters": (circuit(lambda qc: qc.ry(a.sin(), 0)), "Z", [0.1]),
        "reset is not unitary": (circuit(lambda qc: (qc.ry(a, 0), qc.reset(0))), "Z", [0.1]),
        r"parameter_values\[0, 0\] is nan": (circuit(lambda qc: qc.ry(a, 0)), "Z", [np.nan]),
        "neither a definition nor": (circuit(lambda qc: qc.append(Gate("own", 1, []), [0])), "Z"),
    }


@pytest.mark.parametrize("text", wrong())
def test_what_cannot_be_taken_is_named(text):
    with pytest.raises(ValueError, match=text):
        qt.qiskit.Estimator().run([wrong()[text]]).result()


def network(estimator, gradient):
    feature_map, ansatz = zz_feature_map(2), real_amplitudes(2, reps=1)
    return EstimatorQNN(
        circuit=feature_map.compose(ansatz), input_params=feature_map.parameters,
        weight_params=ansatz.parameters, estimator=estimator, gradient=gradient, input_gradients=True,
        observables=[SparsePauliOp("ZI"), SparsePauliOp("IX")], default_precision=0.0,
    )  # fmt: skip


def test_a_network_of_qiskit_machine_learning():
    ours = network(qt.qiskit.Estimator(), qt.qiskit.EstimatorGradient())
    reference = StatevectorEstimator()
    theirs = network(reference, ParamShiftEstimatorGradient(reference))
    rng = np.random.default_rng(1)
    X, weights = rng.uniform(0, 1, (3, 2)), rng.uniform(-1, 1, 4)
    np.testing.assert_allclose(ours.forward(X, weights), theirs.forward(X, weights), **TIGHT)
    for one, other in zip(ours.backward(X, weights), theirs.backward(X, weights), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-11)


def test_a_classifier_learns():
    rng = np.random.default_rng(2)
    X = rng.uniform(0, 1, (40, 2))
    y = np.where(X.sum(axis=1) > 1, 1, -1)
    feature_map, ansatz = ParameterVector("x", 2), real_amplitudes(2, reps=3)
    qc = QuantumCircuit(2)
    for qubit, angle in enumerate(feature_map):
        qc.ry(3 * angle, qubit)
    qnn = EstimatorQNN(
        circuit=qc.compose(ansatz), input_params=feature_map, weight_params=ansatz.parameters,
        estimator=qt.qiskit.Estimator(), gradient=qt.qiskit.EstimatorGradient(), default_precision=0.0,
    )  # fmt: skip
    classifier = NeuralNetworkClassifier(qnn, optimizer=ADAM(maxiter=60, lr=0.1), initial_point=np.ones(8))
    assert classifier.fit(X, y).score(X, y) > 0.85

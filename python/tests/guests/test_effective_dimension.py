"""The effective dimension is that of qiskit-machine-learning, at the same parameters and inputs."""

import numpy as np
import pytest
import qtangent as qt
from qiskit.circuit import ParameterVector, QuantumCircuit
from qiskit.primitives import StatevectorEstimator
from qiskit.quantum_info import SparsePauliOp
from qiskit_machine_learning.neural_networks import EffectiveDimension, EstimatorQNN
from qtangent.capacity import effective_dimension
from qtangent.capacity.ensemble.draws import Draws


def networks(observables):
    """The same network twice; Qiskit's strings run backwards."""
    x, w = ParameterVector("x", 2), ParameterVector("w", 6)
    theirs, ours = QuantumCircuit(2), qt.Circuit(2)
    for q in range(2):
        theirs.ry(x[q], q)
        ours.ry(qt.feature(q), q)
    theirs.rzz(x[0] * x[1], 0, 1)
    ours.rzz(qt.feature(0) * qt.feature(1), 0, 1)
    for layer in range(3):
        for q in range(2):
            theirs.ry(w[2 * layer + q], q)
            ours.ry(qt.param(2 * layer + q), q)
        theirs.cx(0, 1)
        ours.cx(0, 1)
    operators = [SparsePauliOp(one[::-1]) for one in observables]
    qnn = EstimatorQNN(
        circuit=theirs,
        input_params=x,
        weight_params=w,
        observables=operators,
        estimator=StatevectorEstimator(default_precision=0.0),
        default_precision=0.0,
    )
    measured = [qt.pauli(one) for one in observables]
    return qnn, qt.Model(ours, measured[0] if len(measured) == 1 else measured)


@pytest.mark.parametrize("observables", [["ZI"], ["ZZ", "IX"]])
def test_qiskit_machine_learning(observables):
    qnn, model = networks(observables)
    X = np.random.default_rng(0).normal(size=(4, 2))
    theta = Draws(model, 10, 3).all()
    theirs = EffectiveDimension(qnn, weight_samples=theta, input_samples=X)
    for n in (20, 1000, 100_000):
        ours = effective_dimension(model, X, data_size=n, draws=10, seed=3)
        assert ours.value == pytest.approx(float(theirs.get_effective_dimension(n)), rel=1e-6)

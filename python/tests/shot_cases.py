"""A circuit that is measured, and what its draws must show."""

import numpy as np
import qtangent as qt


def layered(n, depth):
    circuit = qt.Circuit(n)
    for layer in range(depth):
        for qubit in range(n):
            circuit.ry(qt.param(2 * n * layer + qubit) * qt.feature(0), qubit)
            circuit.rx(qt.param(2 * n * layer + n + qubit) + 0.2, qubit)
        for qubit in range(n - 1):
            circuit.cz(qubit, qubit + 1)
    return circuit


def check_moments(draws, mean, variance):
    """Means of the draws within five standard errors, variances within 5 %."""
    errors = np.sqrt(variance / len(draws))
    assert (np.abs(draws.mean(axis=0) - mean) <= 5 * errors + 1e-12).all()
    np.testing.assert_allclose(draws.var(axis=0), variance, rtol=0.05, atol=1e-12)

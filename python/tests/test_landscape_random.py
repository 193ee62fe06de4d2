"""Minima of random circuits against those that SciPy finds on the simulator."""

import numpy as np
import pytest
import qtangent as qt
from qtangent import landscape
from scipy.optimize import minimize


def random_problem(seed):
    """Two qubits; one to three parameters, each in several gates: shared and scaled angles, controlled rotations, and
    dense generators with commensurate gaps."""
    random = np.random.default_rng(seed)
    p = 1 + seed % 3
    circuit = qt.Circuit(2)
    # Few gates for three parameters, since minima and boxes grow with the power of the degrees.
    kinds = [*range(4), *random.integers(4, size=4 * (p < 3))]
    for place, kind in enumerate(random.permutation(kinds)):
        a, b = random.permutation(2).tolist()
        angle = qt.param(place % p)
        if kind == 0:
            circuit.ry(2 * angle if p < 3 else angle, a)
        elif kind == 1:
            circuit.crz(angle, a, b)
        elif kind == 2:
            circuit.rotation(angle, "XY", (a, b))
        else:
            basis = np.linalg.qr(random.normal(size=(4, 4)) + 1j * random.normal(size=(4, 4)))[0]
            gaps = np.diag([0.0, 0.5, 1.0, 1.0])
            circuit.evolve(angle, basis @ gaps @ basis.conj().T)
        circuit.rx(1.1, a).ry(0.7, b)
    model = qt.Model(circuit, [qt.pauli("ZX"), qt.pauli("YI") + qt.pauli("IZ")])
    states = qt.encoding.haar_states(2, 5, orthogonal=False, seed=seed)
    return model, random.uniform(-1, 1, (5, 2)), states, random


def minima_of_scipy(model, y, states, period, starts):
    """Ends of descents from many starts at once, polished, where the gradient vanishes and the Hessian is positive."""
    p = len(period)

    def total(flat):
        values, gradients = model.loss_and_gradient(flat.reshape(-1, p), y, states=states)
        return np.sum(values), gradients.ravel()

    options = {"maxiter": 2000, "maxfun": 4000, "ftol": 0.0, "gtol": 1e-7, "maxcor": 20}
    end = minimize(total, starts.ravel(), jac=True, method="L-BFGS-B", options=options).x.reshape(-1, p)
    for _ in range(3):
        gradients = model.loss_and_gradient(end, y, states=states)[1]
        hessians = model.loss_hessian(end, y, states=states)
        positive = np.linalg.eigvalsh(hessians)[:, 0] > 1e-5
        end, gradients, hessians = end[positive], gradients[positive], hessians[positive]
        end = end - np.linalg.solve(hessians, gradients[..., None])[..., 0]
    gradients = model.loss_and_gradient(end, y, states=states)[1]
    return end[np.max(np.abs(gradients), axis=1) < 1e-12]


def check(seed, count):
    model, y, states, random = random_problem(seed)
    found = landscape.find_minima(model, y, states=states)
    assert len(found)
    assert found.certified.all()
    ends = minima_of_scipy(
        model, y, states, found.period, random.uniform(0, found.period, (count, model.n_params))
    )
    # Few starts end in valleys or have not arrived.
    assert len(ends) > 0.8 * count
    turns = (found.theta - ends[:, None] + found.period / 2) % found.period - found.period / 2
    distances = np.max(np.abs(turns), axis=2)
    assert np.max(np.min(distances, axis=1)) < 1e-8
    return len(found), len(np.unique(np.argmin(distances, axis=1)))


@pytest.mark.parametrize("seed", range(10))
def test_every_minimum_that_scipy_finds_is_in_the_list(seed):
    check(seed, 1000)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_every_minimum_that_scipy_finds_from_more_starts_is_in_the_list(seed):
    listed, met = check(seed, 10_000)
    assert met > listed / 2

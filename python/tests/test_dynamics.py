"""Kernel regression, the exact limit and the lower bound against SciPy and plain matrices."""

import time

import numpy as np
import pytest
import qtangent as qt
import scipy.integrate
import scipy.linalg
from random_matrices import random_hermitian
from reference import density, pauli

RNG = np.random.default_rng(11)


def kernel_and_residual(m=5):
    a = RNG.normal(size=(m, 8))
    return a @ a.T, RNG.normal(size=m)


def test_kernel_regression_is_the_matrix_exponential():
    kernel, r0 = kernel_and_residual()
    times = [0.0, 0.1, 0.5, 3.0]
    expected = [scipy.linalg.expm(-0.7 * kernel * t) @ r0 for t in times]
    np.testing.assert_allclose(qt.dynamics.kernel_regression(kernel, r0, times, 0.7), expected, atol=1e-12)


def test_linearised_predictions():
    kernel, r0 = kernel_and_residual()
    cross, z0 = RNG.normal(size=(3, 5)), RNG.normal(size=3)
    times = [0.0, 0.2, 1.0]
    inverse = np.linalg.inv(kernel)
    expected = [z0 - cross @ inverse @ (np.eye(5) - scipy.linalg.expm(-0.5 * kernel * t)) @ r0 for t in times]
    result = qt.dynamics.linearised_prediction(kernel, cross, r0, z0, times, 0.5)
    np.testing.assert_allclose(result, expected, atol=1e-11)
    # On the training samples themselves it is kernel regression.
    own = qt.dynamics.linearised_prediction(kernel, kernel, r0, r0, times, 0.5)
    np.testing.assert_allclose(own, qt.dynamics.kernel_regression(kernel, r0, times, 0.5), atol=1e-11)
    # A singular kernel does not move what it does not see.
    singular = np.outer([1, 1], [1, 1])
    result = qt.dynamics.linearised_prediction(singular, singular, [1.0, 0.0], [1.0, 0.0], [np.inf])
    np.testing.assert_allclose(result, [[0.5, -0.5]], atol=1e-12)


def test_singular_kernels_leave_their_null_space():
    null = [[2 / 3, -1 / 3, -1 / 3]]
    for scale in (1e-12, 1.0, 1e12):
        kernel = scale * np.ones((3, 3))
        for t in (1e18 / scale, np.inf):
            found = qt.dynamics.kernel_regression(kernel, [1, 0, 0], [t])
            np.testing.assert_allclose(found, null, atol=1e-12)
            found = qt.dynamics.linearised_prediction(kernel, kernel, [1, 0, 0], [1, 0, 0], [t])
            np.testing.assert_allclose(found, null, atol=1e-12)
    np.testing.assert_array_equal(
        qt.dynamics.kernel_regression(np.zeros((2, 2)), [1, 2], [0, np.inf]), [[1, 2]] * 2
    )


def test_samples_given_twice():
    """Equal labels are reached; of different ones, their mean."""
    model = qt.Model(qt.ansatz.hardware_efficient(3, 8), qt.pauli("ZII"))
    states, theta = np.repeat(qt.encoding.haar_states(3, 5, seed=1), 2, axis=0), RNG.uniform(0, 6, 48)
    kernel, z0 = model.tangent_kernel(theta, states=states), model.predict(theta, states=states)
    for y in (np.repeat([1.0, -1, 1, 1, -1], 2), np.tile([1.0, -1], 5)):
        late = qt.dynamics.kernel_regression(kernel, z0 - y, [1e6, 1e15, np.inf])
        means = y - y.reshape(5, 2).mean(axis=1).repeat(2)
        np.testing.assert_allclose(late, [-means] * 3, atol=1e-9)
        own = qt.dynamics.linearised_prediction(kernel, kernel, z0 - y, z0, [1e6, np.inf])
        np.testing.assert_allclose(own - y, [-means] * 2, atol=1e-9)


def test_growth_without_limit_is_named():
    with pytest.raises(qt.NumericalError, match="residuals overflow at 1e\\+06"):
        qt.dynamics.kernel_regression([[-1.0]], [1.0], [1.0, 1e6])
    with pytest.raises(ValueError, match="infinite"):
        qt.dynamics.linearised_prediction([[-1.0]], [[-1.0]], [1.0], [1.0], [np.inf])
    with pytest.raises(qt.NumericalError, match="residuals overflow at 2"):
        qt.dynamics.second_order_prediction([[1.0]], [[[1.0]]], [1.0], 1e80, steps=4)
    # A negative eigenvalue that is no noise does grow.
    found = qt.dynamics.kernel_regression([[-1.0]], [1.0], [2.0])
    np.testing.assert_allclose(found, [[np.exp(2.0)]], rtol=1e-14)


def limit_by_scipy(observable, states, y, times, rate):
    """dM/dt = -rate sum_j r_j [M, [M, rho_j]] with a general integrator."""
    d = len(observable)

    def commutator(a, b):
        return a @ b - b @ a

    def slope(t, flat):
        M = flat.reshape(d, d)
        r = np.einsum("mab,ba->m", states, M).real - y
        return (
            -rate
            * sum(rj * commutator(M, commutator(M, rho)) for rj, rho in zip(r, states, strict=True)).ravel()
        )

    start = observable.astype(complex).ravel()
    flow = scipy.integrate.solve_ivp(slope, (0, times[-1]), start, "DOP853", times, rtol=1e-12, atol=1e-12)
    M = flow.y.T.reshape(-1, d, d)
    predictions = np.einsum("mab,tba->tm", states, M).real
    slopes = [[1j * commutator(m, rho) for rho in states] for m in M]
    kernel = np.einsum("tiab,tjba->tij", slopes, slopes).real
    return predictions, kernel


OBSERVABLES = {
    "pauli": (qt.pauli("ZXI"), pauli("ZXI")),
    "three eigenvalues": (qt.pauli("ZII") + qt.pauli("IZI"), pauli("ZII") + pauli("IZI")),
    "projector": (qt.projector("010"), np.diag(np.arange(8) == 2) + 0j),
    "generic": (qt.hermitian(random_hermitian(8)), random_hermitian(8)),
}


@pytest.mark.parametrize("name", OBSERVABLES)
@pytest.mark.parametrize("mixed", [False, True])
def test_the_limit(name, mixed):
    native, matrix = OBSERVABLES[name]
    circuit = qt.encoding.angle(3) + qt.ansatz.hardware_efficient(3, 2)
    model = qt.Model(circuit, native, scale=1.3)
    X, theta, y = RNG.normal(size=(3, 3)), RNG.uniform(0, 6, circuit.n_params), RNG.uniform(-1, 1, 3)
    states = qt.encoding.haar_states(3, 3, orthogonal=False, seed=5)
    if mixed:
        states = 0.6 * density(states, 3, 3) + 0.4 * density(states[::-1], 3, 3)
    times = np.array([0.1, 0.7, 2.0])
    outputs = density(model.output_states(theta, X, states), 3, 3)
    predictions, kernel = limit_by_scipy(1.3 * matrix, outputs, y, times, 0.8)
    for method in ("reduced", "dense", "auto"):
        result = qt.dynamics.asymptotic(model, theta, y, times, X, states, rate=0.8, method=method)
        np.testing.assert_allclose(result.predictions, predictions, rtol=0, atol=1e-9)
        np.testing.assert_allclose(result.kernel, kernel, rtol=0, atol=2e-9)
        np.testing.assert_allclose(result.residuals, result.predictions - y, atol=0)
        np.testing.assert_allclose(result.loss, (result.residuals**2).sum(axis=1) / 6, rtol=1e-14)


def test_sets_of_parameters_come_first():
    model = qt.Model(qt.ansatz.hardware_efficient(2, 2), qt.pauli("ZI"))
    states, theta = qt.encoding.haar_states(2, 3, seed=1), RNG.uniform(0, 6, (2, 8))
    both = qt.dynamics.asymptotic(model, theta, [1, -1, 1], [0.5, 1], states=states)
    assert both.predictions.shape == (2, 2, 3)
    assert both.kernel.shape == (2, 2, 3, 3)
    assert both.loss.shape == (2, 2)
    for s in range(2):
        one = qt.dynamics.asymptotic(model, theta[s], [1, -1, 1], [0.5, 1], states=states)
        np.testing.assert_array_equal(one.kernel, both.kernel[s])


def test_the_limit_of_many_samples_is_quick():
    """64 samples, 1,000 times to t = 20, here on 9 qubits, against as many eigendecompositions of that size."""
    model = qt.Model(qt.ansatz.hardware_efficient(9, 1), qt.pauli("Z" + "I" * 8))
    states = qt.encoding.haar_states(9, 64, seed=1)
    square = RNG.normal(size=(1000, 64, 64)) + 1j * RNG.normal(size=(1000, 64, 64))
    start = time.perf_counter()
    result = qt.dynamics.asymptotic(
        model,
        np.ones(18),
        np.resize([1.0, -1.0], 64),
        np.linspace(0, 20, 1000),
        states=states,
        method="reduced",
    )
    middle = time.perf_counter()
    np.linalg.eigh(square)
    assert middle - start < 2 * (time.perf_counter() - middle)
    # Orthogonal states, labels +-1: 32 L t^2 tends to 1.
    assert 0.8 < 32 * result.loss[-1] * 20**2 < 1.2


def test_lower_bound():
    circuit = qt.Circuit(2).ry(qt.param(0), 0).evolve(2 * qt.param(1), qt.pauli("XX"))
    model = qt.Model(circuit, qt.pauli("ZI"))
    times = np.array([0.0, 1.0, 5.0])
    norms = 0.5**2 + 2.0**2
    expected = 1 / (0.4**-0.5 + 8 * np.sqrt(2) * (3 / model.z_sum) * norms * times) ** 2
    np.testing.assert_allclose(qt.dynamics.loss_lower_bound(model, 0.4, times, 3), expected, rtol=1e-12)
    for wrong in (qt.Model(circuit, qt.pauli("ZI"), scale=2), qt.Model(circuit, qt.projector("00"))):
        with pytest.raises(ValueError, match="eigenvalues"):
            qt.dynamics.loss_lower_bound(wrong, 0.4, times, 3)
    halved = qt.Model(circuit, 2 * qt.pauli("ZI"), scale=0.5)
    np.testing.assert_allclose(qt.dynamics.loss_lower_bound(halved, 0.4, times, 3), expected, rtol=1e-12)


MODEL = qt.Model(qt.ansatz.hardware_efficient(2, 1), qt.pauli("ZI"))
LATE = qt.Model(qt.ansatz.hardware_efficient(2, 1) + qt.encoding.angle(2), qt.pauli("ZI"))
TWO = qt.Model(qt.ansatz.hardware_efficient(2, 1), [qt.pauli("ZI"), qt.pauli("IZ")])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: qt.dynamics.kernel_regression(np.eye(3), [1, 2], [0]), r"\(2,\).*\(3,\)"),
        (lambda: qt.dynamics.kernel_regression(np.ones((2, 3)), [1, 2], [0]), r"\(2, 3\)"),
        (lambda: qt.dynamics.kernel_regression([[1, 2], [3, 4]], [1, 2], [0]), "symmetric"),
        (lambda: qt.dynamics.kernel_regression([[np.nan]], [1], [0]), r"kernel\[0, 0\] is nan"),
        (lambda: qt.dynamics.kernel_regression([[1]], [1], [1, 0]), "increase"),
        (lambda: qt.dynamics.kernel_regression([[1]], [1], [-1]), "negative"),
        (lambda: qt.dynamics.kernel_regression([[-1]], [1], [np.inf]), "infinite"),
        (lambda: qt.dynamics.kernel_regression([[1]], [1], []), "time"),
        (lambda: qt.dynamics.kernel_regression([[1]], [1], [0], np.nan), "rate"),
        (lambda: qt.dynamics.asymptotic(MODEL, [0] * 4, [1], [0], method="exact"), "exact"),
        (lambda: qt.dynamics.asymptotic(MODEL, [0] * 4, [1, 2], [0]), r"\(2,\).*\(1,\)"),
        (lambda: qt.dynamics.asymptotic(MODEL, [0] * 4, [1], [0], rate=-1), "rate"),
        (lambda: qt.dynamics.asymptotic(LATE, [0] * 4, [1], [0], X=[[0, 1]]), "ry on qubits"),
        (lambda: qt.dynamics.asymptotic(TWO, [0] * 4, [1], [0]), "one output"),
        (lambda: qt.dynamics.loss_lower_bound(MODEL, -1, [0], 1), "loss"),
        (lambda: qt.dynamics.loss_lower_bound(MODEL, 1, [0], 0), "samples"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()

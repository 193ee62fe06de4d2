"""The limit restricted to a Lie algebra: the full algebra, a dense integration by other means, and training."""

from __future__ import annotations

import numpy as np
import pytest
import qtangent as qt
from qtangent.capacity import lie_algebra

FULL = [qt.pauli(text) for text in ("XI", "YI", "IX", "IY", "ZZ")]
BONDS = qt.pauli("ZZI") + qt.pauli("IZZ")
FIELD = qt.pauli("XII") + qt.pauli("IXI") + qt.pauli("IIX")


def start(circuit, theta, observable, scale=1.0):
    unitary = circuit.matrix(theta)
    return scale * unitary.conj().T @ observable.matrix() @ unitary


@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("generator", ["ZI", "XY"])
def test_full_algebra_gives_the_full_limit(mixed, generator):
    observable = qt.pauli("ZX") + 0.5 * qt.pauli("IZ")
    circuit = qt.ansatz.haar(2, 4, generator=0.7 * qt.pauli(generator), seed=3)
    theta = np.random.default_rng(0).uniform(0, 6, 4)
    states, y, times = (
        qt.encoding.haar_states(2, 3, orthogonal=False, seed=1),
        [1.0, -1, 0.3],
        [0.5, 1.0, 6.0],
    )
    if mixed:
        states = 0.6 * np.einsum("mi,mj->mij", states, states.conj()) + 0.1 * np.eye(4)
    model = qt.Model(circuit, observable, scale=1.3)
    expected = qt.dynamics.asymptotic(model, theta, y, times, states=states, rate=0.8)
    found = qt.dynamics.asymptotic_in_algebra(
        lie_algebra(FULL),
        [qt.pauli(generator)],
        start(circuit, theta, observable, 1.3),
        y,
        states,
        times,
        rate=0.8,
    )
    for name in ("predictions", "residuals", "loss", "kernel"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=0, atol=1e-8)


def test_kernel_and_slope_are_averages_over_the_group():
    """K/Zsum and dr/dt at the start against the exact tangent kernel of a very long circuit in the group."""
    algebra = lie_algebra([BONDS, FIELD])
    p = 20_000
    H = algebra.random_unitaries(p, length=40, seed=1)
    H = H.conj().swapaxes(1, 2) @ FIELD.matrix() @ H
    states, y = qt.encoding.haar_states(3, 3, seed=2), np.array([1.0, -1.0, 1.0])
    measured = qt.pauli("ZII").matrix()
    currents = 1j * np.stack(
        [measured @ rho - rho @ measured for rho in np.einsum("mi,mj->mij", states, states.conj())]
    )
    jacobian = np.einsum("mij,lji->ml", currents, H).real
    z_sum = p * np.trace(FIELD.matrix() @ FIELD.matrix()).real / 63
    kernel = jacobian @ jacobian.T / z_sum
    found = qt.dynamics.asymptotic_in_algebra(algebra, [FIELD], qt.pauli("ZII"), y, states, [0.0, 1e-4])
    np.testing.assert_allclose(found.kernel[0], kernel, atol=0.05 * np.abs(kernel).max())
    slope = (found.residuals[1] - found.residuals[0]) / 1e-4
    np.testing.assert_allclose(slope, -found.kernel[0] @ found.residuals[0], rtol=1e-2)


def test_spectrum_is_conserved_and_outside_nothing_moves():
    """Measured parts that commute with the algebra keep their expectation."""
    algebra = lie_algebra([qt.pauli("XI"), qt.pauli("YI")])
    states, y = qt.encoding.haar_states(2, 2, seed=4), [1.0, -1.0]
    still = qt.dynamics.asymptotic_in_algebra(
        algebra, [qt.pauli("XI")], qt.pauli("IZ"), y, states, [0.0, 3.0]
    )
    np.testing.assert_allclose(still.predictions[1], still.predictions[0], atol=1e-12)
    np.testing.assert_allclose(still.kernel, 0, atol=1e-12)


@pytest.mark.parametrize("several", [False, True])
def test_training_follows_the_restricted_limit(several):
    """Fixed gates of long random products in the group; with both kinds of generators too. The full limit is far off."""
    algebra = lie_algebra([BONDS, FIELD])
    kinds = [BONDS, FIELD] if several else [FIELD]
    distances = {}
    for p in (60, 960):
        restricted, full = [], []
        for seed in range(3):
            unitaries = algebra.random_unitaries(p + 1, length=40, seed=seed)
            circuit = qt.Circuit(3).unitary(unitaries[0], (0, 1, 2))
            for l in range(p):
                circuit.evolve(qt.param(l), kinds[l % len(kinds)]).unitary(unitaries[l + 1], (0, 1, 2))
            states, y, theta = qt.encoding.haar_states(3, 4, seed=seed), [1.0, -1, 1, -1], np.zeros(p)
            model = qt.Model(circuit, qt.pauli("ZII"))
            study = qt.convergence.study(model, y, states=states, theta=theta, time=4.0, dt=0.02, records=30)
            limit = qt.dynamics.asymptotic_in_algebra(
                algebra, kinds, start(circuit, theta, qt.pauli("ZII")), y, states, study.actual.time
            )
            restricted.append(np.abs(study.actual.predictions - limit.predictions).max())
            full.append(np.abs(study.actual.predictions - study.asymptotic.predictions).max())
        distances[p] = np.mean(restricted), np.mean(full)
    assert distances[960][0] < 0.6 * distances[60][0]  # 1/4 expected, of noisy maxima
    assert distances[960][0] < 0.05
    assert distances[960][1] > 0.3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"generators": [qt.pauli("ZZ")]}, "not in the algebra"),
        ({"generators": []}, "no generator"),
        ({"measurement": np.eye(2)}, r"measurement has shape \(2, 2\)"),
        ({"states": np.eye(2)}, "4 levels"),
        ({"y": [1.0]}, r"\(1,\)"),
        ({"time": [-1.0]}, "negative"),
        ({"measurement": [[0, 1], [0, 0]]}, "not Hermitian"),
    ],
)
def test_bad_input_is_named(change, message):
    good = {
        "generators": [qt.pauli("XI")],
        "measurement": qt.pauli("ZI"),
        "y": [1.0, -1.0],
        "states": np.eye(4)[:2],
        "time": [1.0],
    }
    with pytest.raises(ValueError, match=message):
        qt.dynamics.asymptotic_in_algebra(lie_algebra([qt.pauli("XI"), qt.pauli("IX")]), **{**good, **change})

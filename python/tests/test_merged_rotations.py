"""Rotations about one string that follow each other are one in the engine: none may lose digits to another."""

from fractions import Fraction

import numpy as np
import pytest
import qtangent as qt
from reference import Reference, pauli, predict

# 60 decimals.
PI = Fraction("3.141592653589793238462643383279502884197169399375105820974944")


def exact_cosine(angles):
    """cos of the sum of angles, each of them a double taken at its word."""
    total = sum(map(Fraction, angles)) % (2 * PI)
    return np.cos(float(total))


def exact_sine(angles):
    total = sum(map(Fraction, angles)) % (2 * PI)
    return np.sin(float(total))


@pytest.mark.parametrize("gate", ["rx", "ry"])
@pytest.mark.parametrize("large", [1e15, -1e15, 3e8, 1e25, 17.5, 40.0])
def test_a_large_angle_beside_a_small_one(gate, large):
    theta = np.array([large, 0.3, -large / 3])
    constants, parameters, features = qt.Circuit(1), qt.Circuit(1), qt.Circuit(1)
    for k, angle in enumerate(theta):
        getattr(constants, gate)(angle, 0)
        getattr(parameters, gate)(qt.param(k), 0)
        getattr(features, gate)(qt.feature(k), 0)
    expected, slope = exact_cosine(theta), -exact_sine(theta)
    z = qt.pauli("Z")
    assert abs(qt.Model(constants, z).predict([])[0] - expected) < 3e-15
    model = qt.Model(parameters, z)
    assert abs(model.predict(theta)[0] - expected) < 3e-15
    np.testing.assert_allclose(model.jacobian(theta)[0], [slope] * 3, rtol=0, atol=3e-15)
    rows = np.stack([theta, theta[::-1], [0.1, 0.2, 0.3], theta, theta])
    found = qt.Model(features, z).predict([], rows)
    np.testing.assert_allclose(found, [exact_cosine(row) for row in rows], rtol=0, atol=3e-15)


def test_diagonal_and_controlled_rotations():
    """Z strings and rotations with a control merge on roads of their own."""
    circuit, reference = qt.Circuit(3), Reference(3)
    for target in (circuit, reference):
        for q in range(3):
            target.h(q)
        target.rz(qt.param(0), 0).rzz(qt.param(1), 0, 1).rz(qt.feature(0), 0).rzz(0.7, 0, 1)
        target.crx(qt.param(0), 0, 2).crx(qt.param(2), 0, 2).cp(qt.param(2), 1, 2).cp(qt.param(0), 1, 2)
        target.rotation(qt.param(0), "XY", (0, 1)).rotation(qt.param(1), "XY", (0, 1))
    observable = qt.pauli("XYZ") + qt.pauli("ZIX")
    matrix = pauli("XYZ") + pauli("ZIX")
    # Powers of two, so that the reference's own exponentials are exact in these angles.
    theta, X = np.array([2.0**40, 0.3, -1.25]), np.array([[0.25], [-(2.0**33)]])
    values, jacobian = predict(reference, [matrix], theta, X)
    model = qt.Model(circuit, observable)
    np.testing.assert_allclose(model.predict(theta, X), values[:, 0], atol=1e-13)
    np.testing.assert_allclose(model.jacobian(theta, X), jacobian[:, 0], atol=1e-13)


def resident_bytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


@pytest.mark.parametrize("gate", ["rx", "rz"])
def test_many_in_a_row(gate):
    """Values stay exact, and memory grows with the number of gates, not with its square."""
    n = 4000
    circuit = qt.Circuit(1).h(0) if gate == "rz" else qt.Circuit(1)
    for k in range(n):
        getattr(circuit, gate)(qt.param(k), 0)
    theta = np.random.default_rng(0).uniform(0, 7, n)
    before = resident_bytes()
    model = qt.Model(circuit, qt.pauli("X" if gate == "rz" else "Z"))
    found = model.predict(theta)[0]
    assert resident_bytes() - before < 40e6
    assert abs(found - exact_cosine(theta)) < 2e-13
    np.testing.assert_allclose(model.jacobian(theta)[0], -exact_sine(theta), rtol=0, atol=2e-13)

"""Jacobians and tangent kernels measured by parameter-shift rules: statistics, rules and bits."""

import numpy as np
import pytest
import qtangent as qt
from kraus_sums import circuit_of, golden, observable_of
from qtangent.shots import probes
from shot_cases import check_moments, layered

noise = qt.noise


def golden_model():
    inputs, outputs, tolerance = golden("shots_kernel_bias")
    model = qt.Model(
        circuit_of(inputs["n_qubits"], inputs["circuit"]),
        observable_of(inputs["observable"]),
        inputs["scale"],
    )
    return model, np.array(inputs["theta"]), np.array(inputs["X"]), inputs["shots"], outputs, tolerance


def every_rule():
    """Angles with several terms, controlled rotations, evolutions of two levels and of strings that commute."""
    a, b, x = qt.param(0), qt.param(1), qt.feature(0)
    circuit = qt.Circuit(3).ry(0.4 * a + b * x + 0.3, 0).rzz(1.7 * b, 0, 1).crx(a, 0, 2).cry(0.5 * b, 2, 1)
    circuit.cp(qt.param(2), 1, 2).u3(a, x, qt.param(2), 1).phase(b, 0).crz(qt.param(2) * x, 1, 0)
    circuit.evolve(0.7 * a, qt.pauli("XX + 0.6 ZZ + 2 II"), (0, 2)).evolve(b, qt.pauli("0.8 X + 0.6 Z"), 1)
    circuit.evolve(qt.param(2), qt.projector("10"), (2, 0)).rotation(a, "XYZ")
    return circuit.h(0).ry(qt.param(3), 2)


def test_golden_bias_of_the_kernel():
    model, theta, X, shots, outputs, tolerance = golden_model()
    variance = model.jacobian_variance(theta, X, shots=shots)
    biased = np.add(outputs["kernel"], np.diag(variance.sum(axis=1)))
    np.testing.assert_allclose(biased, outputs["expected_plug_in"], atol=tolerance)
    # The observable does not see parameter 3, which is measured still: the same prediction twice.
    same = model.prediction_variance(theta, X, shots=shots) / 2
    np.testing.assert_allclose(variance[:, 3], same, atol=1e-14)


def test_measured_jacobians_have_the_rule_s_statistics():
    model, theta, X, shots, outputs, _ = golden_model()
    sets = np.tile(theta, (20000, 1))
    measured = model.jacobian(sets, X, shots=shots, seed=3)
    check_moments(measured, model.jacobian(theta, X), model.jacobian_variance(theta, X, shots=shots))
    plain = model.tangent_kernel(sets, X, shots=shots, seed=3, debias=False)
    np.testing.assert_allclose(plain, measured @ np.swapaxes(measured, 1, 2), atol=1e-13)
    kernels = model.tangent_kernel(sets, X, shots=shots, seed=3)
    np.testing.assert_array_equal(kernels[:, 0, 1], plain[:, 0, 1])
    errors = kernels.std(axis=0) / np.sqrt(len(sets))
    exact = np.array(outputs["kernel"])
    assert (np.abs(kernels.mean(axis=0) - exact) <= 5 * errors).all()
    # As measured it is off by many standard errors, or this test could not fail.
    assert (np.diag(plain.mean(axis=0) - exact) > 20 * np.diag(errors)).all()
    apart = ~np.eye(3, dtype=bool)
    wanted = np.array(outputs["offdiagonal_variance"])[apart]
    np.testing.assert_allclose(kernels.var(axis=0)[apart], wanted, rtol=0.05)
    v, squares = model.jacobian_variance(theta, X, shots=shots), model.jacobian(theta, X) ** 2
    closed = squares @ v.T + v @ squares.T + v @ v.T
    np.testing.assert_allclose(closed[apart], wanted, atol=1e-11)


@pytest.mark.parametrize("method", ["pure", "density"])
def test_rules_of_all_kinds_of_angles(method):
    circuit = every_rule()
    if method == "density":
        circuit = circuit_with_channels(circuit)
    observables = [qt.pauli("ZXZ"), qt.pauli("ZZI + 0.4 IXX + 0.3 XIX + III")]
    model = qt.Model(circuit, observables, 1.2)
    theta, X = np.array([0.3, -0.8, 1.1, 0.5]), np.array([[0.7], [-0.4]])
    exact, variance = model.jacobian(theta, X), model.jacobian_variance(theta, X, shots=5)
    found = model.jacobian(np.tile(theta, (10000, 1)), X, shots=5, seed=1)
    check_moments(found, exact, variance)
    assert (variance > 0).all()
    # So many shots leave nothing of the noise: the rules themselves are right.
    many = model.jacobian(theta, X, shots=10**14)
    np.testing.assert_allclose(many, exact, atol=2e-6)


def circuit_with_channels(circuit):
    result = qt.Circuit(3)
    for k, one in enumerate(circuit):
        result = result.then(qt.Circuit.from_instructions(3, [one]))
        result.channel(noise.amplitude_damping(0.03), k % 3)
    return result


def test_variances_are_those_of_the_closed_form():
    theta = 0.8
    model = qt.Model(qt.Circuit(1).ry(qt.param(0), 0), qt.pauli("Z"), 1.5)
    # f = 1.5 cos, a = 0, J = -1.5 sin: v = (gamma^2 - a^2 - J^2)/(2 N).
    wanted = (1.5**2 - (1.5 * np.sin(theta)) ** 2) / (2 * 10)
    assert model.jacobian_variance([theta], shots=10)[0, 0] == pytest.approx(wanted, abs=1e-14)
    # A controlled rotation is two, of factors +-1/2: four predictions, of frequency 1 each.
    circuit = qt.Circuit(2).h(0).cry(qt.param(0), 0, 1)
    controlled = qt.Model(circuit, qt.pauli("IZ"))

    def shifted(delta, factor):
        one = qt.Circuit(2).h(0).cry(0.4, 0, 1).rotation(delta, factor, (0, 1) if len(factor) == 2 else 1)
        return qt.Model(one, qt.pauli("IZ")).predict([])[0]

    spread = sum(1 - shifted(s * np.pi / 2, p) ** 2 for s in (1, -1) for p in ("Y", "ZY"))
    assert controlled.jacobian_variance([0.4])[0, 0] == pytest.approx(spread / 16, abs=1e-14)
    # The library's own e^(-i theta Z) has the frequency 2.
    rng = np.random.default_rng(1)
    haar = qt.Model(qt.ansatz.haar(2, 1, seed=2), qt.pauli("ZZ"))
    at = rng.uniform(-1, 1, 1)
    slope, here = haar.jacobian(at)[0, 0], haar.predict(at)[0]
    middle = (here + haar.predict(at + np.pi / 2)[0]) / 2
    expected = 2 * (1 - middle**2 - slope**2 / 4) / 3
    assert haar.jacobian_variance(at, shots=3)[0, 0] == pytest.approx(expected, abs=1e-13)


def test_the_other_estimators():
    circuit = layered(3, 2)
    model = qt.Model(circuit, qt.pauli("ZII") + 0.2 * qt.pauli("III"), 1.3)
    theta, X = np.linspace(-1, 2, circuit.n_params), np.array([[0.4], [0.9]])
    exact = model.jacobian(theta, X)
    np.testing.assert_array_equal(model.jacobian(theta, X, shots=3, estimator="exact"), exact)
    bound = model.jacobian_variance(theta, X, estimator="bound")
    rule = model.jacobian_variance(theta, X)
    assert (bound >= rule - 1e-14).all()
    assert (bound > rule + 1e-3).any()
    check_moments(model.jacobian(np.tile(theta, (5000, 1)), X, shots=9, estimator="bound"), exact, bound / 9)
    with pytest.raises(qt.InvalidArgumentError, match="no variance"):
        model.jacobian_variance(theta, X, estimator="exact")
    with pytest.raises(qt.InvalidArgumentError, match="'hadamard'; it must be one of"):
        model.jacobian(theta, X, shots=3, estimator="hadamard")
    several = qt.Model(circuit, qt.pauli("ZII + 0.5 IZI"))
    with pytest.raises(qt.InvalidArgumentError, match="bound"):
        several.jacobian(theta, X, shots=3, estimator="bound")


def test_kernels_between_samples_and_outputs():
    circuit = layered(2, 2)
    model = qt.Model(circuit, [qt.pauli("ZI"), qt.pauli("XX + 0.5 XI")])
    theta, X, X2 = np.linspace(-1, 2, circuit.n_params), [[0.4], [0.9]], [[0.9], [-0.2], [0.1]]
    sets = np.tile(theta, (4000, 1))
    for more in ({}, {"full": True}, {"X2": X2}, {"X2": X2, "full": True}):
        found = model.tangent_kernel(sets, X, shots=4, seed=2, **more)
        exact = model.tangent_kernel(theta, X, **more)
        assert found.shape[1:] == exact.shape
        errors = found.std(axis=0) / np.sqrt(len(sets))
        assert (np.abs(found.mean(axis=0) - exact) <= 5 * errors + 1e-12).all()


def test_predictions_and_jacobians_of_one_seed_are_measured_apart():
    model = qt.Model(qt.Circuit(1).ry(qt.param(0), 0), qt.pauli("Z"))
    sets = np.full((20000, 1), 0.9)
    predictions = model.predict(sets, shots=6, seed=1)[:, 0]
    jacobians = model.jacobian(sets, shots=6, seed=1)[:, 0, 0]
    assert abs(np.corrcoef(predictions, jacobians)[0, 1]) < 5 / np.sqrt(20000)
    columns = model.tangent_kernel(sets, states2=[[1, 0]], shots=6, seed=1)[:, 0, 0]
    exact = model.tangent_kernel([0.9])[0, 0]
    assert abs(columns.mean() - exact) < 5 * columns.std() / np.sqrt(20000)


def test_the_seed_alone_decides_the_bits():
    circuit = layered(3, 2)
    model = qt.Model(circuit, qt.pauli("ZII + XII"))
    theta, X = np.linspace(-1, 1, circuit.n_params), np.linspace(-1, 1, 5)[:, None]
    wanted = model.jacobian(theta, X, shots=50, seed=4)
    before = qt.get_num_threads()
    try:
        for threads in (1, 2, 7):
            qt.set_num_threads(threads)
            np.testing.assert_array_equal(model.jacobian(theta, X, shots=50, seed=4), wanted)
    finally:
        qt.set_num_threads(before)
    assert not np.array_equal(model.jacobian(theta, X, shots=50, seed=5), wanted)


def test_what_cannot_be_measured():
    model = qt.Model(qt.Circuit(1).ry(qt.param(0) * qt.feature(0), 0), qt.pauli("Z"))
    for call in (model.jacobian, model.jacobian_variance, model.tangent_kernel):
        with pytest.raises(qt.InvalidArgumentError, match="shots is 0; it must be at least 1"):
            call([0.1], [[1.0]], shots=0)
    with pytest.raises(qt.InvalidArgumentError, match="one shot, give 2 or more, or debias=False"):
        model.tangent_kernel([0.1], [[1.0]], shots=1)
    assert model.tangent_kernel([0.1], [[1.0]], shots=1, debias=False).shape == (1, 1)
    with pytest.raises(qt.InvalidArgumentError, match="leave shots out for wrt='X'"):
        model.jacobian([0.1], [[1.0]], shots=3, wrt="X")
    many = qt.Circuit(2).evolve(qt.param(0), qt.pauli("XI + ZZ + 0.3 ZI"))
    with pytest.raises(qt.InvalidArgumentError, match="more than two levels"):
        qt.Model(many, qt.pauli("ZI")).jacobian([0.1], shots=3)
    fixed = qt.Model(qt.Circuit(1).h(0), qt.pauli("X"))
    assert fixed.jacobian([], shots=3).shape == (1, 0)
    assert fixed.tangent_kernel([], shots=3)[0, 0] == 0
    unseen = qt.Model(qt.Circuit(2).ry(qt.param(0), 1), qt.pauli("ZI"))
    assert unseen.jacobian([0.3], shots=3)[0, 0] == 0


@pytest.mark.parametrize("method", ["pure", "density"])
def test_distributions_tell_the_same_variances_as_expectations(method, monkeypatch):
    """Groups of many qubits, here of two or more."""
    circuit = every_rule()
    if method == "density":
        circuit = circuit_with_channels(circuit)
    observables = [qt.pauli("ZZZ"), qt.pauli("ZZI + 0.4 IXX + 0.3 XIX + 0.2 IZZ + III")]
    errors = qt.NoiseModel().readout(0.05, 0.1)
    theta = np.array([[0.3, -0.8, 1.1, 0.5], [1.3, 0.2, -0.4, 0.9]])
    X = np.array([[0.7], [-0.4]])
    plain = qt.Model(circuit, observables, 1.2, noise=errors)
    wanted = plain.jacobian_variance(theta, X, shots=5)
    monkeypatch.setattr(probes, "_MOST_QUBITS", 1)
    model = qt.Model(circuit, observables, 1.2, noise=errors)
    assert [output for output, *_ in model._sides._wide] == [1, 1]
    np.testing.assert_allclose(model.jacobian_variance(theta, X, shots=5), wanted, atol=1e-12)
    with pytest.raises(qt.InvalidArgumentError, match="the bound is for"):
        model.jacobian(theta[0], X, shots=5, estimator="bound")


def test_draws_from_distributions_at_both_sides(monkeypatch):
    monkeypatch.setattr(probes, "_MOST_QUBITS", 1)
    circuit = qt.Circuit(2).ry(qt.param(0) * qt.feature(0) + 0.4, 0).crx(qt.param(1), 0, 1).ry(0.3, 1)
    model = qt.Model(circuit, [qt.pauli("ZZ + 0.4 IZ + 0.3 XI"), qt.pauli("ZI")], 1.2)
    theta, X = np.array([0.3, -0.8]), np.array([[0.7], [-0.4]])
    assert [output for output, *_ in model._sides._wide] == [0]
    sets, exact = np.tile(theta, (10000, 1)), model.jacobian(theta, X)
    found = model.jacobian(sets, X, shots=5, seed=1)
    check_moments(found, exact, model.jacobian_variance(theta, X, shots=5))
    np.testing.assert_array_equal(model.jacobian(sets, X, shots=5, seed=1), found)
    kernels = model.tangent_kernel(sets, X, shots=5)
    errors = kernels.std(axis=0) / np.sqrt(len(kernels))
    assert (np.abs(kernels.mean(axis=0) - model.tangent_kernel(theta, X)) <= 5 * errors).all()


def test_sums_on_more_qubits_than_expectations_tell():
    n = 13
    circuit = qt.Circuit(n).ry(qt.param(0), 0).ry(qt.param(1), n - 1).cx(0, n - 1).rx(0.7, 0)
    model = qt.Model(circuit, sum(qt.pauli("I" * k + "Z" + "I" * (n - 1 - k)) for k in range(n)))
    theta = [0.4, 1.1]
    sides = [
        sum(model.prediction_variance(np.add(theta, sign * move))[0] for sign in (1, -1)) / 4
        for move in np.pi / 2 * np.eye(2)
    ]
    np.testing.assert_allclose(model.jacobian_variance(theta)[0], sides, atol=1e-12)
    # They are measured together where one draw says what each of them is.
    apart = [qt.pauli("I" * k + "Z" + "I" * (n - 1 - k)) for k in range(n)]
    assert (np.abs(qt.Model(circuit, apart).jacobian_variance(theta)[0].sum(axis=0) - sides) > 0.1).any()
    with pytest.raises(qt.InvalidArgumentError, match="13 qubits are measured together, at most 12"):
        qt.train(model, [0.2], steps=1, shots=10)

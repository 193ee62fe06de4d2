"""Means over Haar-random circuits and their noise: golden figures, Monte Carlo, brute-force averages."""

import json
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from golden_circuits import Case
from qtangent import convergence

GOLDEN = Path(__file__).parents[2] / "Tests/Golden/transitions.json"
CASES = {case["name"].split("_")[0]: case for case in json.loads(GOLDEN.read_text())["cases"]}
STATIC = {"rtol": 1e-11, "atol": 1e-11}


def golden_spectrum(item):
    if "spectrum" in item:
        return item["spectrum"], item["generator_spectra_cycled"]
    terms = [weight * qt.pauli(letters) for letters, weight in item["observable_pauli_terms"]]
    observable = sum(terms[1:], start=terms[0])
    return np.linalg.eigvalsh(observable.matrix()), [[0.5] * 32 + [-0.5] * 32]


@pytest.mark.parametrize(
    "item", CASES["tr04"]["outputs"]["items"], ids=lambda item: f"{item['what']} {item['p']}"
)
def test_golden_moments(item):
    spectrum, generators = golden_spectrum(item)
    found = convergence.haar_moments(spectrum, generators, item["p"])
    expected = {
        "z_sum": "Z_sum", "kernel": "E_K", "kernel_variance": "Var_K", "dqntk": "E_mu", "kernel_limit": "E_K_limit",
        "dqntk_limit": "E_mu_limit", "prediction": "mean_yhat", "prediction_variance": "var_yhat",
        "prediction_kurtosis": "excess_kurtosis_yhat",
    }  # fmt: skip
    for name, golden in expected.items():
        np.testing.assert_allclose(getattr(found, name), item[golden], err_msg=name, **STATIC)


def test_golden_tensor_and_covariance():
    states = Case(CASES["tr03"]).states
    spectrum, e = CASES["tr04"]["inputs"]["spectrum_for_tensor"], CASES["tr04"]["outputs"]
    np.testing.assert_allclose(convergence.haar_dqntk(spectrum, states), e["E_mu_limit_abc"], **STATIC)
    np.testing.assert_allclose(convergence.haar_covariance(spectrum, states), e["Cov_yhat"], **STATIC)
    rho = np.einsum("ji,jk->jik", states, states.conj())
    np.testing.assert_allclose(convergence.haar_dqntk(spectrum, rho), e["E_mu_limit_abc"], **STATIC)
    assert not convergence.haar_dqntk([1, -1], np.eye(2, dtype=complex)).any()


def test_kernels_of_the_haar_ansatz_have_these_moments():
    observable = qt.pauli("ZII") + 0.5 * qt.pauli("IZI") - 0.4 * qt.pauli("IIZ")
    spectrum = np.linalg.eigvalsh(observable.matrix())
    p, draws = 12, 1500
    rng = np.random.default_rng(2)
    kernels, predictions = [], []
    for seed in range(draws):
        model = qt.Model(qt.ansatz.haar(3, p, seed=seed), observable)
        theta = rng.uniform(0, 2 * np.pi, p)
        kernels.append(model.tangent_kernel(theta)[0, 0])
        predictions.append(model.predict(theta)[0])
    expected = convergence.haar_moments(spectrum, [[1.0] * 4 + [-1.0] * 4], p)
    np.testing.assert_allclose(expected.z_sum, model.z_sum, rtol=1e-12)
    spread = np.std(kernels) / np.sqrt(draws)
    assert abs(np.mean(kernels) - expected.kernel) < 4 * spread
    fourth = np.mean((np.array(kernels) - np.mean(kernels)) ** 4)
    variance_error = np.sqrt((fourth - np.var(kernels) ** 2) / draws)
    assert abs(np.var(kernels) - expected.kernel_variance) < 4 * variance_error
    assert abs(np.mean(predictions)) < 4 * np.sqrt(expected.prediction_variance / draws)


def test_generators_may_be_an_array_and_parameters_any_number():
    kinds = np.array([[0.5, -0.5, 0.5, -0.5], [1, -1, 0, 0]])
    spectrum = [1, 0.3, -0.2, -1]
    few = convergence.haar_moments(spectrum, list(kinds), 5)
    assert convergence.haar_moments(spectrum, kinds, 5) == few
    np.testing.assert_allclose(few.z_sum, (3 * 1.0 + 2 * 2.0) / 15, rtol=1e-14)
    np.testing.assert_allclose(convergence.haar_moments(spectrum, kinds, 10**12).z_sum, 10**11, rtol=1e-12)


def haar(rng, d):
    raw = rng.normal(size=(d, d)) + 1j * rng.normal(size=(d, d))
    q, r = np.linalg.qr(raw)
    return q * (np.diag(r) / abs(np.diag(r)))


def test_kernel_noise_is_the_scatter_of_random_generators():
    """J_al = tr(X_a H_l) with H_l = W h W^+ drawn anew: K = J J^T, its covariance over the draws."""
    rng = np.random.default_rng(3)
    circuit = qt.Circuit(2)
    generator = qt.pauli("ZI") + 0.3 * qt.pauli("XX")
    for k in range(4):
        circuit.evolve(qt.param(k), generator) if k % 2 else circuit.crx(0.7 * qt.param(k), 0, 1)
        circuit.h(0).cx(0, 1)
    model = qt.Model(circuit, qt.pauli("ZI") + 0.6 * qt.pauli("IX"), scale=1.1)
    theta = rng.uniform(0, 2 * np.pi, 4)
    states = rng.normal(size=(2, 4)) + 1j * rng.normal(size=(2, 4))
    states /= np.linalg.norm(states, axis=1, keepdims=True)
    found = convergence.kernel_noise(model, theta, states=states)
    out = model.output_states(theta, states=states)
    measured = 1.1 * model.observable.matrix()
    rho = np.einsum("ji,jk->jik", out, out.conj())
    currents = 1j * (measured @ rho - rho @ measured)
    spectra = [0.7 * np.array([0.0, 0, 0.5, -0.5]), np.linalg.eigvalsh(generator.matrix())]
    draws = 20_000
    kernels = np.zeros((draws, 2, 2))
    for _ in range(2):
        for levels in spectra:
            raw = rng.normal(size=(draws, 4, 4)) + 1j * rng.normal(size=(draws, 4, 4))
            q, r = np.linalg.qr(raw)
            diagonal = np.einsum("sii->si", r)
            q = q * (diagonal / abs(diagonal))[:, None, :]
            drawn = np.einsum("sij,j,skj->sik", q, levels, q.conj())
            j = np.einsum("aij,sji->sa", currents, drawn).real
            kernels += j[:, :, None] * j[:, None, :]
    centred = kernels - kernels.mean(axis=0)
    products = np.einsum("sab,scd->sabcd", centred, centred)
    error = products.std(axis=0) / np.sqrt(draws)
    assert (abs(products.mean(axis=0) - found) < 4.5 * error).all()
    np.testing.assert_allclose(found, found.transpose(2, 3, 0, 1), atol=1e-14)


@pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")  # The label is out of reach on purpose.
def test_the_softest_direction_is_where_gradient_flow_arrives():
    model = qt.Model(qt.ansatz.haar(2, 12, seed=5), qt.pauli("ZI") + 0.4 * qt.pauli("IZ"))
    theta = np.random.default_rng(5).uniform(0, 2 * np.pi, 12)
    run = qt.train(model, [2.4], theta=theta, optimizer=qt.GradientFlow(1.0, 0.5), steps=22)
    kernel = model.tangent_kernel(run.theta)[0, 0]
    lam = model.dqntk(run.theta)[0, 0, 0] / kernel
    assert abs(model.predict(run.theta)[0] - 1.4) < 1e-3  # the top of the spectrum
    np.testing.assert_allclose(convergence.softest_curvature(model, run.theta), -lam, rtol=1e-6)


def test_gaussianity_accepts_gaussians_and_sees_one_qubit():
    rng = np.random.default_rng(11)
    covariance = np.array([[1.0, 0.3], [0.3, 0.5]])
    draws = rng.multivariate_normal([0.2, -0.1], covariance, size=2000)
    accepted = convergence.gaussianity(draws, covariance, mean=[0.2, -0.1])
    assert accepted.p_value > 0.01
    assert (abs(accepted.kurtosis) < 4 * accepted.kurtosis_error).all()
    uniform = rng.uniform(-1, 1, size=(2000, 1))  # <Z> of a random qubit
    rejected = convergence.gaussianity(
        uniform,
        convergence.haar_covariance([1, -1], np.eye(2, dtype=complex)[:1]),
        mean=0.0,
        spectrum=[1, -1],
    )
    assert rejected.p_value < 1e-6
    np.testing.assert_allclose(rejected.exact_kurtosis, -6 / 5, rtol=1e-12)
    for unit in (1e200, 1e-200):
        scaled = convergence.gaussianity(uniform, [[1.0]], mean=0.0, spectrum=[unit, -unit])
        np.testing.assert_allclose(scaled.exact_kurtosis, -6 / 5, rtol=1e-12)
    assert abs(rejected.kurtosis[0] - rejected.exact_kurtosis) < 4 * rejected.kurtosis_error


def test_the_error_of_the_kurtosis_is_its_scatter():
    rng = np.random.default_rng(12)
    covariance = np.array([[1.0, 0.3], [0.3, 0.5]])
    tests = [
        convergence.gaussianity(rng.multivariate_normal([0, 0], covariance, size=1000), covariance, mean=0.0)
        for _ in range(200)
    ]
    scatter = np.sqrt(np.mean([one.kurtosis**2 for one in tests]))
    # 400 values tell it to 4 %.
    np.testing.assert_allclose(scatter / tests[0].kurtosis_error, 1, atol=0.15)
    still = convergence.gaussianity(np.zeros((10, 1)), [[1.0]], mean=0.0)
    assert np.isnan(still.kurtosis).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: convergence.haar_moments([1], [[1]], 1), r"spectrum has shape \(1,\)"),
        (lambda: convergence.haar_moments([1, -1], [[1, 0, 0]], 1), r"generators\[0\] has shape \(3,\)"),
        (lambda: convergence.haar_moments([1, -1], [], 1), "0 generators"),
        (lambda: convergence.haar_moments([1, -1], [[1, -1]], 0), "p is 0"),
        (lambda: convergence.haar_dqntk([1, 0, 0, 0], np.eye(2)), "4 levels"),
        (lambda: convergence.gaussianity(np.zeros((9, 0)), np.zeros((0, 0))), r"shape \(9, 0\)"),
        (lambda: convergence.gaussianity(np.zeros((9, 1)), [[np.nan]]), r"covariance\[0, 0\] is nan"),
        (
            lambda: convergence.gaussianity(np.zeros((9, 2)), [[1, 0.5], [0, 1]]),
            "covariance is not symmetric",
        ),
        (lambda: convergence.gaussianity(np.zeros((9, 1)), [[1]], mean=np.nan), "nan"),
        (
            lambda: convergence.gaussianity(np.zeros((9, 2)), np.eye(2), mean=[1, 2, 3]),
            r"mean has shape \(3,\)",
        ),
        (
            lambda: convergence.kernel_noise(
                qt.Model(qt.Circuit(2).rx(qt.param(0), 0), qt.pauli("ZI")), [[0.1], [0.2]]
            ),
            "one parameter set",
        ),
        (lambda: convergence.gaussianity(np.zeros((3, 1)), [[1]]), "at least 8 draws"),
        (lambda: convergence.gaussianity(np.zeros((9, 2)), np.ones((2, 2))), "eigenvalue"),
        (
            lambda: convergence.kernel_noise(
                qt.Model(qt.Circuit(1).rx(qt.param(0), 0), qt.pauli("Z")), [0.1]
            ),
            "one qubit",
        ),
        (
            lambda: convergence.kernel_noise(
                qt.Model(qt.Circuit(2).rx(qt.param(0), 0).ry(qt.param(0), 1), qt.pauli("ZI")), [0.1]
            ),
            "rx on qubits 0 and ry on qubits 1",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(qt.InvalidArgumentError, match=message):
        call()

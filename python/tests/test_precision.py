"""precision="single": near double precision, but not double precision in disguise; kept by pickles and runs."""

import pickle

import numpy as np
import pytest
import qtangent as qt

M = 11


@pytest.fixture(params=["layered", "mixed"])
def problem(request):
    random = np.random.default_rng(4)
    circuit = qt.encoding.angle(5)
    if request.param == "layered":
        circuit = circuit + qt.ansatz.hardware_efficient(5, 6)
    else:
        generator = random.normal(size=(4, 4))
        circuit.unitary(np.linalg.qr(random.normal(size=(8, 8)))[0], (0, 2, 4))
        circuit.evolve(qt.param(0), (generator + generator.T) / 8, (1, 3))
        circuit.rotation(qt.param(1) * qt.feature(0), "XYZ", (4, 0, 2)).cry(qt.param(2), 3, 1)
        circuit.u3(qt.param(3), qt.param(4), 0.3, 2).swap(0, 1).rzz(qt.param(5), 1, 4)
    observables = [qt.pauli("ZIIII"), 0.5 * qt.pauli("XIYII") + 0.5 * qt.projector("10101")]
    X, theta = random.normal(size=(M, 5)), random.uniform(0, 6, circuit.n_params)
    models = [qt.Model(circuit, observables, 2.0, precision=p) for p in ("single", "double")]
    return *models, theta, X


def close(single, double, bound=2e-6):
    size = max(1.0, np.abs(double).max())
    deviation = np.abs(np.asarray(single) - double).max() / size
    assert 1e-12 < deviation < bound


def test_results_are_near_those_of_double_precision(problem):
    single, double, theta, X = problem
    y = np.linspace(-1, 1, 2 * M).reshape(M, 2)
    for call in (
        lambda m: m.predict(theta, X),
        lambda m: m.jacobian(theta, X),
        lambda m: m.jacobian(np.stack([theta, -theta, theta + 1]), X[:2]),
        lambda m: m.tangent_kernel(theta, X),
        lambda m: m.loss(theta, y, X=X),
        lambda m: m.loss_and_gradient(theta, y, X=X)[1],
        lambda m: m.output_states(theta, X),
    ):
        assert np.asarray(call(single)).dtype == np.asarray(call(double)).dtype
        close(call(single), call(double))


def test_pure_and_mixed_states(problem):
    single, double, theta, X = problem
    states = qt.encoding.haar_states(5, M, orthogonal=False, seed=2)
    close(single.jacobian(theta, X, states), double.jacobian(theta, X, states))
    mixed = 0.75 * np.einsum("ji,jk->jik", states, states.conj()) + 0.25 * np.eye(32) / 32
    close(single.jacobian(theta, X, mixed), double.jacobian(theta, X, mixed))


def test_fisher_information_stays_in_double_precision(problem):
    single, double, theta, X = problem
    assert (single.fisher_information(theta, X[0]) == double.fisher_information(theta, X[0])).all()


def test_name_pickle_and_the_run_keep_it(problem, tmp_path):
    single, double, theta, X = problem
    assert (single.precision, double.precision) == ("single", "double")
    assert "single precision" in repr(single)
    assert "precision" not in repr(double)
    copy = pickle.loads(pickle.dumps(single))
    assert copy.precision == "single"
    assert (copy.jacobian(theta, X) == single.jacobian(theta, X)).all()
    y = np.linspace(-0.1, 0.1, 2 * M).reshape(M, 2)
    settings = {"X": X, "theta": theta, "optimizer": qt.Adam(0.05)}
    whole = qt.train(single, y, steps=12, **settings)
    path = tmp_path / "run.qtg"
    qt.train(single, y, steps=5, **settings).save(path)
    assert qt.Run.load(path).model.precision == "single"
    resumed = qt.resume(path, 7, model=single)
    assert (resumed.theta == whole.theta).all()
    assert (resumed.loss == whole.loss).all()
    with pytest.raises(ValueError, match=r"single precision, the given one in double"):
        qt.resume(path, 1, model=double)
    close(whole.loss, qt.train(double, y, steps=12, **settings).loss, 1e-5)

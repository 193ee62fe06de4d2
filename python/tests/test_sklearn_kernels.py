"""Kernel machines against scikit-learn's own on the same matrices, and scikit-learn's checks of estimators."""

from __future__ import annotations

import importlib.metadata
import sys

import numpy as np
import pytest
import qtangent as qt

pytest.importorskip("sklearn")

from qtangent.sklearn import (
    DenseKernel,
    FidelityKernel,
    KernelSearchCV,
    RecurrentKernel,
    TangentKernel,
    TangentKernelClassifier,
    TangentKernelRegressor,
)
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV, KFold, StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR
from sklearn.utils.estimator_checks import parametrize_with_checks

RNG = np.random.default_rng(7)
X, LABELS = load_iris(return_X_y=True)
X = StandardScaler().fit_transform(X)[::3]
LABELS = LABELS[::3]
TARGETS = X[:, 0] * X[:, 1] + np.sin(X[:, 2])


def quantum() -> tuple[qt.Model, np.ndarray]:
    circuit = qt.encoding.angle(4) + qt.ansatz.hardware_efficient(4, 2, topology="chain")
    return qt.Model(circuit, [qt.pauli("ZIII"), qt.pauli("IZII")]), RNG.uniform(0, 6, circuit.n_params)


KERNELS = {
    "dense": DenseKernel(depth=2, sigma_b=0.3),
    "dense nngp": DenseKernel(kernel="nngp", activation="erf"),
    "recurrent": RecurrentKernel(sigma_w=1.2, sigma_b=0.1, pooling="mean"),
    "tangent": TangentKernel(*quantum()),
    "fidelity": FidelityKernel(*quantum()),
}


def expected_failures(estimator: object) -> dict[str, str]:
    if estimator.kernel == "precomputed" and estimator.jitter is not None:
        return {
            "check_positive_only_tag_during_fit": "its matrices of negative numbers are no kernels",
            "check_estimators_dtypes": "a kernel that is rounded to integers is none",
        }
    return {}


@pytest.mark.filterwarnings("ignore:invalid value encountered in cast:RuntimeWarning")
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@parametrize_with_checks(
    [
        TangentKernelClassifier(),
        TangentKernelClassifier(method="ridge", normalise="cosine", class_weight="balanced"),
        TangentKernelClassifier(kernel="precomputed"),
        TangentKernelClassifier(kernel="precomputed", jitter=None),
        TangentKernelRegressor(),
        TangentKernelRegressor(method="svm"),
    ],
    expected_failed_checks=expected_failures,
)
def test_checks_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.mark.parametrize("name", KERNELS)
def test_kernels_with_themselves(name):
    kernel = clone(KERNELS[name])
    matrix = kernel(X)
    np.testing.assert_allclose(kernel.diag(X), np.diag(matrix), rtol=1e-12)
    np.testing.assert_allclose(kernel(X[:5], X[5:12]), matrix[:5, 5:12], rtol=1e-10, atol=1e-13)
    assert kernel.get_params().keys() == KERNELS[name].get_params().keys()


def test_kernels_are_the_library_s():
    model, theta = KERNELS["tangent"].model, KERNELS["tangent"].theta
    np.testing.assert_array_equal(TangentKernel(model, theta)(X), model.tangent_kernel(theta, X))
    np.testing.assert_array_equal(FidelityKernel(model, theta)(X), model.fidelity_kernel(theta, X))
    np.testing.assert_array_equal(
        DenseKernel(3, "erf", 1.1, 0.2, 0.9, "nngp")(X, X[:3]),
        qt.classical.dense_ntk(X, X[:3], 3, "erf", 1.1, 0.2, 0.9, "nngp"),
    )
    settings = {"layers": 2, "pooling": "mean", "sigma_w": 1.1, "sigma_h": 0.4, "initial_state": "shared"}
    np.testing.assert_array_equal(RecurrentKernel(**settings)(X), qt.classical.recurrent_ntk(X, **settings))


def normalised(kernel, normalise):
    K, new = kernel(X), kernel(X[:7] + 0.1, X)
    own, others = np.diag(K), np.diag(kernel(X[:7] + 0.1))
    if normalise == "mean":
        return K / own.mean(), new / own.mean()
    if normalise == "cosine":
        return K / np.sqrt(np.outer(own, own)), new / np.sqrt(np.outer(others, own))
    return K, new


@pytest.mark.parametrize("normalise", ["mean", "cosine", None])
@pytest.mark.parametrize("name", KERNELS)
def test_machines_are_those_of_the_matrix(name, normalise):
    """Support vectors by scikit-learn, ridge by its normal equations."""
    kernel = KERNELS[name]
    K, new = normalised(kernel, normalise)
    C = 10.0 / np.diag(K).mean()
    queries = X[:7] + 0.1
    found = TangentKernelClassifier(kernel, C=C, normalise=normalise).fit(X, LABELS)
    peer = SVC(C=C, kernel="precomputed").fit(K, LABELS)
    np.testing.assert_array_equal(found.predict(queries), peer.predict(new))
    np.testing.assert_allclose(found.decision_function(queries), peer.decision_function(new), atol=1e-2)
    found = TangentKernelClassifier(kernel, method="ridge", C=C, normalise=normalise).fit(X, LABELS)
    signs = 2.0 * (LABELS[:, None] == np.arange(3)) - 1
    weights = np.linalg.solve(K + np.eye(len(K)) / (2 * C), signs)
    np.testing.assert_allclose(found.decision_function(queries), new @ weights, rtol=1e-6, atol=1e-8)
    np.testing.assert_array_equal(found.predict(queries), (new @ weights).argmax(axis=1))
    found = TangentKernelRegressor(kernel, C=C, normalise=normalise).fit(X, TARGETS)
    weights = np.linalg.solve(K + np.eye(len(K)) / (2 * C), TARGETS - TARGETS.mean())
    np.testing.assert_allclose(found.predict(queries), new @ weights + TARGETS.mean(), rtol=1e-6, atol=1e-8)
    found = TangentKernelRegressor(kernel, method="svm", C=C, epsilon=0.05, normalise=normalise).fit(
        X, TARGETS
    )
    peer = SVR(C=C, epsilon=0.05, kernel="precomputed").fit(K, TARGETS)
    np.testing.assert_allclose(found.predict(queries), peer.predict(new), atol=1e-2)


def test_class_weights_move_the_border():
    labels = np.where(LABELS == 2, "rare", "common")
    for method in ("svm", "ridge"):
        plain = TangentKernelClassifier(method=method, C=0.1).fit(X, labels)
        weighted = TangentKernelClassifier(method=method, C=0.1, class_weight={"rare": 10}).fit(X, labels)
        assert (weighted.predict(X) == "rare").sum() > (plain.predict(X) == "rare").sum()


def test_jitter_is_told():
    twice, labels = np.concatenate([X, X]), np.concatenate([LABELS, LABELS])
    found = TangentKernelClassifier(DenseKernel()).fit(twice, labels)
    assert found.jitter_ == pytest.approx(1e-12, rel=0.1)
    assert TangentKernelClassifier(DenseKernel(), jitter=None).fit(twice, labels).jitter_ == 0
    with pytest.raises(qt.InvalidArgumentError, match="the kernel is not positive"):
        TangentKernelClassifier(kernel="precomputed").fit(-np.eye(4), [0, 1, 0, 1])


def test_in_pipelines_and_grids():
    grid = {"tangentkernelclassifier__kernel__sigma_b": [0.0, 1.0], "tangentkernelclassifier__C": [0.1, 10.0]}
    pipeline = make_pipeline(StandardScaler(), TangentKernelClassifier(DenseKernel()))
    search = GridSearchCV(pipeline, grid, cv=3).fit(X, LABELS)
    assert search.best_score_ > 0.85
    assert "DenseKernel" in search._repr_html_()
    K = DenseKernel()(X)
    precomputed = cross_val_score(TangentKernelClassifier("precomputed"), K, LABELS, cv=3)
    np.testing.assert_array_equal(precomputed, cross_val_score(TangentKernelClassifier(), X, LABELS, cv=3))


def waves(count: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Two frequencies, two channels, lengths from 10 to 30."""
    labels = np.arange(count) % 2
    lengths = np.random.default_rng(1).integers(10, 31, count)
    return [
        np.stack([np.sin(t), np.cos(t)], axis=1)
        for t in (np.arange(n) * (0.4 + 0.6 * k) for n, k in zip(lengths, labels, strict=True))
    ], labels


def test_sequences_of_any_lengths():
    sequences, labels = waves(40)
    machine = TangentKernelClassifier(RecurrentKernel(sigma_b=0.1), C=100.0)
    search = GridSearchCV(machine, {"kernel__pooling": ["last", "mean"]}, cv=4).fit(sequences, labels)
    assert search.best_score_ > 0.9
    assert machine.fit(sequences[:30], labels[:30]).score(sequences[30:], labels[30:]) > 0.9
    channels_first = [one.T for one in sequences]
    machine.set_params(kernel__layout="channels_first")
    assert machine.fit(channels_first[:30], labels[:30]).score(channels_first[30:], labels[30:]) > 0.9


def test_padding_and_layouts_are_said():
    sequences, _ = waves(6)
    expected = RecurrentKernel()(sequences)
    padded = np.full((6, 35, 2), np.nan)
    for row, one in zip(padded, sequences, strict=True):
        row[: len(one)] = one
    found = RecurrentKernel(layout="time_first", padding="nan")
    np.testing.assert_array_equal(found(padded), expected)
    found = RecurrentKernel(layout="channels_first", padding="nan")
    np.testing.assert_array_equal(found(padded.transpose(0, 2, 1)), expected)
    numbers = [one[:, 0] for one in sequences]
    np.testing.assert_array_equal(
        RecurrentKernel(padding="nan")(padded[:, :, 0]), qt.classical.recurrent_ntk(numbers)
    )


GAP = np.array([1.0, np.nan, 2.0])


@pytest.mark.parametrize(
    ("given", "settings", "words"),
    [
        (
            np.zeros((4, 5, 6)),
            {},
            "layout='time_first' for 4 sequences of 5 steps with 6 channels, layout='channels_first'",
        ),
        (
            [np.zeros((2, 5)), np.zeros((2, 6))],
            {},
            "arrays of one length 2 and of 5 to 6 columns; if channels come first",
        ),
        ([np.array([1.0, np.nan])], {}, r"X\[0\] ends with NaN; if that is padding give padding='nan'"),
        ([GAP], {}, r"X\[0\]\[1, 0\] is nan"),
        ([GAP], {"padding": "nan"}, r"X\[0\]\[1, 0\] is nan"),
        ([np.array([[1.0, np.nan]])], {"padding": "nan"}, r"X\[0\]\[0, 1\] is nan"),
        ([np.full(3, np.nan)], {"padding": "nan"}, r"X\[0\] holds no steps that are not NaN"),
        ([np.zeros(0)], {}, r"X\[0\] holds no steps"),
        ("abc", {}, "a list of sequences is expected"),
        ([[1.0]], {"layout": "tm"}, "layout is 'tm'"),
        ([[1.0]], {"padding": 0}, "padding is 0"),
    ],
)
def test_bad_sequences_are_named(given, settings, words):
    with pytest.raises(qt.InvalidArgumentError, match=words):
        RecurrentKernel(**settings)(given)


class Counted(DenseKernel):
    """Counts how often it is computed, over all copies."""

    computed = 0

    def __call__(self, *samples):
        Counted.computed += 1
        return super().__call__(*samples)


@pytest.mark.parametrize("normalise", ["mean", "cosine"])
def test_a_search_computes_each_kernel_once(normalise):
    """With the scores of GridSearchCV, which computes every kernel for every fold and every C."""
    grid, C = {"sigma_b": [0.0, 0.5, 1.0], "depth": [1, 3]}, (0.1, 1.0, 10.0)
    machine = TangentKernelClassifier(Counted(), normalise=normalise)
    folds = StratifiedKFold(5)
    Counted.computed = 0
    found = KernelSearchCV(machine, grid, C, cv=folds).fit(X, LABELS)
    assert Counted.computed == 6
    predicted = found.predict(X[:9])
    peer_grid = {f"kernel__{name}": values for name, values in grid.items()} | {"C": list(C)}
    machine.set_params(kernel=DenseKernel())
    peer = GridSearchCV(machine, peer_grid, cv=folds).fit(X, LABELS)
    scores = {
        (params["kernel__sigma_b"], params["kernel__depth"], params["C"]): mean
        for params, mean in zip(peer.cv_results_["params"], peer.cv_results_["mean_test_score"], strict=True)
    }
    assert len(found.cv_results_["params"]) == 18
    for params, mean in zip(found.cv_results_["params"], found.cv_results_["mean_test_score"], strict=True):
        assert mean == pytest.approx(
            scores[params["kernel__sigma_b"], params["kernel__depth"], params["C"]], abs=1e-12
        )
    assert found.best_score_ == pytest.approx(peer.best_score_)
    best = machine.set_params(**found.best_params_).fit(X, LABELS)
    np.testing.assert_array_equal(predicted, best.predict(X[:9]))
    assert found.score(X, LABELS) == best.score(X, LABELS)


def test_a_search_of_a_regressor_and_of_sequences():
    folds = KFold(3, shuffle=True, random_state=0)
    found = KernelSearchCV(TangentKernelRegressor(), {"sigma_b": [0.0, 1.0]}, cv=folds).fit(X, TARGETS)
    assert found.best_score_ > 0.5
    assert not hasattr(found, "decision_function")
    sequences, labels = waves(40)
    machine = TangentKernelClassifier(RecurrentKernel())
    found = KernelSearchCV(machine, {"sigma_b": [0.0, 0.1]}, cv=4).fit(sequences[:30], labels[:30])
    assert found.score(sequences[30:], labels[30:]) > 0.9


def test_settings_that_overflow_are_left_out():
    sequences = list(RNG.standard_normal((20, 2500)))
    machine = TangentKernelClassifier(RecurrentKernel())
    search = KernelSearchCV(machine, {"sigma_w": [2.0, 1.4]}, C=(1.0,), cv=2)
    with pytest.warns(qt.QTangentWarning, match="overflows at step"):
        search.fit(sequences, np.arange(20) % 2)
    assert search.best_params_ == {"kernel__sigma_w": 1.4, "C": 1.0}
    assert np.isnan(search.cv_results_["mean_test_score"]).tolist() == [True, False]


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        (TangentKernelClassifier(method="tree"), "method is 'tree'"),
        (TangentKernelClassifier(normalise="max"), "normalise is 'max'"),
        (TangentKernelClassifier(method=np.array([1, 2])), r"method is array\(\[1, 2\]\)"),
        (TangentKernelClassifier(normalise=np.array([1, 2])), r"normalise is array\(\[1, 2\]\)"),
        (TangentKernelClassifier(C=0), "C is 0"),
        (TangentKernelClassifier(C="1"), "C is '1'; a number above 0"),
        (TangentKernelClassifier(C=None), "C is None; a number above 0"),
        (TangentKernelClassifier(kernel="rbf"), "kernel is 'rbf'; 'precomputed' or a kernel such as"),
        (TangentKernelClassifier("precomputed"), r"X has shape \(50, 4\); a precomputed kernel"),
        (KernelSearchCV(TangentKernelClassifier("precomputed"), {}), "use GridSearchCV over C"),
    ],
)
def test_bad_settings_are_named(machine, words):
    with pytest.raises(qt.InvalidArgumentError, match=words):
        machine.fit(X, LABELS)


def test_a_precomputed_kernel_has_no_cosine_with_new_samples():
    K = DenseKernel()(X)
    with pytest.raises(qt.InvalidArgumentError, match="lacks every new sample's kernel with itself"):
        TangentKernelClassifier("precomputed", normalise="cosine").fit(K, LABELS).predict(K[:3])


def test_a_missing_package_is_named_with_its_install_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(ImportError, match=r'pip install scikit-learn, or, .* "./python\[sklearn\]"'):
        importlib.reload(qt.sklearn)


def test_an_old_package_is_named_with_the_version_that_will_do(monkeypatch):
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "1.5.2")
    with pytest.raises(ImportError, match=r"needs scikit-learn 1.6 or newer, 1.5.2 is installed"):
        importlib.reload(qt.sklearn)

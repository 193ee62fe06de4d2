"""Quantum neural networks as estimators: scikit-learn's checks, and what they compute against the library and formulas."""

from __future__ import annotations

import numpy as np
import pytest
import qtangent as qt
from reference import Reference

pytest.importorskip("sklearn")

from qtangent.sklearn import Encoder, QNNClassifier, QNNRegressor
from qtangent.sklearn.circuits import hardware_efficient, reupload, reupload_start, strings_of_z
from scipy.special import log_softmax
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris, load_wine
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler, scale
from sklearn.utils.estimator_checks import parametrize_with_checks

X, NUMBERS = load_iris(return_X_y=True)
X = scale(X)
LABELS = np.array(["setosa", "versicolor", "virginica"])[NUMBERS]


def expected_failures(estimator: object) -> dict[str, str]:
    failures = {}
    if isinstance(estimator, QNNClassifier):
        failures["check_class_weight_classifiers"] = "classes of weight 1e-7 stay where they began"
    if getattr(estimator, "early_stopping", False):
        failures["check_sample_weight_equivalence_on_dense_data"] = (
            "repeated rows fall into another validation set"
        )
    return failures


@pytest.mark.filterwarnings("ignore:invalid value encountered in cast:RuntimeWarning")
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@parametrize_with_checks(
    [
        QNNClassifier(random_state=0),
        QNNClassifier(circuit="hardware_efficient", early_stopping=True, random_state=0),
        QNNRegressor(random_state=0),
        Encoder(),
    ],
    expected_failed_checks=expected_failures,
)
def test_checks_of_scikit_learn(estimator, check):
    check(estimator)


def test_the_reuploaded_angles_are_affine_in_all_features():
    n, layers, f = 3, 2, 2
    random = np.random.RandomState(0)
    theta, x = random.uniform(-3, 3, n * layers * (f + 2) + n), random.uniform(-2, 2, f)
    dense = Reference(n)
    for layer in range(layers):
        for qubit in range(n):
            *weights, offset, turn = theta[(layer * n + qubit) * (f + 2) :][: f + 2]
            dense.ry(float(weights @ x + offset), qubit).rz(float(turn), qubit)
        for qubit in range(n - 1):
            dense.cz(qubit, qubit + 1)
    for qubit in range(n):
        dense.ry(float(theta[n * layers * (f + 2) + qubit]), qubit)
    circuit = reupload(n, layers, f)
    assert circuit.n_params == len(theta) == len(reupload_start(n, layers, f, random))
    np.testing.assert_allclose(circuit.matrix(theta, x), dense.matrix(()), atol=1e-13)


def test_the_start_draws_weights_that_keep_standardised_angles_near_one():
    blocks = reupload_start(4, 50, 25, np.random.RandomState(1))[:-4].reshape(200, 27)
    assert np.std(blocks[:, :25]) == pytest.approx(0.2, rel=0.05)
    assert np.abs(blocks[:, 25:]).max() < np.pi


def test_features_go_round_the_qubits():
    named = [(one.name, one.qubits) for one in hardware_efficient(2, 1, 5)][:5]
    assert named == [("ry", (0,)), ("ry", (1,)), ("rz", (0,)), ("rz", (1,)), ("ry", (0,))]


def test_products_of_z():
    texts = [str(one) for one in strings_of_z(3, 7)]
    expected = [str(qt.pauli(text)) for text in ("ZII", "IZI", "IIZ", "ZZI", "ZIZ", "IZZ", "ZZZ")]
    assert texts == expected


def test_classes_probabilities_and_decisions():
    found = QNNClassifier(steps=150, random_state=0).fit(X, LABELS)
    logits = found.model_.predict(found.theta_, X)
    np.testing.assert_allclose(np.log(found.predict_proba(X)), log_softmax(logits, axis=1), atol=1e-12)
    np.testing.assert_array_equal(found.decision_function(X), logits)
    np.testing.assert_array_equal(found.predict(X), found.classes_[logits.argmax(axis=1)])
    assert found.score(X, LABELS) > 0.95
    assert found.loss_curve_[-1] == pytest.approx(
        -log_softmax(logits, axis=1)[np.arange(150), NUMBERS].mean(), rel=1e-12
    )
    assert found.n_iter_ == 150 == len(found.loss_curve_) - 1


def test_two_classes_share_one_observable():
    two = NUMBERS > 0
    found = QNNClassifier(steps=50, scale=2.0, random_state=0).fit(X[:, :2], two)
    z = qt.Model(found.model_.circuit, qt.pauli("ZIII"), scale=2.0).predict(found.theta_, X[:, :2])
    np.testing.assert_allclose(found.decision_function(X[:, :2]), 2 * z, atol=1e-12)
    np.testing.assert_allclose(found.predict_proba(X[:, :2])[:, 1], 1 / (1 + np.exp(-2 * z)), rtol=1e-12)


def test_regression_restores_mean_and_deviation():
    features, targets = load_diabetes(return_X_y=True)
    features = scale(features)
    found = QNNRegressor(steps=150, random_state=1).fit(features, targets)
    outputs = found.model_.predict(found.theta_, features)[:, 0]
    np.testing.assert_allclose(found.predict(features), targets.mean() + targets.std() * outputs, rtol=1e-12)
    assert found.score(features, targets) > 0.5
    several = np.stack([targets, 1000 - 2 * targets], axis=1)
    both = QNNRegressor(steps=150, random_state=1).fit(features, several)
    assert both.predict(features).shape == (442, 2)
    assert both.score(features, several) > 0.5
    assert QNNRegressor(steps=1).fit(features, targets[:, None]).predict(features).shape == (442, 1)


def test_a_circuit_and_observables_of_one_s_own():
    circuit = qt.encoding.angle(4) + qt.ansatz.hardware_efficient(4, 2, topology="chain")
    observables = [qt.pauli("ZZII"), qt.pauli("IIXX"), qt.projector("0101")]
    found = QNNClassifier(circuit, observables=observables, steps=30, random_state=0).fit(X, LABELS)
    logits = qt.Model(circuit, observables, scale=3.0).predict(found.theta_, X)
    np.testing.assert_array_equal(found.decision_function(X), logits)


def test_early_stopping_keeps_the_best_of_the_held_out_samples():
    found = QNNClassifier(
        optimizer=qt.Adam(0.3), steps=2000, early_stopping=True, check_every=5, patience=4, random_state=0
    ).fit(X, LABELS)
    curve = found.validation_curve_
    assert found.n_iter_ < 2000
    assert found.n_iter_ == 5 * (len(curve) - 1)
    assert len(curve) - 1 - curve.argmin() == 4
    random = np.random.RandomState(0)
    reupload_start(4, 3, 4, random)
    _, held_out, _, numbers = train_test_split(
        X, NUMBERS, test_size=0.2, random_state=random, stratify=NUMBERS
    )
    loss = found.model_.loss(found.theta_, numbers, X=held_out, loss="cross_entropy")
    assert loss == pytest.approx(curve.min(), rel=1e-12)


def test_class_weights_are_weights_of_samples_in_the_loss():
    plain = QNNClassifier(steps=40, random_state=0)
    weighted = QNNClassifier(steps=40, class_weight={"virginica": 5.0}, random_state=0).fit(X, LABELS)
    weights = np.where(LABELS == "virginica", 5.0, 1.0)
    logits = weighted.model_.predict(weighted.theta_, X)
    losses = -log_softmax(logits, axis=1)[np.arange(150), NUMBERS]
    assert weighted.loss_curve_[-1] == pytest.approx(np.average(losses, weights=weights), rel=1e-12)
    assert (weighted.predict(X) == "virginica").sum() > (plain.fit(X, LABELS).predict(X) == "virginica").sum()
    balanced = QNNClassifier(steps=40, class_weight="balanced", random_state=0).fit(X, LABELS)
    np.testing.assert_allclose(balanced.theta_, plain.theta_, atol=1e-9)  # fifty of each class
    rare = np.r_[0:50, 50:60]
    stopped = QNNClassifier(steps=40, class_weight="balanced", early_stopping=True, random_state=0)
    curve = stopped.fit(X[rare], LABELS[rare]).validation_curve_
    assert curve.min() < curve[0]


def test_a_warm_start_goes_on():
    """Gradient descent remembers nothing but where it is."""
    descent = qt.GradientDescent(0.05)
    whole = QNNClassifier(optimizer=descent, steps=60, random_state=0).fit(X, LABELS)
    halves = QNNClassifier(optimizer=descent, steps=30, warm_start=True, random_state=0)
    first = halves.fit(X, LABELS).loss_curve_
    second = halves.fit(X, LABELS).loss_curve_
    np.testing.assert_allclose(np.concatenate([first, second[1:]]), whole.loss_curve_, rtol=1e-12)
    halves.set_params(layers=4)
    with pytest.raises(
        qt.InvalidArgumentError, match="theta_ has 76 entries, the circuit has 100 parameters"
    ):
        halves.fit(X, LABELS)
    halves.set_params(layers=3)
    with pytest.raises(qt.InvalidArgumentError, match="y has the classes"):
        halves.fit(X, NUMBERS)


def test_the_random_state_decides():
    fits = [
        QNNRegressor(steps=20, batch_size=16, early_stopping=True, random_state=state).fit(X, X[:, 0]).theta_
        for state in (3, 3, 4)
    ]
    np.testing.assert_array_equal(fits[0], fits[1])
    assert np.abs(fits[0] - fits[2]).max() > 0.1


def test_mini_batches_record_at_every_check():
    found = QNNRegressor(steps=25, batch_size=16, check_every=10, random_state=0).fit(X, X[:, 0])
    assert found.n_iter_ == 25
    assert len(found.loss_curve_) == 4


def test_in_pipelines_and_grids():
    features, labels = load_wine(return_X_y=True)
    pipeline = make_pipeline(Encoder(4), QNNClassifier(steps=60, random_state=0))
    assert cross_val_score(pipeline, features, labels, cv=3).mean() > 0.85
    grid = {"encoder__n_components": [2, 4], "qnnclassifier__layers": [1, 2]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(features, labels)
    assert search.best_score_ > 0.85
    page = pipeline._repr_html_()
    assert "QNNClassifier" in page
    assert "sk-estimator" in page


def test_the_encoder_is_scaler_components_and_range():
    features, _ = load_wine(return_X_y=True)
    found = Encoder(3, interval=(-1.0, 2.0)).fit(features[:100])
    peer = make_pipeline(StandardScaler(), PCA(3), MinMaxScaler((-1.0, 2.0), clip=True)).fit(features[:100])
    expected = peer.transform(features)
    # The sign of a component is free.
    turned = np.where(
        np.abs(found.transform(features) - expected).max(axis=0) > 1e-6, 1.0 - expected, expected
    )
    np.testing.assert_allclose(found.transform(features), turned, atol=1e-9)
    assert found.get_feature_names_out().tolist() == ["encoder0", "encoder1", "encoder2"]
    twice = np.concatenate([features, features], axis=1)
    assert Encoder().fit(twice).n_components_ == 13


@pytest.mark.parametrize(
    ("estimator", "words"),
    [
        (QNNClassifier(circuit="deep"), "circuit is 'deep'"),
        (QNNClassifier(circuit=qt.encoding.angle(3)), "the circuit has 3 features, X has 4 columns"),
        (QNNClassifier(layers=0), "layers is 0; it must be at least 1"),
        (QNNClassifier(n_qubits=0), "a circuit of 0 qubits"),
        (QNNClassifier(n_qubits="4"), "n_qubits is '4'; an integer"),
        (QNNClassifier(n_qubits=2**40), "1099511627776 qubits"),
        (QNNRegressor(n_qubits=2**70), "does not fit in 64 bits"),
        (QNNRegressor(batch_size="8"), "batch_size is '8'; an integer"),
        (QNNClassifier(observables=3), "observables is 3; a sequence of observables"),
        (QNNClassifier(warm_start=[0, 1]), r"warm_start is \[0, 1\]; True or False"),
        (QNNRegressor(early_stopping=[]), r"early_stopping is \[\]; True or False"),
        (QNNClassifier(n_qubits=1), "3 outputs need as many products of Z, 1 qubits have 1"),
        (QNNClassifier(observables=[qt.pauli("ZIII")]), "there are 1 observables for 3 outputs"),
        (QNNClassifier(early_stopping=True, patience=0), "patience 0"),
        (QNNRegressor(steps=-1), "steps is -1"),
        (QNNRegressor(optimizer="adam"), "optimizer is 'adam'"),
        (Encoder(interval=(2, 1)), r"interval is \(2, 1\)"),
        (Encoder(n_components=0), "n_components is 0"),
    ],
)
def test_bad_settings_are_named(estimator, words):
    with pytest.raises(qt.InvalidArgumentError, match=words):
        estimator.fit(X, NUMBERS)


def test_weights_of_samples_count_as_repetitions():
    counts = np.random.default_rng(3).integers(0, 4, len(X))
    repeated = np.repeat(np.arange(len(X)), counts)
    settings = {"steps": 20, "random_state": 0}
    for estimator, y in ((QNNClassifier(**settings), LABELS), (QNNRegressor(**settings), X[:, 3])):
        weighted = clone(estimator).fit(X[:, :3], y, sample_weight=counts)
        expected = clone(estimator).fit(X[repeated, :3], y[repeated])
        np.testing.assert_allclose(weighted.theta_, expected.theta_, atol=1e-9)
        with pytest.raises(ValueError, match=r"[wW]eight"):
            clone(estimator).fit(X, y, sample_weight=np.zeros(len(X)))
        with pytest.raises(ValueError, match=r"inconsistent|shape"):
            clone(estimator).fit(X, y, sample_weight=np.ones(3))


def test_weights_of_samples_multiply_those_of_classes():
    weights = np.random.default_rng(4).uniform(0.5, 2, len(X))
    by_class = {"setosa": 1.0, "versicolor": 2.0, "virginica": 0.5}
    both = QNNClassifier(steps=10, random_state=0, class_weight=by_class).fit(
        X, LABELS, sample_weight=weights
    )
    product = weights * np.array([by_class[label] for label in LABELS])
    one = QNNClassifier(steps=10, random_state=0).fit(X, LABELS, sample_weight=product)
    np.testing.assert_allclose(both.theta_, one.theta_, atol=1e-12)

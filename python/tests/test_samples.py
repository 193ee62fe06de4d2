"""qt.Samples: the same numbers as with arrays in every call, copies, selections, and errors that name the place."""

import copy
import gc
import pickle
import threading

import numpy as np
import pytest
import qtangent as qt
from qtangent._running.advance import advance

pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")
RNG = np.random.default_rng(5)
N, M = 2, 7
X = RNG.uniform(-1, 1, (M, 2))
PURE = RNG.normal(size=(M, 4)) + 1j * RNG.normal(size=(M, 4))
PURE /= np.linalg.norm(PURE, axis=1, keepdims=True)
MIXED = 0.5 * np.einsum("ja,jb->jab", PURE, PURE.conj()) + 0.125 * np.eye(4)
Y = RNG.uniform(-0.5, 0.5, M)


def circuit(with_features):
    encoding = qt.encoding.angle(N) if with_features else qt.Circuit(N)
    return encoding + qt.ansatz.hardware_efficient(N, 2)


KINDS = {
    "features": (X, None),
    "pure": (None, PURE),
    "mixed": (None, MIXED),
    "features and states": (X, PURE),
    "features and mixed": (X, MIXED),
}


@pytest.fixture(params=KINDS)
def given(request):
    features, states = KINDS[request.param]
    model = qt.Model(circuit(features is not None), qt.pauli("ZI"))
    return model, features, states, RNG.uniform(0, 6, model.n_params)


def equal(a, b):
    np.testing.assert_array_equal(np.asarray(a), np.asarray(b))


def test_every_call_gives_the_same_bits(given):
    model, features, states, theta = given
    samples = qt.Samples(features, states)
    arrays = {"X": features, "states": states}
    for name in ("predict", "jacobian", "tangent_kernel", "output_states", "dqntk"):
        equal(getattr(model, name)(theta, samples), getattr(model, name)(theta, **arrays))
    equal(model.predict(theta, samples, chunk=3), model.predict(theta, **arrays, chunk=3))
    equal(
        model.tangent_kernel(theta, samples, X2=samples[:3]),
        model.tangent_kernel(
            theta,
            **arrays,
            X2=None if features is None else features[:3],
            states2=None if states is None else states[:3],
        ),
    )
    equal(model.loss(theta, Y, X=samples), model.loss(theta, Y, **arrays))
    for a, b in zip(
        model.loss_and_gradient(theta, Y, X=samples), model.loss_and_gradient(theta, Y, **arrays), strict=True
    ):
        equal(a, b)
    runs = [
        qt.train(model, Y, X=samples, theta=theta, steps=5, batch_size=3, record=("loss", "predictions")),
        qt.train(model, Y, **arrays, theta=theta, steps=5, batch_size=3, record=("loss", "predictions")),
    ]
    for name in ("theta", "loss", "predictions"):
        equal(*(getattr(run, name) for run in runs))
    if features is None:
        equal(
            qt.capacity.data_fisher_information(model, theta, samples),
            qt.capacity.data_fisher_information(model, theta, **arrays),
        )
    times = [0.0, 0.5, 1.0]
    equal(
        qt.dynamics.asymptotic(model, theta, Y, times, samples).loss,
        qt.dynamics.asymptotic(model, theta, Y, times, **arrays).loss,
    )


@pytest.mark.parametrize("precision", ["double", "single"])
def test_one_object_serves_models_of_both_precisions(precision):
    model = qt.Model(circuit(True), [qt.pauli("ZI"), qt.pauli("IZ")], precision=precision)
    samples, theta = qt.Samples(X, PURE), RNG.uniform(0, 6, (3, model.n_params))
    for _ in range(2):
        equal(model.jacobian(theta, samples), model.jacobian(theta, X, PURE))


def test_what_they_hold():
    for features, states in KINDS.values():
        samples = qt.Samples(features, states)
        assert len(samples) == M
        assert samples.n_features == (0 if features is None else 2)
        assert samples.dimension == (0 if states is None else 4)
        assert samples.is_mixed == (states is not None and states.ndim == 3)
        for value, expected in ((samples.X, features), (samples.states, states)):
            if expected is None:
                assert value is None
            else:
                equal(value, expected)
                value[:] = 0
        if features is not None:
            equal(samples.X, features)
    assert len(qt.Samples()) == 1
    assert "7 samples, 2 features, mixed states of dimension 4" in repr(qt.Samples(X, MIXED))


INDICES = {
    "slice": slice(1, 6, 2),
    "backwards": slice(None, None, -1),
    "list": [3, 0, 3],
    "negative": np.array([-1, 0]),
    "unsigned": np.array([1, 2], dtype=np.uint8),
    "boolean": np.arange(M) % 2 == 0,
}


@pytest.mark.parametrize("index", INDICES.values(), ids=INDICES)
def test_selections_are_those_of_numpy(given, index):
    model, features, states, theta = given
    selected = qt.Samples(features, states)[index]
    some = [None if values is None else values[index] for values in (features, states)]
    for value, expected in zip((selected.X, selected.states), some, strict=True):
        assert value is None if expected is None else (value == expected).all()
    equal(model.predict(theta, selected), model.predict(theta, *some))
    equal(model.predict(theta, selected), model.predict(theta, qt.Samples(features, states))[index])


def test_samples_one_by_one():
    samples = qt.Samples(X)
    assert [len(one) for one in samples] == [1] * M
    np.testing.assert_array_equal(np.concatenate([one.X for one in samples]), X)


def test_one_sample_by_its_number():
    samples = qt.Samples(X, PURE)
    assert len(samples[3]) == 1
    equal(samples[-1].X, X[-1:])


def test_arrays_may_change_after_the_call():
    """What was given is copied: by Samples, by a run, by a checkpoint."""
    model = qt.Model(circuit(True), qt.pauli("ZI"))
    mine, vectors, y, theta = X.copy(), PURE.copy(), Y.copy(), RNG.uniform(0, 6, model.n_params)
    samples = qt.Samples(mine, vectors)
    run = qt.train(model, y, X=mine, states=vectors, theta=theta, steps=3)
    expected, whole = (
        model.jacobian(theta, X, PURE),
        qt.train(model, Y, X=X, states=PURE, theta=theta, steps=6),
    )
    before = model.predict(theta, mine, vectors)
    start = theta.copy()
    mine[:], vectors[:], y[:], theta[:] = 0.3, 0.5, 9, 1
    equal(model.jacobian(start, samples), expected)
    again = pickle.loads(pickle.dumps(run))
    for one in (run, again):
        advance(one, one._state, 3, None, False)
        equal(one.theta, whole.theta)
    assert not np.array_equal(model.predict(start, mine, vectors), before)
    # In place and back in again, at the same address.
    mine[:], vectors[:] = X, PURE
    equal(model.predict(start, mine, vectors), before)


def test_studies_of_samples():
    """The same study, which keeps data of its own."""
    model = qt.Model(circuit(False), qt.pauli("ZI"))
    y, states = np.where(np.arange(M) % 2, 0.5, -0.5), PURE.copy()
    settings = {"time": 0.5, "records": 5, "y_test": y[:3]}
    first = qt.convergence.study(model, y, states=states, states_test=states[:3], **settings)
    second = qt.convergence.study(
        model, y, X=qt.Samples(states=states), X_test=qt.Samples(states=states)[:3], **settings
    )
    y[:], states[:] = 9, 0
    for study in (first, second):
        equal(study.problem.states, PURE)
        equal(study.problem.y, np.where(np.arange(M) % 2, 0.5, -0.5))
    equal(first.actual.loss, second.actual.loss)
    equal(first.test.predictions, second.test.predictions)
    equal(first.test.y, second.test.y)


def test_copies_and_pickles():
    samples = qt.Samples(X, MIXED)
    for other in (pickle.loads(pickle.dumps(samples)), copy.copy(samples), copy.deepcopy(samples)):
        equal(other.X, X)
        equal(other.states, MIXED)
    handle = int(samples._handle)
    del samples, other
    gc.collect()
    with pytest.raises(qt.InvalidHandleError, match="freed"):
        qt._native.call("qtg_samples_info", handle, None, None, None, None)


def test_many_threads_share_them():
    model = qt.Model(circuit(True), qt.pauli("ZI"), precision="single")
    samples, theta = qt.Samples(X, PURE), RNG.uniform(0, 6, model.n_params)
    expected, wrong = model.jacobian(theta, X, PURE), []

    def work():
        for _ in range(50):
            if not np.array_equal(model.jacobian(theta, samples), expected):
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


MODEL = qt.Model(circuit(True), qt.pauli("ZI"))
THETA = np.zeros(MODEL.n_params)
WRONG = {
    "states beside": (
        lambda: MODEL.predict(THETA, qt.Samples(X), PURE),
        "qt.Samples and states are given too",
    ),
    "features": (
        lambda: MODEL.predict(THETA, qt.Samples(X[:, :1])),
        "the samples have 1 features, the circuit has 2",
    ),
    "no features": (
        lambda: MODEL.predict(THETA, qt.Samples(states=PURE)),
        "the samples have 0 features, the circuit has 2",
    ),
    "dimension": (
        lambda: MODEL.predict(THETA, qt.Samples(X, np.ones((M, 1)) * [1, 0])),
        "states have dimension 2, 2 qubits need 4",
    ),
    "vector": (lambda: qt.Samples(X[0]), r"X has shape \(2,\)"),
    "complex": (lambda: qt.Samples(PURE), "X is complex"),
    "lengths": (lambda: qt.Samples(X, PURE[:3]), "first sizes must agree"),
    "none": (lambda: qt.Samples(X[:0]), "no samples"),
    "power": (lambda: qt.Samples(states=np.ones((2, 3))), "dimension is 3, it must be a power of two"),
    "norm": (lambda: qt.Samples(states=2 * PURE), "state 0 has norm 2"),
    "selects none": (lambda: qt.Samples(X)[[]], "selects none of the 7"),
    "out of range": (lambda: qt.Samples(X)[7], "7 is out of range, there are 7"),
    "float index": (lambda: qt.Samples(X)[1.5], "the index is"),
    "mask": (lambda: qt.Samples(X)[[True, False]], r"the index has shape \(2,\)"),
    "X[3, 1]": (
        lambda: qt.Samples(np.where(np.arange(14).reshape(7, 2) == 7, np.nan, X)),
        r"X\[3, 1\] is nan",
    ),
    "state": (lambda: qt.Samples(states=np.where(np.arange(4) == 2, np.inf, PURE)), r"states\[0, 2\] is"),
    "exchanged": (lambda: qt.train(MODEL, X, X=Y, steps=1), "y and X look exchanged: y comes first"),
    "exchanged samples": (lambda: MODEL.loss(THETA, qt.Samples(X), X=Y), "look exchanged"),
}


@pytest.mark.parametrize("name", WRONG)
def test_errors_say_what_is_wrong(name):
    call, text = WRONG[name]
    with pytest.raises(qt.InvalidArgumentError, match=text):
        call()


def test_the_floor_of_a_training_is_kept_with_its_samples():
    """By identity: other samples of equal numbers are other samples."""
    model = qt.Model(qt.ansatz.hardware_efficient(N, 2), qt.pauli("ZI"))
    samples = qt.Samples(states=PURE)
    y = np.where(np.arange(M) % 2, 2.0, -2.0)
    given = (samples, samples, qt.Samples(states=PURE))
    floors = [qt.train(model, y, X=data, steps=0).loss_floor for data in given]
    assert floors[0] == floors[1] == floors[2] > 0
    other = qt.train(model, np.zeros(M), X=samples, steps=0).loss_floor
    assert other != floors[0]


def test_the_fisher_information_of_one_sample():
    model = qt.Model(qt.encoding.angle(2) + qt.ansatz.hardware_efficient(2, 2), qt.pauli("ZI"))
    X = np.random.default_rng(0).normal(size=(3, 2))
    states = qt.encoding.haar_states(2, 3, seed=1)
    theta = np.random.default_rng(2).uniform(0, 6, model.n_params)
    samples = qt.Samples(X, states)
    for wrt in ("theta", "X"):
        expected = model.fisher_information(theta, X[1], states[1], wrt=wrt)
        assert np.array_equal(model.fisher_information(theta, samples[1:2], wrt=wrt), expected)
    with pytest.raises(qt.InvalidArgumentError, match="x holds 3 samples"):
        model.fisher_information(theta, samples)
    with pytest.raises(qt.InvalidArgumentError, match="states"):
        model.fisher_information(theta, samples[:1], states[0])

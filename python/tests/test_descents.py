"""Runs of students: resuming, files, interruption, callbacks, and the loss on samples."""

import pickle
import signal
import threading

import numpy as np
import pytest
import qtangent as qt
from qtangent.classical import Descent, TwoLayerNetwork, resume


def net_and_students(activation="abs", s=None, seed=0, r=3, m=5, d=4):
    rng = np.random.default_rng(seed)
    shape = (m, d) if s is None else (s, m, d)
    return TwoLayerNetwork(rng.standard_normal((r, d)), activation), 0.5 * rng.standard_normal(shape)


def equal(a, b):
    assert (a.step == b.step).all()
    for name in ("W", "loss", "gradient_norm", "path", "time"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))


@pytest.mark.parametrize("batch_size", [None, 7])
@pytest.mark.parametrize("s", [None, 3])
def test_a_resumed_run_equals_one_that_never_stopped(tmp_path, s, batch_size):
    net, W = net_and_students(s=s)
    samples = (
        {} if batch_size is None else {"X": np.random.default_rng(1).standard_normal((30, 4)), "seed": 5}
    )
    settings = {"record_every": 4, "record_path": True, "batch_size": batch_size, **samples}
    whole = net.train(W, 0.02, 25, **settings)
    path = tmp_path / "run"
    first = net.train(W, 0.02, 11, checkpoint=path, **settings)
    assert first.step[-1] == 11
    equal(resume(path, 14), whole)
    net.train(W, 0.02, 13, **settings).save(tmp_path / "saved")
    loaded = Descent.load(tmp_path / "saved")
    np.testing.assert_array_equal(loaded.teacher, net.teacher)
    assert loaded.activation == "abs"
    if batch_size:
        np.testing.assert_array_equal(loaded.samples[0], samples["X"])
    else:
        assert loaded.samples is None
    copy = pickle.loads(pickle.dumps(loaded))
    equal(copy, loaded)
    equal(resume(tmp_path / "saved", 12), whole)
    with pytest.raises(qt.FileError, match="exists already"):
        net.train(W, 0.02, 3, checkpoint=path)


def test_files_of_other_runs_are_refused(tmp_path):
    net, W = net_and_students()
    net.train(W, 0.1, 2).save(tmp_path / "students")
    circuit = qt.Circuit(1)
    circuit.ry(qt.param(0), 0)
    qt.train(qt.Model(circuit, qt.pauli("Z")), [1.0], steps=2, theta=[0.3]).save(tmp_path / "circuit")
    with pytest.raises(qt.CorruptedFileError, match="is not a QTangent training run"):
        qt.resume(tmp_path / "students", 1)
    with pytest.raises(qt.CorruptedFileError, match="is not a QTangent run of students"):
        resume(tmp_path / "circuit", 1)
    text = (tmp_path / "students").read_bytes()
    for damaged in (text[:-3], text[:60] + bytes([text[60] ^ 1]) + text[61:]):
        (tmp_path / "damaged").write_bytes(damaged)
        with pytest.raises(qt.CorruptedFileError):
            Descent.load(tmp_path / "damaged")


def test_ctrl_c_returns_what_was_recorded(tmp_path):
    net, W = net_and_students(r=4, m=40, d=20)
    path = tmp_path / "run"
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        with pytest.raises(qt.Interrupted, match="holds the record") as caught:
            net.train(W, 1e-4, 10_000_000, record_every=1000, checkpoint=path)
    finally:
        signal.signal(signal.SIGALRM, before)
    run = caught.value.run
    assert isinstance(run, Descent)
    assert 0 < run.step[-1] < 10_000_000
    assert len(run.loss) == len(run.step)
    assert (resume(path, 0).W == run.W).all()


def test_callbacks_see_every_step_and_stop_the_run():
    net, W = net_and_students(s=2)
    seen = []

    def callback(step, loss, students):
        seen.append((step, loss.copy(), students.copy(), threading.get_ident()))
        return step == 6

    run = net.train(W, 0.05, 100, callback=callback)
    assert [entry[0] for entry in seen] == list(range(7)) == run.step.tolist()
    assert (seen[0][2] == W).all()
    assert (np.transpose([entry[1] for entry in seen]) == run.loss).all()


@pytest.mark.parametrize("activation", ["abs", "relu"])
@pytest.mark.parametrize(("n", "m", "d"), [(1, 1, 2), (63, 5, 3), (200, 6, 9), (5000, 3, 2)])
def test_loss_and_gradient_on_samples_equal_their_definition(activation, n, m, d):
    net, W = net_and_students(activation, s=2, r=2, m=m, d=d, seed=n)
    rng = np.random.default_rng(n)
    X, y = rng.standard_normal((n, d)), rng.standard_normal(n)
    phi = np.abs if activation == "abs" else lambda z: np.maximum(z, 0)
    slope = np.sign if activation == "abs" else lambda z: (z > 0).astype(float)
    losses, gradients = net.loss_and_gradient(W, X, y)
    np.testing.assert_allclose(net.labels(X), phi(X @ net.teacher.T).sum(axis=1), rtol=1e-14)
    for student, loss, gradient in zip(W, losses, gradients, strict=True):
        sizes = np.linalg.norm(student, axis=1)
        f = phi(X @ student.T) @ sizes
        np.testing.assert_allclose(net.predict(student, X), f, rtol=1e-13)
        assert loss == pytest.approx(np.mean((f - y) ** 2) / 2, rel=1e-13)
        g = slope(student @ X.T) * (f - y) @ X / n
        u = student / sizes[:, None]
        expected = sizes[:, None] * (g + u * np.sum(u * g, axis=1)[:, None])
        np.testing.assert_allclose(gradient, expected, atol=1e-13 * abs(expected).max())


@pytest.mark.parametrize("activation", ["abs", "relu"])
def test_gradient_on_samples_equals_differences(activation):
    net, W = net_and_students(activation, seed=3)
    X = np.random.default_rng(4).standard_normal((50, 4))
    gradient, h = net.gradient(W, X), 1e-5  # no sample changes its side of a neuron in between
    found = np.zeros_like(W)
    for place in np.ndindex(W.shape):
        moved = np.repeat(W[None], 4, axis=0)
        moved[(slice(None), *place)] += np.array([-2.0, -1, 1, 2]) * h
        found[place] = np.array([1, -8, 8, -1]) @ net.loss(moved, X) / (12 * h)
    assert abs(found - gradient).max() < 1e-9 * np.linalg.norm(gradient)


def test_many_samples_approach_the_population():
    net, W = net_and_students(seed=5)
    X = np.random.default_rng(6).standard_normal((400_000, 4))
    loss, gradient = net.loss_and_gradient(W)
    assert net.loss(W, X) == pytest.approx(loss, rel=0.02)
    assert np.linalg.norm(net.gradient(W, X) - gradient) < 0.02 * np.linalg.norm(gradient)


def test_mini_batches_are_an_epoch_s_shuffle_like_those_of_circuits():
    """Which batch a step took shows in its gradient: W moves by the mean over these samples alone."""
    net, W = net_and_students(seed=7, m=20, d=12)
    X = np.random.default_rng(8).standard_normal((10, 12))
    run = net.train(W, 0.01, 6, record_path=True, X=X, batch_size=4, seed=3)
    batches = []
    for before, after in zip(run.path[:-1], run.path[1:], strict=True):
        moved = (before - after) / 0.01
        size = 4 if len(batches) % 3 < 2 else 2
        singles = np.array([net.gradient(before, X[i : i + 1]) for i in range(10)]).reshape(10, -1)
        weights = np.linalg.lstsq(singles.T, moved.reshape(-1), rcond=None)[0]
        np.testing.assert_allclose(np.sort(weights)[-size:], 1 / size, atol=1e-7)
        np.testing.assert_allclose(np.sort(weights)[:-size], 0, atol=1e-7)
        batches.append(set(np.flatnonzero(weights > 0.1)))
    for epoch in (batches[:3], batches[3:]):
        assert set.union(*epoch) == set(range(10))
    assert batches[:3] != batches[3:]
    # The record is that of all samples.
    np.testing.assert_allclose(run.loss, net.loss(run.path, X), rtol=1e-13)
    np.testing.assert_allclose(
        run.gradient_norm, np.linalg.norm(net.gradient(run.path, X), axis=(1, 2)), rtol=1e-13
    )


def test_threads_keep_the_bits():
    net, W = net_and_students(s=2, m=70, d=30)
    X = np.random.default_rng(9).standard_normal((3000, 30))
    threads = qt.get_num_threads()
    found = []
    try:
        for count in (1, 2, 3):
            qt.set_num_threads(count)
            runs = (net.train(W, 1e-4, 5, X=X), net.train(W, 1e-4, 50), net.train(W[0], 1e-4, 50))
            found.append([run.W for run in runs])
    finally:
        qt.set_num_threads(threads)
    for other in found[1:]:
        assert all((a == b).all() for a, b in zip(found[0], other, strict=True))


def test_bad_samples_are_named():
    net, W = net_and_students()
    X = np.ones((6, 4))
    with pytest.raises(qt.InvalidArgumentError, match=r"X has shape \(6, 3\); \(n, 4\)"):
        net.loss(W, X[:, :3])
    with pytest.raises(qt.InvalidArgumentError, match=r"y has shape \(5,\); \(6,\)"):
        net.loss(W, X, np.ones(5))
    with pytest.raises(qt.InvalidArgumentError, match="y was given without X"):
        net.loss(W, y=np.ones(5))
    with pytest.raises(qt.InvalidArgumentError, match=r"X\[0, 1\] is nan"):
        net.loss(W, np.where(np.arange(4) == 1, np.nan, X))
    with pytest.raises(qt.InvalidArgumentError, match="the loss is that of a population"):
        net.train(W, 0.1, 3, batch_size=2)
    with pytest.raises(qt.InvalidArgumentError, match="with 6 samples their size lies between 1 and 6"):
        net.train(W, 0.1, 3, X=X, batch_size=7)

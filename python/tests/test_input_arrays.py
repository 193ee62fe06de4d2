"""Arrays as users have them: masked, missing, of mixed types; every error names the entry and the remedy."""

import decimal
import os
import subprocess
import sys

import numpy as np
import pytest
import qtangent as qt

pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")
X = np.array([[0.3, 0.2], [0.5, 0.2], [0.1, 0.4], [0.2, 0.1]])
MODEL = qt.Model(qt.encoding.angle(2) + qt.ansatz.hardware_efficient(2, 1), qt.pauli("ZI"))
THETA = np.linspace(0, 2, MODEL.n_params)
STATES = np.eye(4, dtype=complex)
Y = np.array([0.1, 0.2, 0.3, 0.4])
EXPECTED = MODEL.predict(THETA, X)


def masked(values, *place):
    mask = np.zeros(np.shape(values), dtype=bool)
    mask[place] = True
    return np.ma.masked_array(values, mask=mask)


MASKED = {
    "X[1, 0]": lambda: MODEL.predict(THETA, masked(X, 1, 0)),
    "X2[1, 0]": lambda: MODEL.tangent_kernel(THETA, X, X2=masked(X, 1, 0)),
    "states[2, 1]": lambda: MODEL.predict(THETA, X, masked(STATES, 2, 1)),
    "theta[2]": lambda: MODEL.predict(masked(THETA, 2), X),
    "theta[1, 2]": lambda: MODEL.predict(masked(np.stack([THETA, THETA]), 1, 2), X),
    "y[3]": lambda: MODEL.loss(THETA, masked(Y, 3), X=X),
    "X[2, 1]": lambda: MODEL.predict(THETA, list(masked(X, 2, 1))),
    "y[0]": lambda: qt.train(MODEL, masked(Y, 0), X=X, steps=1),
    "X[0, 1]": lambda: qt.Samples(masked(X, 0, 1)),
}


@pytest.mark.parametrize("place", MASKED)
def test_masked_entries_are_refused(place):
    with pytest.raises(qt.InvalidArgumentError) as caught:
        MASKED[place]()
    assert str(caught.value).startswith(f"{place} is masked")


def test_masked_labels_are_refused():
    model = qt.Model(MODEL.circuit, [qt.pauli("ZI"), qt.pauli("IZ")])
    with pytest.raises(qt.InvalidArgumentError, match=r"y\[1\] is masked"):
        model.loss(THETA, masked([0, 1, 0, 1], 1), X=X, loss="cross_entropy")


def test_a_mask_that_masks_nothing_is_none():
    np.testing.assert_array_equal(MODEL.predict(THETA, np.ma.masked_array(X)), EXPECTED)


NOT_FINITE = {
    r"X\[3, 1\] is nan": lambda: MODEL.predict(THETA, changed(X, (3, 1))),
    r"states\[2, 0\] is \(nan": lambda: MODEL.predict(THETA, X, changed(STATES, (2, 0))),
    r"theta\[1, 3\] is nan": lambda: MODEL.jacobian(changed(np.stack([THETA, THETA]), (1, 3)), X),
    r"theta\[3\] is nan": lambda: qt.train(MODEL, Y, X=X, theta=changed(THETA, (3,)), steps=1),
    r"y\[2\] is nan": lambda: MODEL.loss(THETA, changed(Y, (2,)), X=X),
    r"y\[2\] is nan;": lambda: qt.train(MODEL, changed(Y, (2,)), X=X, steps=1),
}


def changed(values, place):
    copied = values.copy()
    copied[place] = np.nan
    return copied


@pytest.mark.parametrize("text", NOT_FINITE)
def test_entries_that_are_not_finite_are_named(text):
    with pytest.raises(qt.InvalidArgumentError, match=text):
        NOT_FINITE[text]()


def test_numbers_that_share_no_type():
    mixed = np.array([[1, True], [0.5, 2]], dtype=object)
    np.testing.assert_array_equal(MODEL.predict(THETA, mixed), MODEL.predict(THETA, [[1, 1], [0.5, 2]]))
    exact = np.vectorize(decimal.Decimal.from_float, otypes=[object])(X)
    np.testing.assert_array_equal(MODEL.predict(THETA, exact), EXPECTED)
    model = qt.Model(MODEL.circuit, [qt.pauli("ZI"), qt.pauli("IZ")])
    labels = np.array([0, True, np.bool_(False), np.int8(1)], dtype=object)
    assert model.loss(THETA, labels, X=X, loss="cross_entropy") == model.loss(
        THETA, [0, 1, 0, 1], X=X, loss="cross_entropy"
    )
    for wrong, place in (("0.5", r"X\[1, 0\] is '0.5'"), (None, r"X\[1, 0\] is None"), ([1], r"X\[1, 0\]")):
        values = X.astype(object)
        values[1, 0] = wrong
        with pytest.raises(qt.InvalidArgumentError, match=f"{place}.*numbers are expected"):
            MODEL.predict(THETA, values)


def test_frames_of_pandas():
    pandas = pytest.importorskip("pandas", reason="needs pandas")
    frame = pandas.DataFrame(X, columns=["a", "b"]).convert_dtypes()
    np.testing.assert_array_equal(MODEL.predict(THETA, frame), EXPECTED)
    frame = pandas.DataFrame({"a": [1, 2], "b": [True, False]})
    np.testing.assert_array_equal(MODEL.predict(THETA, frame), MODEL.predict(THETA, [[1, 1], [2, 0]]))
    frame = pandas.DataFrame({"a": pandas.array([1, None], dtype="Int64"), "b": [0.5, 0.25]})
    with pytest.raises(qt.InvalidArgumentError, match=r"X\[1, 0\] is <NA>.*fill what is missing"):
        MODEL.predict(THETA, frame)


@pytest.mark.parametrize("wrong", ["2", b"2", True, np.True_, None, 1j])
def test_scales_that_are_no_numbers(wrong):
    with pytest.raises(qt.InvalidArgumentError, match="scale is"):
        qt.Model(MODEL.circuit, MODEL.observable, scale=wrong)


def test_a_model_keeps_its_circuit_to_itself():
    circuit = qt.Circuit(1).ry(qt.param(0), 0)
    model = qt.Model(circuit, qt.pauli("Z"))
    circuit.h(0)
    model.circuit.h(0)
    np.testing.assert_allclose(model.predict([0.3]), [np.cos(0.3)], rtol=1e-14)
    assert model.circuit.__getstate__() == qt.Circuit(1).ry(qt.param(0), 0).__getstate__()


@pytest.mark.parametrize("value", ["0", "-1", "abc", "2.5", "999", " 2", "1e1"])
def test_numbers_of_threads_that_are_none(value):
    done = subprocess.run(
        [sys.executable, "-c", "import qtangent"], capture_output=True, text=True, check=False,
        env={**os.environ, "QTANGENT_NUM_THREADS": value},
    )  # fmt: skip
    assert f"QTANGENT_NUM_THREADS is {value!r}; an integer from 1 to 256 is expected" in done.stderr


class TestCheckpoints:
    def test_an_older_run_is_not_overwritten(self, tmp_path):
        path = tmp_path / "run"
        first = qt.train(MODEL, Y, X=X, steps=4, seed=1, checkpoint=path)
        before = path.read_bytes()
        for checkpoint in (path, qt.Checkpoint(path, every=2)):
            with pytest.raises(qt.FileError, match=r"exists already.*resume"):
                qt.train(MODEL, Y, X=X, steps=1, seed=2, checkpoint=checkpoint)
        assert path.read_bytes() == before
        resumed = qt.resume(path, 3)
        assert resumed.step[-1] == 7
        np.testing.assert_array_equal(qt.Run.load(path).theta, resumed.theta)
        np.testing.assert_array_equal(resumed.loss[:5], first.loss)

    @pytest.mark.parametrize("exists", [True, False])
    @pytest.mark.parametrize("relative", [True, False])
    def test_links_are_written_through(self, exists, relative, tmp_path):
        (tmp_path / "far").mkdir()
        target, link = tmp_path / "far" / "run", tmp_path / "link"
        link.symlink_to("far/run" if relative else target)
        if exists:
            qt.train(MODEL, Y, X=X, steps=1).save(target)
        run = qt.train(MODEL, Y, X=X, steps=2)
        run.save(link)
        assert link.is_symlink()
        assert not target.is_symlink()
        np.testing.assert_array_equal(qt.Run.load(target).theta, run.theta)
        assert sorted(os.listdir(tmp_path / "far")) == ["run"]

    def test_the_home_folder(self, tmp_path, monkeypatch):
        monkeypatch.setenv("HOME", str(tmp_path))
        qt.train(MODEL, Y, X=X, steps=2, checkpoint="~/kept")
        qt.Run.load("~/kept").save("~/saved")
        assert sorted(os.listdir(tmp_path)) == ["kept", "saved"]
        assert qt.resume("~/saved", 1).step[-1] == 3

    def test_the_losses_that_a_callback_hears(self):
        """With mini-batches the batch's, at the last call that of all samples."""
        heard = []
        run = qt.train(
            MODEL,
            Y,
            X=X,
            steps=5,
            batch_size=2,
            callback=lambda step, loss, theta: heard.append((loss, theta)),
        )
        loss, theta = heard[-1]
        assert loss == run.loss[-1]
        for (loss, theta), whole in zip(heard[:-1], run.loss, strict=False):
            pairs = [MODEL.loss(theta, Y[[i, j]], X=X[[i, j]]) for i in range(4) for j in range(i)]
            assert np.isclose(pairs, loss, rtol=1e-12).any()
            assert not np.isclose(loss, whole, rtol=1e-6)

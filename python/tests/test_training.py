"""Training through the Python names: optimisers, records, callbacks, warnings, saving, interruption."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import qtangent as qt
from children import child

OPTIMIZERS = [
    qt.GradientDescent(0.3),
    qt.Momentum(0.05),
    qt.Adam(0.05),
    qt.RMSProp(0.02),
    qt.LBFGS(),
    qt.GradientFlow(0.5, 0.5),
    qt.NaturalGradient(0.1, damping=0.01),
]


def problem(k=1):
    """Four orthogonal states of three qubits."""
    circuit = qt.ansatz.hardware_efficient(3, 3)
    observables = [qt.pauli("ZII"), qt.pauli("IZI"), qt.pauli("IIX")]
    model = qt.Model(circuit, observables[0] if k == 1 else observables[:k])
    states = qt.encoding.haar_states(3, 4, seed=7)
    return model, states, np.array([1.0, -1.0, 1.0, -1.0])


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda o: type(o).__name__)
def test_every_optimizer_lowers_the_loss_and_records_the_truth(optimizer):
    model, states, y = problem()
    fields = ("loss", "predictions", "kernel", "theta")
    run = qt.train(model, y, states=states, optimizer=optimizer, steps=30, record=fields, record_every=7)
    np.testing.assert_array_equal(run.step, [0, 7, 14, 21, 28, 30])
    assert run.loss[-1] < 0.5 * run.loss[0]
    assert (run.theta == run.theta_history[-1]).all()
    for t, theta in enumerate(run.theta_history):
        np.testing.assert_allclose(run.loss[t], model.loss(theta, y, states=states), rtol=1e-12)
        np.testing.assert_allclose(run.predictions[t], model.predict(theta, states=states), atol=1e-12)
        np.testing.assert_allclose(run.kernel[t], model.tangent_kernel(theta, states=states), atol=1e-12)


def descend(model, y, states, theta, update, steps):
    for _ in range(steps):
        theta = update(theta, model.loss_and_gradient(theta, y, states=states)[1])
    return theta


def test_update_rules_step_by_step():
    model, states, y = problem()
    theta = np.linspace(0, 2, model.n_params)
    velocity = squares = mean = np.zeros_like(theta)
    t = 0

    def momentum(theta, g):
        nonlocal velocity
        velocity = 0.9 * velocity + g
        return theta - 0.05 * velocity

    def rmsprop(theta, g):
        nonlocal squares
        squares = 0.99 * squares + 0.01 * g**2
        return theta - 0.02 * g / (np.sqrt(squares) + 1e-8)

    def adam(theta, g):
        nonlocal mean, squares, t
        t += 1
        mean, squares = 0.9 * mean + 0.1 * g, 0.999 * squares + 0.001 * g**2
        return theta - 0.05 * (mean / (1 - 0.9**t)) / (np.sqrt(squares / (1 - 0.999**t)) + 1e-8)

    for optimizer, update in (
        (qt.Momentum(0.05), momentum),
        (qt.RMSProp(0.02), rmsprop),
        (qt.Adam(0.05), adam),
    ):
        squares = np.zeros_like(theta)
        run = qt.train(model, y, states=states, theta=theta, optimizer=optimizer, steps=12)
        np.testing.assert_allclose(run.theta, descend(model, y, states, theta, update, 12), atol=1e-12)


def test_sets_of_parameters_train_side_by_side():
    model, states, y = problem()
    theta = np.random.default_rng(0).uniform(0, 6, (3, model.n_params))
    for optimizer in (qt.Adam(0.05), qt.LBFGS()):
        fields = ("predictions", "theta")
        both = qt.train(model, y, states=states, theta=theta, optimizer=optimizer, steps=9, record=fields)
        assert both.loss.shape == (3, 10)
        assert both.predictions.shape == (3, 10, 4)
        assert both.theta_history.shape == (3, 10, model.n_params)
        for s in range(3):
            alone = qt.train(model, y, states=states, theta=theta[s], optimizer=optimizer, steps=9)
            np.testing.assert_allclose(both.loss[s], alone.loss, atol=1e-10)
            np.testing.assert_allclose(both.theta[s], alone.theta, atol=1e-8)


def test_several_outputs_and_cross_entropy():
    model, states, _ = problem(3)
    y = np.random.default_rng(0).uniform(-0.5, 0.5, (4, 3))
    run = qt.train(model, y, states=states, steps=5, record="predictions")
    assert run.predictions.shape == (6, 4, 3)
    np.testing.assert_allclose(run.loss[2], ((run.predictions[2] - y) ** 2).sum() / 8, rtol=1e-12)
    labels = np.array([0, 1, 2, 1])
    run = qt.train(
        model,
        labels,
        states=states,
        loss="cross_entropy",
        optimizer=qt.Adam(0.1),
        steps=60,
        record="predictions",
    )
    assert run.loss[-1] < run.loss[0]
    logits = run.predictions[-1]
    expected = (np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(4), labels]).mean()
    np.testing.assert_allclose(run.loss[-1], expected, rtol=1e-12)


def test_seeds_and_mini_batches():
    model, states, y = problem()

    def run(seed, **more):
        return qt.train(model, y, states=states, seed=seed, steps=20, **more)

    first, again, other = run(1), run(1), run(2)
    assert (first.theta == again.theta).all()
    assert (first.theta != other.theta).any()
    start = qt.train(model, y, states=states, seed=1, steps=0).theta
    assert ((start >= 0) & (start < 2 * np.pi)).all()
    batches = [
        run(1, theta=start, batch_size=2),
        run(1, theta=start, batch_size=2),
        run(2, theta=start, batch_size=2),
    ]
    assert (batches[0].theta == batches[1].theta).all()
    assert (batches[0].theta != batches[2].theta).any()
    np.testing.assert_allclose(
        batches[0].loss[-1], model.loss(batches[0].theta, y, states=states), rtol=1e-12
    )


def test_time_of_the_record():
    model, states, y = problem()
    descent = qt.train(model, y, states=states, optimizer=qt.GradientDescent(0.1), steps=3)
    np.testing.assert_allclose(descent.time, 0.1 * model.z_sum / 4 * np.arange(4), rtol=1e-14)
    flow = qt.train(model, y, states=states, optimizer=qt.GradientFlow(1.0, 0.5), steps=3)
    np.testing.assert_allclose(flow.time, 0.5 * np.arange(4), rtol=1e-14)
    assert np.isnan(qt.train(model, y, states=states, optimizer=qt.Adam(), steps=3).time).all()


def test_fields_that_were_not_recorded_say_so():
    model, states, y = problem()
    run = qt.train(model, y, states=states, steps=2)
    with pytest.raises(AttributeError, match="kernel was not recorded"):
        _ = run.kernel
    assert "step 2" in repr(run)


def test_callbacks():
    model, states, y = problem()
    seen = []

    def callback(step, loss, theta):
        seen.append((step, loss, theta.copy()))
        return step == 5

    run = qt.train(model, y, states=states, steps=100, record="theta", callback=callback)
    assert [step for step, _, _ in seen] == [0, 1, 2, 3, 4, 5]
    assert run.step[-1] == 5
    np.testing.assert_array_equal([loss for _, loss, _ in seen], run.loss)
    np.testing.assert_array_equal([theta for _, _, theta in seen], run.theta_history)
    sets = []
    qt.train(
        model, y, states=states, theta=np.zeros((2, model.n_params)), steps=2,
        callback=lambda step, loss, theta: sets.append((loss.shape, theta.shape)),
    )  # fmt: skip
    assert set(sets) == {((2,), (2, model.n_params))}


def test_exceptions_of_callbacks_arrive():
    model, states, y = problem()

    class Own(Exception):
        pass

    def callback(step, loss, theta):
        if step == 3:
            raise Own("three")

    with pytest.raises(Own, match="three"):
        qt.train(model, y, states=states, steps=10**9, callback=callback)

    def reenter(step, loss, theta):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        qt.train(model, y, states=states, steps=10**9, callback=reenter)


def test_progress_needs_tqdm_only_when_asked(monkeypatch, capsys):
    model, states, y = problem()
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    monkeypatch.setitem(sys.modules, "tqdm", None)
    with pytest.raises(ImportError, match="pip install tqdm"):
        qt.train(model, y, states=states, steps=2, progress=True)
    qt.train(model, y, states=states, steps=2)
    assert capsys.readouterr() == ("", "")


def test_progress_bar(capsys):
    pytest.importorskip("tqdm")
    model, states, y = problem()
    qt.train(model, y, states=states, steps=200, progress=True)
    assert "200/200" in capsys.readouterr().err


def test_warnings():
    model, states, y = problem()
    with pytest.warns(qt.QTangentWarning, match="critical"):
        qt.train(model, y, states=states, optimizer=qt.GradientDescent(500.0), steps=1)
    with pytest.warns(qt.QTangentWarning, match="out of reach|range"):
        run = qt.train(model, 3 * y, states=states, steps=1)
    # +-3 is 2 beyond the range of a Pauli measurement: 1/8 sum 2^2.
    np.testing.assert_allclose(run.loss_floor, 2.0, rtol=1e-9)
    with pytest.warns(qt.QTangentWarning, match=r"samples 0 and 1 are equal .* cannot fall below 0\.5,"):
        qt.train(model, [1, -1], states=states[[0, 0]], steps=1)


@pytest.mark.parametrize("overlap", [0.5, 0.9, 0.99])
def test_the_warning_says_how_low_the_loss_can_get(overlap):
    """Two states, labels +-1: |yhat_0 - yhat_1| <= 2T with the trace distance T, so the loss stays above (1 - T)^2/2,
    and descent from several starts comes as low as that."""
    states = np.array([[1, 0], [np.sqrt(overlap), np.sqrt(1 - overlap)]])
    floor = (1 - np.sqrt(1 - overlap)) ** 2 / 2
    model = qt.Model(qt.Circuit(1).ry(qt.param(0), 0).rz(qt.param(1), 0).ry(qt.param(2), 0), qt.pauli("Z"))
    theta = np.random.default_rng(0).uniform(0, 6, (8, 3))
    with pytest.warns(qt.QTangentWarning, match="overlap by") as caught:
        run = qt.train(model, [1, -1], states=states, theta=theta, optimizer=qt.LBFGS(), steps=100)
    said = str(caught[0].message)
    assert float(said.split("overlap by ")[1].split()[0]) == pytest.approx(overlap, rel=5e-3)
    assert float(said.split("fall below ")[1].split(",")[0]) == pytest.approx(floor, rel=5e-3)
    assert run.loss_floor == pytest.approx(floor, rel=1e-9)
    assert run.loss[:, -1].min() == pytest.approx(floor, rel=1e-9)
    assert run.loss.min() > floor * (1 - 1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"steps": -1}, "steps"),
        ({"steps": 1.5}, "integer"),
        ({"optimizer": "adam"}, "'adam'"),
        ({"optimizer": qt.GradientDescent(-1)}, "-1"),
        ({"optimizer": qt.GradientDescent(np.nan)}, "nan"),
        ({"optimizer": qt.Adam(beta1=1.5)}, "1.5"),
        ({"optimizer": qt.LBFGS(0)}, "0"),
        ({"optimizer": qt.LBFGS(), "batch_size": 2}, "full training set"),
        ({"batch_size": 0}, "batch_size"),
        ({"batch_size": 5}, "5"),
        ({"record": ("loss", "colour")}, "colour"),
        ({"record_every": 0}, "record_every"),
        ({"record_every": [3, 2]}, "increase"),
        ({"record_every": [-1]}, "-1"),
        ({"theta": np.zeros(3)}, r"\(3,\)"),
        ({"theta": np.full(18, np.inf)}, "inf"),
        ({"seed": -1}, "seed"),
        ({"loss": "hinge"}, "hinge"),
        ({"checkpoint": "/no/such/folder/run"}, "/no/such/folder"),
        ({"checkpoint": qt.Checkpoint("run", every=0)}, "0 steps"),
        ({"record": "kernel", "steps": 10**13}, "allowed"),
    ],
)
def test_bad_input_is_named(arguments, message):
    model, states, y = problem()
    with pytest.raises(qt.QTangentError, match=message):
        qt.train(model, y, states=states, **arguments)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda o: type(o).__name__)
def test_resumed_runs_equal_uninterrupted_ones_bit_for_bit(optimizer, tmp_path):
    model, states, y = problem()
    batch = None if isinstance(optimizer, (qt.LBFGS, qt.GradientFlow)) else 3
    settings = {"optimizer": optimizer, "record": ("kernel", "theta"), "record_every": 3, "batch_size": batch}
    whole = qt.train(model, y, states=states, steps=20, **settings)
    part = qt.train(model, y, states=states, steps=9, **settings)
    part.save(tmp_path / "run")
    resumed = qt.resume(tmp_path / "run", 11, model=model, y=y, states=states)
    for name in ("step", "time", "loss", "kernel", "theta_history", "theta"):
        np.testing.assert_array_equal(getattr(resumed, name), getattr(whole, name))
    loaded = qt.Run.load(tmp_path / "run")
    np.testing.assert_array_equal(loaded.theta, part.theta)
    np.testing.assert_array_equal(
        loaded.model.predict(part.theta, states=states), model.predict(part.theta, states=states)
    )


def test_resume_checks_what_is_given(tmp_path):
    model, states, y = problem()
    qt.train(model, y, states=states, steps=2).save(tmp_path / "run")
    other = qt.Model(model.circuit, qt.pauli("IZI"))
    for wrong in ({"model": other}, {"y": -y}, {"states": states[::-1]}):
        with pytest.raises(ValueError, match="does not match"):
            qt.resume(tmp_path / "run", 1, **wrong)


def test_damaged_files_are_errors(tmp_path):
    model, states, y = problem()
    path = tmp_path / "run"
    qt.train(model, y, states=states, steps=2).save(path)
    good = path.read_bytes()
    for k, damaged in enumerate(
        (good[:-3], good[: len(good) // 2], b"", b"hello", good[:40] + b"\0" + good[41:])
    ):
        path.write_bytes(damaged)
        with pytest.raises(qt.CorruptedFileError, match="run"):
            qt.Run.load(path)
        assert damaged != good, k
    with pytest.raises(qt.FileError):
        qt.Run.load(tmp_path / "none")
    with pytest.raises(OSError, match="none"):
        qt.Run.load(tmp_path / "none")
    with pytest.raises(qt.FileError):
        qt.Run.load(tmp_path)


def test_checkpoints_are_written_on_the_way_and_at_the_end(tmp_path):
    model, states, y = problem()
    steps = []

    def callback(step, loss, theta):
        if (tmp_path / "run").exists():
            steps.append(repr(qt.Run.load(tmp_path / "run")).split(",")[0])

    qt.train(
        model,
        y,
        states=states,
        steps=12,
        callback=callback,
        checkpoint=qt.Checkpoint(tmp_path / "run", every=5),
    )
    assert set(steps) == {"<qtangent.Run: step 5", "<qtangent.Run: step 10"}
    assert qt.Run.load(tmp_path / "run").step[-1] == 12


PRELUDE = """
import sys, time
import numpy as np
import qtangent as qt
model = qt.Model(qt.ansatz.hardware_efficient(3, 3), qt.pauli("ZII"))
states, y = qt.encoding.haar_states(3, 4, seed=7), np.array([1.0, -1.0, 1.0, -1.0])
big = qt.Model(qt.ansatz.hardware_efficient(12, 10), qt.pauli("Z" * 12))
theta = np.random.default_rng(0).uniform(0, 6, big.n_params)
many = qt.encoding.haar_states(12, 40, orthogonal=False)
"""

CALLS = {
    "descent": "qt.train(model, y, states=states, steps=10**9, record_every=1000, checkpoint=sys.argv[1])",
    "batches": "qt.train(model, y, states=states, steps=10**9, record_every=1000, batch_size=2)",
    "flow": "qt.train(big, np.ones(40), states=many, steps=10**9, optimizer=qt.GradientFlow(1, 10), theta=theta)",
    "lbfgs": "qt.train(big, np.ones(40), states=many, steps=10**9, optimizer=qt.LBFGS(), theta=theta)",
    "slow steps": "qt.train(big, np.ones(40), states=many, steps=10**9, record='kernel', record_every=1000, theta=theta)",
    "callback": "qt.train(model, y, states=states, steps=10**9, record_every=10**6, callback=lambda *a: None)",
    "jacobian": "[big.jacobian(np.tile(theta, (20, 1)), states=many) for _ in range(1000)]",
    "kernel": "[big.tangent_kernel(np.tile(theta, (20, 1)), states=many) for _ in range(1000)]",
    "asymptotic": "qt.dynamics.asymptotic(big, theta, np.ones(40), np.arange(6e4), states=many)",
}


def seconds_to_stop(name, tmp_path):
    is_quick = "(model" in CALLS[name]
    data = "y, states=states" if is_quick else "np.ones(40), states=many"
    script = f"""{PRELUDE}
print("ready", flush=True)
try:
    {CALLS[name]}
except KeyboardInterrupt as caught:  # Between two of many calls it is Python's own.
    print(time.monotonic(), flush=True)
    run = getattr(caught, "run", None)
    if run is not None:
        assert len(run.loss) == len(run.step) and run.theta.shape == (run.model.n_params,)
        position = int(repr(run).split("step ")[1].split(",")[0])
        # The place where it stopped is recorded too, unless one more evaluation takes longer than a stop may.
        if {is_quick} or (len(run.step) and run.step[-1] == position):
            np.testing.assert_allclose(run.loss[-1], run.model.loss(run.theta, {data}), rtol=1e-9)
        print("run", run.step[-1] if len(run.step) else "before its first step")
"""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with child(script, str(tmp_path / "run"), quiet=True, **pipes) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.7)
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    stopped, *rest = out.splitlines()
    if "train" in CALLS[name]:
        assert rest[0].startswith("run")
    if name == "descent":
        step = int(rest[0].split()[1])
        assert step > 1000
        model, states, y = problem()
        resumed = qt.resume(tmp_path / "run", 10)
        whole = qt.train(model, y, states=states, steps=step + 10, record_every=1000)
        np.testing.assert_array_equal(resumed.theta, whole.theta)
        np.testing.assert_array_equal(resumed.loss[-1], whole.loss[-1])
    return float(stopped) - sent


@pytest.mark.parametrize("name", CALLS)
def test_ctrl_c_stops_within_a_tenth_of_a_second(name, tmp_path):
    """Three attempts, for a machine that is busy with something else the first time."""
    assert any(seconds_to_stop(name, tmp_path) < 0.1 for _ in range(3))


def test_a_second_ctrl_c_does_no_harm():
    script = f"""{PRELUDE}
print("ready", flush=True)
try:
    {CALLS["slow steps"]}
except KeyboardInterrupt:
    print("stopped", flush=True)
"""
    with child(script, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.5)
        for _ in range(2):
            process.send_signal(signal.SIGINT)
            time.sleep(0.002)
        assert process.communicate(timeout=30)[0] == "stopped\n"


def test_a_checkpoint_between_recorded_steps_tells_how_far_it_is(tmp_path):
    """So that the steps that are missing of a killed training can be asked for."""
    model, states, y = problem()
    path, seen = tmp_path / "run", []

    def look(step, loss, theta):
        if step == 30:
            seen.append(qt.Run.load(path))

    whole = qt.train(
        model, y, states=states, steps=70, record_every=50, callback=look, checkpoint=qt.Checkpoint(path, 1)
    )
    assert (whole.n_steps, seen[0].n_steps, list(seen[0].step)) == (70, 30, [0])


@pytest.mark.parametrize("delay", [0.02, 0.11, 0.3])
def test_resume_after_kill_equals_the_uninterrupted_run(delay, tmp_path):
    path = tmp_path / "run"
    script = f"""{PRELUDE}
qt.train(model, y, states=states, steps=10**9, optimizer=qt.Adam(0.01), batch_size=3, record=("loss", "predictions"),
         record_every=50, checkpoint=qt.Checkpoint(sys.argv[1], every=1))
"""
    with child(script, str(path), quiet=True) as process:
        while not path.exists():
            time.sleep(0.001)
            assert process.poll() is None
        time.sleep(delay)
    stopped = qt.Run.load(path).step[-1]
    resumed = qt.resume(path, 100)
    assert resumed.step[-1] >= stopped + 50
    model, states, y = problem()
    whole = qt.train(
        model, y, states=states, steps=int(resumed.step[-1]), optimizer=qt.Adam(0.01), batch_size=3,
        record=("loss", "predictions"), record_every=50,
    )  # fmt: skip
    for name in ("step", "loss", "predictions", "theta"):
        np.testing.assert_array_equal(getattr(resumed, name), getattr(whole, name))
    assert [entry for entry in os.listdir(tmp_path) if entry == "run"] == ["run"]

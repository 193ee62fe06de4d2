"""What holds a handle goes to other processes with its state, and a bare handle of another process names nothing."""

import copy
import pickle
import subprocess
import sys

import numpy as np
import pytest
import qtangent as qt
from qtangent import _native

MODEL = qt.Model(qt.ansatz.hardware_efficient(2, 2), qt.pauli("ZI"))


def ways():
    return {
        "pickle": lambda value: pickle.loads(pickle.dumps(value)),
        "oldest protocol": lambda value: pickle.loads(pickle.dumps(value, protocol=2)),
        "copy": copy.copy,
        "deepcopy": copy.deepcopy,
    }


@pytest.fixture(params=ways())
def way(request):
    return ways()[request.param]


def test_circuits_observables_models(way):
    circuit = qt.encoding.angle(2) + qt.ansatz.hardware_efficient(2, 1)
    assert way(circuit).__getstate__() == circuit.__getstate__()
    assert way(qt.pauli("ZX")).__getstate__() == qt.pauli("ZX").__getstate__()
    model = qt.Model(circuit, [qt.pauli("ZX")], scale=2, precision="single")
    theta, X = np.linspace(0, 3, model.n_params), np.ones((3, 2))
    np.testing.assert_array_equal(way(model).predict(theta, X), model.predict(theta, X))


@pytest.mark.parametrize("theta", [None, np.ones((1, 8)), np.linspace(0, 3, 16).reshape(2, 8)])
@pytest.mark.parametrize("listed", [False, True])
def test_runs(way, theta, listed):
    model = qt.Model(MODEL.circuit, [MODEL.observable] if listed else MODEL.observable)
    run = qt.train(
        model, [0.5], theta=theta, steps=4, optimizer=qt.Adam(0.1), record=("predictions", "theta")
    )
    other = way(run)
    assert other._handle != run._handle
    for name in ("theta", "loss", "predictions", "theta_history", "step"):
        ours, theirs = getattr(run, name), getattr(other, name)
        assert ours.shape == theirs.shape
        np.testing.assert_array_equal(ours, theirs)
    assert type(other.model.observable) is type(run.model.observable)


@pytest.mark.parametrize("theta", [None, np.ones((1, 8))])
@pytest.mark.parametrize("listed", [False, True])
def test_a_loaded_run_has_the_axes_it_was_made_with(theta, listed, tmp_path):
    model = qt.Model(MODEL.circuit, [MODEL.observable] if listed else MODEL.observable)
    run = qt.train(model, [0.5], theta=theta, steps=2, record="predictions", checkpoint=tmp_path / "kept")
    run.save(tmp_path / "saved")
    for name in ("saved", "kept"):
        loaded = qt.Run.load(tmp_path / name)
        assert loaded.theta.shape == run.theta.shape == ((8,) if theta is None else (1, 8))
        assert loaded.predictions.shape == run.predictions.shape
        assert loaded.predictions.shape[-1] == 1
        assert qt.resume(tmp_path / name, 2).loss.shape[:-1] == run.loss.shape[:-1]


def test_damaged_pickles_are_errors():
    run = qt.train(MODEL, [0.5], steps=2)
    state = run.__getstate__()
    for wrong in (state[:-3], b"", state[:50] + bytes([state[50] ^ 1]) + state[51:]):
        with pytest.raises(qt.CorruptedFileError, match="the run is"):
            qt.Run.__new__(qt.Run).__setstate__(wrong)


def test_studies(way):
    model = qt.Model(qt.ansatz.hardware_efficient(2, 2), qt.pauli("ZI"))
    study = qt.convergence.study(model, [1, -1], states=np.eye(4)[:2], time=1.0, seed=np.int64(3))
    other = way(study)
    np.testing.assert_array_equal(other.actual.loss, study.actual.loss)
    np.testing.assert_array_equal(other.run.theta, study.run.theta)


def test_handles_of_another_process_name_nothing():
    """Each kind, made in the same order in a process of its own."""
    script = """
import numpy as np, qtangent as qt
c = qt.ansatz.hardware_efficient(2, 2); o = qt.pauli("ZI"); m = qt.Model(c, o); s = qt.Samples(states=np.eye(4)[:1])
r = qt.train(m, [.5], X=s, steps=1)
print(*(x._handle for x in (c, o, m, s, r)))
"""
    found = []
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        found.append([int(handle) for handle in done.stdout.split()])
    assert len({*found[0], *found[1]}) == 10
    names = ("circuit_info", "observable_info", "model_info", "samples_info", "run_duration")
    for handles in found:
        for handle in handles:
            for name in names:
                arity = len(_native.lib[f"qtg_{name}"].argtypes or _signature(name))
                with pytest.raises(
                    qt.InvalidHandleError, match=r"not a handle of this process|is of type|never"
                ):
                    _native.call(f"qtg_{name}", handle, *[None] * (arity - 1))


def _signature(name):
    from qtangent._signatures import SIGNATURES

    return SIGNATURES[f"qtg_{name}"][1]


PROGRAM = """
import multiprocessing, sys, numpy as np, qtangent as qt, joblib
def job(seed):
    model = qt.Model(qt.ansatz.hardware_efficient(2, 2), qt.pauli("ZI"))
    return qt.train(model, [.5], seed=seed, steps=3)
def theta(run):
    return run.theta
if __name__ == "__main__":
    keep = [job(100 + k) for k in range(3)]
    expected = [job(seed).theta for seed in range(4)]
    if sys.argv[1] == "joblib":
        runs = joblib.Parallel(n_jobs=2)(joblib.delayed(job)(seed) for seed in range(4))
        back = joblib.Parallel(n_jobs=2)(joblib.delayed(theta)(run) for run in runs)
    else:
        with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
            runs = pool.map(job, range(4))
            back = pool.map(theta, runs)
    for run, sent, right in zip(runs, back, expected):
        assert np.array_equal(run.theta, right) and np.array_equal(sent, right)
    print("done")
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver", "joblib"])
def test_runs_of_other_processes(method, tmp_path):
    if method == "joblib":
        pytest.importorskip("joblib", reason="needs joblib")
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    done = subprocess.run([sys.executable, path, method], capture_output=True, text=True, timeout=120)
    assert done.stdout == "done\n", done.stderr

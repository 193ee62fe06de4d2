"""Sweeps: the same bits on any executor, after any interruption, and as single studies give them."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from children import child
from qtangent.convergence import haar_setup, load_sweep, sweep

xr = pytest.importorskip("xarray")

AXES = {"p": [5, 10], "n": 2, "m": 2, "scale": [1.0, 1.5], "seeds": 2, "time": 2.0, "dt": 0.05, "records": 20}


@pytest.fixture(scope="module")
def expected():
    return sweep(haar_setup, **AXES)


def test_a_point_reads_no_instructions_and_hashes_nothing_unless_it_is_kept(monkeypatch, tmp_path):
    """Each reading is a call that lets go of the interpreter's lock: on many threads they were what a sweep waited for."""
    from qtangent._native import calls

    class Counted:
        def __init__(self, library):
            self.library, self.names = library, []

        def __getattr__(self, name):
            self.names.append(name)
            return getattr(self.library, name)

    counted = Counted(calls.lib)
    monkeypatch.setattr(calls, "lib", counted)
    settings = {"n": 2, "m": 2, "seeds": 1, "time": 1.0, "dt": 0.05}
    sweep(haar_setup, p=10, **settings)
    of_ten = len(counted.names)
    counted.names.clear()
    sweep(haar_setup, p=60, **settings)
    assert len(counted.names) <= of_ten  # what is asked once a process is among the first
    assert not any(name.startswith("qtg_instruction") for name in counted.names)
    assert "qtg_circuit_serialize" not in counted.names
    sweep(haar_setup, p=60, **settings, path=tmp_path)
    assert "qtg_circuit_serialize" in counted.names


def test_a_process_of_a_sweep_imports_no_statistics():
    """They take as long to import as everything else, and every process that is spawned would do so."""
    script = """
import sys
from qtangent.convergence import haar_setup
from qtangent.convergence.sweeps.compute import compute
from qtangent.convergence.sweeps.point import Point, Settings
compute(haar_setup, Point(2, 5, 2, 1.0, 0), Settings(1.0, None, 10), True)
print(sorted({"scipy.stats", "scipy.optimize", "xarray", "pandas"}.intersection(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_points_are_studies(expected):
    model, theta, y, states = haar_setup(2, 10, 2, 1.5, 1)
    study = qt.convergence.study(model, y, states=states, theta=theta, time=2.0, dt=0.05, records=20)
    one = expected.sel(n=2, p=10, m=2, scale=1.5, seed=1, draw=0)
    np.testing.assert_array_equal(one.time, study.actual.time)
    np.testing.assert_array_equal(one.loss, study.actual.loss)
    np.testing.assert_array_equal(one.kernel_regression_loss, study.kernel_regression.loss)
    np.testing.assert_array_equal(one.asymptotic_loss, study.asymptotic.loss)
    np.testing.assert_array_equal(one.kernel_drift, study.kernel_change)
    np.testing.assert_array_equal(one.lambda_min, study.lambda_min)
    assert one.z_sum == model.z_sum
    distance = np.abs(study.actual.predictions - study.asymptotic.predictions).max(axis=1)
    np.testing.assert_array_equal(one.asymptotic_distance, distance)
    assert np.isnan(one.lower_bound).all()  # scale 1.5
    np.testing.assert_array_equal(
        expected.sel(scale=1.0, p=5, seed=0).lower_bound.squeeze(),
        qt.convergence.study(
            **_named(haar_setup(2, 5, 2, 1.0, 0)), time=2.0, dt=0.05, records=20
        ).lower_bound,
    )
    assert expected.complete.all()


def _named(setup):
    """The arguments of a study."""
    model, theta, y, states = setup
    return {"model": model, "y": y, "states": states, "theta": theta}


@pytest.mark.parametrize("kind", ["one thread", "processes"])
def test_same_bits_on_any_executor(expected, kind):
    executor = (
        ThreadPoolExecutor(1)
        if kind == "one thread"
        else ProcessPoolExecutor(2, mp_context=get_context("spawn"))
    )
    with executor:
        xr.testing.assert_identical(sweep(haar_setup, **AXES, executor=executor), expected)


def threads_seen(n, p, m, scale, seed):
    model, theta, y, states = haar_setup(n, p, m, scale, seed)
    return model, np.full_like(theta, qt.get_num_threads()), y, states


def test_processes_share_the_threads_of_a_call():
    """Four threads for two processes: two each, which the sweep takes back when a point is done."""
    before = qt.get_num_threads()
    qt.set_num_threads(4)
    try:
        with ProcessPoolExecutor(
            2, mp_context=get_context("spawn"), initializer=qt.set_num_threads, initargs=(4,)
        ) as pool:
            found = sweep(threads_seen, p=5, n=2, m=2, seeds=2, time=1.0, executor=pool)
            assert pool.submit(qt.get_num_threads).result() == 4
    finally:
        qt.set_num_threads(before)
    two, four = (
        sweep(functools.partial(_started, threads), p=5, n=2, m=2, seeds=2, time=1.0) for threads in (2, 4)
    )
    xr.testing.assert_identical(found, two)
    assert not found.equals(four)


def _started(threads, *point):
    model, theta, y, states = haar_setup(*point)
    return model, np.full_like(theta, threads), y, states


def test_dask_cluster_that_loses_a_worker(tmp_path):
    """One of two workers is killed while it computes: nothing is lost and no bit differs."""
    distributed = pytest.importorskip("distributed")
    axes = {"p": [40], "n": 4, "m": 4, "seeds": 12, "time": 30.0, "dt": 0.02, "records": 20}
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        before = set(client.run(os.getpid).values())
        assert len(before) == 2
        victim, left = min(before), []

        def kill() -> None:
            while not (done := list(tmp_path.glob("points/*.npz"))):
                time.sleep(0.01)
            left.append(12 - len(done))
            os.kill(victim, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        found = sweep(haar_setup, **axes, path=tmp_path, executor=client)
        killer.join()
        client.wait_for_workers(2)
        assert victim not in client.run(os.getpid).values()
    assert left[0] >= 4, "the sweep was almost over when the worker was killed; make it longer"
    assert found.complete.all()
    xr.testing.assert_identical(found, sweep(haar_setup, **axes))
    xr.testing.assert_identical(load_sweep(tmp_path), found)


def test_killed_sweep_goes_on_where_it_was(tmp_path):
    """SIGKILL at some moment: what is there is complete, what was running is computed again."""
    axes = {"p": [40], "n": 3, "m": 4, "seeds": 40, "time": 20.0, "dt": 0.02, "records": 10}
    script = (
        "from qtangent.convergence import haar_setup, sweep\n"
        f"sweep(haar_setup, **{axes!r}, path={str(tmp_path)!r})"
    )
    with child(script) as process:
        while len(list(tmp_path.glob("points/*.npz"))) < 5:
            assert process.poll() is None
            time.sleep(0.005)
        process.kill()
    there = load_sweep(tmp_path)
    done = int(there.complete.sum())
    assert 5 <= done < 40
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.glob("points/*.npz")}
    found = sweep(haar_setup, **axes, path=tmp_path)
    xr.testing.assert_identical(found, sweep(haar_setup, **axes))
    xr.testing.assert_identical(there, found.sel(seed=there.seed))
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in stamps.items())


def test_axes_may_grow(tmp_path, expected):
    sweep(haar_setup, **{**AXES, "p": 5, "seeds": [1]}, path=tmp_path)
    xr.testing.assert_identical(sweep(haar_setup, **AXES, path=tmp_path), expected)
    only = sweep(haar_setup, **{**AXES, "scale": 1.5}, path=tmp_path)
    xr.testing.assert_identical(only, expected.sel(scale=[1.5]))


def test_saved_as_netcdf(tmp_path, expected):
    expected.to_netcdf(tmp_path / "sweep.nc")
    with xr.open_dataset(tmp_path / "sweep.nc") as found:
        xr.testing.assert_equal(found, expected)


def several_draws(n, p, m, scale, seed):
    model, theta, y, states = haar_setup(n, p, m, scale, seed)
    return model, np.stack([theta, theta + 1, theta + 2]), y, states


def one_draw(n, p, m, scale, seed):
    model, theta, y, states = several_draws(n, p, m, scale, 7)
    return model, theta[seed], y, states


def test_draws_of_theta_share_a_training():
    axes = {"p": 6, "n": 2, "m": 2, "time": 1.0}
    shared = sweep(several_draws, **axes, seeds=[7])
    assert shared.sizes["draw"] == 3
    single = sweep(one_draw, **axes, seeds=3)
    for name in shared.data_vars:
        np.testing.assert_array_equal(np.squeeze(shared[name]), np.squeeze(single[name]))


def with_features(n, p, m, scale, seed):
    circuit = qt.encoding.angle(n) + qt.ansatz.hardware_efficient(n, p // (2 * n))
    X = np.random.default_rng(seed).normal(size=(m, n))
    y = np.stack([np.resize([1.0, -1.0], m), np.resize([-1.0, 1.0], m)], axis=1)
    return qt.Model(circuit, [qt.pauli("ZI"), qt.pauli("IZ")], scale), np.zeros(p), y, None, X


@pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")
def test_features_and_several_outputs():
    found = sweep(with_features, p=4, n=2, m=3, seeds=1, time=1.0).squeeze()
    assert found.loss[-1] < found.loss[0]
    assert np.isfinite(found.kernel_regression_loss).all()
    assert np.isnan(found.asymptotic_loss).all()


def test_step_is_subdivided_where_the_kernel_asks_for_it():
    coarse = sweep(haar_setup, p=20, n=2, m=2, scale=6.0, seeds=1, time=1.0).squeeze()
    fine = sweep(haar_setup, p=20, n=2, m=2, scale=6.0, seeds=1, time=1.0, dt=0.0005, records=2000).squeeze()
    np.testing.assert_allclose(coarse.time[-1], 1.0)
    assert float(coarse.lambda_max[0]) * 0.05 > 2  # beyond the critical step
    assert (np.diff(coarse.loss[: np.argmax(coarse.loss.values < 1e-20)]) < 0).all()
    np.testing.assert_allclose(coarse.loss[1], fine.loss.sel(time=coarse.time[1], method="nearest"), rtol=0.5)


def test_progress_shows_the_time_left(capsys):
    sweep(haar_setup, **AXES, progress=True)
    shown = capsys.readouterr().err
    assert "8/8 points" in shown
    assert "100%" in shown
    assert "<00:00" in shown


def broken(n, p, m, scale, seed):
    if seed == 1:
        raise RuntimeError("no such circuit")
    return haar_setup(n, p, m, scale, seed)


def test_failure_keeps_what_is_finished(tmp_path):
    with pytest.raises(RuntimeError, match="no such circuit"), ThreadPoolExecutor(1) as executor:
        sweep(broken, p=5, n=2, m=2, seeds=3, time=1.0, path=tmp_path, executor=executor)
    assert load_sweep(tmp_path).complete.sum() >= 1
    with pytest.raises(ValueError, match=r"n2-p5-m3-scale1\.0-seed0: m is 3"):
        sweep(haar_setup, p=5, n=2, m=3, seeds=1, time=1.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"p": []}, "p is empty"),
        ({"p": [5, 5]}, "twice"),
        ({"n": 0}, "at least 1"),
        ({"p": 2.5}, "an integer"),
        ({"seeds": [-1]}, "seed is -1"),
        ({"seeds": 0}, "seed is empty"),
        ({"time": -1.0}, "time is -1"),
        ({"dt": 0.0}, "dt is 0"),
        ({"records": 1}, "records is 1"),
        ({"executor": 3}, "executor is 3"),
    ],
)
def test_bad_input_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        sweep(haar_setup, **{**AXES, **change})


def untrainable(n, p, m, scale, seed):
    return qt.Model(qt.Circuit(n).h(0), [qt.pauli("ZI")]), np.zeros(0), np.ones(m), np.eye(4)[:m]


def test_nothing_to_train():
    with pytest.raises(ValueError, match="nothing to train"):
        sweep(untrainable, p=1, n=2, m=2, seeds=1, time=1.0)


def one_output_in_a_list(n, p, m, scale, seed):
    model, theta, y, states = haar_setup(n, p, m, scale, seed)
    return qt.Model(model.circuit, [model.observable], scale), theta, y[:, None], states


def test_one_output_in_a_list_is_one_output(expected):
    xr.testing.assert_identical(sweep(one_output_in_a_list, **AXES), expected)


def test_build_that_returns_something_else():
    with pytest.raises(ValueError, match="build returned int"):
        sweep(lambda *where: 3, **AXES)


def test_another_sweep_in_the_folder(tmp_path):
    sweep(haar_setup, p=5, n=2, m=2, seeds=1, time=1.0, path=tmp_path)
    with pytest.raises(ValueError, match=r"time is 1.0 there and 2.0 here.*another path"):
        sweep(haar_setup, p=5, n=2, m=2, seeds=1, time=2.0, path=tmp_path)
    damaged = next(tmp_path.glob("points/*.npz"))
    damaged.write_bytes(damaged.read_bytes()[:100])
    with pytest.raises(qt.CorruptedFileError, match="delete it"):
        load_sweep(tmp_path)
    damaged.unlink()
    assert sweep(haar_setup, p=5, n=2, m=2, seeds=1, time=1.0, path=tmp_path).complete.all()
    with pytest.raises(qt.FileError, match="holds no sweep"):
        load_sweep(tmp_path / "points")


class Setups:
    """Every kind of callable that builds from settings of its own."""

    def __init__(self, **change):
        self.change = {
            "scale": 1.0,
            "layers": 1,
            "shift": 0.0,
            "precision": "double",
            "letter": "Z",
            **change,
        }

    def __call__(self, n, p, m, scale, seed):
        change = self.change
        circuit = qt.ansatz.hardware_efficient(n, change["layers"], topology="chain")
        model = qt.Model(
            circuit, qt.pauli(change["letter"] + "I" * (n - 1)), change["scale"], change["precision"]
        )
        theta = np.random.default_rng(seed).uniform(0, 6, circuit.n_params) + change["shift"]
        y = change.get("y", np.resize([1.0, -1.0], m))
        return model, theta, y, qt.encoding.haar_states(n, m, seed=seed + change.get("states", 0))

    def method(self, n, p, m, scale, seed):
        return self(n, p, m, scale, seed)


def from_settings(change, n, p, m, scale, seed):
    return Setups(**change)(n, p, m, scale, seed)


def made(kind, **change):
    """A build of one name whatever it builds."""
    if kind == "closure":

        def build(n, p, m, scale, seed):
            return Setups(**change)(n, p, m, scale, seed)

        return build
    return {
        "lambda": lambda *where: Setups(**change)(*where),
        "bound method": Setups(**change).method,
        "callable": Setups(**change),
        "partial": functools.partial(from_settings, change),
    }[kind]


SMALL = {"p": 1, "n": 2, "m": 2, "seeds": 2, "time": 0.5, "records": 5}
KINDS = ["closure", "lambda", "bound method", "callable", "partial"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_point_is_known_by_what_was_built(kind, tmp_path):
    first = sweep(made(kind), **SMALL, path=tmp_path)
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.glob("points/*.npz")}
    xr.testing.assert_identical(sweep(made(kind), **SMALL, path=tmp_path), first)
    xr.testing.assert_identical(
        sweep(made("closure"), **{**SMALL, "seeds": 3}, path=tmp_path).sel(seed=[0, 1]), first
    )
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in stamps.items())
    with pytest.raises(qt.InvalidArgumentError, match="another scale; choose another path"):
        sweep(made(kind, scale=3.0), **SMALL, path=tmp_path)
    assert not sweep(made(kind, scale=3.0), **SMALL).loss.equals(first.loss)
    xr.testing.assert_identical(load_sweep(tmp_path).sel(seed=[0, 1]), first)


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ({"scale": 1.5}, "scale"),
        ({"layers": 2}, "circuit and another theta"),
        ({"shift": 1e-15}, "theta"),
        ({"precision": "single"}, "precision"),
        ({"letter": "X"}, "observable"),
        ({"y": [1.0, 1.0]}, "targets"),
        ({"states": 7}, "states"),
    ],
)
def test_every_part_of_a_build_counts(change, parts, tmp_path):
    sweep(Setups(), **SMALL, path=tmp_path)
    with pytest.raises(qt.InvalidArgumentError, match=f"seed0 the build now returns another {parts}; choose"):
        sweep(Setups(**change), **SMALL, path=tmp_path)


@pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")
def test_features_count(tmp_path):
    axes = {"p": 4, "n": 2, "m": 3, "seeds": 1, "time": 0.5, "records": 5}
    sweep(with_features, **axes, path=tmp_path)

    def other(n, p, m, scale, seed):
        *rest, X = with_features(n, p, m, scale, seed)
        return *rest, X + 1e-12

    with pytest.raises(qt.InvalidArgumentError, match="another features"):
        sweep(other, **axes, path=tmp_path)


@pytest.mark.parametrize("kind", ["partial", "callable", "edited function"])
def test_a_sweep_goes_on_in_a_new_process(kind, tmp_path):
    """Callables have no name to be known by, and a function keeps its name when it is edited."""
    script = (
        "import functools, numpy as np, qtangent as qt\nfrom qtangent.convergence import sweep\n"
        "def build(scale_of, n, p, m, scale, seed):\n"
        "    c = qt.ansatz.hardware_efficient(n, p)\n"
        "    return qt.Model(c, qt.pauli('ZI'), scale_of), np.ones(c.n_params), [1., -1.], np.eye(4)[:2]\n"
        "class Callable:\n"
        "    def __init__(self, scale): self.scale = scale\n"
        "    def __call__(self, *where): return build(self.scale, *where)\n"
        "def named(*where): return build(VALUE, *where)\n"
        "kinds = {'partial': functools.partial(build, VALUE), 'callable': Callable(VALUE), 'edited function': named}\n"
        f"sweep(kinds[{kind!r}], p=[1], n=2, m=2, seeds=SEEDS, time=.5, records=5, path={str(tmp_path)!r})\n"
    )

    def run(value, seeds):
        text = script.replace("VALUE", str(value)).replace("SEEDS", str(seeds))
        return subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)

    assert run(1.0, 1).returncode == 0
    stamp = next(tmp_path.glob("points/*.npz")).stat().st_mtime_ns
    assert run(1.0, 2).returncode == 0
    assert len(list(tmp_path.glob("points/*.npz"))) == 2
    assert next(tmp_path.glob("points/*seed0.npz")).stat().st_mtime_ns == stamp
    assert "another scale" in run(2.0, 2).stderr


def test_ctrl_c_keeps_what_is_finished(tmp_path):
    """It stops the points that run at their next step: one alone would take an hour."""
    script = (
        "import qtangent as qt\nfrom qtangent.convergence import haar_setup, sweep\n"
        f"try: sweep(haar_setup, p=[60], n=5, m=4, seeds=50, time=2e6, dt=0.02, path={str(tmp_path)!r})\n"
        "except qt.Interrupted as error: print(error)"
    )
    with child(script, stdout=subprocess.PIPE) as process:
        while not Path(tmp_path / "sweep.json").exists():
            time.sleep(0.01)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    assert "0 of 50 points are finished" in output


def test_a_sweep_goes_on_in_its_layout_class_alone(tmp_path):
    sweep(haar_setup, **SMALL, path=tmp_path)
    description = tmp_path / "sweep.json"
    kept = json.loads(description.read_text())
    assert kept["layout"] == qt.build_info()["layout"]
    description.write_text(json.dumps({**kept, "layout": "other"}))
    with pytest.raises(qt.InvalidArgumentError, match="layout is 'other' there"):
        sweep(haar_setup, **SMALL, path=tmp_path)


def test_points_that_do_not_fit_the_settings_are_refused(tmp_path):
    """A flipped bit in sweep.json may leave numbers that are numbers."""
    sweep(haar_setup, **SMALL, path=tmp_path)
    description = tmp_path / "sweep.json"
    kept = json.loads(description.read_text())
    assert kept["records"] == SMALL["records"]
    kept["records"] -= 1
    description.write_text(json.dumps(kept))
    with pytest.raises(qt.CorruptedFileError, match=r"sweep\.json or the point is damaged"):
        load_sweep(tmp_path)

"""Loading, versions, threads, forks and handles of the native library."""

import ctypes
import gc
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from qtangent import _native, _signatures
from qtangent._native import levels

PACKAGE = Path(qt.__file__).parent


def python(script, *arguments, timeout=60, **environment):
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True, text=True, timeout=timeout, env={**os.environ, **environment},
    )  # fmt: skip


def test_build_info():
    info = qt.build_info()
    assert info["version"] == qt.__version__
    assert info["abi"] == _signatures.ABI_VERSION == _native.lib.qtg_abi_version()
    assert info["configuration"] == "release"
    assert info["threads"] == qt.get_num_threads()
    assert info["cpu_level"] in levels.LEVELS
    assert info["history_limit"] == {"few": 32 << 20, "many": 8 << 20}[info["layout"]]


def test_layout_classes_differ_in_the_last_bits_and_threads_in_none():
    """Ten samples of nine qubits are three blocks for few cores, and ten states for many."""
    script = """
import json, sys
import numpy as np
import qtangent as qt
model = qt.Model(qt.ansatz.hardware_efficient(10, layers=4), qt.pauli("ZIIIIIIIII"))
states = qt.encoding.haar_states(10, 16, seed=1)
theta = np.random.default_rng(2).normal(size=model.circuit.n_params)
rows = []
for threads in (1, 2, 7):
    qt.set_num_threads(threads)
    rows.append(model.jacobian(theta, states=states))
assert all(np.array_equal(rows[0], other) for other in rows)
print(json.dumps([qt.build_info()["layout"], rows[0].ravel().tolist()]))
"""
    found = {}
    for layout in ("few", "many"):
        run = python(script, QTANGENT_LAYOUT=layout)
        assert run.returncode == 0, run.stderr
        name, found[layout] = json.loads(run.stdout)
        assert name == layout
    np.testing.assert_allclose(found["few"], found["many"], rtol=0, atol=1e-13)
    assert found["few"] != found["many"]


def test_threads_are_as_many_as_the_processors_that_the_process_may_use():
    run = python("""
import os
os.environ.pop("QTANGENT_NUM_THREADS", None)
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
import qtangent as qt
print(qt.get_num_threads())
""")
    assert run.stdout.strip() == "1", run.stderr


def test_signatures_are_in_force():
    with pytest.raises(ctypes.ArgumentError):
        _native.lib.qtg_circuit_create("two", None)
    with pytest.raises(TypeError):
        _native.lib.qtg_circuit_create(2)


def test_libraries_that_do_not_fit_are_refused(tmp_path):
    missing = python("import qtangent", QTANGENT_LIBRARY=str(tmp_path / "none.so"))
    assert "does not exist; install the package" in missing.stderr
    source = tmp_path / "other.c"
    source.write_text("int qtg_abi_version(void) { return 999; }")
    subprocess.run(["gcc", "-shared", "-fPIC", str(source), "-o", str(tmp_path / "other.so")], check=True)
    other = python("import qtangent", QTANGENT_LIBRARY=str(tmp_path / "other.so"))
    assert "has ABI version 999" in other.stderr
    assert "reinstall" in other.stderr


def test_import_is_quick_and_silent():
    """Besides NumPy it costs less than NumPy twice over, and what is needed late is not imported before."""
    script = """
import sys, time
start = time.perf_counter()
import numpy
middle = time.perf_counter()
import qtangent
ratio = (time.perf_counter() - middle) / (middle - start)
print(ratio, "scipy" in sys.modules, "matplotlib" in sys.modules, "sklearn" in sys.modules)
"""
    ratios = []
    for _ in range(3):
        done = python(script)
        ratio, *loaded = done.stdout.split()
        ratios.append(float(ratio))
        assert loaded == ["False", "False", "False"]
        assert done.stderr == ""
    assert min(ratios) < 2


def test_threads():
    before = qt.get_num_threads()
    try:
        qt.set_num_threads(3)
        assert qt.get_num_threads() == qt.build_info()["threads"] == 3
        for wrong in (0, -1, 10**6):
            with pytest.raises(ValueError, match="threads"):
                qt.set_num_threads(wrong)
    finally:
        qt.set_num_threads(before)
    show = "import qtangent as qt; print(qt.get_num_threads())"
    assert python(show, QTANGENT_NUM_THREADS="5").stdout == "5\n"


def test_errors_belong_to_their_thread():
    import threading

    texts = []
    with pytest.raises(ValueError, match="1000 qubits"):
        qt.Circuit(1000)
    thread = threading.Thread(target=lambda: texts.append(_native.last_error()))
    thread.start()
    thread.join()
    assert texts == [""]
    assert "1000 qubits" in _native.last_error()


@pytest.mark.parametrize("in_a_circle", [False, True])
def test_handles_are_freed_with_their_objects(in_a_circle):
    circuit = qt.Circuit(2)
    handle = int(circuit._handle)
    if in_a_circle:
        circuit.itself = circuit
    _native.call("qtg_circuit_info", handle, None, None, None, None)
    del circuit
    if in_a_circle:
        gc.collect()
    with pytest.raises(qt.InvalidHandleError, match="freed"):
        _native.call("qtg_circuit_info", handle, None, None, None, None)
    with pytest.raises(qt.InvalidHandleError, match="freed"):
        _native.call("qtg_circuit_free", handle)
    observable = qt.pauli("Z")
    with pytest.raises(qt.InvalidHandleError, match="observable"):
        _native.call("qtg_circuit_info", observable._handle, None, None, None, None)


def test_handles_are_counted():
    def count():
        gc.collect()
        number = ctypes.c_int64()
        _native.call("qtg_handle_count", ctypes.byref(number))
        return number.value

    before = count()
    held = [qt.Circuit(2), qt.pauli("Z"), qt.Model(qt.Circuit(1), qt.pauli("Z"))]
    # The third is three.
    assert count() == before + 5
    held.pop(0)
    assert count() == before + 4
    held.clear()
    assert count() == before


def test_many_objects_in_many_threads():
    script = """
import threading, qtangent as qt
def work():
    for k in range(2000):
        circuit = qt.Circuit(2).h(0).ry(qt.param(0), 1)
        model = qt.Model(circuit + circuit, qt.pauli("ZZ"))
        assert model.predict([0.1, 0.2]).shape == (1,)
threads = [threading.Thread(target=work) for _ in range(4)]
[t.start() for t in threads]; [t.join() for t in threads]
print("done")
"""
    done = python(script)
    assert (done.stdout, done.stderr) == ("done\n", "")


def test_fork():
    """A child of a process that has used its threads computes the same, and nothing hangs."""
    script = """
import os, sys, signal, numpy as np, qtangent as qt
signal.alarm(30)
qt.set_num_threads(2)
model = qt.Model(qt.ansatz.hardware_efficient(6, 6), qt.pauli("ZIIIII"))
states, theta = qt.encoding.haar_states(6, 40), np.arange(float(model.n_params))
def results():
    run = qt.train(model, np.sign(np.arange(40.0) - 20.5) / 9, states=states, theta=theta, steps=20)
    return model.jacobian(theta, states=states).tobytes() + run.theta.tobytes()
expected = results()
for _ in range(5):
    child = os.fork()
    if child == 0:
        signal.alarm(30)
        os._exit(0 if results() == expected else 1)
    assert os.waitpid(child, 0)[1] == 0
assert results() == expected
print("done")
"""
    done = python(script)
    assert done.stdout == "done\n", done.stderr


def test_multiprocessing_carries_models(tmp_path):
    script = """
import multiprocessing, numpy as np, qtangent as qt
def work(model):
    return model.predict(np.zeros(model.n_params)).tolist()
if __name__ == "__main__":
    model = qt.Model(qt.ansatz.hardware_efficient(2, 2), qt.pauli("ZI"), scale=2)
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            assert pool.map(work, [model] * 4) == [work(model)] * 4
    print("done")
"""
    path = tmp_path / "program.py"
    path.write_text(script)
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, timeout=60)
    assert done.stdout == "done\n", done.stderr


def test_absent_modules_are_attribute_errors():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = qt.nothing
    assert set(qt.__all__) <= set(dir(qt))

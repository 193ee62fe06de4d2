"""Averages over parameters: golden figures, grids of dense predictions, and 50 qubits."""

import itertools
import json
import resource
import signal
import time
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from golden_circuits import Case

GOLDEN = Path(__file__).parents[2] / "Tests/Golden/transitions.json"
CASES = {case["name"].split("_")[0]: case for case in json.loads(GOLDEN.read_text())["cases"]}
STATIC = {"rtol": 0, "atol": 1e-11}


def grid_averages(model, points, **data):
    """Means over all points of a grid of whole periods, of as many points as `points` a parameter."""
    grid = np.array(list(itertools.product(2 * np.pi * np.arange(points) / points, repeat=model.n_params)))
    kernel = model.tangent_kernel(grid, **data).mean(axis=0)
    predictions = model.predict(grid, **data)
    centred = predictions - predictions.mean(axis=0)
    return kernel, centred.T @ centred / len(grid), predictions.mean(axis=0)


def check(found, expected):
    for name, values in zip(("kernel", "covariance", "mean"), expected, strict=True):
        np.testing.assert_allclose(getattr(found, name), values, rtol=0, atol=1e-12, err_msg=name)


def test_golden_clifford_averages():
    case = Case(CASES["tr06"])
    found = qt.capacity.average_kernel(case.model, states=case.states)
    e = case.expected
    np.testing.assert_allclose(found.kernel, e["E_K"], **STATIC)
    np.testing.assert_allclose(found.mean, e["E_yhat"], **STATIC)
    moment = found.covariance + np.outer(found.mean, found.mean)
    np.testing.assert_allclose(moment, e["E_yhat_yhat"], **STATIC)


def chain(n, layers, qubit):
    circuit = qt.Circuit(n)
    for q in range(n):
        circuit.ry(qt.feature(q), q)
    parameter = 0
    for _ in range(layers):
        for q in range(n):
            circuit.ry(qt.param(parameter), q).rz(qt.param(parameter + 1), q)
            parameter += 2
        for q in range(n - 1):
            circuit.cz(q, q + 1)
    return qt.Model(circuit, qt.pauli("I" * qubit + "Z" + "I" * (n - qubit - 1)))


def test_golden_fifty_qubits_in_twenty_milliseconds():
    X = np.array([[((50 * j + q) * 0.137) % 2 - 1 for q in range(50)] for j in range(3)])
    for layer in CASES["tr09"]["outputs"]["by_layers"]:
        model = chain(50, layer["layers"], 24)
        seconds = []
        for _ in range(5):
            start = time.process_time()
            found = qt.capacity.average_kernel(model, X)
            seconds.append(time.process_time() - start)
        assert found.strings == layer["distinct_strings"]
        np.testing.assert_allclose(found.kernel, layer["E_K"], **STATIC)
        moment = found.covariance + np.outer(found.mean, found.mean)
        np.testing.assert_allclose(moment, layer["E_yhat_yhat"], **STATIC)
        assert min(seconds) < 0.1  # 20 ms on a quiet machine.


def test_walks_agree_with_the_table_and_repeat_by_seed():
    X = np.array([[((50 * j + q) * 0.137) % 2 - 1 for q in range(50)] for j in range(3)])
    model = chain(50, 3, 24)
    exact = qt.capacity.average_kernel(model, X)
    found = qt.capacity.average_kernel(model, X, method="walks", walks=4000, seed=5)
    assert (abs(found.kernel - exact.kernel) < 4.5 * found.standard_error).all()
    again = qt.capacity.average_kernel(model, X, method="walks", walks=4000, seed=5)
    np.testing.assert_array_equal(found.kernel, again.kernel)
    other = qt.capacity.average_kernel(model, X, method="walks", walks=4000, seed=6)
    assert not np.array_equal(found.kernel, other.kernel)


def test_walks_need_no_memory_of_their_own():
    """Their sums are kept for a quarter of a million walks at a time, which no number of them changes."""
    circuit = qt.Circuit(1).ry(qt.param(0), 0)
    model = qt.Model(circuit, qt.pauli("Z"))
    found = qt.capacity.average_kernel(model, method="walks", walks=600_000, seed=2)
    np.testing.assert_allclose(found.kernel, 0.5, rtol=0, atol=5 * found.standard_error[0, 0])
    tracked = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(qt.Interrupted):
            qt.capacity.average_kernel(model, method="walks", walks=2**63 - 1, seed=2)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - tracked < 200_000  # KiB


def append_random_gates(circuit, rng, feature_behind):
    """Clifford gates of all kinds between Pauli rotations of every form."""
    for p in range(4):
        for _ in range(2):
            a, b = (int(q) for q in rng.choice(3, 2, replace=False))
            getattr(circuit, rng.choice(["cx", "cy", "cz", "swap", "iswap"]))(a, b)
            getattr(circuit, rng.choice(["h", "s", "sdg", "sx", "x", "y", "z"]))(a)
        match p:
            case 0:
                circuit.rotation(qt.param(p), "".join(rng.choice(list("XYZ"), 3)))
            case 1:
                circuit.rzz(2 * qt.param(p) + 0.4, 0, 2)
            case 2:
                circuit.evolve(qt.param(p), 0.5 * qt.pauli("XIY"))
            case _:
                circuit.rx(-qt.param(p), 1)
        if feature_behind:
            circuit.ryy(qt.feature(1), 0, 1)
        else:
            circuit.rx(np.pi / 2, 2).ry(0.4, 0)


@pytest.mark.parametrize("seed", range(6))
def test_random_circuits_equal_their_grids(seed):
    rng = np.random.default_rng(seed)
    observable = 0.7 * qt.pauli("ZII") - 0.4 * qt.pauli("XYI") + 0.5 * qt.pauli("IIZ") + 0.2 * qt.pauli("III")
    circuit = qt.Circuit(3)
    for q in range(3):
        circuit.ry(qt.feature(0) + 0.3 * q, q).t(q)
    append_random_gates(circuit, rng, feature_behind=seed % 2 == 1)
    model = qt.Model(circuit, observable, scale=1.3)
    X = rng.uniform(-2, 2, (2, circuit.n_features))
    check(qt.capacity.average_kernel(model, X), grid_averages(model, 5, X=X))
    bare = qt.Circuit(3)
    append_random_gates(bare, rng, feature_behind=False)
    states = rng.normal(size=(2, 8)) + 1j * rng.normal(size=(2, 8))
    states /= np.linalg.norm(states, axis=1, keepdims=True)
    model = qt.Model(bare, observable, scale=1.3)
    check(qt.capacity.average_kernel(model, states=states), grid_averages(model, 5, states=states))


def test_gates_on_one_qubit_before_all_others_may_be_any():
    circuit = qt.Circuit(2).u3(0.3, 0.7, -0.4, 0).t(1).rx(0.8 * qt.feature(0) * qt.feature(0), 1).h(1)
    circuit.ry(qt.param(0), 0).cx(0, 1).rx(qt.param(1), 1)
    model = qt.Model(circuit, qt.pauli("ZZ") + 0.5 * qt.pauli("XI"))
    X = np.array([[0.4], [1.9]])
    check(qt.capacity.average_kernel(model, X), grid_averages(model, 5, X=X))


Z = qt.pauli("ZI")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: qt.Model(qt.Circuit(2).ry(qt.param(0), 0).cx(0, 1).ry(qt.param(0), 1), Z),
            "shared by ry on qubits 0",
        ),
        (
            lambda: qt.Model(qt.Circuit(2).cx(0, 1).t(0).ry(qt.param(0), 0), Z),
            "t on qubits 0 is not a Clifford",
        ),
        (lambda: qt.Model(qt.Circuit(2).crx(qt.param(0), 0, 1), Z), "crx on qubits 0, 1 is no rotation"),
        (lambda: qt.Model(qt.Circuit(2).rx(qt.param(0) + qt.param(1), 0), Z), "more than one parameter"),
        (
            lambda: qt.Model(qt.Circuit(2).rx(qt.param(0) + qt.feature(0), 0), Z),
            "a feature beside it in a gate of its own",
        ),
        (lambda: qt.Model(qt.Circuit(2).rx(qt.param(0), 0), qt.projector("00")), "no sum of Pauli strings"),
        (lambda: qt.Model(qt.Circuit(2).rx(qt.param(0), 0), [Z, Z]), "2 outputs"),
    ],
)
def test_circuits_beyond_the_method_are_named(call, message):
    model = call()
    X = np.zeros((1, model.circuit.n_features)) if model.circuit.n_features else None
    with pytest.raises(qt.InvalidArgumentError, match=message):
        qt.capacity.average_kernel(model, X)


def test_other_bad_input_is_named():
    model = chain(4, 2, 1)
    X = np.zeros((1, 4))
    with pytest.raises(qt.InvalidArgumentError, match="exact, walks"):
        qt.capacity.average_kernel(model, X, method="both")
    with pytest.raises(qt.InvalidArgumentError, match="walks is 1"):
        qt.capacity.average_kernel(model, X, method="walks", walks=1)
    with pytest.raises(qt.InvalidArgumentError, match="beyond 2 pairs"):
        qt.capacity.average_kernel(model, X, max_strings=2)
    behind = qt.Model(qt.Circuit(2).ry(qt.param(0), 0).cx(0, 1).rx(qt.feature(0), 0), Z)
    with pytest.raises(qt.InvalidArgumentError, match="before them, take the exact table"):
        qt.capacity.average_kernel(behind, [[0.3]], method="walks")
    rho = np.eye(4, dtype=complex)[None] / 4
    with pytest.raises(qt.InvalidArgumentError, match="pure states"):
        qt.capacity.average_kernel(qt.Model(qt.Circuit(2).rx(qt.param(0), 0), Z), states=rho)
    deep = chain(30, 12, 15)
    with pytest.raises(qt.NumericalError, match="standard error"):
        qt.capacity.average_kernel(deep, np.zeros((1, 30)) + 0.7, method="walks", walks=50)
